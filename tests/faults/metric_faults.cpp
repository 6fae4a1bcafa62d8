// Metrics.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults metric_faults() {
  using namespace metrics;
  return {
      fault<ShapeError>(
          "predictions of another number of rows",
          [] {
            accuracy()(zeros({3, 2}), labels({0, 1}));
          },
          R"(metric accuracy: predictions and targets have different numbers of rows
  prediction: f32 (3, 2)     target: i64 (2,)
  in: @)"),
      fault<IndexError>(
          "a target beyond the classes",
          [] {
            accuracy()(zeros({2, 3}), labels({0, 3}));
          },
          R"(metric accuracy: label 3 at position 1 is out of range
  expected 0 to 2
  in: @)"),
      fault<DTypeError>(
          "targets of floats",
          [] {
            accuracy()(zeros({2, 3}), zeros({2}));
          },
          R"(metric accuracy: labels are floating-point numbers
  labels: f32 (2,)
  expected integers or booleans
  hint: cast(labels, DType::i64)
  in: @)"),
      fault<ShapeError>(
          "weights of another number of rows",
          [] {
            accuracy()(zeros({2, 3}), labels({0, 1}), ones({3}));
          },
          R"(metric accuracy: the weights do not fit the rows
  weight: f32 (3,)     target: i64 (2,)
  expected one weight a row
  in: @)"),
      fault<ValueError>(
          "a value before the first batch", [] { f1().compute(); },
          R"(metric f1: there is no value before the first row
  hint: call update(prediction, target) first
  in: @)"),
      fault<ValueError>(
          "the best of none", [] { top_k(0); }, R"(metric top_k: k is 0
  expected at least 1
  in: @)"),
      fault<ShapeError>(
          "the best of more than there are",
          [] {
            top_k(4)(zeros({2, 3}), labels({0, 1}));
          },
          R"(metric top_k: predictions are no scores of 4 or more classes
  prediction: (2, 3)
  expected floating-point scores (N, classes)
  in: @)"),
      fault<ValueError>(
          "a negative beta", [] { f_beta(-1); }, R"(metric f_beta: beta is -1.000000
  expected at least 0
  in: @)"),
      fault<ValueError>(
          "a mean over samples of one label each",
          [] { precision({.task = Task::multiclass, .average = Average::samples}); },
          R"(metric precision: the mean over samples is for multilabel problems
  hint: say .task = Task::multilabel
  in: @)"),
      fault<ShapeError>(
          "labels that are fewer than before",
          [] {
            Metric m = f1({.task = Task::multilabel});
            m.update(zeros({2, 3}), zeros({2, 3}, DType::i64));
            m.update(zeros({2, 2}), zeros({2, 2}, DType::i64));
          },
          R"(metric: another number of labels than in the batches before
  before: 3     now: 2
  in: @)"),
      fault<DTypeError>(
          "an area of classes instead of scores",
          [] {
            roc_auc()(labels({0, 1}), labels({0, 1}));
          },
          R"(metric roc_auc: predictions are no scores
  prediction: i64 (2,)
  expected floating-point numbers
  in: @)"),
      fault<ValueError>(
          "an area over samples", [] { roc_auc({.average = Average::samples}); },
          R"(metric roc_auc: there is no mean over samples of a ranking
  expected macro, micro, weighted or none
  in: @)"),
      fault<ShapeError>(
          "scores of fewer classes than before",
          [] {
            Metric m = average_precision();
            m.update(zeros({2, 3}), labels({0, 1}));
            m.update(zeros({2, 2}), labels({0, 1}));
          },
          R"(metric average_precision: another number of classes than in the batches before
  prediction: (2, 2)
  in: @)"),
      fault<ValueError>(
          "calibration in no bins", [] { expected_calibration_error({}, 0); },
          R"(metric expected_calibration_error: bins is 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "calibration of logits",
          [] {
            expected_calibration_error()(full({2, 3}, 2.0), labels({0, 1}));
          },
          R"(metric expected_calibration_error: a prediction is no probability
  value: 2.000000
  expected numbers from 0 to 1
  hint: for logits say .from_logits = true
  in: @)"),
      fault<ShapeError>(
          "numbers of another shape",
          [] {
            mean_squared_error()(zeros({3, 2}), zeros({3, 4}));
          },
          R"(metric mean_squared_error: predictions and targets do not fit
  prediction: f32 (3, 2)     target: f32 (3, 4)
  expected the same shape
  in: @)"),
      fault<ValueError>(
          "ranks with weights", [] { spearman()(zeros({3}), zeros({3}), ones({3})); },
          R"(metric spearman: ranks take no weights
  in: @)"),
      fault<ValueError>(
          "R2 of too few rows", [] { r2(Columns::mean, 3)(zeros({3}), arange(3.0)); },
          R"(metric r2: too few rows to adjust for the regressors
  rows: 3.000000     regressors: 3.000000
  in: @)"),
      fault<ShapeError>(
          "distributions that do not fit",
          [] {
            kl_divergence()(zeros({3, 2}), zeros({3}));
          },
          R"(metric kl_divergence: the distributions do not fit
  prediction: f32 (3, 2)     target: f32 (3,)
  expected (N, classes) both
  in: @)"),
      fault<ValueError>(
          "the accuracy of predictions that were never set",
          [] { accuracy()(Tensor(), labels({0})); }, empty_tensor("shape")),
  };
}

}  // namespace fathom::test
