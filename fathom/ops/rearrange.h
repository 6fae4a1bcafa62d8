// Turned, repeated and regrouped: compositions of the movement of shape.h, with its gradients.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

/// `length` elements of an axis from `start` on, which may count from the end. Errors: IndexError.
Tensor narrow(const Operand& x, int axis, std::int64_t start, std::int64_t length);
/// One axis as several; one extent may be -1. Errors: ShapeError if the sizes differ.
Tensor unflatten(const Operand& x, int axis, const std::vector<std::int64_t>& extents);
/// All elements along one axis.
Tensor ravel(const Operand& x);
/// Broadcast to `shape`. Errors: ShapeError.
Tensor broadcast_to(const Operand& x, const Shape& shape);
/// All of one shape, by broadcasting. Errors: ShapeError.
std::vector<Tensor> broadcast_tensors(
    const std::vector<Tensor>& tensors,
    const std::source_location& where = std::source_location::current());
/// At least one, two or three axes, as NumPy places them.
Tensor atleast_1d(const Operand& x);
/// At least two axes, as NumPy places them.
Tensor atleast_2d(const Operand& x);
/// At least three axes, as NumPy places them.
Tensor atleast_3d(const Operand& x);

/// Moves axes to other places; the rest keep their order. Errors: IndexError, ShapeError.
Tensor movedim(const Operand& x, const std::vector<int>& source,
               const std::vector<int>& destination);
Tensor movedim(const Operand& x, int source, int destination);
/// Swaps two axes.
Tensor swapaxes(const Operand& x, int a, int b);
/// Reversed along axis 1 (axis 0). Errors: IndexError.
Tensor fliplr(const Operand& x);
/// Reversed along axis 0. Errors: IndexError.
Tensor flipud(const Operand& x);
/// k quarter turns from the first of two axes towards the second.
Tensor rot90(const Operand& x, int k = 1, int first = 0, int second = 1);
/// Shifted, with what leaves an end coming in at the other. Without axes the flat tensor is
/// shifted. Errors: ShapeError unless there is one shift an axis.
Tensor roll(const Operand& x, std::int64_t shift);
Tensor roll(const Operand& x, const std::vector<std::int64_t>& shifts,
            const std::vector<int>& axes);

/// The whole again and again, so often along each axis: torch.Tensor.repeat. More counts than axes
/// put axes in front. Errors: ShapeError for fewer counts than axes, ValueError for negative ones.
Tensor repeat(const Operand& x, const std::vector<std::int64_t>& counts);
/// The same; missing counts in front are 1: torch.tile.
Tensor tile(const Operand& x, const std::vector<std::int64_t>& counts);
/// Each element `repeats` times in a row, along an axis or of the flat tensor.
Tensor repeat_interleave(const Operand& x, std::int64_t repeats, std::optional<int> axis = {});
/// Each slice as often as its own count (one axis of counts, or a single one). Evaluates the
/// counts. Errors: ShapeError, ValueError for negative counts.
Tensor repeat_interleave(const Operand& x, const Tensor& repeats, std::optional<int> axis = {});

/// (..., c r r, h, w) -> (..., c, h r, w r) (Shi et al. 2016), and back. Errors: ShapeError.
Tensor pixel_shuffle(const Operand& x, std::int64_t factor);
/// (..., c, h r, w r) -> (..., c r r, h, w), undoing pixel_shuffle. Errors: ShapeError.
Tensor pixel_unshuffle(const Operand& x, std::int64_t factor);
/// The channels of axis 1, dealt out from `groups` groups in turn (Zhang et al. 2018).
/// Errors: ShapeError if they do not divide.
Tensor channel_shuffle(const Operand& x, std::int64_t groups);

}  // namespace fathom
