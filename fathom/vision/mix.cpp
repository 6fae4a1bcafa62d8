#include "fathom/vision/mix.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "fathom/core/error.h"
#include "fathom/data/random.h"
#include "fathom/graph/context.h"
#include "fathom/vision/picture.h"

namespace fathom::vision {
namespace {

double normal(data::Random& random) {
  const double length = std::sqrt(-2 * std::log1p(-random.unit()));
  return length * std::cos(2 * std::numbers::pi * random.unit());
}

/// Marsaglia and Tsang 2000.
double gamma(data::Random& random, double shape) {
  if (shape < 1) {
    const double root = std::pow(1 - random.unit(), 1 / shape);
    return root * gamma(random, shape + 1);
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = normal(random), root = 1 + c * x;
    const double u = 1 - random.unit();
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double beta(const char* operation, data::Random& random, double alpha) {
  if (!(alpha > 0) || !std::isfinite(alpha))
    refuse(operation, "alpha is not above 0", "alpha", alpha, "above 0");
  const double a = gamma(random, alpha), b = gamma(random, alpha);
  return a + b > 0 ? a / (a + b) : 0.5;  // both so small that none is left
}

std::int64_t before(std::int64_t i, std::int64_t n) { return i == 0 ? n - 1 : i - 1; }

Tensor mixed_labels(const char* operation, const Tensor& labels, float part, std::int64_t rows,
                    std::int64_t classes) {
  const bool numbers = labels.dtype() == DType::i64 && labels.rank() == 1;
  if (!numbers && (labels.dtype() != DType::f32 || labels.rank() != 2))
    throw ShapeError({.operation = operation,
                      .problem = "labels of another kind",
                      .received = {{"labels", std::string(name(labels.dtype())) + " " +
                                                  to_string(labels.shape())}},
                      .expected = "i64 (B,) or f32 (B, num_classes)"});
  if (numbers && classes < 1)
    refuse(operation, "labels are numbers, and nobody says of how many", "num_classes",
           std::to_string(classes), "the number of classes");
  const std::int64_t width = numbers ? classes : labels.shape()[1];
  if (labels.shape()[0] != rows || (classes > 0 && width != classes))
    throw ShapeError(
        {.operation = operation,
         .problem = "labels do not fit pictures or num_classes",
         .received = {{"labels", to_string(labels.shape())}, {"pictures", std::to_string(rows)}},
         .expected = "a label a picture"});
  auto [tensor, memory] = Tensor::uninitialized(DType::f32, {rows, width});
  auto* out = static_cast<float*>(memory);
  std::vector<float> whole(static_cast<std::size_t>(rows * width));
  if (numbers) {
    const auto list = labels.data<std::int64_t>();
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::int64_t label = list[static_cast<std::size_t>(i)];
      if (label < 0 || label >= width)
        throw IndexError({.operation = operation,
                          .problem = "a label out of range",
                          .received = {{"label", std::to_string(label)}},
                          .expected = "0 to " + std::to_string(width - 1)});
      whole[static_cast<std::size_t>(i * width + label)] = 1;
    }
  } else {
    const auto list = labels.data<float>();
    std::copy(list.begin(), list.end(), whole.begin());
  }
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t k = 0; k < width; ++k)
      out[i * width + k] =
          whole[static_cast<std::size_t>(before(i, rows) * width + k)] * (1 - part) +
          whole[static_cast<std::size_t>(i * width + k)] * part;
  return tensor;
}

}  // namespace

data::Batch mixup(const data::Batch& batch, double lambda, std::int64_t num_classes, Where where) {
  const graph::CallScope call(where);
  const Tensor& inputs = batch.inputs;
  if (inputs.dtype() != DType::f32)
    throw DTypeError({.operation = "MixUp",
                      .problem = "pictures are not floats",
                      .received = {{"inputs", std::string(name(inputs.dtype()))}},
                      .expected = "f32"});
  if (inputs.rank() < 2 || inputs.size() == 0)
    throw ShapeError({.operation = "MixUp",
                      .problem = "no batch",
                      .received = {{"inputs", to_string(inputs.shape())}},
                      .expected = "(B, ...)"});
  const std::int64_t rows = inputs.shape()[0], row = inputs.size() / rows;
  auto [tensor, memory] = Tensor::uninitialized(DType::f32, inputs.shape());
  auto* out = static_cast<float*>(memory);
  const auto* in = static_cast<const float*>(inputs.raw_data());
  const auto part = static_cast<float>(lambda), rest = static_cast<float>(1 - lambda);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t k = 0; k < row; ++k)
      out[i * row + k] = in[before(i, rows) * row + k] * rest + in[i * row + k] * part;
  return {tensor, mixed_labels("MixUp", batch.labels, part, rows, num_classes)};
}

