// How well classes are told apart: everything that is worked out from a confusion matrix.
//
// Predictions and targets, N rows, C classes, L labels:
//
//   binary      scores f (N,) or (N, 1), or integers (N,)    targets (N,) or (N, 1) of 0 and 1
//   multiclass  scores f (N, C), or class numbers (N,)       targets (N,) of 0 ... C-1
//   multilabel  scores f (N, L), or integers (N, L)          targets (N, L) of 0 and 1
//
// Of a row of multiclass scores the largest counts, the first of equals; so logits serve as well as
// probabilities. Binary and multilabel scores above the threshold are positive.
//
// Source: scikit-learn's definitions. Errors: as Metric::update.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/metrics/metric.h"

namespace fathom::metrics {

/// `automatic` tells by the shapes: floating (N, C) and targets (N,) are multiclass, targets of the
/// same two axes multilabel, scores (N,) binary; integers (N,) are class numbers.
enum class Task : std::uint8_t { automatic, binary, multiclass, multilabel };

/// How the classes' scores become one number: `micro` counts all decisions together, `macro` is the
/// mean over classes, `weighted` the mean weighted by true rows, `samples` the mean over the rows
/// of a multilabel problem, `none` one number for each class.
enum class Average : std::uint8_t { macro, micro, weighted, samples, none };

/// What the metrics of this file have in common.
struct ClassOptions {
  Task task = Task::automatic;
  std::int64_t classes = 0;  ///< or labels; 0: as many as are seen
  double threshold = 0.5;    ///< for logits: 0
  /// Of a binary problem, the score of class 1 is given, whatever stands here. A multiclass mean
  /// is over the classes that occur, among targets or predictions.
  Average average = Average::macro;
  double zero_division = 0;                    ///< what 0 / 0 counts as
  std::optional<std::int64_t> ignore_index{};  ///< rows with this target count for nothing
};

/// Share of right rows; of right labels in a multilabel problem.
Metric accuracy(const ClassOptions& options = {}, Where where = Where::current());
/// Share of rows with every label right: accuracy_score of multilabel data in scikit-learn.
Metric exact_match(const ClassOptions& options = {}, Where where = Where::current());
/// Mean recall over the classes that occur among the targets; `adjusted`: 0 is chance, 1 the best.
Metric balanced_accuracy(const ClassOptions& options = {}, bool adjusted = false,
                         Where where = Where::current());
/// Share of rows whose class is among the k largest scores, of equals the last. Shapes: scores
/// f (N, C).
Metric top_k(std::int64_t k, const ClassOptions& options = {}, Where where = Where::current());
/// Share of wrong rows, or of wrong labels.
Metric hamming_loss(const ClassOptions& options = {}, Where where = Where::current());

/// tp / (tp + fp).
Metric precision(const ClassOptions& options = {}, Where where = Where::current());
/// tp / (tp + fn).
Metric recall(const ClassOptions& options = {}, Where where = Where::current());
/// tn / (tn + fp).
Metric specificity(const ClassOptions& options = {}, Where where = Where::current());
/// The harmonic mean of precision and recall, recall weighted beta times as much.
/// Errors: ValueError for a beta below 0.
Metric f_beta(double beta, const ClassOptions& options = {}, Where where = Where::current());
/// f_beta with a beta of 1.
Metric f1(const ClassOptions& options = {}, Where where = Where::current());
/// tp / (tp + fp + fn), intersection over union.
Metric jaccard(const ClassOptions& options = {}, Where where = Where::current());

/// What a confusion matrix is divided by: nothing, the rows of each true class, of each predicted
/// one, or all rows.
enum class Normalize : std::uint8_t { none, truth, prediction, all };
/// Rows are the truth, columns the predictions. Shapes: -> f64 (C, C); multilabel (L, 2, 2).
Metric confusion_matrix(const ClassOptions& options = {}, Normalize normalize = Normalize::none,
                        Where where = Where::current());

/// Matthews' correlation of truth and prediction, -1 to 1 (Gorodkin 2004 for many classes).
Metric matthews(const ClassOptions& options = {}, Where where = Where::current());
/// How much a disagreement counts: 1, the distance of the classes, or its square.
enum class Weighting : std::uint8_t { none, linear, quadratic };
/// Agreement beyond chance (Cohen 1960); disagreements weighted by the distance of the classes. NaN
/// where truth and prediction have but one class.
Metric cohen_kappa(const ClassOptions& options = {}, Weighting weighting = Weighting::none,
                   Where where = Where::current());

}  // namespace fathom::metrics
