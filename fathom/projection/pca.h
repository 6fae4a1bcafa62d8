// Principal components: the directions in which points differ most.
//
//   const auto pca = projection::Pca::fit(points, {.components = 2});
//   const Tensor in_the_plane = pca.transform(points);
#pragma once
#include "fathom/core/tensor.h"

namespace fathom::projection {

/// Options of Pca::fit().
struct PcaOptions {
  std::int64_t components = 0;  ///< 0: as many as there are, the smaller of points and numbers
  bool whiten = false;          ///< each component divided by its deviation
};

/// A fit of scikit-learn's PCA, its numbers and its choice of signs: the largest number of each
/// direction is positive.
struct Pca {
  Tensor mean;                      ///< (numbers)
  Tensor components;                ///< (components, numbers), of length 1
  Tensor explained_variance;        ///< (components), largest first
  Tensor explained_variance_ratio;  ///< the same as shares of the whole variance
  Tensor singular_values;           ///< (components), of the centred points
  bool whiten = false;

  /// Computed in f64, with more points than numbers by the eigenvectors of their covariance.
  /// Shapes: x f32 or f64 (points, numbers), 2 points and more. The results have x's type.
  /// Errors: ShapeError, DTypeError; ValueError for more components than there are.
  static Pca fit(const Tensor& x, const PcaOptions& options = {}, Where where = Where::current());
  /// Shapes: (points, numbers) -> (points, components).
  Tensor transform(const Tensor& x) const;
  /// Back to the space of the points. Shapes: (points, components) -> (points, numbers).
  Tensor inverse_transform(const Tensor& x) const;
};

}  // namespace fathom::projection
