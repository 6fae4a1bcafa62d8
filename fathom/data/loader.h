// The loader: a source in batches, in the order of a sampler, gathered here or by worker threads.
#pragma once
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "fathom/core/error.h"
#include "fathom/data/prefetch.h"
#include "fathom/data/sampler.h"
#include "fathom/data/source.h"

namespace fathom::data {

/// How batches are made.
struct LoaderOptions {
  std::int64_t batch_size = 32;
  bool shuffle = false;    ///< another order each epoch, decided by (seed, epoch) alone
  bool drop_last = false;  ///< leaves out a last batch that is smaller than the others
  int workers = 0;         ///< threads that gather ahead; 0: the caller gathers when it asks
  int prefetch = 2;        ///< batches that a worker may be ahead
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;        ///< of the first pass; each later pass is the next epoch
  Sampler sampler{};             ///< instead of shuffle
  BatchSampler batch_sampler{};  ///< instead of batch_size, shuffle, drop_last and sampler
};

namespace detail {
/// The batches of epochs as lists of row numbers.
class Batches {
 public:
  /// `rows` below 0: a source that is read in its own order, of unknown length.
  /// Errors: ValueError for options that make no sense, or no batch at all.
  Batches(std::int64_t rows, const LoaderOptions& options);
  bool counted() const { return rows_ >= 0; }
  std::int64_t count() const { return count_; }
  const LoaderOptions& options() const { return options_; }
  void begin_epoch(std::int64_t epoch);
  std::span<const std::int64_t> rows_of(std::int64_t batch) const;
  Draw draw(std::int64_t batch) const;

 private:
  std::int64_t rows_;
  LoaderOptions options_;
  std::int64_t count_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t epoch_ = 0;
  std::vector<std::int64_t> order_;   // of the epoch
  std::vector<std::int64_t> bounds_;  // of a batch sampler's batches in it
};
void require_batch(std::int64_t epoch, std::int64_t batch, std::int64_t count);
}  // namespace detail

/// Batches of a source, for a range-for: one pass is one epoch.
///
/// The batches are the same for any number of workers. Workers run a bounded number of batches
/// ahead; leaving a pass early, by a break or an exception, stops them. What a worker throws
/// reaches the caller at the batch where it happened.
template <class B> class LoaderOf {
 public:
  /// Errors: ValueError for a batch size below 1, workers outside of [0, 256], samplers that
  /// exclude each other, or no batch at all.
  LoaderOf(Source<B> source, const LoaderOptions& options, Where where = Where::current())
      : where_(where),
        source_(std::move(source)),
        batches_(located(
            where, [&] { return detail::Batches(source_.open ? -1 : source_.size, options); })),
        next_epoch_(options.epoch) {}
  LoaderOf(const Dataset& dataset, const LoaderOptions& options, Where where = Where::current())
      : LoaderOf(source(dataset, where), options, where) {}
  LoaderOf(const LoaderOf&) = delete;
  LoaderOf& operator=(const LoaderOf&) = delete;

  /// Batches of a whole epoch; the largest number there is for generated data.
  std::int64_t batches() const { return batches_.count(); }
  /// Where the next pass begins: to go on in the middle of an epoch.
  /// Errors: IndexError if the epoch has no such batch.
  void seek(std::int64_t epoch, std::int64_t batch = 0, Where where = Where::current()) {
    const graph::CallScope call(where);
    detail::require_batch(epoch, batch, batches());
    next_epoch_ = epoch;
    first_batch_ = batch;
  }
  /// Numbers of the rows of the batch at hand; empty for generated data.
  std::span<const std::int64_t> row_numbers() const {
    return batches_.counted() && !done_ ? batches_.rows_of(next_batch_ - 1)
                                        : std::span<const std::int64_t>();
  }

  /// What a range-for walks with.
  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = B;
    explicit Iterator(LoaderOf* loader = nullptr) : loader_(loader) {}
    const B& operator*() const { return loader_->current_; }
    const B* operator->() const { return &loader_->current_; }
    Iterator& operator++() {
      loader_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return loader_->done_; }

   private:
    LoaderOf* loader_;
  };
  /// Begins a pass; a pass that still runs is given up.
  Iterator begin() {
    prefetch_.reset();  // it reads the order that is about to change
    located(where_, [&] { batches_.begin_epoch(next_epoch_++); });
    next_batch_ = std::exchange(first_batch_, 0);
    done_ = false;
    if (source_.open) skip_to(next_batch_);
    if (const LoaderOptions& o = batches_.options(); o.workers > 0) {
      const int threads = source_.open ? 1 : o.workers;
      prefetch_ = std::make_unique<Prefetch>(
          threads, threads * o.prefetch, next_batch_, batches(),
          [this](std::int64_t batch, std::stop_token stop) -> Prefetch::Item {
            std::optional<B> made = make(batch, std::move(stop));
            return made ? std::make_shared<B>(std::move(*made)) : nullptr;
          });
    }
    advance();
    return Iterator(this);
  }
  std::default_sentinel_t end() const { return {}; }

 private:
  std::optional<B> make(std::int64_t batch, std::stop_token stop = {}) {
    if (batch == batches()) return std::nullopt;
    std::optional<B> made;
    if (source_.open) {
      const LoaderOptions& o = batches_.options();
      made = next_(o.batch_size);
      if (made && o.drop_last && rows_in(*made) < o.batch_size) made.reset();
    } else {
      Draw draw = batches_.draw(batch);
      draw.stop = std::move(stop);
      made = source_.fetch(batches_.rows_of(batch), draw);
    }
    // A pending tensor must not be used by another thread than the one that built it.
    if (made)
      for_each_tensor(*made, [](const Tensor& t) {
        if (t.defined()) t.eval();
      });
    return made;
  }
  void skip_to(std::int64_t batch) {
    next_ = source_.open(batches_.draw(0));
    while (batch-- > 0 && next_(batches_.options().batch_size)) continue;
  }
  void advance() {
    current_ = {};
    done_ = true;  // should making the batch throw
    std::optional<B> made = located(where_, [&]() -> std::optional<B> {
      if (!prefetch_) return make(next_batch_);
      const Prefetch::Item item = prefetch_->take();
      return item ? std::move(*std::static_pointer_cast<B>(item)) : std::optional<B>();
    });
    if (!made) {
      prefetch_.reset();
      return;
    }
    ++next_batch_;
    done_ = false;
    current_ = source_.prepare ? source_.prepare(std::move(*made)) : std::move(*made);
  }

  Where where_;  // of who made the loader: errors of a pass name it
  Source<B> source_;
  detail::Batches batches_;
  std::int64_t next_epoch_;
  std::int64_t first_batch_ = 0;
  std::function<std::optional<B>(std::int64_t)> next_;  // the pass of generated data
  std::int64_t next_batch_ = 0;
  bool done_ = true;
  B current_;
  std::unique_ptr<Prefetch> prefetch_;
};

/// The loader of labelled rows.
using Loader = LoaderOf<Batch>;

/// `for (const Batch& batch : data::loader(train, {.batch_size = 100, .shuffle = true}))`, of a
/// data set or any source.
template <class D>
auto loader(const D& data, const LoaderOptions& options = {}, Where where = Where::current()) {
  const graph::CallScope call(where);
  using B = typename std::remove_cvref_t<decltype(source(data))>::Batch;
  return LoaderOf<B>(source(data), options, where);
}

}  // namespace fathom::data
