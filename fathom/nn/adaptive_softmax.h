// Softmax over very many classes, of which few are frequent.
#pragma once
#include <cstdint>
#include <vector>

#include "fathom/nn/linear.h"
#include "fathom/nn/sequential.h"

namespace fathom::nn {

/// Options of AdaptiveLogSoftmaxWithLoss.
struct AdaptiveSoftmaxOptions {
  double div_value = 4;    ///< cluster i works in in_features / div_value^(i+1) features
  bool head_bias = false;  ///< of the first layer
};
/// What AdaptiveLogSoftmaxWithLoss gives.
struct AdaptiveSoftmaxResult {
  Tensor output;  ///< (B) or (): the log-probability of each row's target
  Tensor loss;    ///< (): the mean of their negatives
};

/// Classes, by falling frequency, in clusters: the head has those below the first cutoff and one
/// entry for each further cluster; a cluster's own classes are told apart in fewer features
/// (Grave et al. 2017), torch.nn.AdaptiveLogSoftmaxWithLoss.
///
/// Every cluster is computed for every row, so that no shape depends on the targets.
///
/// Shapes      x (B, in) with targets (B), i64, or (in) with ()
/// Parameters  head.weight, tail.I.0.weight, tail.I.1.weight, as Linear's
/// Errors      ValueError for cutoffs that do not rise or leave (0, classes); ShapeError;
///             IndexError for targets, when evaluated
class AdaptiveLogSoftmaxWithLoss {
 public:
  AdaptiveLogSoftmaxWithLoss(std::int64_t in_features, std::int64_t classes,
                             std::vector<std::int64_t> cutoffs, AdaptiveSoftmaxOptions options = {},
                             Where where = Where::current());
  AdaptiveSoftmaxResult operator()(const Tensor& x, const Tensor& target,
                                   Where where = Where::current()) const;
  /// Log-probabilities of all classes: (B, in) -> (B, classes).
  Tensor log_prob(const Tensor& x, Where where = Where::current()) const;
  /// The likeliest class of each row: (B, in) -> (B), i64.
  Tensor predict(const Tensor& x, Where where = Where::current()) const;

  Linear head;
  std::vector<Sequential> tail;
  std::vector<std::int64_t> cutoffs;  ///< with the number of classes as the last
  static constexpr auto members() {
    return fathom::members<&AdaptiveLogSoftmaxWithLoss::head, &AdaptiveLogSoftmaxWithLoss::tail>();
  }
};

}  // namespace fathom::nn
