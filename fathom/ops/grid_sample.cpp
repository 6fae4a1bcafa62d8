#include "fathom/ops/grid_sample.h"

#include <array>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;
using ops::Tensors;

namespace {

/// One axis of x with the places on it that are read, as numbers of elements.
struct Line {
  std::int64_t extent;
  Tensor at;  // (B, 1, places)
};

/// A read: which element of each axis, and by what it is weighted; no weight is 1.
struct Tap {
  Tensor index, inside, weight;
};

/// From the folds of a strip of paper: t mirrored at low and high until it lies between them.
Tensor mirrored(const Tensor& t, double low, double high) {
  if (high <= low) return t * 0;
  const double span = high - low;
  const Tensor distance = abs(t - low);
  const Tensor folds = floor(distance / span);
  const Tensor rest = distance - folds * span;
  return where(remainder(folds, 2) == 0, rest + low, high - rest);
}

/// Places outside brought inside, as far as the padding does that.
Tensor padded(const Tensor& t, std::int64_t extent, const GridSampleOptions& o) {
  const auto n = static_cast<double>(extent);
  if (o.padding_mode == GridPadding::zeros) return t;
  if (o.padding_mode == GridPadding::border) return clamp(t, 0.0, n - 1);
  const Tensor inside = o.align_corners ? mirrored(t, 0, n - 1) : mirrored(t, -0.5, n - 0.5);
  return clamp(inside, 0.0, n - 1);
}

/// Places in [-1, 1] as numbers of elements.
Tensor elements(const Tensor& t, std::int64_t extent, bool align_corners) {
  const auto n = static_cast<double>(extent);
  return align_corners ? (t + 1) * ((n - 1) / 2) : ((t + 1) * n - 1) * 0.5;
}

/// The element at whole places, and whether there is one: NaN is nowhere.
Tap tap_at(const Line& line, const Tensor& place, const Tensor& weight) {
  const auto last = static_cast<double>(line.extent - 1);
  const Tensor inside = logical_and(place >= 0, place <= last);
  return {cast(where(inside, place, 0), DType::i64), inside, weight};
}

/// Keys' cubic (1981) at a distance below 1, and between 1 and 2.
Tensor near_weight(const Tensor& x) { return (1.25 * x - 2.25) * x * x + 1; }
Tensor far_weight(const Tensor& x) { return ((-0.75 * x + 3.75) * x - 6) * x + 3; }

std::vector<Tap> taps_of(const Line& line, const GridSampleOptions& o) {
  if (o.mode == GridMode::nearest)
    return {tap_at(line, round(padded(line.at, line.extent, o)), {})};
  const bool cubic = o.mode == GridMode::bicubic;
  const Tensor at = cubic ? line.at : padded(line.at, line.extent, o);
  const Tensor base = floor(at);
  const Tensor t = at - base;
  if (!cubic) return {tap_at(line, base, 1 - t), tap_at(line, base + 1, t)};
  const std::array<Tensor, 4> weights{far_weight(t + 1), near_weight(t), near_weight(1 - t),
                                      far_weight(2 - t)};
  std::vector<Tap> taps;
  for (int i = 0; i < 4; ++i)  // each brought inside by itself
    taps.push_back(
        tap_at(line, padded(base + (i - 1), line.extent, o), weights[static_cast<std::size_t>(i)]));
  return taps;
}

/// The sum over all combinations of taps, one of each axis; x (B, C, elements).
Tensor weighted_sum(const Tensor& x, const std::vector<Line>& lines,
                    const std::vector<std::vector<Tap>>& taps) {
  Tensor total;
  std::size_t combinations = 1;
  for (const auto& list : taps) combinations *= list.size();
  for (std::size_t c = 0; c < combinations; ++c) {
    Tap tap;
    std::size_t rest = c;
    for (std::size_t a = 0; a < taps.size(); ++a) {
      const Tap& next = taps[a][rest % taps[a].size()];
      rest /= taps[a].size();
      if (a == 0) {
        tap = next;
        continue;
      }
      tap.index = tap.index * lines[a].extent + next.index;
      tap.inside = logical_and(tap.inside, next.inside);
      if (tap.weight.defined()) tap.weight = tap.weight * next.weight;
    }
    Tensor value = where(tap.inside, take_along(x, tap.index, 2), 0);
    if (tap.weight.defined()) value = value * tap.weight;
    total = total.defined() ? total + value : value;
  }
  return total;
}

void check(const Tensor& x, const Tensor& grid, const GridSampleOptions& o,
           const std::source_location& where) {
  const auto reject = [&](const char* problem, const char* expected) {
    ops::fail<ShapeError>({.operation = "grid_sample",
                           .problem = problem,
                           .received = {{"x", describe(x)}, {"grid", describe(grid)}},
                           .expected = expected},
                          where);
  };
  const int axes = x.rank() - 2;
  if ((axes != 2 && axes != 3) || grid.rank() != x.rank() || grid.shape().back() != axes)
    reject(
        "x and grid do not go together",
        "x (B, C, H, W) and grid (B, H', W', 2), or x (B, C, D, H, W) and grid (B, D', H', W', 3)");
  if (grid.shape()[0] != x.shape()[0]) reject("the batches differ", "as many grids as pictures");
  for (int i = 2; i < x.rank(); ++i)
    if (x.shape()[i] < 1) reject("there is nothing to read", "a picture of elements");
  if (grid.dtype() != x.dtype())
    ops::fail<DTypeError>({.operation = "grid_sample",
                           .problem = "x and grid have different types",
                           .received = {{"x", describe(x)}, {"grid", describe(grid)}}},
                          where);
  if (o.mode == GridMode::bicubic && axes == 3)
    ops::fail<ValueError>({.operation = "grid_sample",
                           .problem = "bicubic is for pictures",
                           .received = {{"x", describe(x)}},
                           .expected = "bilinear or nearest for volumes"},
                          where);
}

}  // namespace

