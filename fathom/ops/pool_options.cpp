#include "fathom/ops/pool_options.h"

namespace fathom::ops {

std::int64_t pooled_extent(const op::PoolWindows& w, int axis, std::int64_t extent) {
  if (w.adaptive) return w.kernel_size[axis];
  const std::int64_t stride = w.stride[axis], padding = w.padding[axis];
  const std::int64_t room = extent + 2 * padding - w.dilation[axis] * (w.kernel_size[axis] - 1) -
                            1 + (w.ceil_mode ? stride - 1 : 0);
  if (room < 0) return 0;
  const std::int64_t windows = room / stride + 1;
  // A window that would begin in the padding behind the end is none.
  return w.ceil_mode && (windows - 1) * stride >= extent + padding ? windows - 1 : windows;
}

Tensor pool_input(const char* operation, const Operand& x, int axes) {
  const Tensor t = as_tensor(x, operation);
  if (t.rank() != axes + 1 && t.rank() != axes + 2)
    fail<ShapeError>({.operation = operation,
                      .problem = "x has " + std::to_string(t.rank()) + " axes",
                      .received = {{"x", graph::describe(t)}},
                      .expected = std::to_string(axes + 2) + " axes, or " +
                                  std::to_string(axes + 1) + " without a batch"},
                     x.where());
  return t;
}

Shape counts_of(const char* operation, const char* option, std::span<const std::int64_t> numbers,
                std::int64_t least, const std::source_location& where) {
  for (const std::int64_t number : numbers)
    require_option(number >= least, operation, option, static_cast<double>(number),
                   least == 0 ? "a number of 0 and more" : "a number of 1 and more", where);
  return Shape(numbers);
}

void check_windows(const char* operation, const op::PoolWindows& w,
                   const std::source_location& where) {
  for (int i = 0; i < w.kernel_size.rank(); ++i) {
    const std::int64_t reach = w.dilation[i] * (w.kernel_size[i] - 1) + 1;
    if (2 * w.padding[i] <= reach) continue;
    fail<ValueError>({.operation = operation,
                      .problem = "there is more padding than half a window",
                      .received = {{"kernel_size", to_string(w.kernel_size)},
                                   {"dilation", to_string(w.dilation)},
                                   {"padding", to_string(w.padding)}},
                      .hint = "pad(x, widths) takes any padding"},
                     where);
  }
}

Shape unpooled_shape(const char* operation, const Tensor& x, const op::PoolWindows& w,
                     const std::int64_t* wanted, const std::source_location& where) {
  Shape shape = x.shape();
  const int lead = shape.rank() - w.kernel_size.rank();
  for (int i = 0; i < w.kernel_size.rank(); ++i) {
    const std::int64_t smallest =
        (shape[lead + i] - 1) * w.stride[i] + w.kernel_size[i] - 2 * w.padding[i];
    const std::int64_t extent = wanted ? wanted[i] : smallest;
    if (extent <= smallest - w.stride[i] || extent >= smallest + w.stride[i] || extent < 0)
      fail<ShapeError>({.operation = operation,
                        .problem = "axis " + std::to_string(lead + i) + " cannot have " +
                                   std::to_string(extent) + " elements",
                        .received = {{"x", graph::describe(x)}},
                        .expected = "more than " + std::to_string(smallest - w.stride[i]) +
                                    " and less than " + std::to_string(smallest + w.stride[i])},
                       where);
    shape[lead + i] = extent;
  }
  return shape;
}

Shape adaptive_size(const char* operation, const Tensor& x, std::span<const std::int64_t> wanted,
                    const std::source_location& where) {
  Shape size;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] < 1 && wanted[i] != -1)
      fail<ValueError>({.operation = operation,
                        .problem = "output_size is " + std::to_string(wanted[i]),
                        .expected = "numbers of 1 and more, or -1 for x's own"},
                       where);
    const int axis = x.rank() - static_cast<int>(wanted.size() - i);
    size.push_back(wanted[i] == -1 ? x.shape()[axis] : wanted[i]);
  }
  return size;
}

}  // namespace fathom::ops
