#include "fathom/metrics/probability.h"
#include "fathom/graph/context.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "fathom/core/error.h"
#include "fathom/graph/op.h"
#include "fathom/metrics/counts.h"
#include "fathom/metrics/scores.h"

namespace fathom::metrics {

namespace detail {

Scores scores_of(const char* metric, Task task, bool from_logits, const Tensor& prediction,
                 const Tensor& target) {
  if (!is_floating(prediction.dtype()))
    throw DTypeError({.operation = std::string("metric ") + metric,
                      .problem = "predictions are no scores",
                      .received = {{"prediction", graph::describe(prediction)}},
                      .expected = "floating-point numbers"});
  Scores s;
  s.task = task_of(metric, task, prediction, target);
  s.rows = static_cast<std::size_t>(target.size(0));
  s.columns = s.task == Task::binary ? 1 : prediction.size(1);
  s.values = prediction.to_vector<double>();
  if (s.task != Task::multiclass && is_floating(target.dtype()))
    for (const double x : target.to_vector<double>())
      s.truth.push_back(static_cast<std::int64_t>(x));
  else
    s.truth = integers(metric, target);
  require_labels(metric, s.truth, s.task == Task::multiclass ? s.columns : 2);
  if (!from_logits) return s;
  if (s.task != Task::multiclass) {
    for (double& x : s.values) x = x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
    return s;
  }
  const auto columns = static_cast<std::size_t>(s.columns);
  for (std::size_t row = 0; row < s.rows; ++row) {
    const std::span<double> x(&s.values[row * columns], columns);
    const double largest = *std::ranges::max_element(x);
    double sum = 0;
    for (double& v : x) sum += v = std::exp(v - largest);
    for (double& v : x) v /= sum;
  }
  return s;
}

}  // namespace detail

namespace {

using detail::ratio;
using detail::result;
using detail::Scores;
using State = Metric::State;

/// A mean over rows: `value` works on the scores of one row and its truths.
template <class F>
Metric mean_of_rows(const char* name, const ProbabilityOptions& options, F value) {
  const auto update = [name, options, value](State& state, const Tensor& prediction,
                                             const Tensor& target, std::span<const double> weight) {
    const Scores s = detail::scores_of(name, options.task, options.from_logits, prediction, target);
    const auto columns = static_cast<std::size_t>(s.columns);
    const std::size_t truths = s.task == Task::multiclass ? 1 : columns;
    state.resize(2);
    for (std::size_t row = 0; row < s.rows; ++row) {
      const double w = detail::weight_of(weight, row);
      state[0] += w * value(s.task, std::span(s.values).subspan(row * columns, columns),
                            std::span(s.truth).subspan(row * truths, truths));
      state[1] += w;
    }
  };
  return Metric({.name = name, .update = update, .compute = [](const State& s) {
                   return result(ratio(s[0], s[1]));
                 }});
}

using Row = std::span<const double>;
using Truth = std::span<const std::int64_t>;

/// Confidence in bins: of each the weight, the sum of confidences, the sum of hits.
Metric calibration(const char* name, const ProbabilityOptions& options, int bins, bool largest) {
  if (bins < 1)
    throw ValueError({.operation = std::string("metric ") + name,
                      .problem = "bins is " + std::to_string(bins),
                      .expected = "at least 1"});
  const auto update = [name, options, bins](State& state, const Tensor& prediction,
                                            const Tensor& target, std::span<const double> weight) {
    const Scores s = detail::scores_of(name, options.task, options.from_logits, prediction, target);
    if (s.task == Task::multilabel)
      throw ShapeError({.operation = std::string("metric ") + name,
                        .problem = "calibration is of one class a row",
                        .received = {{"target", graph::describe(target)}}});
    const auto columns = static_cast<std::size_t>(s.columns);
    state.resize(static_cast<std::size_t>(3 * bins));
    for (std::size_t row = 0; row < s.rows; ++row) {
      const Row scores = Row(s.values).subspan(row * columns, columns);
      const auto best = std::ranges::max_element(scores);
      const double hit = s.task == Task::binary ? static_cast<double>(s.truth[row])
                                                : best - scores.begin() == s.truth[row];
      if (!(*best >= 0 && *best <= 1))
        throw ValueError({.operation = std::string("metric ") + name,
                          .problem = "a prediction is no probability",
                          .received = {{"value", std::to_string(*best)}},
                          .expected = "numbers from 0 to 1",
                          .hint = "for logits say .from_logits = true"});
      const int bin = std::min(bins - 1, static_cast<int>(*best * bins));
      double* cell = &state[static_cast<std::size_t>(3 * bin)];
      const double w = detail::weight_of(weight, row);
      cell[0] += w;
      cell[1] += w * *best;
      cell[2] += w * hit;
    }
  };
  const auto compute = [largest](const State& s) {
    double total = 0, sum = 0, most = 0;
    for (std::size_t i = 0; i < s.size(); i += 3) {
      total += s[i];
      const double gap = std::abs(s[i + 1] - s[i + 2]);
      sum += gap;
      most = std::max(most, ratio(gap, s[i]));
    }
    return result(largest ? most : ratio(sum, total));
  };
  return Metric({.name = name, .update = update, .compute = compute});
}

}  // namespace

Metric log_loss(const ProbabilityOptions& options) {
  return mean_of_rows("log_loss", options, [](Task task, Row p, Truth truth) {
    const double least = std::numeric_limits<double>::epsilon();
    const auto of = [least](double x) { return -std::log(std::clamp(x, least, 1 - least)); };
    if (task == Task::multiclass) return of(p[static_cast<std::size_t>(truth[0])]);
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) sum += of(truth[i] ? p[i] : 1 - p[i]);
    return sum / static_cast<double>(p.size());
  });
}

