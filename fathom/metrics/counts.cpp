#include "fathom/metrics/counts.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/graph/op.h"

namespace fathom::metrics::detail {
namespace {

[[noreturn]] void refuse_shapes(const char* metric, const Tensor& prediction, const Tensor& target,
                                const char* expected) {
  throw ShapeError({.operation = std::string("metric ") + metric,
                    .problem = "predictions and targets do not fit",
                    .received = {{"prediction", graph::describe(prediction)},
                                 {"target", graph::describe(target)}},
                    .expected = expected});
}

bool is_column(const Tensor& x) { return x.rank() == 1 || (x.rank() == 2 && x.size(1) == 1); }

}  // namespace

Task task_of(const char* metric, Task task, const Tensor& prediction, const Tensor& target) {
  const bool scores = is_floating(prediction.dtype());
  if (task == Task::automatic) {
    if (prediction.rank() == 2 && target.rank() == 2 && target.size(1) > 1)
      task = Task::multilabel;
    else if (prediction.rank() == 2 && prediction.size(1) > 1)
      task = Task::multiclass;
    else
      task = scores ? Task::binary : Task::multiclass;
  }
  switch (task) {
    case Task::binary:
      if (!is_column(prediction) || !is_column(target))
        refuse_shapes(metric, prediction, target, "binary: both (N,) or (N, 1)");
      break;
    case Task::multilabel:
      if (prediction.rank() != 2 || !(prediction.shape() == target.shape()))
        refuse_shapes(metric, prediction, target, "multilabel: both (N, labels)");
      break;
    default:
      if (prediction.rank() != (scores ? 2 : 1) || target.rank() != 1)
        refuse_shapes(metric, prediction, target,
                      "multiclass: scores (N, classes) or class numbers (N,), and targets (N,)");
  }
  return task;
}

void require_labels(const char* metric, const std::vector<std::int64_t>& labels, std::int64_t count,
                    std::optional<std::int64_t> ignored) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if ((labels[i] < 0 || labels[i] >= count) && labels[i] != ignored)
      throw IndexError({.operation = std::string("metric ") + metric,
                        .problem = "label " + std::to_string(labels[i]) + " at position " +
                                   std::to_string(i) + " is out of range",
                        .expected = "0 to " + std::to_string(count - 1)});
}

Decisions decide(const char* metric, const ClassOptions& options, const Tensor& prediction,
                 const Tensor& target) {
  Decisions d;
  d.task = task_of(metric, options.task, prediction, target);
  d.rows = target.size(0);
  // Binary targets may be floats, as losses take them.
  if (d.task == Task::multiclass || !is_floating(target.dtype())) {
    d.truth = integers(metric, target);
  } else {
    for (const double x : target.to_vector<double>())
      d.truth.push_back(static_cast<std::int64_t>(x));
  }
  const bool scores = is_floating(prediction.dtype());
  if (d.task == Task::multiclass) {
    d.classes = options.classes;
    if (!scores) {
      d.predicted = integers(metric, prediction);
      if (d.classes == 0)
        for (const auto* list : {&d.predicted, &d.truth})
          for (const std::int64_t label : *list)
            if (label != options.ignore_index) d.classes = std::max(d.classes, label + 1);
    } else {
      if (d.classes != 0 && d.classes != prediction.size(1))
        refuse_shapes(metric, prediction, target, "as many scores as classes");
      d.classes = prediction.size(1);
      const std::vector<double> values = prediction.to_vector<double>();
      for (std::int64_t row = 0; row < d.rows; ++row) {
        const auto begin = values.begin() + row * d.classes;
        d.predicted.push_back(std::max_element(begin, begin + d.classes) - begin);
      }
    }
  } else {
    d.classes = 2;
    d.labels = d.task == Task::multilabel ? target.size(1) : 1;
    if (scores)
      for (const double x : prediction.to_vector<double>())
        d.predicted.push_back(x > options.threshold);
    else
      d.predicted = integers(metric, prediction);
  }
  require_labels(metric, d.truth, d.classes, options.ignore_index);
  require_labels(metric, d.predicted, d.classes);
  return d;
}

