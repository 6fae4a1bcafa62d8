// Storage: reference-counted memory of tensors and arenas, from a caching allocator.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace fathom {

/// A number that no other call gives: equal versions mean equal contents.
inline std::uint64_t next_version() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// A block of memory, 64-byte aligned. Freed blocks are kept by size class and used again: fresh
/// pages cost more than the arithmetic done on them.
struct Storage {
  std::atomic<std::uint32_t> refs{1};
  std::size_t bytes = 0;  ///< usable size; what was asked for, rounded up to its size class
  void* data = nullptr;
  std::uint64_t version = next_version();  ///< anew whenever the contents are to change
  void (*free)(Storage*) = nullptr;  ///< returns the block to where it came from
  void* owner = nullptr;             ///< for memory that something else owns (a mapped file)
};

/// A block of at least `bytes` bytes with one reference. Errors: std::bad_alloc.
Storage* allocate_storage(std::size_t bytes);

/// What a block of `bytes` bytes takes: its size class.
std::size_t storage_bytes(std::size_t bytes);

inline void acquire(Storage* s) noexcept { s->refs.fetch_add(1, std::memory_order_relaxed); }
inline void release(Storage* s) noexcept {
  if (s->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) s->free(s);
}

/// Bytes now held by live storages, and their highest value since reset_peak_bytes().
std::size_t live_bytes();
std::size_t peak_bytes();
void reset_peak_bytes();

}  // namespace fathom
