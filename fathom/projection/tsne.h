// t-SNE: points of many numbers drawn in the plane so that neighbours stay neighbours.
//
//   const auto map = projection::tsne(points, {.perplexity = 30});
//   map.points;   // (points, 2)
#pragma once
#include <functional>
#include <optional>

#include "fathom/core/tensor.h"

namespace fathom::projection {

/// All points push each point, or cells of them that are far away do so as one.
enum class TsneMethod { exact, barnes_hut };
/// Where the points of the map begin: in the plane of their principal components, or by chance.
enum class TsneInit { pca, random };

/// What an iteration tells.
struct TsneStep {
  std::size_t iteration = 0;  ///< counted from 1
  double kl_divergence = 0;   ///< of exaggerated affinities in the first 250 iterations
  double gradient_norm = 0;
};

/// scikit-learn's options and defaults.
struct TsneOptions {
  std::int64_t components = 2;     ///< Barnes-Hut: 1 to 3
  double perplexity = 30;          ///< how many neighbours count, below the number of points
  double early_exaggeration = 12;  ///< of the affinities in the first 250 iterations
  double learning_rate = 0;        ///< 0: points / early_exaggeration / 4, 50 at least
  std::size_t max_iter = 1000;     ///< 250 at least
  std::size_t n_iter_without_progress = 300;
  double min_grad_norm = 1e-7;
  TsneInit init = TsneInit::pca;
  std::optional<Tensor> initial;  ///< (points, components), instead of init
  TsneMethod method = TsneMethod::barnes_hut;
  double angle = 0.5;  ///< Barnes-Hut: a cell of this width seen from afar counts as one point
  std::uint64_t seed = 0;
  std::function<void(const TsneStep&)> on_step;  ///< every 50 iterations
};

/// What tsne() makes.
struct TsneResult {
  Tensor points;             ///< (points, components), of x's type
  double kl_divergence = 0;  ///< of the last iteration
  std::size_t iterations = 0;
};

/// Computed in f64 on all threads, the same bits for any number of them. Source: van der Maaten and
/// Hinton 2008; van der Maaten 2014 for Barnes-Hut, which takes n log n of a step instead of n^2.
/// Shapes: x f32 or f64 (points, numbers), 2 points and more. Errors: ShapeError, DTypeError;
/// ValueError for options out of range; NumericError for points that are not finite.
TsneResult tsne(const Tensor& x, const TsneOptions& options = {}, Where where = Where::current());

}  // namespace fathom::projection
