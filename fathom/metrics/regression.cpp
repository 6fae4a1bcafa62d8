#include "fathom/metrics/regression.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "fathom/core/error.h"
#include "fathom/graph/op.h"

namespace fathom::metrics {
namespace {

using detail::nan;
using detail::ratio;
using detail::result;
using State = Metric::State;

/// Both sides of a batch as doubles.
struct Pairs {
  std::size_t rows, columns;
  std::vector<double> prediction, target;
  Pairs(const char* metric, const Tensor& p, const Tensor& t) {
    rows = static_cast<std::size_t>(t.size(0));
    if (p.size() != t.size() || (p.rank() > 1 && t.rank() > 1 && !(p.shape() == t.shape())))
      throw ShapeError(
          {.operation = std::string("metric ") + metric,
           .problem = "predictions and targets do not fit",
           .received = {{"prediction", graph::describe(p)}, {"target", graph::describe(t)}},
           .expected = "the same shape"});
    columns = static_cast<std::size_t>(t.size()) / rows;
    prediction = p.to_vector<double>();
    target = t.to_vector<double>();
  }
};

using Term = double (*)(double prediction, double target);

/// The mean of a term over all elements.
Metric mean_of(const char* name, Term term, double (*finish)(double) = nullptr) {
  const auto update = [name, term](State& state, const Tensor& prediction, const Tensor& target,
                                   std::span<const double> weight) {
    const Pairs pairs(name, prediction, target);
    state.resize(2);
    for (std::size_t i = 0; i < pairs.target.size(); ++i) {
      const double w = detail::weight_of(weight, i / pairs.columns);
      state[0] += w * term(pairs.prediction[i], pairs.target[i]);
      state[1] += w;
    }
  };
  const auto compute = [finish](const State& s) {
    const double mean = ratio(s[0], s[1]);
    return result(finish ? finish(mean) : mean);
  };
  return Metric({.name = name, .update = update, .compute = compute});
}

/// Sums about the running means of x and y (Welford 1962), of one column.
struct Moments {
  double weight, mean_x, mean_y, xx, yy, xy;
  void add(double x, double y, double w) {
    if (w == 0) return;
    weight += w;
    const double dx = x - mean_x, dy = y - mean_y;
    mean_x += dx * w / weight;
    mean_y += dy * w / weight;
    xx += w * dx * (x - mean_x);
    yy += w * dy * (y - mean_y);
    xy += w * dx * (y - mean_y);
  }
};
constexpr std::size_t moment_count = 6;

/// A value of each column's moments and its sum of squared errors. `of_error`: x is the error, not
/// the prediction; y is the target.
struct ColumnValue {
  double (*value)(const Moments& m, double squared_errors, double rows);
  bool of_error;
};

Metric of_moments(const char* name, ColumnValue how, Columns columns,
                  std::function<double(double value, double rows)> finish = {}) {
  constexpr std::size_t stride = moment_count + 1;
  const auto update = [name, how](State& state, const Tensor& prediction, const Tensor& target,
                                  std::span<const double> weight) {
    const Pairs pairs(name, prediction, target);
    if (state.empty()) state.resize(1 + stride * pairs.columns);
    if (state.size() != 1 + stride * pairs.columns)
      throw ShapeError({.operation = std::string("metric ") + name,
                        .problem = "another number of columns than in the batches before",
                        .received = {{"target", graph::describe(target)}}});
    for (std::size_t i = 0; i < pairs.target.size(); ++i) {
      double* s = &state[1 + stride * (i % pairs.columns)];
      const double p = pairs.prediction[i], t = pairs.target[i];
      const double w = detail::weight_of(weight, i / pairs.columns);
      Moments m{s[0], s[1], s[2], s[3], s[4], s[5]};
      m.add(how.of_error ? t - p : p, t, w);
      const double next[] = {m.weight, m.mean_x, m.mean_y, m.xx, m.yy, m.xy};
      std::copy(std::begin(next), std::end(next), s);
      s[moment_count] += w * (t - p) * (t - p);
    }
    state[0] += static_cast<double>(pairs.rows);
  };
  const auto compute = [how, columns, finish](const State& state) {
    std::vector<double> values;
    for (std::size_t at = 1; at < state.size(); at += stride) {
      const double* s = &state[at];
      values.push_back(how.value({s[0], s[1], s[2], s[3], s[4], s[5]}, s[moment_count], state[0]));
    }
    if (columns == Columns::mean) {
      const double sum = std::accumulate(values.begin(), values.end(), 0.0);
      values = {sum / static_cast<double>(values.size())};
    }
    if (finish)
      for (double& v : values) v = finish(v, state[0]);
    return result(values);
  };
  return Metric({.name = name, .update = update, .compute = compute});
}

/// 1 - error / spread; of constant targets 1 if all are hit, else 0.
double share_explained(double error, double spread) {
  return spread == 0 ? (error == 0 ? 1 : 0) : 1 - error / spread;
}

double correlation(const Moments& m, double, double) {
  const double root = std::sqrt(m.xx) * std::sqrt(m.yy);
  if (root == 0) return nan;
  return std::clamp(m.xy / root, -1.0, 1.0);
}

/// Ranks from 1; equal values share the mean of theirs.
std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> rank(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i)
      rank[order[i]] = static_cast<double>(begin + end + 1) / 2;
  }
  return rank;
}

}  // namespace

