// Cutting data into parts: training and test, or the folds of a cross-validation. The cut is
// decided by the seed alone, on every machine.
#pragma once
#include <cstdint>
#include <vector>

#include "fathom/data/source.h"

namespace fathom::data {

/// Rows by number, in any order.
using RowNumbers = std::vector<std::int64_t>;

/// Numbers 0 ... n-1 in random parts. `shares` are fractions that sum to 1, or whole numbers of
/// rows that sum to n; rows left over by rounding go to the first parts: torch's random_split.
/// Errors: ValueError for shares that do neither, or an empty part.
std::vector<RowNumbers> split_rows(std::int64_t n, const std::vector<double>& shares,
                                   std::uint64_t seed = 0, Where where = Where::current());
/// The same, with the classes in the proportions of the whole. Shapes: labels i64 (N,).
std::vector<RowNumbers> stratified_split_rows(const Tensor& labels,
                                              const std::vector<double>& shares,
                                              std::uint64_t seed = 0,
                                              Where where = Where::current());

/// One round of a cross-validation.
struct Fold {
  RowNumbers train, test;
};
/// How rows are dealt out to folds.
struct FoldOptions {
  bool shuffle = false;  ///< else rows are taken in their order
  std::uint64_t seed = 0;
};
/// k rounds, each row in the test part of exactly one: scikit-learn's KFold.
/// Errors: ValueError unless 2 <= k <= n.
std::vector<Fold> k_fold(std::int64_t n, std::int64_t k, const FoldOptions& options = {},
                         Where where = Where::current());
/// The same, with as many rows of each class in each test part, or one more: StratifiedKFold.
/// Errors: ValueError if a class has fewer than k rows.
std::vector<Fold> stratified_k_fold(const Tensor& labels, std::int64_t k,
                                    const FoldOptions& options = {},
                                    Where where = Where::current());

/// Parts of a data set, by split_rows.
std::vector<Dataset> random_split(const Dataset& dataset, const std::vector<double>& shares,
                                  std::uint64_t seed = 0, Where where = Where::current());
template <class B>
std::vector<Source<B>> random_split(const Source<B>& from, const std::vector<double>& shares,
                                    std::uint64_t seed = 0, Where where = Where::current()) {
  const graph::CallScope call(where);
  if (!from.fetch) detail::refuse_generated("random_split");
  std::vector<Source<B>> parts;
  for (RowNumbers& rows : split_rows(from.size, shares, seed))
    parts.push_back(subset(from, std::move(rows)));
  return parts;
}
/// Parts of a data set, by stratified_split_rows.
std::vector<Dataset> stratified_split(const Dataset& dataset, const std::vector<double>& shares,
                                      std::uint64_t seed = 0, Where where = Where::current());

}  // namespace fathom::data
