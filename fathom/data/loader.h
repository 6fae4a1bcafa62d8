// The loader: a dataset in batches, shuffled by a key, gathered here or by worker threads.
#pragma once
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <span>

#include "fathom/data/dataset.h"

namespace fathom::data {

struct LoaderOptions {
  std::int64_t batch_size = 32;
  bool shuffle = false;    ///< another order each epoch, decided by (seed, epoch) alone
  bool drop_last = false;  ///< leaves out a last batch that is smaller than the others
  int workers = 0;         ///< threads that gather ahead; 0: the caller gathers when it asks
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;  ///< of the first pass; each later pass is the next epoch
};

/// Gathers the rows of a batch, as stored and evaluated. Called by several workers at once.
using Fetch = std::function<Batch(std::span<const std::int64_t> rows)>;

/// Batches of a dataset, for a range-for: one pass is one epoch.
///
/// The batches are the same for any number of workers. Workers run a bounded number of batches
/// ahead; leaving a pass early, by a break or an exception, stops them. What a worker throws
/// reaches the caller at the batch where it happened.
class Loader {
 public:
  /// Errors: ValueError for a batch size below 1, workers outside of [0, 256], or no batch at all.
  Loader(const Dataset& dataset, const LoaderOptions& options);
  /// A source of rows that are not in memory.
  Loader(std::int64_t rows, Fetch fetch, Preprocessing preprocessing, const LoaderOptions& options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// Batches of a whole epoch.
  std::int64_t batches() const;
  /// Where the next pass begins: to go on in the middle of an epoch.
  /// Errors: IndexError if the epoch has no such batch.
  void seek(std::int64_t epoch, std::int64_t batch = 0);

  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = Batch;
    explicit Iterator(Loader* loader = nullptr) : loader_(loader) {}
    const Batch& operator*() const { return loader_->current_; }
    const Batch* operator->() const { return &loader_->current_; }
    Iterator& operator++() {
      loader_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return loader_->done_; }

   private:
    Loader* loader_;
  };
  /// Begins a pass; a pass that still runs is given up.
  Iterator begin();
  std::default_sentinel_t end() const { return {}; }

 private:
  class Workers;
  void advance();
  std::span<const std::int64_t> rows_of(std::int64_t batch) const;

  std::int64_t rows_;
  Fetch fetch_;
  Preprocessing preprocessing_;
  LoaderOptions options_;
  std::int64_t next_epoch_;
  std::int64_t first_batch_ = 0;

  std::vector<std::int64_t> order_;  // of the pass that runs
  std::int64_t next_batch_ = 0;
  bool done_ = true;
  Batch current_;
  std::unique_ptr<Workers> workers_;
};

/// `for (const Batch& batch : data::loader(train, {.batch_size = 100, .shuffle = true}))`
inline Loader loader(const Dataset& dataset, const LoaderOptions& options = {}) {
  return Loader(dataset, options);
}

}  // namespace fathom::data
