// Indexing as in NumPy, and assignment that gives a new tensor:
//
//   x[0]                              x[0]
//   x[{range(1, 5), -1}]              x[1:5, -1]
//   x[{ellipsis, range(none, none, -1)}]   x[..., ::-1]
//   x[{range(), newaxis, rows}]       x[:, None, rows]       rows: an i64 tensor
//   x[x > 0]                          x[x > 0]
//   with(x, {0, range(2, 4)}, 1.5)    x[0, 2:4] = 1.5
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <source_location>
#include <variant>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

/// Leaves an end of a range open.
inline constexpr std::nullopt_t none = std::nullopt;
struct NewAxis {};
/// Inserts an axis of extent 1.
inline constexpr NewAxis newaxis;
struct Ellipsis {};
/// Stands for all axes that the other indices do not name.
inline constexpr Ellipsis ellipsis;

/// Positions start, start + step, ... before stop, as in Python: negative ones count from the end,
/// those outside are clipped, a negative step walks backwards.
struct Range {
  std::optional<std::int64_t> start, stop;
  std::int64_t step = 1;
};
/// As Python's start:stop:step.
inline Range range(std::optional<std::int64_t> start = none,
                   std::optional<std::int64_t> stop = none, std::int64_t step = 1) {
  return {start, stop, step};
}

/// One index: a position, a range, a new axis, an ellipsis, a tensor of positions or a bool mask.
class Index {
 public:
  using Item = std::variant<std::int64_t, Range, NewAxis, Ellipsis, Tensor>;

  template <std::integral T>
  requires(!std::same_as<T, bool>)
      Index(T position,  // NOLINT(google-explicit-constructor)
            std::source_location where = std::source_location::current())
      : item_(static_cast<std::int64_t>(position)), where_(where) {}
  Index(Range range,  // NOLINT(google-explicit-constructor)
        std::source_location where = std::source_location::current())
      : item_(range), where_(where) {}
  Index(NewAxis, std::source_location where = std::source_location::current())  // NOLINT
      : item_(NewAxis{}), where_(where) {}
  Index(Ellipsis, std::source_location where = std::source_location::current())  // NOLINT
      : item_(Ellipsis{}), where_(where) {}
  Index(Tensor positions,  // NOLINT(google-explicit-constructor)
        std::source_location where = std::source_location::current())
      : item_(std::move(positions)), where_(where) {}

  const Item& item() const { return item_; }
  const std::source_location& where() const { return where_; }

 private:
  Item item_;
  std::source_location where_;
};
/// One index for each axis, from the first on.
using Indices = std::vector<Index>;

/// x at indices; the same as x[{...}]. Positions, ranges and new axes make a view. Index tensors
/// (i64 or i32) broadcast; the axes of their common shape stand where they are, or in front if
/// something lies between them (a position beside them counts as one of them): NumPy's rule. A mask
/// of k axes takes k axes and is evaluated. Gradient: added where positions meet. Errors:
/// IndexError (for tensors when evaluated), ShapeError, DTypeError, ValueError for a step of 0.
Tensor index(const Operand& x, const Indices& indices);

/// x with the elements at indices replaced by value, which broadcasts: x[...] = value as a
/// function. The last of several writes stands. Gradient: by x where nothing was written, by value
/// where it stands. Errors: as index, and ShapeError if the value does not broadcast.
Tensor with(const Operand& x, const Indices& indices, const Operand& value);
/// The same, or with `accumulate` x with values added, in order: torch.index_put.
Tensor index_put(const Operand& x, const Indices& indices, const Operand& values,
                 bool accumulate = false);

/// x with the slice at one index of an axis replaced by a tensor of exactly that slice's shape.
/// Gradient: as with's. Errors: ShapeError, IndexError.
Tensor select_scatter(const Operand& x, const Operand& source, int axis, std::int64_t index);
/// The same with a range of an axis.
Tensor slice_scatter(const Operand& x, const Operand& source, int axis = 0,
                     std::optional<std::int64_t> start = {}, std::optional<std::int64_t> stop = {},
                     std::int64_t step = 1);
/// The same with a diagonal.
Tensor diagonal_scatter(const Operand& x, const Operand& source, std::int64_t offset = 0,
                        int first = 0, int second = 1);

}  // namespace fathom
