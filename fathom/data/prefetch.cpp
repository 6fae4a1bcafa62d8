#include "fathom/data/prefetch.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace fathom::data {

class Prefetch::Threads {
 public:
  Threads(int threads, int slots, std::int64_t first, std::int64_t end, Make make);
  ~Threads();
  Item take();

 private:
  struct Slot {
    bool ready = false;
    Item item;
    std::exception_ptr error;
  };
  Slot& slot_of(std::int64_t index) {
    return slots_[static_cast<std::size_t>(index) % slots_.size()];
  }
  void work();

  Make make_;
  std::mutex mutex_;
  std::condition_variable room_, ready_;
  std::vector<Slot> slots_;
  std::int64_t started_, taken_, end_;
  std::stop_source stop_;
  std::vector<std::thread> threads_;
};

Prefetch::Threads::Threads(int threads, int slots, std::int64_t first, std::int64_t end, Make make)
    : make_(std::move(make)), started_(first), taken_(first), end_(end) {
  const std::int64_t useful = std::min<std::int64_t>(threads, end - first);
  slots_.resize(static_cast<std::size_t>(std::max<std::int64_t>(slots, useful)));
  try {
    for (std::int64_t i = 0; i < useful; ++i) threads_.emplace_back([this] { work(); });
  } catch (...) {
    // With fewer threads than asked for, the pass still runs; with none it cannot.
    if (threads_.empty()) throw;
  }
}

Prefetch::Threads::~Threads() {
  {
    const std::lock_guard lock(mutex_);
    stop_.request_stop();
  }
  room_.notify_all();
  for (std::thread& t : threads_) t.join();
}

Prefetch::Item Prefetch::Threads::take() {
  std::unique_lock lock(mutex_);
  if (taken_ == end_) return nullptr;
  Slot& slot = slot_of(taken_);
  ready_.wait(lock, [&] { return slot.ready; });
  Slot result = std::move(slot);
  slot = {};
  ++taken_;
  if (!result.item && !result.error) end_ = taken_;  // nothing after the end is looked at
  lock.unlock();
  room_.notify_one();
  if (result.error) std::rethrow_exception(result.error);
  return std::move(result.item);
}

void Prefetch::Threads::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    room_.wait(lock, [&] {
      return stop_.stop_requested() || started_ >= end_ ||
             started_ < taken_ + static_cast<std::int64_t>(slots_.size());
    });
    if (stop_.stop_requested() || started_ >= end_) return;
    const std::int64_t index = started_++;
    lock.unlock();
    Slot slot{.ready = true, .item = nullptr, .error = nullptr};
    try {
      slot.item = make_(index, stop_.get_token());
    } catch (...) {
      slot.error = std::current_exception();
    }
    lock.lock();
    if (!slot.item && !slot.error) end_ = std::min(end_, index + 1);
    slot_of(index) = std::move(slot);
    ready_.notify_one();
  }
}

Prefetch::Prefetch(int threads, int slots, std::int64_t first, std::int64_t end, Make make)
    : threads_(std::make_unique<Threads>(threads, slots, first, end, std::move(make))) {}

Prefetch::~Prefetch() = default;

Prefetch::Item Prefetch::take() { return threads_->take(); }

}  // namespace fathom::data
