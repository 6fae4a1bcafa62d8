// Samplers: which rows an epoch draws, and in which order. The draw of an epoch is decided by
// (seed, epoch) alone, on every machine and for any number of workers.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom::data {

namespace detail {
/// The rows of each class. Errors: ShapeError for labels that are no list, ValueError for
/// fractions.
std::map<std::int64_t, std::vector<std::int64_t>> rows_by_class(const char* operation,
                                                                const Tensor& labels);
}  // namespace detail

/// Gives the row numbers of an epoch.
struct Sampler {
  std::int64_t size = 0;  ///< rows that an epoch draws
  std::function<std::vector<std::int64_t>(std::uint64_t seed, std::int64_t epoch)> draw;
};

/// 0, 1, ..., n-1.
Sampler sequential(std::int64_t n, Where where = Where::current());
/// Every row once, in another order each epoch.
Sampler shuffled(std::int64_t n, Where where = Where::current());
/// `draws` rows (0: n), each any of the n: torch's RandomSampler with replacement.
/// Errors: ValueError if there is nothing to draw from.
Sampler with_replacement(std::int64_t n, std::int64_t draws = 0, Where where = Where::current());
/// Row i with a probability in proportion to weights[i]. Without replacement, heavy rows tend to
/// come first and no row comes twice (Efraimidis and Spirakis 2006): torch's WeightedRandomSampler.
/// Errors: ValueError for negative, infinite or all-zero weights, or for more draws without
/// replacement than rows above 0.
Sampler weighted(std::vector<double> weights, std::int64_t draws = 0, bool replacement = true,
                 Where where = Where::current());
/// Every row once, in a random order in which each stretch has the classes in the proportions of
/// the whole, as nearly as whole rows can. Shapes: labels i64 (N,).
Sampler stratified(const Tensor& labels, Where where = Where::current());

/// What happens when rows do not divide evenly among processes.
enum class Uneven : std::uint8_t {
  repeat,  ///< the first rows of the epoch come again, until all have as many
  drop     ///< the last rows are left out
};
/// Every `count`-th row of another sampler's epoch, from row `index` on: the share of one of
/// `count` processes, all of as many rows: torch's DistributedSampler.
/// Errors: ValueError unless 0 <= index < count.
Sampler shard(Sampler whole, std::int64_t index, std::int64_t count, Uneven uneven = Uneven::repeat,
              Where where = Where::current());

/// Gives the row numbers of each batch of an epoch.
struct BatchSampler {
  std::int64_t batches = 0;
  std::function<std::vector<std::vector<std::int64_t>>(std::uint64_t seed, std::int64_t epoch)>
      draw;
};
/// Cuts a sampler's epoch into batches.
BatchSampler batches_of(Sampler rows, std::int64_t batch_size, bool drop_last = false,
                        Where where = Where::current());

}  // namespace fathom::data
