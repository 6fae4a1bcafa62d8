// Joining and parting: concat, stack and split, NumPy's and torch's other ways to say them, and the
// products of sets.
#pragma once
#include <concepts>
#include <cstdint>
#include <source_location>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
struct Concat {
  int axis;
};
}  // namespace op

/// Joined along an existing axis. Errors: ShapeError if other axes differ or the list is empty.
Tensor concat(const std::vector<Tensor>& parts, int axis = 0,
              const std::source_location& where = std::source_location::current());
/// Joined along a new axis.
Tensor stack(const std::vector<Tensor>& parts, int axis = 0,
             const std::source_location& where = std::source_location::current());
/// Consecutive pieces of the given lengths along an axis. Errors: ShapeError if they do not add up.
std::vector<Tensor> split(const Operand& x, const std::vector<std::int64_t>& lengths, int axis = 0);
/// Joined side by side: along axis 1, vectors along their only one. Errors: as concat.
Tensor hstack(const std::vector<Tensor>& parts,
              const std::source_location& where = std::source_location::current());
/// Joined row by row along axis 0; vectors are rows.
Tensor vstack(const std::vector<Tensor>& parts,
              const std::source_location& where = std::source_location::current());
/// Joined along axis 2, at least three axes each.
Tensor dstack(const std::vector<Tensor>& parts,
              const std::source_location& where = std::source_location::current());
/// Joined along axis 1; vectors are columns.
Tensor column_stack(const std::vector<Tensor>& parts,
                    const std::source_location& where = std::source_location::current());

/// Pieces of `length` elements along an axis, the last one shorter if need be. Errors: ValueError
/// for a length below 1 (0 is right for an axis of no elements).
std::vector<Tensor> split_evenly(const Operand& x, std::int64_t length, int axis = 0);
template <std::integral T> std::vector<Tensor> split(const Operand& x, T length, int axis = 0) {
  return split_evenly(x, static_cast<std::int64_t>(length), axis);
}
/// At most `count` pieces of equal length, the last one shorter: torch.chunk. Errors: ValueError.
std::vector<Tensor> chunk(const Operand& x, std::int64_t count, int axis = 0);
/// Exactly `count` pieces, the first ones longer by one: torch.tensor_split. Errors: ValueError.
std::vector<Tensor> tensor_split(const Operand& x, std::int64_t count, int axis = 0);
/// Pieces that end before each of the given positions, and the rest; as slices, so that positions
/// may count from the end or lie outside.
std::vector<Tensor> tensor_split(const Operand& x, const std::vector<std::int64_t>& positions,
                                 int axis = 0);
/// tensor_split along axis 1, of a vector along axis 0. Errors: ShapeError for a scalar.
std::vector<Tensor> hsplit(const Operand& x, std::int64_t count);
std::vector<Tensor> hsplit(const Operand& x, const std::vector<std::int64_t>& positions);
/// tensor_split along axis 0. Errors: ShapeError for less than two axes.
std::vector<Tensor> vsplit(const Operand& x, std::int64_t count);
std::vector<Tensor> vsplit(const Operand& x, const std::vector<std::int64_t>& positions);
/// tensor_split along axis 2. Errors: ShapeError for less than three axes.
std::vector<Tensor> dsplit(const Operand& x, std::int64_t count);
std::vector<Tensor> dsplit(const Operand& x, const std::vector<std::int64_t>& positions);
/// The slices along an axis, which goes away.
std::vector<Tensor> unbind(const Operand& x, int axis = 0);

/// Matrices along the diagonal of one, zeros elsewhere; vectors are rows, numbers 1 by 1. Errors:
/// ShapeError for more axes.
Tensor block_diag(const std::vector<Tensor>& parts,
                  const std::source_location& where = std::source_location::current());

/// Whether the first coordinate runs along axis 0 (ij) or axis 1 (xy).
enum class GridOrder : std::uint8_t { ij, xy };
/// Coordinates of a grid over vectors (or numbers). Errors: ShapeError for matrices.
std::vector<Tensor> meshgrid(const std::vector<Tensor>& vectors, GridOrder order = GridOrder::ij,
                             const std::source_location& where = std::source_location::current());
/// All tuples of one element from each vector, the last running fastest: (n1 n2 ..., k); of one
/// vector the vector itself. Errors: ShapeError.
Tensor cartesian_prod(const std::vector<Tensor>& vectors,
                      const std::source_location& where = std::source_location::current());
/// All r-tuples of a vector's elements in their order: (count, r). Errors: ShapeError, ValueError.
Tensor combinations(const Operand& x, std::int64_t r = 2, bool with_replacement = false);

}  // namespace fathom
