#include "fathom/metrics/ranking.h"
#include "fathom/graph/context.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "fathom/core/error.h"
#include "fathom/metrics/counts.h"
#include "fathom/metrics/scores.h"

namespace fathom::metrics {
namespace {

using detail::nan;
using detail::ratio;
using detail::result;
using State = Metric::State;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A scored decision about one class.
struct Ranked {
  double score, weight;
  bool positive;
};

/// What lies at or above a threshold.
struct Point {
  double threshold, tp, fp;
};

/// The cumulated counts at every distinct score, falling. Rows of no weight are no rows.
std::vector<Point> points_of(std::vector<Ranked> list) {
  std::erase_if(list, [](const Ranked& r) { return r.weight == 0; });
  std::stable_sort(list.begin(), list.end(),
                   [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  std::vector<Point> points;
  double tp = 0, fp = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    (list[i].positive ? tp : fp) += list[i].weight;
    if (i + 1 == list.size() || list[i + 1].score != list[i].score)
      points.push_back({list[i].score, tp, fp});
  }
  return points;
}

double area(const std::vector<Point>& points) {
  double sum = 0, tp = 0, fp = 0;
  for (const Point& p : points) {
    sum += (p.fp - fp) * (p.tp + tp) / 2;
    tp = p.tp;
    fp = p.fp;
  }
  return tp == 0 || fp == 0 ? nan : sum / (tp * fp);
}

double precision_sum(const std::vector<Point>& points) {
  double sum = 0, before = 0;
  for (const Point& p : points) {
    sum += (p.tp - before) * ratio(p.tp, p.tp + p.fp);
    before = p.tp;
  }
  return ratio(sum, before);
}

/// Every row as it came: the scores of its classes, its truths, its weight.
struct Rows {
  std::int64_t classes;  // columns of scores
  bool one_truth;        // a class number a row, or 0 and 1 for each column
  std::size_t rows, width;
  const double* values;
  explicit Rows(const State& s)
      : classes(static_cast<std::int64_t>(s[0])),
        one_truth(s[1] != 0),
        width(static_cast<std::size_t>(one_truth ? classes + 2 : 2 * classes + 1)),
        values(s.data() + 2) {
    rows = (s.size() - 2) / width;
  }
  bool positive(std::size_t row, std::int64_t c) const {
    const double* truth = values + row * width + classes;
    return one_truth ? truth[0] == static_cast<double>(c) : truth[c] != 0;
  }
  void append(std::vector<Ranked>& list, std::int64_t c) const {
    for (std::size_t row = 0; row < rows; ++row)
      list.push_back({values[row * width + static_cast<std::size_t>(c)],
                      values[(row + 1) * width - 1], positive(row, c)});
  }
};

void keep_rows(const char* name, const ScoreOptions& options, State& state,
               const Tensor& prediction, const Tensor& target, std::span<const double> weight) {
  const detail::Scores s =
      detail::scores_of(name, options.task, options.from_logits, prediction, target);
  if (state.empty())
    state = {static_cast<double>(s.columns), s.task == Task::multiclass ? 1.0 : 0.0};
  if (state[0] != static_cast<double>(s.columns))
    throw ShapeError({.operation = std::string("metric ") + name,
                      .problem = "another number of classes than in the batches before",
                      .received = {{"prediction", to_string(prediction.shape())}}});
  const auto columns = static_cast<std::size_t>(s.columns);
  for (std::size_t row = 0; row < s.rows; ++row) {
    const auto scores = s.values.begin() + static_cast<std::ptrdiff_t>(row * columns);
    state.insert(state.end(), scores, scores + s.columns);
    const std::size_t truths = s.task == Task::multiclass ? 1 : columns;
    for (std::size_t k = 0; k < truths; ++k)
      state.push_back(static_cast<double>(s.truth[row * truths + k]));
    state.push_back(detail::weight_of(weight, row));
  }
}

using Value = double (*)(const std::vector<Point>&);

Metric of_ranks(const char* name, const ScoreOptions& options, Value value) {
  if (options.average == Average::samples)
    throw ValueError({.operation = std::string("metric ") + name,
                      .problem = "there is no mean over samples of a ranking",
                      .expected = "macro, micro, weighted or none"});
  const auto update = [name, options](State& state, const Tensor& prediction, const Tensor& target,
                                      std::span<const double> weight) {
    keep_rows(name, options, state, prediction, target, weight);
  };
  const auto compute = [average = options.average, value](const State& state) {
    const Rows rows(state);
    std::vector<Ranked> list;
    if (average == Average::micro) {
      for (std::int64_t c = 0; c < rows.classes; ++c) rows.append(list, c);
      return result(value(points_of(std::move(list))));
    }
    std::vector<double> values;
    double sum = 0, total = 0;
    for (std::int64_t c = 0; c < rows.classes; ++c) {
      list.clear();
      rows.append(list, c);
      double positive = 0;
      for (const Ranked& r : list) positive += r.positive ? r.weight : 0;
      values.push_back(value(points_of(list)));
      const double w = average == Average::weighted ? positive : 1;
      if (w != 0) sum += w * values.back();  // a class that does not occur has no value
      total += w;
    }
    return average == Average::none ? result(values) : result(ratio(sum, total));
  };
  return Metric({.name = name, .update = update, .compute = compute});
}

/// `draw` gets the points and the last of them, which is all.
Metric curve(const char* name, Tensor (*draw)(const std::vector<Point>&, const Point& all)) {
  return Metric({.name = name,
                 .update =
                     [name](State& state, const Tensor& prediction, const Tensor& target,
                            std::span<const double> weight) {
                       keep_rows(name, {.task = Task::binary}, state, prediction, target, weight);
                     },
                 .compute =
                     [draw](const State& state) {
                       std::vector<Ranked> list;
                       Rows(state).append(list, 0);
                       const std::vector<Point> points = points_of(std::move(list));
                       return draw(points, points.empty() ? Point{} : points.back());
                     }});
}

Tensor three_rows(const std::vector<double> (&rows)[3]) {
  std::vector<double> all;
  for (const auto& row : rows) all.insert(all.end(), row.begin(), row.end());
  return Tensor::from(all, {3, static_cast<std::int64_t>(rows[0].size())});
}

}  // namespace

Metric roc_auc(const ScoreOptions& options, Where where) {
  const graph::CallScope call(where);
  return of_ranks("roc_auc", options, area);
}

Metric average_precision(const ScoreOptions& options, Where where) {
  const graph::CallScope call(where);
  return of_ranks("average_precision", options, precision_sum);
}

Metric roc_curve() {
  return curve("roc_curve", [](const std::vector<Point>& points, const Point& all) {
    std::vector<double> rows[3];
    const auto add = [&](const Point& p) {
      rows[0].push_back(ratio(p.fp, all.fp, nan));
      rows[1].push_back(ratio(p.tp, all.tp, nan));
      rows[2].push_back(p.threshold);
    };
    add({infinity, 0, 0});
    for (const Point& p : points) add(p);
    return three_rows(rows);
  });
}

Metric precision_recall_curve() {
  return curve("precision_recall_curve", [](const std::vector<Point>& points, const Point& all) {
    std::vector<double> rows[3];
    for (auto p = points.rbegin(); p != points.rend(); ++p) {
      rows[0].push_back(ratio(p->tp, p->tp + p->fp));
      rows[1].push_back(ratio(p->tp, all.tp, 1));
      rows[2].push_back(p->threshold);
    }
    rows[0].push_back(1);
    rows[1].push_back(0);
    rows[2].push_back(infinity);
    return three_rows(rows);
  });
}

}  // namespace fathom::metrics
