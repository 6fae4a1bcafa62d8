// How well scores rank: curves over all thresholds and the areas below them.
//
// Binary, multiclass (each class against the rest) and multilabel problems, as in
// fathom/metrics/classification.h; predictions are scores. Every row is kept until reset().
//
// Source: scikit-learn's definitions. Errors: as Metric::update.
#pragma once
#include "fathom/metrics/classification.h"

namespace fathom::metrics {

/// What the scores are, and how several classes become one number.
struct ScoreOptions {
  Task task = Task::automatic;
  Average average = Average::macro;  ///< of the classes: macro, micro, weighted or none
  /// Multiclass logits: probabilities are made of them first, since ranking a class over rows needs
  /// them on one scale.
  bool from_logits = false;
};

/// The area below the ROC curve: the probability that a true row is ranked above a false one, ties
/// counting half. NaN for a class with only one kind of row.
Metric roc_auc(const ScoreOptions& options = {}, Where where = Where::current());
/// Sum over thresholds of precision times the gain in recall. 0 for a class without true rows.
Metric average_precision(const ScoreOptions& options = {}, Where where = Where::current());

/// One point for each threshold, falling from infinity. A rate of rows that there are not is NaN.
/// Binary only.
/// Shapes: -> f64 (3, points): false positive rate, true positive rate, threshold.
Metric roc_curve();
/// One point for each threshold, rising; the last, (1, 0), stands for infinity. Binary only.
/// Shapes: -> f64 (3, points): precision, recall, threshold.
Metric precision_recall_curve();

}  // namespace fathom::metrics
