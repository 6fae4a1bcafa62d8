// Counting values: bincount and histograms. Weights are added in the order of the elements.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

/// How often each of 0, 1, 2, ... occurs among integers >= 0, or the sum of their weights.
/// Shapes: (n,) -> (max(x) + 1 or minimum_length, whichever is more,). The shape depends on the
/// values, so x is evaluated. Dtypes: counts are i64; weights f32 give f32, all others f64.
/// Gradient: by the weights. Errors: DTypeError, ShapeError, ValueError for a negative element.
Tensor bincount(const Operand& x, const Tensor& weights = {}, std::int64_t minimum_length = 0);

/// Counts of elements in `bins` bins of equal width from low to high, both ends included; elements
/// outside are not counted. With low == high the data's range is used, which evaluates x.
/// Dtypes: floating, which the counts are, too. No gradient. Errors: ValueError.
Tensor histc(const Operand& x, std::int64_t bins = 100, double low = 0, double high = 0);

/// What histogram() gives.
struct HistogramResult {
  Tensor histogram;  ///< (bins,): counts, sums of weights, or densities
  Tensor edges;      ///< (bins + 1,)
};
/// The same with its edges. Each bin has its lower edge, the last its upper one, too. Without a
/// range the data's is used, which evaluates x; `density` makes the histogram's integral 1.
/// Gradient: by the weights. Errors: ValueError, ShapeError if the weights are not shaped as x.
HistogramResult histogram(const Operand& x, std::int64_t bins,
                          std::optional<std::array<double, 2>> range = {},
                          const Tensor& weights = {}, bool density = false);
/// With ascending edges of one's own.
HistogramResult histogram(const Operand& x, const Tensor& edges, const Tensor& weights = {},
                          bool density = false);

/// What histogramdd() gives.
struct HistogramddResult {
  Tensor histogram;           ///< (bins[0], bins[1], ...)
  std::vector<Tensor> edges;  ///< (bins[i] + 1,) each
};
/// The same of points in several dimensions; `ranges` holds one range for each, or none. Shapes: x
/// (n, d), weights (n,). Gradient: by the weights. Errors: ValueError, ShapeError.
HistogramddResult histogramdd(const Operand& x, const std::vector<std::int64_t>& bins,
                              const std::vector<std::array<double, 2>>& ranges = {},
                              const Tensor& weights = {}, bool density = false);

}  // namespace fathom
