#include "fathom/optim/line_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fathom::optim {
namespace {

constexpr double kFall = 1e-4, kFlat = 0.9;  // c1 and c2 of the conditions

/// The minimum within [low, high] of the cubic through two points with their slopes
/// (Nocedal and Wright, 3.59).
double cubic_minimum(const LinePoint& a, const LinePoint& b, double low, double high) {
  const LinePoint& l = a.length <= b.length ? a : b;
  const LinePoint& r = a.length <= b.length ? b : a;
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.length - b.length);
  const double square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const double d2 = std::sqrt(square);
  const double at =
      r.length - (r.length - l.length) * ((r.slope + d2 - d1) / (r.slope - l.slope + 2 * d2));
  return std::min(std::max(at, low), high);
}

}  // namespace

LineSearchResult strong_wolfe(const LinePoint& start, double length,
                              FunctionRef<LinePoint(double)> at, double direction_size,
                              double tolerance_change, std::int64_t most) {
  const auto fell = [&](const LinePoint& p) {
    return p.value <= start.value + kFall * p.length * start.slope;
  };
  const auto flat = [&](const LinePoint& p) { return std::abs(p.slope) <= -kFlat * start.slope; };

  // Go further until a point is good or the minimum has been passed.
  LinePoint previous = start, now = at(length);
  std::int64_t evaluations = 1, steps = 0;
  bool bracketed = false;
  for (; steps < most; ++steps) {
    if (!fell(now) || (steps > 1 && now.value >= previous.value)) {
      bracketed = true;
      break;
    }
    if (flat(now)) return {now, evaluations};
    if (now.slope >= 0) {
      bracketed = true;
      break;
    }
    const double next = cubic_minimum(
        previous, now, now.length + 0.01 * (now.length - previous.length), now.length * 10);
    previous = std::exchange(now, at(next));
    ++evaluations;
  }
  if (!bracketed) previous = start;

  // Shrink the bracket; `low` is its better end.
  LinePoint low = std::move(previous), high = std::move(now);
  if (low.value > high.value) std::swap(low, high);
  bool stuck = false;
  for (; steps < most; ++steps) {
    const auto [left, right] = std::minmax(low.length, high.length);
    if ((right - left) * direction_size < tolerance_change) break;
    double next = cubic_minimum(low, high, left, right);
    const double margin = 0.1 * (right - left);
    if (std::min(right - next, next - left) < margin) {
      if (stuck || next >= right || next <= left) {
        next = std::abs(next - right) < std::abs(next - left) ? right - margin : left + margin;
        stuck = false;
      } else {
        stuck = true;
      }
    } else {
      stuck = false;
    }
    LinePoint trial = at(next);
    ++evaluations;
    if (!fell(trial) || trial.value >= low.value) {
      high = std::move(trial);
      if (low.value > high.value) std::swap(low, high);
      continue;
    }
    const bool done = flat(trial);
    if (!done && trial.slope * (high.length - low.length) >= 0) high = std::move(low);
    low = std::move(trial);
    if (done) break;
  }
  return {std::move(low), evaluations};
}

}  // namespace fathom::optim
