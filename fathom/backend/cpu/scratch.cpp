#include "fathom/backend/cpu/scratch.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace fathom::cpu {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

struct Buffer {
  void* data = nullptr;
  std::size_t bytes = 0;

  void grow(std::size_t wanted) {
    // Doubling keeps the number of calls low while shapes still vary.
    wanted = wanted < 2 * bytes ? 2 * bytes : wanted;
    const std::size_t unit = wanted < kHugePage / 2 ? 4096 : kHugePage;
    wanted = (wanted + unit - 1) / unit * unit;
    void* fresh = std::aligned_alloc(unit, wanted);
    if (!fresh) throw std::bad_alloc();
    // Panels are read at large strides: small pages would cost a table walk each.
    if (unit == kHugePage) madvise(fresh, wanted, MADV_HUGEPAGE);
    std::free(data);
    data = fresh;
    bytes = wanted;
  }
  ~Buffer() { std::free(data); }
};

thread_local Buffer buffers[static_cast<int>(Scratch::kCount)];

}  // namespace

void* scratch(Scratch purpose, std::size_t bytes) {
  Buffer& buffer = buffers[static_cast<int>(purpose)];
  if (buffer.bytes < bytes) buffer.grow(bytes);
  return buffer.data;
}

}  // namespace fathom::cpu
