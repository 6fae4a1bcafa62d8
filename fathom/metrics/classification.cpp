#include "fathom/metrics/classification.h"
#include "fathom/graph/context.h"

#include <algorithm>
#include <cmath>

#include "fathom/core/error.h"
#include "fathom/metrics/counts.h"

namespace fathom::metrics {
namespace {

using detail::Counts;
using detail::Decisions;
using detail::nan;
using detail::ratio;
using detail::result;
using detail::Tables;
using State = Metric::State;

/// A metric of the tables alone.
template <class F> Metric of_tables(const char* name, const ClassOptions& options, F compute) {
  return Metric({.name = name,
                 .update =
                     [name, options](State& state, const Tensor& prediction, const Tensor& target,
                                     std::span<const double> weight) {
                       Tables tables(state);
                       tables.add(detail::decide(name, options, prediction, target), weight,
                                  options.ignore_index);
                       state = tables.state();
                     },
                 .compute = [compute](const State& state) { return compute(Tables(state)); }});
}

Counts counts_of_row(const Decisions& d, std::int64_t row) {
  Counts counts;
  for (auto i = static_cast<std::size_t>(row * d.labels);
       i < static_cast<std::size_t>((row + 1) * d.labels); ++i)
    (d.truth[i]       ? d.predicted[i] ? counts.tp : counts.fn
     : d.predicted[i] ? counts.fp
                      : counts.tn) += 1;
  return counts;
}

/// Weighted, unless there is no weight at all.
double mean_of(const std::vector<double>& scores, const std::vector<double>& weights) {
  double sum = 0, weighted = 0, total = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    sum += scores[i];
    weighted += weights[i] * scores[i];
    total += weights[i];
  }
  return ratio(weighted, total, sum / static_cast<double>(scores.size()));
}

using Score = std::function<double(const Counts&)>;

Tensor averaged(const Tables& tables, Average average, const Score& score, double zero_division) {
  if (average == Average::samples)
    return result(ratio(tables.extra[0], tables.extra[1], zero_division));
  const std::vector<Counts> counts = detail::counts_of(tables);
  const bool one = tables.task == Task::binary;
  if (average == Average::micro && !one) {
    Counts all;
    for (const Counts& c : counts) {
      all.tp += c.tp;
      all.fp += c.fp;
      all.fn += c.fn;
      all.tn += c.tn;
    }
    return result(score(all));
  }
  std::vector<double> scores, weights;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const Counts& c = counts[i];
    scores.push_back(score(c));
    const bool occurs = tables.task != Task::multiclass || tables.occurs(i);
    weights.push_back(average == Average::weighted ? c.tp + c.fn : occurs ? 1 : 0);
  }
  if (one || average == Average::none) return result(scores);
  return result(mean_of(scores, weights));
}

/// A score of the counts of each class, averaged as the options say.
Metric of_counts(const char* name, const ClassOptions& options, Score score) {
  if (options.average == Average::samples && options.task != Task::multilabel)
    throw ValueError({.operation = std::string("metric ") + name,
                      .problem = "the mean over samples is for multilabel problems",
                      .hint = "say .task = Task::multilabel"});
  Metric::Rule rule;
  rule.name = name;
  rule.update = [name, options, score](State& state, const Tensor& prediction, const Tensor& target,
                                       std::span<const double> weight) {
    Tables tables(state);
    const Decisions d = detail::decide(name, options, prediction, target);
    tables.add(d, weight, options.ignore_index);
    if (options.average == Average::samples)
      for (std::int64_t row = 0; row < d.rows; ++row) {
        const double w = detail::weight_of(weight, static_cast<std::size_t>(row));
        tables.extra[0] += w * score(counts_of_row(d, row));
        tables.extra[1] += w;
      }
    state = tables.state();
  };
  rule.compute = [options, score](const State& state) {
    return averaged(Tables(state), options.average, score, options.zero_division);
  };
  return Metric(std::move(rule));
}

}  // namespace

Metric accuracy(const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  return of_tables("accuracy", options,
                   [](const Tables& t) { return result(ratio(t.correct(), t.total())); });
}

Metric hamming_loss(const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  return of_tables("hamming_loss", options, [](const Tables& t) {
    return result(ratio(t.total() - t.correct(), t.total()));
  });
}

Metric exact_match(const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  return Metric(
      {.name = "exact_match",
       .update =
           [options](State& state, const Tensor& prediction, const Tensor& target,
                     std::span<const double> weight) {
             const Decisions d = detail::decide("exact_match", options, prediction, target);
             state.resize(2);
             for (std::int64_t row = 0; row < d.rows; ++row) {
               const auto begin = static_cast<std::ptrdiff_t>(row * d.labels);
               const double w = detail::weight_of(weight, static_cast<std::size_t>(row));
               if (d.labels == 1 && d.truth[static_cast<std::size_t>(row)] == options.ignore_index)
                 continue;
               if (std::equal(d.truth.begin() + begin, d.truth.begin() + begin + d.labels,
                              d.predicted.begin() + begin))
                 state[0] += w;
               state[1] += w;
             }
           },
       .compute = [](const State& s) { return result(ratio(s[0], s[1])); }});
}

Metric balanced_accuracy(const ClassOptions& options, bool adjusted, Where where) {
  const graph::CallScope call(where);
  return of_tables("balanced_accuracy", options, [adjusted](const Tables& t) {
    double sum = 0, occurring = 0;
    for (std::int64_t c = 0; c < t.classes; ++c) {
      const double rows = t.of_truth(0, c);
      if (rows == 0) continue;
      sum += t.at(0, c, c) / rows;
      ++occurring;
    }
    const double mean = ratio(sum, occurring);
    const double chance = 1 / occurring;
    return result(adjusted ? (mean - chance) / (1 - chance) : mean);
  });
}

