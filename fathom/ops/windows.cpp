#include "fathom/ops/windows.h"

#include <algorithm>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/scatter.h"

namespace fathom {

using graph::describe;
using ops::Tensors;

namespace {

/// One axis lengthened at both ends.
Tensor pad_axis(const Tensor& t, int axis, std::int64_t low, std::int64_t high, PadMode mode,
                const std::source_location& where) {
  if (low == 0 && high == 0) return t;
  const std::int64_t n = t.shape()[axis];
  const std::int64_t most = std::max(low, high);
  const std::int64_t needed = mode == PadMode::reflect    ? most + 1
                              : mode == PadMode::circular ? most
                                                          : 1;
  if (n < needed)
    ops::fail<ShapeError>(
        {.operation = "pad",
         .problem = "axis " + std::to_string(axis) + " is too short for this mode",
         .received = {{"x", describe(t)},
                      {"widths", std::to_string(low) + " and " + std::to_string(high)}},
         .expected = "at least " + std::to_string(needed) + " elements"},
        where);
  Tensors parts;
  switch (mode) {
    case PadMode::reflect:
      if (low > 0) parts.push_back(flip(slice(t, axis, 1, low + 1), {axis}));
      parts.push_back(t);
      if (high > 0) parts.push_back(flip(slice(t, axis, n - 1 - high, n - 1), {axis}));
      break;
    case PadMode::replicate:
      if (low > 0) parts.push_back(expand(slice(t, axis, 0, 1), t.shape().with(axis, low)));
      parts.push_back(t);
      if (high > 0) parts.push_back(expand(slice(t, axis, n - 1, n), t.shape().with(axis, high)));
      break;
    case PadMode::circular:
      if (low > 0) parts.push_back(slice(t, axis, n - low, n));
      parts.push_back(t);
      if (high > 0) parts.push_back(slice(t, axis, 0, high));
      break;
  }
  return concat(parts, axis, where);
}

/// Element (i, j): i * a + j * b.
Tensor grid(std::int64_t rows, std::int64_t a, std::int64_t columns, std::int64_t b) {
  return unsqueeze(arange(rows) * constant(a, {}, DType::i64), 1) +
         arange(columns) * constant(b, {}, DType::i64);
}

}  // namespace

Tensor pad(const Operand& x, const Widths& widths, PadMode mode) {
  const graph::CallScope call("pad", x.where());
  Widths left = widths;
  Tensor t = ops::cut("pad", x, left);
  const int first = t.rank() - static_cast<int>(left.size());
  for (std::size_t i = 0; i < left.size(); ++i)
    t = pad_axis(t, first + static_cast<int>(i), left[i][0], left[i][1], mode, x.where());
  return t;
}

Tensor unfold(const Operand& x, int axis, std::int64_t size, std::int64_t step) {
  const graph::CallScope call("unfold", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("unfold", axis, t.rank(), x.where());
  if (size < 0 || step < 1)
    ops::fail<ValueError>(
        {.operation = "unfold",
         .problem = "size is " + std::to_string(size) + ", step is " + std::to_string(step),
         .expected = "a size of 0 and more and a step of 1 and more"},
        x.where());
  const std::int64_t n = t.shape()[a];
  if (size > n)
    ops::fail<ShapeError>({.operation = "unfold",
                           .problem = "a window is longer than the axis",
                           .received = {{"x", describe(t)}, {"size", std::to_string(size)}}},
                          x.where());
  const Tensor windows = take(t, grid((n - size) / step + 1, step, size, 1), a);
  std::vector<int> order;
  for (int i = 0; i < windows.rank(); ++i)
    if (i != a + 1) order.push_back(i);
  order.push_back(a + 1);
  return permute(windows, order);
}

namespace {

/// How many windows lie along each axis of a picture. Errors: ValueError, ShapeError.
Windows::Pair window_counts(const char* operation, const Windows& w, const Windows::Pair& size,
                            const std::source_location& where) {
  Windows::Pair counts;
  for (std::size_t i = 0; i < 2; ++i) {
    if (w.kernel_size[i] < 1 || w.dilation[i] < 1 || w.stride[i] < 1 || w.padding[i] < 0)
      ops::fail<ValueError>({.operation = operation,
                             .problem = "the windows are " + graph::print_any(w),
                             .expected = "padding of 0 and more, the rest 1 and more"},
                            where);
    const std::int64_t room =
        size[i] + 2 * w.padding[i] - w.dilation[i] * (w.kernel_size[i] - 1) - 1;
    if (room < 0)
      ops::fail<ShapeError>({.operation = operation,
                             .problem = "no window fits",
                             .received = {{"size", to_string(Shape{size[0], size[1]})},
                                          {"windows", graph::print_any(w)}}},
                            where);
    counts[i] = room / w.stride[i] + 1;
  }
  return counts;
}

}  // namespace

Tensor unfold(const Operand& x, const Windows& w) {
  const graph::CallScope call("unfold", x.where());
  const Tensor t = ops::as_tensor(x);
  if (t.rank() != 3 && t.rank() != 4)
    ops::fail<ShapeError>({.operation = "unfold",
                           .problem = "needs pictures",
                           .received = {{"x", describe(t)}},
                           .expected = "x (n, c, h, w) or (c, h, w)"},
                          x.where());
  if (t.rank() == 3) return select(unfold(Operand(unsqueeze(t, 0), x.where()), w), 0, 0);
  const Shape& s = t.shape();
  const auto [rows, columns] = window_counts("unfold", w, {s[2], s[3]}, x.where());
  const auto [kh, kw] = w.kernel_size;
  const Tensor padded = pad(t, {{w.padding[0], w.padding[0]}, {w.padding[1], w.padding[1]}});
  const Tensor tall = take(padded, grid(kh, w.dilation[0], rows, w.stride[0]), 2);
  const Tensor both = take(tall, grid(kw, w.dilation[1], columns, w.stride[1]), 4);
  return reshape(permute(both, {0, 1, 2, 4, 3, 5}), Shape{s[0], s[1] * kh * kw, rows * columns});
}

Tensor fold(const Operand& x, const Windows::Pair& output_size, const Windows& w) {
  const graph::CallScope call("fold", x.where());
  const Tensor t = ops::as_tensor(x);
  if (t.rank() == 2) return select(fold(Operand(unsqueeze(t, 0), x.where()), output_size, w), 0, 0);
  const auto [rows, columns] = window_counts("fold", w, output_size, x.where());
  const auto [kh, kw] = w.kernel_size;
  if (t.rank() != 3 || t.shape()[1] % (kh * kw) != 0 || t.shape()[2] != rows * columns)
    ops::fail<ShapeError>({.operation = "fold",
                           .problem = "the columns do not fit the windows",
                           .received = {{"x", describe(t)}, {"windows", graph::print_any(w)}},
                           .expected = "x (n, a multiple of " + std::to_string(kh * kw) + ", " +
                                       std::to_string(rows * columns) + ")"},
                          x.where());
  const std::int64_t channels = t.shape()[1] / (kh * kw);
  const Tensor apart = reshape(t, Shape{t.shape()[0], channels, kh, kw, rows, columns});
  const Tensor both = permute(apart, {0, 1, 2, 4, 3, 5});
  const std::int64_t height = output_size[0] + 2 * w.padding[0];
  const std::int64_t width = output_size[1] + 2 * w.padding[1];
  const Tensor tall =
      ops::scatter_slices(both, grid(kw, w.dilation[1], columns, w.stride[1]), 4, width);
  const Tensor whole =
      ops::scatter_slices(tall, grid(kh, w.dilation[0], rows, w.stride[0]), 2, height);
  return pad(whole, {{-w.padding[0], -w.padding[0]}, {-w.padding[1], -w.padding[1]}});
}

}  // namespace fathom
