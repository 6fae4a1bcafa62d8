// Threads that make batches ahead of the one who takes them: the loader's engine.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

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
  class Threads;  // in the source: what it is made of is slow to compile
  std::unique_ptr<Threads> threads_;
};

}  // namespace fathom::data