Metric mean_absolute_error() {
  return mean_of("mean_absolute_error", [](double p, double t) { return std::abs(p - t); });
}
Metric mean_squared_error() {
  return mean_of("mean_squared_error", [](double p, double t) { return (p - t) * (p - t); });
}
Metric root_mean_squared_error() {
  return mean_of(
      "root_mean_squared_error", [](double p, double t) { return (p - t) * (p - t); },
      [](double mean) { return std::sqrt(mean); });
}
Metric mean_squared_log_error() {
  return mean_of("mean_squared_log_error", [](double p, double t) {
    const double d = std::log1p(p) - std::log1p(t);
    return d * d;
  });
}
Metric mean_absolute_percentage_error() {
  return mean_of("mean_absolute_percentage_error", [](double p, double t) {
    return std::abs(p - t) / std::max(std::abs(t), std::numeric_limits<double>::epsilon());
  });
}
Metric symmetric_mean_absolute_percentage_error() {
  return mean_of("symmetric_mean_absolute_percentage_error", [](double p, double t) {
    return ratio(2 * std::abs(p - t), std::abs(p) + std::abs(t));
  });
}

Metric max_error() {
  const auto update = [](State& state, const Tensor& prediction, const Tensor& target,
                         std::span<const double>) {
    const Pairs pairs("max_error", prediction, target);
    state.resize(1);
    for (std::size_t i = 0; i < pairs.target.size(); ++i)
      state[0] = std::max(state[0], std::abs(pairs.prediction[i] - pairs.target[i]));
  };
  return Metric({.name = "max_error", .update = update, .compute = [](const State& s) {
                   return result(s[0]);
                 }});
}

Metric r2(Columns columns, std::int64_t regressors) {
  std::function<double(double, double)> adjust;
  if (regressors > 0)
    adjust = [k = static_cast<double>(regressors)](double value, double n) {
      if (n - k - 1 <= 0)
        throw ValueError(
            {.operation = "metric r2",
             .problem = "too few rows to adjust for the regressors",
             .received = {{"rows", std::to_string(n)}, {"regressors", std::to_string(k)}}});
      return 1 - (1 - value) * (n - 1) / (n - k - 1);
    };
  return of_moments("r2",
                    {[](const Moments& m, double errors, double rows) {
                       return rows < 2 ? nan : share_explained(errors, m.yy);
                     },
                     true},
                    columns, adjust);
}

Metric explained_variance(Columns columns) {
  return of_moments(
      "explained_variance",
      {[](const Moments& m, double, double) { return share_explained(m.xx, m.yy); }, true},
      columns);
}

Metric pearson() { return of_moments("pearson", {correlation, false}, Columns::each); }

Metric spearman() {
  const auto update = [](State& state, const Tensor& prediction, const Tensor& target,
                         std::span<const double> weight) {
    if (!weight.empty())
      throw ValueError({.operation = "metric spearman", .problem = "ranks take no weights"});
    const Pairs pairs("spearman", prediction, target);
    if (state.empty()) state = {static_cast<double>(pairs.columns)};
    for (std::size_t i = 0; i < pairs.target.size(); ++i) {
      state.push_back(pairs.prediction[i]);
      state.push_back(pairs.target[i]);
    }
  };
  const auto compute = [](const State& state) {
    const auto columns = static_cast<std::size_t>(state[0]);
    std::vector<double> values;
    for (std::size_t column = 0; column < columns; ++column) {
      std::vector<double> p, t;
      for (std::size_t at = 1 + 2 * column; at < state.size(); at += 2 * columns) {
        p.push_back(state[at]);
        t.push_back(state[at + 1]);
      }
      p = ranks(p);
      t = ranks(t);
      Moments m{};
      for (std::size_t i = 0; i < p.size(); ++i) m.add(p[i], t[i], 1);
      values.push_back(correlation(m, 0, 0));
    }
    return result(values);
  };
  return Metric({.name = "spearman", .update = update, .compute = compute});
}

Metric cosine_similarity() {
  const auto update = [](State& state, const Tensor& prediction, const Tensor& target,
                         std::span<const double> weight) {
    const Pairs pairs("cosine_similarity", prediction, target);
    state.resize(2);
    for (std::size_t row = 0; row < pairs.rows; ++row) {
      double pt = 0, pp = 0, tt = 0;
      for (std::size_t i = row * pairs.columns; i < (row + 1) * pairs.columns; ++i) {
        pt += pairs.prediction[i] * pairs.target[i];
        pp += pairs.prediction[i] * pairs.prediction[i];
        tt += pairs.target[i] * pairs.target[i];
      }
      const double w = detail::weight_of(weight, row);
      state[0] += w * ratio(pt, std::sqrt(pp) * std::sqrt(tt));
      state[1] += w;
    }
  };
  return Metric({.name = "cosine_similarity", .update = update, .compute = [](const State& s) {
                   return result(ratio(s[0], s[1]));
                 }});
}

}  // namespace fathom::metrics
