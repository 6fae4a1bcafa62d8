#include "fathom/ops/positions.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "fathom/core/error.h"
#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom {

namespace {

Tensor of_numbers(const std::vector<double>& numbers, const Shape& shape) {
  return Tensor::from(std::vector<float>(numbers.begin(), numbers.end()), shape);
}

void require(bool ok, const char* operation, const std::string& problem,
             const std::string& expected) {
  if (!ok) throw ValueError({.operation = operation, .problem = problem, .expected = expected});
}

/// What a scaling does to frequencies.
struct Scaler {
  std::vector<double> frequencies;
  double base;
  double attention = 1;

  std::int64_t size() const { return 2 * static_cast<std::int64_t>(frequencies.size()); }
  /// The number of the pair that turns so often in `length` positions.
  double pair_of(double turns, std::int64_t length) const {
    return static_cast<double>(size()) *
           std::log(static_cast<double>(length) / (turns * 2 * std::numbers::pi)) /
           (2 * std::log(base));
  }

  void operator()(std::monostate) {}
  void operator()(const rotary::Linear& s) {
    for (double& f : frequencies) f /= s.factor;
  }
  void operator()(const rotary::Dynamic& s) {
    const auto length = static_cast<double>(std::max(s.length, s.trained));
    const auto n = static_cast<double>(size());
    const double grown =
        base *
        std::pow(s.factor * length / static_cast<double>(s.trained) - (s.factor - 1), n / (n - 2));
    for (std::size_t i = 0; i < frequencies.size(); ++i)
      frequencies[i] = std::pow(grown, -2 * static_cast<double>(i) / n);
  }
  void operator()(const rotary::Yarn& s) {
    const double last = static_cast<double>(size()) - 1;
    const double low = std::max(std::floor(pair_of(s.beta_fast, s.trained)), 0.0);
    double high = std::min(std::ceil(pair_of(s.beta_slow, s.trained)), last);
    if (low == high) high += 0.001;
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
      const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
      frequencies[i] = frequencies[i] / s.factor * ramp + frequencies[i] * (1 - ramp);
    }
    attention = s.attention != 0 ? s.attention : s.factor <= 1 ? 1 : 0.1 * std::log(s.factor) + 1;
  }
  void operator()(const rotary::LongRope& s) {
    const std::vector<double>& factors = s.length > s.trained ? s.long_factors : s.short_factors;
    require(factors.size() == frequencies.size(), "rotary_frequencies",
            std::to_string(factors.size()) + " factors", std::to_string(frequencies.size()));
    for (std::size_t i = 0; i < frequencies.size(); ++i) frequencies[i] /= factors[i];
    attention = s.attention != 0 ? s.attention
                : s.factor <= 1
                    ? 1
                    : std::sqrt(1 + std::log(s.factor) / std::log(static_cast<double>(s.trained)));
  }
  void operator()(const rotary::Llama3& s) {
    const auto trained = static_cast<double>(s.trained);
    const double slow = trained / s.low_frequency, fast = trained / s.high_frequency;
    for (double& f : frequencies) {
      const double wave = 2 * std::numbers::pi / f;
      const double smooth =
          (trained / wave - s.low_frequency) / (s.high_frequency - s.low_frequency);
      if (wave > slow)
        f /= s.factor;
      else if (wave >= fast)
        f = (1 - smooth) * f / s.factor + smooth * f;
    }
  }
};

}  // namespace

Tensor sinusoid_positions(std::int64_t length, std::int64_t size, double base) {
  require(size >= 0 && size % 2 == 0, "sinusoid_positions", "size is " + std::to_string(size),
          "an even number");
  std::vector<double> numbers;
  for (std::int64_t position = 0; position < length; ++position)
    for (std::int64_t i = 0; i < size; i += 2) {
      const double angle = static_cast<double>(position) *
                           std::pow(base, -static_cast<double>(i) / static_cast<double>(size));
      numbers.push_back(std::sin(angle));
      numbers.push_back(std::cos(angle));
    }
  return of_numbers(numbers, {length, size});
}

RotaryFrequencies rotary_frequencies(std::int64_t size, double base,
                                     const rotary::Scaling& scaling) {
  require(size >= 0 && size % 2 == 0, "rotary_frequencies", "size is " + std::to_string(size),
          "an even number");
  Scaler scaler{{}, base};
  for (std::int64_t i = 0; i < size; i += 2)
    scaler.frequencies.push_back(
        std::pow(base, -static_cast<double>(i) / static_cast<double>(size)));
  std::visit(scaler, scaling);
  return {of_numbers(scaler.frequencies, {size / 2}), scaler.attention};
}

