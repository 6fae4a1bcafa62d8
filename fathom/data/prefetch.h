// Threads that make batches ahead of the one who takes them: the loader's engine.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace fathom::data {

/// Makes items first, first + 1, ... on threads and gives them out in order. Item i lies in slot i
/// mod slots until it is taken, and nobody begins an item whose slot is not free: that bounds the
/// memory. What making one throws comes out at its place. The destructor stops all threads; one
/// that is in the middle of an item is told by its stop token, and waited for.
class Prefetch {
 public:
  /// An item of any type; null says that there are no more.
  using Item = std::shared_ptr<void>;
  using Make = std::function<Item(std::int64_t index, std::stop_token stop)>;
  Prefetch(int threads, int slots, std::int64_t first, std::int64_t end, Make make);
  ~Prefetch();
  Prefetch(const Prefetch&) = delete;
  Prefetch& operator=(const Prefetch&) = delete;

  /// The next item; null at the end. Errors: what making it threw.
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

}  // namespace fathom::data
