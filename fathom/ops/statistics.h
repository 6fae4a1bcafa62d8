// Order statistics and correlation.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/core/tensor.h"
#include "fathom/ops/reduce.h"

namespace fathom {

/// How a quantile between two elements is read off, as torch.quantile's interpolation.
enum class Interpolation : std::uint8_t { linear, lower, higher, midpoint, nearest };

/// The lower of the two middle elements; NaN if any is NaN. Gradient: to its place.
/// Errors: ShapeError for no elements.
Tensor median(const Operand& x);
/// Along one axis, with its place, which of NaNs is the first.
IndexedResult median(const Operand& x, int axis, bool keep_dims = false);
/// The median of what is not NaN; NaN if nothing is.
Tensor nanmedian(const Operand& x);
IndexedResult nanmedian(const Operand& x, int axis, bool keep_dims = false);
/// The most frequent element along an axis, of several the smallest, and its last place.
/// Gradient: to that place. Errors: ShapeError for no elements.
IndexedResult mode(const Operand& x, int axis = -1, bool keep_dims = false);

/// The q-quantile along an axis, or of all elements: place q * (n - 1) of the sorted ones. NaN if
/// any is NaN. Shapes: q () as a reduction; q (m,) puts an axis of extent m in front. Dtypes:
/// floating. Gradient: to the one or two elements, and by q. Errors: ValueError for a number q
/// outside [0, 1], IndexError for a tensor's when evaluated; ShapeError for no elements.
Tensor quantile(const Operand& x, const Operand& q, std::optional<int> axis = {},
                bool keep_dims = false, Interpolation interpolation = Interpolation::linear);
/// The quantile of what is not NaN; NaN if nothing is.
Tensor nanquantile(const Operand& x, const Operand& q, std::optional<int> axis = {},
                   bool keep_dims = false, Interpolation interpolation = Interpolation::linear);

/// Covariances of variables (rows) over observations (columns), divided by n - correction. Weights,
/// one an observation: `frequencies` (integers, how often it was seen) and `importances`.
/// Shapes: (v, n) -> (v, v); (n,) -> (). Dtypes: integers become f32. Errors: ShapeError.
Tensor cov(const Operand& x, int correction = 1, const Tensor& frequencies = {},
           const Tensor& importances = {});
/// Pearson's correlations: cov scaled to a diagonal of 1.
Tensor corrcoef(const Operand& x);

}  // namespace fathom