data::Batch cutmix(const data::Batch& batch, std::int64_t x1, std::int64_t y1, std::int64_t x2,
                   std::int64_t y2, std::int64_t num_classes, Where where) {
  const graph::CallScope call(where);
  const Tensor& inputs = batch.inputs;
  const Shape& shape = inputs.shape();
  if (shape.rank() != 4 || shape.size() == 0)
    throw ShapeError({.operation = "CutMix",
                      .problem = "no batch of pictures",
                      .received = {{"inputs", to_string(shape)}},
                      .expected = "(B, C, H, W)"});
  const std::int64_t rows = shape[0], planes = shape[1], height = shape[2], width = shape[3];
  if (x1 < 0 || y1 < 0 || x2 > width || y2 > height || x1 > x2 || y1 > y2)
    refuse("CutMix", "a rectangle outside of the picture", "inputs", to_string(shape),
           "a rectangle within it");
  const std::size_t element = size_of(inputs.dtype());
  auto [tensor, memory] = Tensor::uninitialized(inputs.dtype(), shape);
  auto* out = static_cast<std::uint8_t*>(memory);
  const auto* in = static_cast<const std::uint8_t*>(inputs.raw_data());
  std::memcpy(out, in, inputs.bytes());
  const auto bytes = [&](std::int64_t elements) {
    return static_cast<std::size_t>(elements) * element;
  };
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t c = 0; c < planes; ++c)
      for (std::int64_t y = y1; y < y2; ++y) {
        const std::int64_t line = (c * height + y) * width + x1, row = planes * height * width;
        std::memcpy(out + bytes(i * row + line), in + bytes(before(i, rows) * row + line),
                    bytes(x2 - x1));
      }
  const double kept =
      1 - static_cast<double>((x2 - x1) * (y2 - y1)) / static_cast<double>(width * height);
  return {tensor,
          mixed_labels("CutMix", batch.labels, static_cast<float>(kept), rows, num_classes)};
}

data::Batch MixUp::operator()(const data::Batch& batch, Key key, Where where) const {
  const graph::CallScope call(where);
  data::Random random(key.value, 0);
  return mixup(batch, beta("MixUp", random, alpha), num_classes);
}

data::Batch CutMix::operator()(const data::Batch& batch, Key key, Where where) const {
  const graph::CallScope call(where);
  data::Random random(key.value, 0);
  const double part = 0.5 * std::sqrt(1 - beta("CutMix", random, alpha));
  if (batch.inputs.rank() != 4 || batch.inputs.size() == 0)
    return cutmix(batch, 0, 0, 0, 0, num_classes);
  const std::int64_t height = batch.inputs.shape()[2], width = batch.inputs.shape()[3];
  const auto x = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(width)));
  const auto y = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(height)));
  const auto half_width = static_cast<std::int64_t>(part * static_cast<double>(width));
  const auto half_height = static_cast<std::int64_t>(part * static_cast<double>(height));
  return cutmix(batch, std::max<std::int64_t>(x - half_width, 0),
                std::max<std::int64_t>(y - half_height, 0), std::min(x + half_width, width),
                std::min(y + half_height, height), num_classes);
}

}  // namespace fathom::vision