Metric top_k(std::int64_t k, const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  if (k < 1)
    throw ValueError({.operation = "metric top_k",
                      .problem = "k is " + std::to_string(k),
                      .expected = "at least 1"});
  const auto update = [k, options](State& state, const Tensor& prediction, const Tensor& target,
                                   std::span<const double> weight) {
    if (prediction.rank() != 2 || !is_floating(prediction.dtype()) || prediction.size(1) < k)
      throw ShapeError(
          {.operation = "metric top_k",
           .problem = "predictions are no scores of " + std::to_string(k) + " or more classes",
           .received = {{"prediction", to_string(prediction.shape())}},
           .expected = "floating-point scores (N, classes)"});
    const std::int64_t classes = prediction.size(1);
    const std::vector<double> scores = prediction.to_vector<double>();
    const std::vector<std::int64_t> labels = detail::integers("top_k", target);
    detail::require_labels("top_k", labels, classes, options.ignore_index);
    state.resize(2);
    for (std::size_t row = 0; row < labels.size(); ++row) {
      if (labels[row] == options.ignore_index) continue;
      const double* s = &scores[row * static_cast<std::size_t>(classes)];
      const auto truth = labels[row];
      std::int64_t ahead = 0;  // of equal scores the last counts as the larger
      for (std::int64_t c = 0; c < classes; ++c)
        ahead += s[c] > s[truth] || (s[c] == s[truth] && c > truth);
      const double w = detail::weight_of(weight, row);
      if (ahead < k) state[0] += w;
      state[1] += w;
    }
  };
  return Metric({.name = "top_" + std::to_string(k),
                 .update = update,
                 .compute = [](const State& s) { return result(ratio(s[0], s[1])); }});
}

Metric precision(const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  return of_counts("precision", options, [zero = options.zero_division](const Counts& c) {
    return ratio(c.tp, c.tp + c.fp, zero);
  });
}
Metric recall(const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  return of_counts("recall", options, [zero = options.zero_division](const Counts& c) {
    return ratio(c.tp, c.tp + c.fn, zero);
  });
}
Metric specificity(const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  return of_counts("specificity", options, [zero = options.zero_division](const Counts& c) {
    return ratio(c.tn, c.tn + c.fp, zero);
  });
}
Metric jaccard(const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  return of_counts("jaccard", options, [zero = options.zero_division](const Counts& c) {
    return ratio(c.tp, c.tp + c.fp + c.fn, zero);
  });
}

Metric f_beta(double beta, const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  if (!(beta >= 0))
    throw ValueError({.operation = "metric f_beta",
                      .problem = "beta is " + std::to_string(beta),
                      .expected = "at least 0"});
  if (std::isinf(beta)) return recall(options).named("f_beta");
  return of_counts("f_beta", options,
                   [b = beta * beta, zero = options.zero_division](const Counts& c) {
                     return ratio((1 + b) * c.tp, (1 + b) * c.tp + b * c.fn + c.fp, zero);
                   });
}
Metric f1(const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  return f_beta(1, options).named("f1");
}

Metric confusion_matrix(const ClassOptions& options, Normalize normalize, Where where) {
  const graph::CallScope call(where);
  return of_tables("confusion_matrix", options, [normalize](const Tables& t) {
    std::vector<double> cells = t.cells();
    std::size_t at = 0;
    for (std::int64_t table = 0; table < t.tables; ++table) {
      double all = 0;
      for (std::int64_t i = 0; i < t.classes; ++i) all += t.of_truth(table, i);
      for (std::int64_t i = 0; i < t.classes; ++i)
        for (std::int64_t j = 0; j < t.classes; ++j, ++at)
          if (normalize != Normalize::none)
            cells[at] =
                ratio(cells[at], normalize == Normalize::truth        ? t.of_truth(table, i)
                                 : normalize == Normalize::prediction ? t.of_prediction(table, j)
                                                                      : all);
    }
    return Tensor::from(
        cells, t.task == Task::multilabel ? Shape{t.tables, 2, 2} : Shape{t.classes, t.classes});
  });
}

Metric matthews(const ClassOptions& options, Where where) {
  const graph::CallScope call(where);
  return of_tables("matthews", options, [](const Tables& t) {
    const double n = t.total();
    double both = n * t.correct(), of_truth = n * n, of_prediction = n * n;
    for (std::int64_t c = 0; c < t.classes; ++c) {
      const double truth = t.of_truth(0, c), predicted = t.of_prediction(0, c);
      both -= truth * predicted;
      of_truth -= truth * truth;
      of_prediction -= predicted * predicted;
    }
    return result(ratio(both, std::sqrt(of_truth * of_prediction)));
  });
}

Metric cohen_kappa(const ClassOptions& options, Weighting weighting, Where where) {
  const graph::CallScope call(where);
  return of_tables("cohen_kappa", options, [weighting](const Tables& t) {
    double observed = 0, expected = 0;
    for (std::int64_t i = 0; i < t.classes; ++i)
      for (std::int64_t j = 0; j < t.classes; ++j) {
        const auto distance = static_cast<double>(std::abs(i - j));
        const double w = weighting == Weighting::none     ? (i == j ? 0 : 1)
                         : weighting == Weighting::linear ? distance
                                                          : distance * distance;
        observed += w * t.at(0, i, j);
        expected += w * t.of_truth(0, i) * t.of_prediction(0, j);
      }
    return result(1 - ratio(observed * t.total(), expected, nan));
  });
}

}  // namespace fathom::metrics
