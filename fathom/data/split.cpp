#include "fathom/data/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "fathom/core/error.h"
#include "fathom/data/random.h"
#include "fathom/data/sampler.h"
#include "fathom/graph/context.h"

namespace fathom::data {
namespace {

/// How many rows each part gets.
std::vector<std::int64_t> sizes_of(std::int64_t n, const std::vector<double>& shares) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  const auto whole = [](double x) { return x >= 0 && x == std::floor(x); };
  const bool counts = std::ranges::all_of(shares, whole) && sum == static_cast<double>(n);
  std::string text;
  for (const double share : shares) text += (text.empty() ? "" : ", ") + std::to_string(share);
  const auto refuse = [&](const char* problem) {
    throw ValueError({.operation = "data::split_rows",
                      .problem = problem,
                      .received = {{"rows", std::to_string(n)}, {"shares", text}},
                      .expected = "fractions that sum to 1, or numbers of rows that sum to all"});
  };
  if (!counts && !(std::abs(sum - 1) <= 1e-9)) refuse("the shares make no whole");
  std::vector<std::int64_t> sizes;
  for (const double share : shares) {
    if (share < 0) refuse("a share is negative");
    // The sum of 0.1 and 0.2 is a little more than 0.3: a rounding error must not cost a row.
    sizes.push_back(static_cast<std::int64_t>(
        counts ? share : std::floor(share * static_cast<double>(n) + 1e-9)));
  }
  std::int64_t left = n - std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  for (std::size_t i = 0; left > 0; i = (i + 1) % sizes.size(), --left) ++sizes[i];
  if (std::ranges::any_of(sizes, [](std::int64_t size) { return size < 1; }))
    refuse("a part would be empty");
  return sizes;
}

std::vector<RowNumbers> cut(const RowNumbers& order, const std::vector<std::int64_t>& sizes) {
  std::vector<RowNumbers> parts;
  auto at = order.begin();
  for (const std::int64_t size : sizes) {
    parts.emplace_back(at, at + size);
    at += size;
  }
  return parts;
}

std::vector<Dataset> select_all(const Dataset& dataset, const std::vector<RowNumbers>& parts) {
  std::vector<Dataset> chosen;
  for (const RowNumbers& rows : parts) chosen.push_back(select(dataset, rows));
  return chosen;
}

/// Rounds of which each row is tested in the one that `fold_of` names.
std::vector<Fold> folds_of(const std::vector<std::int64_t>& fold_of, std::int64_t k) {
  std::vector<Fold> folds(static_cast<std::size_t>(k));
  for (std::size_t row = 0; row < fold_of.size(); ++row)
    for (std::int64_t f = 0; f < k; ++f) {
      Fold& fold = folds[static_cast<std::size_t>(f)];
      (fold_of[row] == f ? fold.test : fold.train).push_back(static_cast<std::int64_t>(row));
    }
  return folds;
}

void require_folds(const char* operation, std::int64_t k, std::int64_t n) {
  if (k < 2 || k > n)
    throw ValueError({.operation = std::string("data::") + operation,
                      .problem = std::to_string(k) + " folds of " + std::to_string(n) + " rows",
                      .expected = "from 2 folds to as many as there are rows"});
}

}  // namespace

std::vector<RowNumbers> split_rows(std::int64_t n, const std::vector<double>& shares,
                                   std::uint64_t seed, Where where) {
  const graph::CallScope call(where);
  const std::vector<std::int64_t> sizes = sizes_of(n, shares);
  return cut(permutation(n, seed, 0), sizes);
}

std::vector<RowNumbers> stratified_split_rows(const Tensor& labels,
                                              const std::vector<double>& shares, std::uint64_t seed,
                                              Where where) {
  const graph::CallScope call(where);
  const Sampler order = stratified(labels);
  return cut(order.draw(seed, 0), sizes_of(order.size, shares));
}

std::vector<Fold> k_fold(std::int64_t n, std::int64_t k, const FoldOptions& options, Where where) {
  const graph::CallScope call(where);
  require_folds("k_fold", k, n);
  const RowNumbers order =
      options.shuffle ? permutation(n, options.seed, 0) : sequential(n).draw(0, 0);
  std::vector<std::int64_t> fold_of(static_cast<std::size_t>(n));
  // The first n mod k folds get one row more.
  auto at = order.begin();
  for (std::int64_t f = 0; f < k; ++f)
    for (std::int64_t i = n / k + (f < n % k ? 1 : 0); i > 0; --i)
      fold_of[static_cast<std::size_t>(*at++)] = f;
  return folds_of(fold_of, k);
}

std::vector<Fold> stratified_k_fold(const Tensor& labels, std::int64_t k,
                                    const FoldOptions& options, Where where) {
  const graph::CallScope call(where);
  std::map<std::int64_t, RowNumbers> classes = detail::rows_by_class("stratified_k_fold", labels);
  const std::int64_t n = labels.size(0);
  require_folds("stratified_k_fold", k, n);
  std::vector<std::int64_t> fold_of(static_cast<std::size_t>(n));
  Random random(options.seed, 0);
  std::int64_t dealt = 0;  // over all classes, so that the folds are of equal size too
  for (auto& [label, rows] : classes) {
    if (static_cast<std::int64_t>(rows.size()) < k)
      throw ValueError({.operation = "data::stratified_k_fold",
                        .problem = "class " + std::to_string(label) + " has " +
                                   std::to_string(rows.size()) + " rows, fewer than the " +
                                   std::to_string(k) + " folds"});
    if (options.shuffle) random.shuffle(rows);
    for (const std::int64_t r : rows) fold_of[static_cast<std::size_t>(r)] = dealt++ % k;
  }
  return folds_of(fold_of, k);
}

std::vector<Dataset> random_split(const Dataset& dataset, const std::vector<double>& shares,
                                  std::uint64_t seed, Where where) {
  const graph::CallScope call(where);
  return select_all(dataset, split_rows(dataset.size(), shares, seed));
}

std::vector<Dataset> stratified_split(const Dataset& dataset, const std::vector<double>& shares,
                                      std::uint64_t seed, Where where) {
  const graph::CallScope call(where);
  return select_all(dataset, stratified_split_rows(dataset.labels, shares, seed));
}

}  // namespace fathom::data
