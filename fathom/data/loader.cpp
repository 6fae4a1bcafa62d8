#include "fathom/data/loader.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>

#include "fathom/core/error.h"

namespace fathom::data {

/// Threads that fetch batches first, first + 1, ... into a ring; batch b lies in slot b mod slots
/// until it is taken, and nobody starts a batch whose slot is not free, which bounds the memory.
class Loader::Workers {
 public:
  Workers(int threads, std::int64_t first, std::int64_t end,
          std::function<Batch(std::int64_t)> fetch)
      : fetch_(std::move(fetch)), started_(first), taken_(first), end_(end) {
    const std::int64_t useful = std::min<std::int64_t>(threads, end - first);
    slots_.resize(static_cast<std::size_t>(2 * useful));
    try {
      for (std::int64_t i = 0; i < useful; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
      // With fewer threads than asked for, the pass still runs; with none it cannot.
      if (threads_.empty()) throw;
    }
  }
  ~Workers() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    room_.notify_all();
    for (std::thread& t : threads_) t.join();
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// The next batch, in order. Errors: what its fetch threw.
  Batch take() {
    std::unique_lock lock(mutex_);
    Slot& slot = slot_of(taken_);
    ready_.wait(lock, [&] { return slot.ready; });
    Slot result = std::move(slot);
    slot = {};
    ++taken_;
    lock.unlock();
    room_.notify_one();
    if (result.error) std::rethrow_exception(result.error);
    return std::move(result.batch);
  }

 private:
  struct Slot {
    bool ready = false;
    Batch batch;
    std::exception_ptr error;
  };
  Slot& slot_of(std::int64_t batch) {
    return slots_[static_cast<std::size_t>(batch) % slots_.size()];
  }
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      room_.wait(lock, [&] {
        return stop_ || started_ == end_ ||
               started_ < taken_ + static_cast<std::int64_t>(slots_.size());
      });
      if (stop_ || started_ == end_) return;
      const std::int64_t batch = started_++;
      lock.unlock();
      Slot slot{.ready = true, .batch = {}, .error = nullptr};
      try {
        slot.batch = fetch_(batch);
      } catch (...) {
        slot.error = std::current_exception();
      }
      lock.lock();
      slot_of(batch) = std::move(slot);
      ready_.notify_one();
    }
  }

  std::function<Batch(std::int64_t)> fetch_;
  std::mutex mutex_;
  std::condition_variable room_, ready_;
  std::vector<Slot> slots_;
  std::int64_t started_, taken_, end_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

Loader::Loader(const Dataset& dataset, const LoaderOptions& options)
    : Loader(
          dataset.size(),
          [inputs = dataset.inputs, labels = dataset.labels](std::span<const std::int64_t> rows) {
            return Batch{gather_rows(inputs, rows, true), gather_rows(labels, rows)};
          },
          dataset.preprocessing, options) {}

Loader::Loader(std::int64_t rows, Fetch fetch, Preprocessing preprocessing,
               const LoaderOptions& options)
    : rows_(rows),
      fetch_(std::move(fetch)),
      preprocessing_(std::move(preprocessing)),
      options_(options),
      next_epoch_(options.epoch) {
  const auto refuse = [](std::string problem, std::string expected) {
    throw ValueError({.operation = "data::loader",
                      .problem = std::move(problem),
                      .expected = std::move(expected)});
  };
  if (options.batch_size < 1)
    refuse("batch_size is " + std::to_string(options.batch_size), "at least 1");
  if (options.workers < 0 || options.workers > 256)
    refuse("workers is " + std::to_string(options.workers), "a number from 0 to 256");
  if (batches() == 0)
    refuse(
        "there is no batch in " + std::to_string(rows) + " rows",
        options.drop_last ? "at least batch_size rows, or drop_last = false" : "at least one row");
}

Loader::~Loader() = default;

std::int64_t Loader::batches() const {
  return (rows_ + (options_.drop_last ? 0 : options_.batch_size - 1)) / options_.batch_size;
}

void Loader::seek(std::int64_t epoch, std::int64_t batch) {
  if (epoch < 0 || batch < 0 || batch > batches())
    throw IndexError(
        {.operation = "data::Loader::seek",
         .problem = "no batch " + std::to_string(batch) + " in epoch " + std::to_string(epoch),
         .received = {{"batches", std::to_string(batches())}}});
  next_epoch_ = epoch;
  first_batch_ = batch;
}

std::span<const std::int64_t> Loader::rows_of(std::int64_t batch) const {
  const std::int64_t begin = batch * options_.batch_size;
  const std::int64_t end = std::min(begin + options_.batch_size, rows_);
  return std::span(order_).subspan(static_cast<std::size_t>(begin),
                                   static_cast<std::size_t>(end - begin));
}

Loader::Iterator Loader::begin() {
  workers_.reset();  // they read the order that is about to change
  if (options_.shuffle) {
    order_ = permutation(rows_, options_.seed, static_cast<std::uint64_t>(next_epoch_));
  } else {
    order_.resize(static_cast<std::size_t>(rows_));
    std::iota(order_.begin(), order_.end(), 0);
  }
  ++next_epoch_;
  next_batch_ = std::exchange(first_batch_, 0);
  done_ = false;
  if (options_.workers > 0 && next_batch_ < batches())
    workers_ =
        std::make_unique<Workers>(options_.workers, next_batch_, batches(),
                                  [this](std::int64_t batch) { return fetch_(rows_of(batch)); });
  advance();
  return Iterator(this);
}

void Loader::advance() {
  current_ = {};
  if (next_batch_ == batches()) {
    done_ = true;
    workers_.reset();
    return;
  }
  const std::int64_t batch = next_batch_++;
  Batch stored = workers_ ? workers_->take() : fetch_(rows_of(batch));
  current_ = {preprocessing_(stored.inputs), std::move(stored.labels)};
}

}  // namespace fathom::data
