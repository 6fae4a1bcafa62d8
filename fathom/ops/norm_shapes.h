// Shape rules that the normalisations share. Internal.
#pragma once
#include "fathom/core/tensor.h"

namespace fathom::ops {

/// The number of elements of x's last axes, which must be `normalized`, as must a defined vector's
/// be. Errors: ShapeError.
std::int64_t require_last_axes(const char* operation, const Tensor& x, const Shape& normalized,
                               const Tensor& vector, const std::source_location& where);

/// The channels of x (B, C, ...). Errors: ShapeError for fewer than two axes.
std::int64_t require_positions(const char* operation, const Tensor& x,
                               const std::source_location& where);
/// (B, C, ...) as (B, C, L). Errors: ShapeError for fewer than two axes.
Tensor with_positions(const char* operation, const Tensor& x, const std::source_location& where);

/// (B, C, positions...) as (B, positions..., C), which is how pictures lie in memory, and back.
Tensor channels_last(const Tensor& x);
Tensor channels_first(const Tensor& x);

/// (C) as (1, C, 1), to go with (B, C, L).
Tensor per_channel(const Tensor& vector);

/// Errors: ShapeError for a defined vector that is not one value a channel, of x's type.
void require_channels(const char* operation, const Tensor& x, std::int64_t channels,
                      const char* name, const Tensor& vector, const std::source_location& where);

/// Weights that are not given are ones, biases zeros: constants of the plan.
Tensor or_constant(const Tensor& given, double value, const Shape& shape, DType dtype);

}  // namespace fathom::ops