Metric brier(const ProbabilityOptions& options) {
  return mean_of_rows("brier", options, [](Task task, Row p, Truth truth) {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      const bool is =
          task == Task::multiclass ? truth[0] == static_cast<std::int64_t>(i) : truth[i] != 0;
      sum += (p[i] - is) * (p[i] - is);
    }
    return task == Task::multilabel ? sum / static_cast<double>(p.size()) : sum;
  });
}

Metric hinge(Task task) {
  return mean_of_rows("hinge", {.task = task}, [](Task task, Row x, Truth truth) {
    double sum = 0;
    if (task == Task::multiclass) {
      const auto own = static_cast<std::size_t>(truth[0]);
      double other = -std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < x.size(); ++i)
        if (i != own) other = std::max(other, x[i]);
      return std::max(0.0, 1 - (x[own] - other));
    }
    for (std::size_t i = 0; i < x.size(); ++i) sum += std::max(0.0, 1 - (truth[i] ? x[i] : -x[i]));
    return sum / static_cast<double>(x.size());
  });
}

Metric expected_calibration_error(const ProbabilityOptions& options, int bins, Where where) {
  const graph::CallScope call(where);
  return calibration("expected_calibration_error", options, bins, false);
}
Metric maximum_calibration_error(const ProbabilityOptions& options, int bins, Where where) {
  const graph::CallScope call(where);
  return calibration("maximum_calibration_error", options, bins, true);
}

Metric kl_divergence() {
  const auto update = [](State& state, const Tensor& prediction, const Tensor& target,
                         std::span<const double> weight) {
    if (prediction.rank() != 2 || !(prediction.shape() == target.shape()))
      throw ShapeError({.operation = "metric kl_divergence",
                        .problem = "the distributions do not fit",
                        .received = {{"prediction", graph::describe(prediction)},
                                     {"target", graph::describe(target)}},
                        .expected = "(N, classes) both"});
    const std::vector<double> q = prediction.to_vector<double>(), p = target.to_vector<double>();
    const auto columns = static_cast<std::size_t>(prediction.size(1));
    state.resize(2);
    for (std::size_t i = 0; i < p.size(); ++i)
      if (p[i] > 0)
        state[0] += detail::weight_of(weight, i / columns) * p[i] * std::log(p[i] / q[i]);
    for (std::size_t row = 0; row < p.size() / columns; ++row)
      state[1] += detail::weight_of(weight, row);
  };
  return Metric({.name = "kl_divergence", .update = update, .compute = [](const State& s) {
                   return result(ratio(s[0], s[1]));
                 }});
}

}  // namespace fathom::metrics
