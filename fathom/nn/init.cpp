#include "fathom/nn/init.h"
#include "fathom/graph/context.h"

#include <cmath>
#include <numbers>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom::nn::init {
namespace {

[[noreturn]] void refuse(const char* initialiser, const Shape& shape, const char* expected) {
  throw ShapeError(graph::located({.operation = initialiser,
                                   .problem = "the shape does not fit",
                                   .received = {{"shape", to_string(shape)}},
                                   .expected = expected},
                                  Where()));
}

std::int64_t fan_of(const Shape& shape, FanMode mode) {
  const auto [in, out] = fans(shape);
  return mode == FanMode::fan_in ? in : out;
}

double kaiming_deviation(const Shape& shape, double slope, FanMode mode,
                         Nonlinearity nonlinearity) {
  const std::int64_t fan = fan_of(shape, mode);
  if (fan == 0) return 0;
  return calculate_gain(nonlinearity, slope) / std::sqrt(static_cast<double>(fan));
}

double xavier_deviation(const Shape& shape, double gain) {
  const auto [in, out] = fans(shape);
  return in + out == 0 ? 0 : gain * std::sqrt(2 / static_cast<double>(in + out));
}

}  // namespace

std::pair<std::int64_t, std::int64_t> fans(const Shape& shape, Where where) {
  const graph::CallScope call("nn::init::fans", where);
  if (shape.rank() < 2) refuse("nn::init::fans", shape, "a weight (out, in, ...)");
  std::int64_t field = 1;
  for (int i = 2; i < shape.rank(); ++i) field *= shape[i];
  return {shape[1] * field, shape[0] * field};
}

double calculate_gain(Nonlinearity nonlinearity, double slope) {
  switch (nonlinearity) {
    case Nonlinearity::linear:
    case Nonlinearity::sigmoid:
      return 1;
    case Nonlinearity::tanh:
      return 5.0 / 3;
    case Nonlinearity::relu:
      return std::numbers::sqrt2;
    case Nonlinearity::leaky_relu:
      return std::sqrt(2 / (1 + slope * slope));
    case Nonlinearity::selu:
      return 0.75;
  }
  return 1;
}

Tensor uniform(const Shape& shape, double low, double high, Where where) {
  const graph::CallScope call("nn::init::uniform", where);
  return random_uniform(shape, next_key(), low, high);
}
Tensor normal(const Shape& shape, double mean, double std_dev, Where where) {
  const graph::CallScope call("nn::init::normal", where);
  return random_normal(shape, next_key(), mean, std_dev);
}

Tensor constant(const Shape& shape, double value) { return fathom::constant(value, shape); }
Tensor zeros(const Shape& shape) { return fathom::zeros(shape); }
Tensor ones(const Shape& shape) { return fathom::ones(shape); }

Tensor eye(const Shape& shape, Where where) {
  const graph::CallScope call("nn::init::eye", where);
  if (shape.rank() != 2) refuse("nn::init::eye", shape, "two axes");
  const Tensor row = unsqueeze(arange(shape[0]), 1);
  return cast(row == arange(shape[1]), DType::f32);
}

Tensor dirac(const Shape& shape, std::int64_t groups, Where where) {
  const graph::CallScope call("nn::init::dirac", where);
  if (shape.rank() < 3 || shape.rank() > 5)
    refuse("nn::init::dirac", shape, "a convolution's weight of three to five axes");
  if (groups < 1 || shape[0] % groups != 0)
    throw ValueError({.operation = "nn::init::dirac",
                      .problem = std::to_string(groups) + " groups",
                      .received = {{"shape", to_string(shape)}},
                      .expected = "groups that divide the outputs"});
  std::vector<float> values(static_cast<std::size_t>(shape.size()));
  const std::int64_t outputs = shape[0] / groups;
  std::int64_t field = 1, middle = 0;
  for (int i = 2; i < shape.rank(); ++i) {
    field *= shape[i];
    middle = middle * shape[i] + shape[i] / 2;
  }
  for (std::int64_t g = 0; g < groups; ++g)
    for (std::int64_t i = 0; i < std::min(outputs, shape[1]); ++i)
      values[static_cast<std::size_t>(((g * outputs + i) * shape[1] + i) * field + middle)] = 1;
  return Tensor::from(values, shape);
}

Tensor xavier_uniform(const Shape& shape, double gain, Where where) {
  const graph::CallScope call("nn::init::xavier_uniform", where);
  const double bound = std::numbers::sqrt3 * xavier_deviation(shape, gain);
  return uniform(shape, -bound, bound);
}
Tensor xavier_normal(const Shape& shape, double gain, Where where) {
  const graph::CallScope call("nn::init::xavier_normal", where);
  return normal(shape, 0, xavier_deviation(shape, gain));
}

Tensor kaiming_uniform(const Shape& shape, double slope, FanMode mode, Nonlinearity nonlinearity,
                       Where where) {
  const graph::CallScope call("nn::init::kaiming_uniform", where);
  const double bound = std::numbers::sqrt3 * kaiming_deviation(shape, slope, mode, nonlinearity);
  return uniform(shape, -bound, bound);
}
Tensor kaiming_normal(const Shape& shape, double slope, FanMode mode, Nonlinearity nonlinearity,
                      Where where) {
  const graph::CallScope call("nn::init::kaiming_normal", where);
  return normal(shape, 0, kaiming_deviation(shape, slope, mode, nonlinearity));
}

}  // namespace fathom::nn::init