Tables::Tables(const Metric::State& state) {
  if (state.empty()) return;
  task = static_cast<Task>(static_cast<int>(state[0]));
  tables = static_cast<std::int64_t>(state[1]);
  classes = static_cast<std::int64_t>(state[2]);
  extra[0] = state[3];
  extra[1] = state[4];
  occurs_.assign(state.begin() + 5, state.begin() + 5 + classes);
  cells_.assign(state.begin() + 5 + classes, state.end());
}

Metric::State Tables::state() const {
  Metric::State state{static_cast<double>(task), static_cast<double>(tables),
                      static_cast<double>(classes), extra[0], extra[1]};
  state.insert(state.end(), occurs_.begin(), occurs_.end());
  state.insert(state.end(), cells_.begin(), cells_.end());
  return state;
}

void Tables::grow(std::int64_t to) {
  Tables larger;
  larger.task = task;
  larger.tables = tables;
  larger.classes = to;
  larger.cells_.resize(static_cast<std::size_t>(tables * to * to));
  for (std::int64_t t = 0; t < tables; ++t)
    for (std::int64_t i = 0; i < classes; ++i)
      for (std::int64_t j = 0; j < classes; ++j) larger.at(t, i, j) = at(t, i, j);
  std::swap(larger.cells_, cells_);
  occurs_.resize(static_cast<std::size_t>(to));
  classes = to;
}

void Tables::add(const Decisions& d, std::span<const double> weight,
                 std::optional<std::int64_t> ignored) {
  if (tables == 0) {
    task = d.task;
    tables = d.labels;
  }
  if (tables != d.labels)
    throw ShapeError(
        {.operation = "metric",
         .problem = "another number of labels than in the batches before",
         .received = {{"before", std::to_string(tables)}, {"now", std::to_string(d.labels)}}});
  if (d.classes > classes) grow(d.classes);
  for (std::size_t i = 0; i < d.truth.size(); ++i) {
    if (d.truth[i] == ignored) continue;
    const auto label = static_cast<std::int64_t>(i) % d.labels;
    at(label, d.truth[i], d.predicted[i]) +=
        weight_of(weight, i / static_cast<std::size_t>(d.labels));
    for (const std::int64_t c : {d.truth[i], d.predicted[i]})
      occurs_[static_cast<std::size_t>(c)] = 1;
  }
}

double Tables::of_truth(std::int64_t table, std::int64_t c) const {
  double sum = 0;
  for (std::int64_t k = 0; k < classes; ++k) sum += at(table, c, k);
  return sum;
}
double Tables::of_prediction(std::int64_t table, std::int64_t c) const {
  double sum = 0;
  for (std::int64_t k = 0; k < classes; ++k) sum += at(table, k, c);
  return sum;
}
double Tables::correct() const {
  double sum = 0;
  for (std::int64_t t = 0; t < tables; ++t)
    for (std::int64_t c = 0; c < classes; ++c) sum += at(t, c, c);
  return sum;
}
double Tables::total() const {
  double sum = 0;
  for (const double x : cells_) sum += x;
  return sum;
}

std::vector<Counts> counts_of(const Tables& m) {
  std::vector<Counts> counts;
  for (std::int64_t t = 0; t < m.tables; ++t) {
    double total = 0;
    for (std::int64_t c = 0; c < m.classes; ++c) total += m.of_truth(t, c);
    for (std::int64_t c = m.task == Task::multiclass ? 0 : 1; c < m.classes; ++c) {
      const double tp = m.at(t, c, c), fp = m.of_prediction(t, c) - tp, fn = m.of_truth(t, c) - tp;
      counts.push_back({tp, fp, fn, total - tp - fp - fn});
    }
  }
  return counts;
}

}  // namespace fathom::metrics::detail
