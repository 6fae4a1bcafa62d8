#include "fathom/data/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fathom/core/error.h"
#include "fathom/data/dataset.h"
#include "fathom/data/random.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"

namespace fathom::data {
namespace {

using Rows = std::vector<std::int64_t>;

void require(bool good, const char* operation, std::string problem, std::string expected) {
  if (!good)
    throw ValueError({.operation = std::string("data::") + operation,
                      .problem = std::move(problem),
                      .expected = std::move(expected)});
}

Rows draw_with_replacement(const std::vector<double>& cumulated, std::int64_t draws,
                           Random random) {
  Rows rows;
  for (std::int64_t i = 0; i < draws; ++i) {
    const double at = random.unit() * cumulated.back();
    // A row without weight has no width of its own: the first sum beyond `at` is not its.
    rows.push_back(std::ranges::upper_bound(cumulated, at) - cumulated.begin());
  }
  return rows;
}

Rows draw_without_replacement(const std::vector<double>& weights, std::int64_t draws,
                              Random random) {
  // The rows with the smallest waiting times of independent processes of these rates.
  std::vector<std::pair<double, std::int64_t>> waiting;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double u = random.unit();
    if (weights[i] > 0)
      waiting.emplace_back(-std::log1p(-u) / weights[i], static_cast<std::int64_t>(i));
  }
  std::ranges::sort(waiting);
  Rows rows;
  for (std::int64_t i = 0; i < draws; ++i)
    rows.push_back(waiting[static_cast<std::size_t>(i)].second);
  return rows;
}

}  // namespace

std::map<std::int64_t, Rows> detail::rows_by_class(const char* operation, const Tensor& labels) {
  if (labels.rank() != 1)
    throw ShapeError({.operation = std::string("data::") + operation,
                      .problem = "the labels are no list",
                      .received = {{"labels", graph::describe(labels)}},
                      .expected = "a label a row: (N,)"});
  std::map<std::int64_t, Rows> classes;
  std::int64_t row = 0;
  for (const std::int64_t label : labels.to_vector<std::int64_t>()) classes[label].push_back(row++);
  return classes;
}

Sampler sequential(std::int64_t n, Where where) {
  const graph::CallScope call(where);
  require(n >= 0, "sequential", "n is " + std::to_string(n), "at least 0");
  return {n, [n](std::uint64_t, std::int64_t) {
            Rows rows(static_cast<std::size_t>(n));
            std::iota(rows.begin(), rows.end(), 0);
            return rows;
          }};
}

Sampler shuffled(std::int64_t n, Where where) {
  const graph::CallScope call(where);
  require(n >= 0, "shuffled", "n is " + std::to_string(n), "at least 0");
  return {n, [n](std::uint64_t seed, std::int64_t epoch) {
            return permutation(n, seed, static_cast<std::uint64_t>(epoch));
          }};
}

Sampler with_replacement(std::int64_t n, std::int64_t draws, Where where) {
  const graph::CallScope call(where);
  require(n > 0, "with_replacement", "there are no rows to draw from", "at least one row");
  require(draws >= 0, "with_replacement", "draws is " + std::to_string(draws), "at least 0");
  const std::int64_t size = draws == 0 ? n : draws;
  return {size, [n, size](std::uint64_t seed, std::int64_t epoch) {
            Random random(seed, static_cast<std::uint64_t>(epoch));
            Rows rows(static_cast<std::size_t>(size));
            for (std::int64_t& row : rows)
              row = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(n)));
            return rows;
          }};
}

Sampler weighted(std::vector<double> weights, std::int64_t draws, bool replacement, Where where) {
  const graph::CallScope call(where);
  std::vector<double> cumulated;
  double sum = 0;
  std::int64_t positive = 0;
  for (const double w : weights) {
    require(w >= 0 && std::isfinite(w), "weighted", "a weight is " + std::to_string(w),
            "weights from 0 to infinity");
    cumulated.push_back(sum += w);
    positive += w > 0;
  }
  require(sum > 0, "weighted", "no row has a weight above 0", "at least one");
  const std::int64_t size = draws == 0 ? static_cast<std::int64_t>(weights.size()) : draws;
  require(size > 0, "weighted", "draws is " + std::to_string(draws), "at least 0");
  require(replacement || size <= positive, "weighted",
          std::to_string(size) + " draws without replacement",
          "at most " + std::to_string(positive) + ", the rows with a weight above 0");
  return {size, [=, weights = std::move(weights), cumulated = std::move(cumulated)](
                    std::uint64_t seed, std::int64_t epoch) {
            const Random random(seed, static_cast<std::uint64_t>(epoch));
            return replacement ? draw_with_replacement(cumulated, size, random)
                               : draw_without_replacement(weights, size, random);
          }};
}

Sampler stratified(const Tensor& labels, Where where) {
  const graph::CallScope call(where);
  const std::map<std::int64_t, Rows> classes = detail::rows_by_class("stratified", labels);
  return {labels.size(0), [classes](std::uint64_t seed, std::int64_t epoch) {
            Random random(seed, static_cast<std::uint64_t>(epoch));
            // Each class is spread evenly over [0, 1), from a random start within its step.
            std::vector<std::pair<double, std::int64_t>> places;
            for (auto [label, rows] : classes) {
              random.shuffle(rows);
              const double start = random.unit();
              for (std::size_t i = 0; i < rows.size(); ++i)
                places.emplace_back(
                    (static_cast<double>(i) + start) / static_cast<double>(rows.size()), rows[i]);
            }
            std::ranges::stable_sort(places, {}, &std::pair<double, std::int64_t>::first);
            Rows order;
            for (const auto& [place, row] : places) order.push_back(row);
            return order;
          }};
}

Sampler shard(Sampler whole, std::int64_t index, std::int64_t count, Uneven uneven, Where where) {
  const graph::CallScope call(where);
  require(count >= 1 && index >= 0 && index < count, "shard",
          "process " + std::to_string(index) + " of " + std::to_string(count),
          "an index from 0 to count - 1");
  const std::int64_t each = (whole.size + (uneven == Uneven::repeat ? count - 1 : 0)) / count;
  return {each, [=](std::uint64_t seed, std::int64_t epoch) {
            const Rows all = whole.draw(seed, epoch);
            Rows rows;
            for (std::int64_t i = 0; i < each; ++i)
              rows.push_back(all[static_cast<std::size_t>(index + i * count) % all.size()]);
            return rows;
          }};
}

BatchSampler batches_of(Sampler rows, std::int64_t batch_size, bool drop_last, Where where) {
  const graph::CallScope call(where);
  require(batch_size >= 1, "batches_of", "batch_size is " + std::to_string(batch_size),
          "at least 1");
  const std::int64_t batches = (rows.size + (drop_last ? 0 : batch_size - 1)) / batch_size;
  return {batches, [=](std::uint64_t seed, std::int64_t epoch) {
            const Rows order = rows.draw(seed, epoch);
            std::vector<Rows> cut;
            for (std::int64_t b = 0; b < batches; ++b) {
              const auto begin = order.begin() + b * batch_size;
              cut.emplace_back(begin,
                               begin + std::min<std::int64_t>(batch_size, order.end() - begin));
            }
            return cut;
          }};
}

}  // namespace fathom::data