Tensor rotate_positions(const Operand& x, const Tensor& positions, const RotaryFrequencies& by,
                        bool interleaved) {
  const graph::CallScope scope("rotate_positions", x.where());
  const Tensor t = ops::as_tensor(x);
  const int rank = t.rank();
  const std::int64_t pairs = by.frequencies.size();
  if (rank < 2 || t.shape().back() < 2 * pairs)
    ops::fail<ShapeError>(
        {.operation = "rotate_positions",
         .problem = "x has too few numbers for the pairs",
         .received = {{"x", graph::describe(t)}},
         .expected = "(..., positions, " + std::to_string(2 * pairs) + " or more)"},
        x.where());
  const Tensor angles = unsqueeze(cast(positions, DType::f32), -1) * by.frequencies;
  const Tensor c = cast(cos(angles) * by.attention, t.dtype());
  const Tensor s = cast(sin(angles) * by.attention, t.dtype());
  const Tensor turned = slice(t, -1, 0, 2 * pairs);
  Tensor y;
  if (interleaved) {
    Shape split = turned.shape().with(rank - 1, pairs);
    split.push_back(2);
    const Tensor both = reshape(turned, split);
    const Tensor a = select(both, -1, 0), b = select(both, -1, 1);
    y = reshape(stack({a * c - b * s, b * c + a * s}, -1), turned.shape());
  } else {
    const Tensor a = slice(turned, -1, 0, pairs), b = slice(turned, -1, pairs, 2 * pairs);
    y = concat({a * c - b * s, b * c + a * s}, -1);
  }
  if (2 * pairs == t.shape().back()) return y;
  return concat({y, slice(t, -1, 2 * pairs, t.shape().back())}, -1);
}

Tensor alibi_bias(std::int64_t heads, std::int64_t queries, std::int64_t keys) {
  require(heads > 0, "alibi_bias", "heads is " + std::to_string(heads), "1 or more");
  // Powers of one ratio for a power of two; beyond it every other one of the next power's.
  std::vector<double> slopes;
  std::int64_t whole = 1;
  while (2 * whole <= heads) whole *= 2;
  for (std::int64_t i = 1; i <= whole; ++i)
    slopes.push_back(std::exp2(-8.0 * static_cast<double>(i) / static_cast<double>(whole)));
  for (std::int64_t i = 1; static_cast<std::int64_t>(slopes.size()) < heads; i += 2)
    slopes.push_back(std::exp2(-4.0 * static_cast<double>(i) / static_cast<double>(whole)));
  const Tensor place = reshape(arange(keys - queries, keys), {queries, 1});
  const Tensor distance = cast(abs(arange(keys) - place), DType::f32);
  return -of_numbers(slopes, {heads, 1, 1}) * distance;
}

Tensor relative_position_buckets(std::int64_t queries, std::int64_t keys, bool bidirectional,
                                 std::int64_t buckets, std::int64_t max_distance) {
  const std::int64_t each = bidirectional ? buckets / 2 : buckets, near = each / 2;
  require(near > 0 && max_distance > near, "relative_position_buckets",
          std::to_string(buckets) + " buckets up to a distance of " + std::to_string(max_distance),
          "at least 4 buckets (2 in one direction), and a distance beyond those that are alone");
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; i < queries; ++i)
    for (std::int64_t j = 0; j < keys; ++j) {
      const std::int64_t distance =
          bidirectional ? std::abs(j - i) : std::max<std::int64_t>(i - j, 0);
      std::int64_t bucket = distance;
      if (distance >= near) {  // in f32, as the models were trained
        const float share = std::log(static_cast<float>(distance) / static_cast<float>(near)) /
                            static_cast<float>(std::log(static_cast<double>(max_distance) /
                                                        static_cast<double>(near)));
        bucket = std::min(
            each - 1, near + static_cast<std::int64_t>(share * static_cast<float>(each - near)));
      }
      numbers.push_back(bucket + (bidirectional && j > i ? each : 0));
    }
  return Tensor::from(numbers, {queries, keys});
}

}  // namespace fathom
