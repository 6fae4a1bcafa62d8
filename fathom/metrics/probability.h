// How good predicted probabilities are. Tasks and shapes as in fathom/metrics/classification.h.
//
// Source: scikit-learn's definitions, and TorchMetrics' for the calibration error and KL.
#pragma once
#include "fathom/metrics/classification.h"

namespace fathom::metrics {

/// What the scores are.
struct ProbabilityOptions {
  Task task = Task::automatic;
  bool from_logits = false;  ///< predictions are logits: softmax or the sigmoid comes first
};

/// Mean of -log(probability of the truth); probabilities are kept 2.2e-16 away from 0 and 1.
/// Multilabel: the mean over labels too.
Metric log_loss(const ProbabilityOptions& options = {});
/// Mean squared distance of probabilities and truth; multiclass sums over classes.
Metric brier(const ProbabilityOptions& options = {});
/// max(0, 1 - margin): of scores with the sign of the class for binary, of the true class over the
/// best other for multiclass (Crammer and Singer 2001). Scores are no probabilities.
Metric hinge(Task task = Task::automatic);

/// Difference of confidence and accuracy over `bins` equal ranges of confidence, weighted by their
/// rows (ECE, Naeini et al. 2015). Confidence is the largest probability; for binary that of class
/// 1. Errors: ValueError for fewer than one bin.
Metric expected_calibration_error(const ProbabilityOptions& options = {}, int bins = 15,
                                  Where where = Where::current());
/// The largest such difference (MCE).
Metric maximum_calibration_error(const ProbabilityOptions& options = {}, int bins = 15,
                                 Where where = Where::current());

/// Mean over rows of sum(target * log(target / prediction)), both of them distributions.
/// Shapes: (N, C) both.
Metric kl_divergence();

}  // namespace fathom::metrics
