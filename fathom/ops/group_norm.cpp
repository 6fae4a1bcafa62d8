// The normalisations that are compositions: group, instance, root mean square, local response.
#include <limits>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/norm_shapes.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;

Tensor group_norm(const Operand& x, std::int64_t groups, const Tensor& weight, const Tensor& bias,
                  double epsilon) {
  const Tensor t = ops::as_tensor(x);
  const Tensor rows = ops::with_positions("group_norm", t, x.where());
  const std::int64_t batch = rows.shape()[0], channels = rows.shape()[1], length = rows.shape()[2];
  if (groups < 1 || channels % groups != 0)
    ops::fail<ValueError>(
        {.operation = "group_norm",
         .problem = std::to_string(groups) + " groups of " + std::to_string(channels) + " channels",
         .received = {{"x", describe(t)}},
         .expected = "groups that divide the channels"},
        x.where());
  ops::require_channels("group_norm", t, channels, "weight", weight, x.where());
  ops::require_channels("group_norm", t, channels, "bias", bias, x.where());
  const std::int64_t width = channels / groups * length;
  return ops::rounded_once(Operand(t, x.where()), [&](const Tensor& wide) {
    const Tensor normal =
        layer_norm(Operand(reshape(wide, Shape{batch * groups, width}), x.where()), Shape{width},
                   {}, {}, epsilon);
    Tensor y = reshape(normal, rows.shape());
    const Shape per_channel{1, channels, 1};
    if (weight.defined()) y = y * reshape(ops::wide(weight), per_channel);
    if (bias.defined()) y = y + reshape(ops::wide(bias), per_channel);
    return reshape(y, t.shape());
  });
}

Tensor instance_norm(const Operand& x, const Tensor& weight, const Tensor& bias, double epsilon) {
  const Tensor t = ops::as_tensor(x);
  if (t.rank() < 3 || t.size() == t.shape()[0] * t.shape()[1])
    ops::fail<ShapeError>({.operation = "instance_norm",
                           .problem = "one value per channel has no variance",
                           .received = {{"x", describe(t)}},
                           .expected = "x of shape (B, C, ...) with several positions"},
                          x.where());
  return group_norm(Operand(t, x.where()), t.shape()[1], weight, bias, epsilon);
}

Tensor rms_norm(const Operand& x, const Shape& normalized, const Tensor& weight,
                std::optional<double> epsilon) {
  const Tensor t = ops::as_tensor(x);
  if (!is_floating(t.dtype()))
    ops::fail<DTypeError>({.operation = "rms_norm",
                           .problem = "needs floating-point numbers",
                           .received = {{"x", describe(t)}},
                           .hint = "cast(x, DType::f32)"},
                          x.where());
  ops::require_last_axes("rms_norm", t, normalized, weight, x.where());
  std::vector<int> axes;
  for (int i = 0; i < normalized.rank(); ++i) axes.push_back(-1 - i);
  const double smallest = t.dtype() == DType::f64   ? std::numeric_limits<double>::epsilon()
                          : t.dtype() == DType::f16 ? 0x1p-10
                          : t.dtype() == DType::bf16
                              ? 0x1p-7
                              : double{std::numeric_limits<float>::epsilon()};
  return ops::rounded_once(Operand(t, x.where()), [&](const Tensor& wide) {
    const Tensor y = wide * rsqrt(mean(square(wide), axes, true) + epsilon.value_or(smallest));
    return weight.defined() ? y * ops::wide(weight) : y;
  });
}

Tensor local_response_norm(const Operand& x, std::int64_t size, double alpha, double beta,
                           double k) {
  const Tensor t = ops::as_tensor(x);
  if (size < 1)
    ops::fail<ValueError>({.operation = "local_response_norm",
                           .problem = "size is " + std::to_string(size),
                           .expected = "a positive number"},
                          x.where());
  if (t.rank() < 3)
    ops::fail<ShapeError>({.operation = "local_response_norm",
                           .problem = "x has no positions",
                           .received = {{"x", describe(t)}},
                           .expected = "x of shape (B, C, ...) with at least three axes"},
                          x.where());
  const std::int64_t channels = t.shape()[1];
  std::vector<std::array<std::int64_t, 2>> widths(static_cast<std::size_t>(t.rank()));
  widths[1] = {size / 2, (size - 1) / 2};
  return ops::rounded_once(Operand(t, x.where()), [&](const Tensor& wide) {
    const Tensor squares = pad(square(wide), widths);
    Tensor total = slice(squares, 1, 0, channels);
    for (std::int64_t i = 1; i < size; ++i) total = total + slice(squares, 1, i, i + channels);
    return wide / pow(total * (alpha / static_cast<double>(size)) + k, beta);
  });
}

}  // namespace fathom
