// Private to fathom/metrics: predictions and targets as decisions, and the counts made of them.
#pragma once
#include <vector>

#include "fathom/metrics/classification.h"

namespace fathom::metrics::detail {

/// What was decided and what is true, row-major: a class number a row, or 0 and 1 for each label.
struct Decisions {
  Task task = Task::multiclass;
  std::int64_t rows = 0;
  std::int64_t labels = 1;   // a row; 1 but for multilabel
  std::int64_t classes = 0;  // 2 for binary; what is known of multiclass
  std::vector<std::int64_t> predicted, truth;
};

/// Tells the task by the shapes. Errors: ShapeError for shapes that are of none.
Task task_of(const char* metric, Task task, const Tensor& prediction, const Tensor& target);
/// Errors: as Metric::update.
Decisions decide(const char* metric, const ClassOptions& options, const Tensor& prediction,
                 const Tensor& target);
/// Refuses labels that are not 0 ... count-1.
void require_labels(const char* metric, const std::vector<std::int64_t>& labels, std::int64_t count,
                    std::optional<std::int64_t> ignored = {});

/// A table of truth x prediction for each of `tables` problems: one of C classes, or L of two.
class Tables {
 public:
  Tables() = default;
  explicit Tables(const Metric::State& state);
  /// Adds a batch. Classes that were not seen before make the table larger.
  void add(const Decisions& d, std::span<const double> weight, std::optional<std::int64_t> ignored);
  Metric::State state() const;

  Task task = Task::multiclass;
  std::int64_t tables = 0, classes = 0;
  double extra[2] = {0, 0};  // what else a metric sums up
  double& at(std::int64_t table, std::int64_t truth, std::int64_t predicted) {
    return cells_[static_cast<std::size_t>((table * classes + truth) * classes + predicted)];
  }
  double at(std::int64_t table, std::int64_t truth, std::int64_t predicted) const {
    return const_cast<Tables*>(this)->at(table, truth, predicted);
  }
  /// Whether a class was seen on either side, be it in rows of no weight.
  bool occurs(std::size_t c) const { return occurs_[c] != 0; }
  /// Sum over predictions, over truths, over the diagonal, over everything.
  double of_truth(std::int64_t table, std::int64_t c) const;
  double of_prediction(std::int64_t table, std::int64_t c) const;
  double correct() const;
  double total() const;
  const std::vector<double>& cells() const { return cells_; }

 private:
  void grow(std::int64_t classes);
  std::vector<double> cells_, occurs_;
};

/// Decisions about one class.
struct Counts {
  double tp = 0, fp = 0, fn = 0, tn = 0;
};
/// Of each class; of a binary problem, of class 1 alone.
std::vector<Counts> counts_of(const Tables& tables);

}  // namespace fathom::metrics::detail
