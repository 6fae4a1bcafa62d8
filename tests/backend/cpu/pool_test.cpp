#include "fathom/backend/cpu/pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "fathom/core/error.h"

namespace fathom::cpu {
namespace {

struct ThreadsRestored {
  int before = threads();
  ~ThreadsRestored() { set_threads(before); }
};

TEST_CASE("every task runs once") {
  const ThreadsRestored restored;
  for (const int n : {1, 2, 3, 8, 32}) {
    set_threads(n);
    REQUIRE(threads() == n);
    for (const std::int64_t tasks : {0, 1, 2, 3, 7, 64, 1000}) {
      for (int repeat = 0; repeat < 20; ++repeat) {
        std::vector<int> runs(static_cast<std::size_t>(tasks));  // not atomic: each has one writer
        parallel_for(tasks, [&](std::int64_t i) { ++runs[static_cast<std::size_t>(i)]; });
        for (const int count : runs) REQUIRE(count == 1);
      }
    }
  }
}

TEST_CASE("many short regions, one after the other") {
  const ThreadsRestored restored;
  for (const int n : {2, 8}) {
    set_threads(n);
    std::int64_t sum = 0;
    for (int region = 0; region < 20'000; ++region) {
      std::int64_t parts[4] = {};
      parallel_for(4, [&](std::int64_t i) { parts[i] = region + i; });
      sum += parts[0] + parts[1] + parts[2] + parts[3];
    }
    CHECK(sum == 4ll * 20'000 * 19'999 / 2 + 20'000ll * 6);
  }
}

TEST_CASE("a region inside a task runs in that task's thread") {
  const ThreadsRestored restored;
  set_threads(4);
  std::atomic<int> inner{0};
  std::atomic<int> elsewhere{0};
  parallel_for(16, [&](std::int64_t) {
    const auto self = std::this_thread::get_id();
    parallel_for(10, [&](std::int64_t) {
      ++inner;
      if (std::this_thread::get_id() != self) ++elsewhere;
    });
  });
  CHECK(inner == 160);
  CHECK(elsewhere == 0);
}

TEST_CASE("of several errors the first task's is thrown") {
  const ThreadsRestored restored;
  for (const int n : {1, 2, 8}) {
    set_threads(n);
    for (int repeat = 0; repeat < 50; ++repeat) {
      std::string message;
      try {
        parallel_for(20, [&](std::int64_t i) {
          if (i % 5 == 3) throw std::runtime_error(std::to_string(i));
        });
      } catch (const std::runtime_error& error) {
        message = error.what();
      }
      CHECK(message == "3");
    }
    // The pool goes on after an error.
    std::atomic<int> runs{0};
    parallel_for(20, [&](std::int64_t) { ++runs; });
    CHECK(runs == 20);
  }
}

TEST_CASE("several threads of the user at once") {
  const ThreadsRestored restored;
  set_threads(3);
  std::atomic<std::int64_t> total{0};
  std::vector<std::thread> users;
  for (int user = 0; user < 4; ++user) {
    users.emplace_back([&] {
      for (int region = 0; region < 500; ++region) {
        std::atomic<std::int64_t> sum{0};
        parallel_for(8, [&](std::int64_t i) { sum += i; });
        total += sum;
      }
    });
  }
  for (int i = 1; i < 20; ++i) set_threads(1 + i % 4);  // between their regions
  for (std::thread& user : users) user.join();
  CHECK(total == 4 * 500 * 28);
}

TEST_CASE("workers that fell asleep wake up") {
  const ThreadsRestored restored;
  set_threads(4);
  for (int region = 0; region < 20; ++region) {
    std::atomic<int> runs{0};
    parallel_for(4, [&](std::int64_t) {
      ++runs;
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    });
    CHECK(runs == 4);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST_CASE("the number of threads is checked") {
  CHECK_THROWS_AS(set_threads(0), ValueError);
  CHECK_THROWS_AS(set_threads(257), ValueError);
}

}  // namespace
}  // namespace fathom::cpu
