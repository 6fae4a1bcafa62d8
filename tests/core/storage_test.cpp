#include "fathom/core/storage.h"

#include <doctest/doctest.h>

#include <cstring>
#include <thread>
#include <vector>

using namespace fathom;

TEST_CASE("storage: blocks are aligned, large enough, and waste at most a fifth") {
  for (std::size_t bytes = 1; bytes < (std::size_t{1} << 24); bytes = bytes * 5 / 4 + 1) {
    Storage* s = allocate_storage(bytes);
    INFO(bytes, " bytes");
    CHECK(s->bytes >= bytes);
    CHECK(s->bytes <= std::max<std::size_t>(64, bytes + bytes / 4 + 16));
    CHECK(reinterpret_cast<std::uintptr_t>(s->data) % 64 == 0);
    std::memset(s->data, 1, s->bytes);
    release(s);
  }
}

TEST_CASE("storage: a freed block is used again, here and by another thread") {
  Storage* s = allocate_storage(1000);
  void* data = s->data;
  release(s);
  s = allocate_storage(1000);
  CHECK(s->data == data);
  release(s);
  Storage* large = allocate_storage(1 << 20);
  data = large->data;
  release(large);
  void* elsewhere = nullptr;
  std::thread([&] {
    Storage* t = allocate_storage(1 << 20);
    elsewhere = t->data;
    release(t);
  }).join();
  CHECK(elsewhere == data);
}

TEST_CASE("storage: counts what lives") {
  const std::size_t before = live_bytes();
  Storage* s = allocate_storage(5000);
  CHECK(live_bytes() == before + s->bytes);
  acquire(s);
  release(s);
  CHECK(live_bytes() == before + s->bytes);
  reset_peak_bytes();
  Storage* t = allocate_storage(100000);
  const std::size_t top = live_bytes();
  release(t);
  CHECK(peak_bytes() == top);
  release(s);
  CHECK(live_bytes() == before);
}

TEST_CASE("storage: threads that come and go leave their blocks to others") {
  const std::size_t before = live_bytes();
  for (int round = 0; round < 20; ++round) {
    std::vector<Storage*> blocks(16);
    std::thread([&] {
      for (Storage*& b : blocks) b = allocate_storage(2000);
    }).join();
    for (Storage* b : blocks) release(b);
  }
  CHECK(live_bytes() == before);
}