Tensor grid_sample(const Operand& x, const Tensor& grid, const GridSampleOptions& o) {
  const graph::CallScope call("grid_sample", x.where());
  const Tensor whole = ops::as_tensor(x);
  check(whole, grid, o, x.where());
  ops::require_floating("grid_sample", Operand(whole, x.where()));
  // Places in halves would be off by elements.
  const Tensor t = ops::wide(whole), places = ops::wide(grid);
  const Shape& s = t.shape();
  const int axes = t.rank() - 2;
  std::vector<Line> lines;
  std::vector<std::vector<Tap>> taps;
  for (int i = 0; i < axes; ++i) {
    const Tensor at = unsqueeze(flatten(select(places, -1, axes - 1 - i), 1), 1);
    lines.push_back({s[i + 2], elements(at, s[i + 2], o.align_corners)});
    taps.push_back(taps_of(lines.back(), o));
  }
  Shape out{s[0], s[1]};
  for (int i = 1; i + 1 < grid.rank(); ++i) out.push_back(grid.shape()[i]);
  return ops::rounded(reshape(weighted_sum(flatten(t, 2), lines, taps), out), whole.dtype());
}

Tensor affine_grid(const Operand& theta, const Shape& size, bool align_corners) {
  const graph::CallScope call("affine_grid", theta.where());
  const Tensor t = ops::as_tensor(theta);
  const int axes = size.rank() - 2;
  if ((axes != 2 && axes != 3) || t.shape() != Shape{size[0], axes, axes + 1})
    ops::fail<ShapeError>({.operation = "affine_grid",
                           .problem = "theta and size do not go together",
                           .received = {{"theta", describe(t)}, {"size", to_string(size)}},
                           .expected = "theta (B, 2, 3) and size (B, C, H, W), or theta (B, 3, 4) "
                                       "and size (B, C, D, H, W)"},
                          theta.where());
  ops::require_floating("affine_grid", Operand(t, theta.where()));
  const DType dtype = ops::widened(t.dtype());
  Shape grid;
  for (int i = 2; i < size.rank(); ++i) grid.push_back(size[i]);
  Tensors columns;  // of (places, axes + 1): the last axis' place first, and 1
  for (int i = axes; i-- > 0;) {
    const std::int64_t n = grid[i];
    Tensor line = n > 1 ? linspace(-1, 1, n, dtype) : zeros({n}, dtype);
    if (!align_corners && n > 1)
      line = line * (static_cast<double>(n - 1) / static_cast<double>(n));
    Shape along;
    for (int k = 0; k < axes; ++k) along.push_back(k == i ? n : 1);
    columns.push_back(flatten(expand(reshape(line, along), grid)));
  }
  columns.push_back(ones({grid.size()}, dtype));
  const Tensor places = matmul(stack(columns, 1), transpose(cast(t, dtype)));
  Shape out{size[0]};
  for (const std::int64_t extent : grid) out.push_back(extent);
  out.push_back(axes);
  return ops::rounded(reshape(places, out), t.dtype());
}

}  // namespace fathom
