#include "fathom/core/storage.h"

#include <sys/mman.h>

#include <bit>
#include <cstdlib>
#include <mutex>
#include <new>
#include <vector>

namespace fathom {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr int class_count = 4 * 48;
constexpr std::size_t thread_cache_limit = 64 << 10;  // larger blocks go through the shared cache

std::atomic<std::size_t> live{0};
std::atomic<std::size_t> peak{0};

void count_allocated(std::size_t bytes) {
  const std::size_t now = live.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  std::size_t seen = peak.load(std::memory_order_relaxed);
  while (now > seen && !peak.compare_exchange_weak(seen, now, std::memory_order_relaxed)) {
  }
}

// Four classes per power of two (1, 1.25, 1.5, 1.75): at most a fifth of a block is unused.
struct SizeClass {
  int index;
  std::size_t bytes;
};
SizeClass size_class(std::size_t bytes) {
  if (bytes < 64) bytes = 64;
  const int log = std::bit_width(bytes - 1) - 1;  // 2^log < bytes <= 2^(log+1)
  const std::size_t step = std::max<std::size_t>((std::size_t{1} << log) / 4, 16);
  const std::size_t rounded = (bytes + step - 1) / step * step;
  const int quarter = static_cast<int>((rounded - (std::size_t{1} << log)) / step);
  return {4 * log + quarter, rounded};
}

struct Cache {
  std::vector<Storage*> blocks[class_count];
  Storage* take(int index) {
    if (blocks[index].empty()) return nullptr;
    Storage* s = blocks[index].back();
    blocks[index].pop_back();
    return s;
  }
};

struct SharedCache : Cache {
  std::mutex mutex;
};
// Never destroyed: tensors with static lifetime may be released after it otherwise would be.
SharedCache& shared_cache() {
  static SharedCache* cache = new SharedCache;
  return *cache;
}

thread_local bool thread_cache_gone = false;
struct ThreadCache : Cache {
  ~ThreadCache() {
    thread_cache_gone = true;
    const std::lock_guard lock(shared_cache().mutex);
    for (int i = 0; i < class_count; ++i)
      for (Storage* s : blocks[i]) shared_cache().blocks[i].push_back(s);
  }
};
ThreadCache& thread_cache() {
  thread_local ThreadCache cache;
  return cache;
}

void free_to_cache(Storage* s) {
  live.fetch_sub(s->bytes, std::memory_order_relaxed);
  const int index = size_class(s->bytes).index;
  if (s->bytes <= thread_cache_limit && !thread_cache_gone) {
    thread_cache().blocks[index].push_back(s);
    return;
  }
  const std::lock_guard lock(shared_cache().mutex);
  shared_cache().blocks[index].push_back(s);
}

void* fresh_memory(std::size_t bytes) {
  if (bytes < huge_page) {
    void* p = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!p) throw std::bad_alloc();
    return p;
  }
  void* p = std::aligned_alloc(huge_page, (bytes + huge_page - 1) / huge_page * huge_page);
  if (!p) throw std::bad_alloc();
  madvise(p, bytes, MADV_HUGEPAGE);  // a hint: fewer page faults and TLB misses
  return p;
}

}  // namespace

Storage* allocate_storage(std::size_t bytes) {
  const auto [index, rounded] = size_class(bytes);
  Storage* s = nullptr;
  if (rounded <= thread_cache_limit && !thread_cache_gone) s = thread_cache().take(index);
  if (!s) {
    const std::lock_guard lock(shared_cache().mutex);
    s = shared_cache().take(index);
  }
  if (s) {
    s->refs.store(1, std::memory_order_relaxed);
    s->version = next_version();
  } else {
    s = new Storage;
    s->bytes = rounded;
    s->free = free_to_cache;
    try {
      s->data = fresh_memory(rounded);
    } catch (...) {
      delete s;
      throw;
    }
  }
  count_allocated(s->bytes);
  return s;
}

std::size_t storage_bytes(std::size_t bytes) { return size_class(bytes).bytes; }

std::size_t live_bytes() { return live.load(std::memory_order_relaxed); }
std::size_t peak_bytes() { return peak.load(std::memory_order_relaxed); }
void reset_peak_bytes() { peak.store(live_bytes(), std::memory_order_relaxed); }

}  // namespace fathom
