// Tasks are tickets: whoever is on a core takes the next one, so no task waits for a thread that
// the system has put aside. Half of the threads take them from the front and half from the back, so
// that from region to region a thread mostly meets the rows that its own cache still holds. Workers
// wait for a region by spinning, since the next one is usually some microseconds away, then by
// yielding, then in the kernel.
#include "fathom/backend/cpu/pool.h"

#include <immintrin.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"

namespace fathom::cpu {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr int kMaxThreads = 256;
constexpr auto kSpin = microseconds(50);
constexpr int kYields = 20;
// Shorter than the slices of common schedulers (2 to 4 ms).
constexpr auto kTurn = microseconds(1000);
constexpr std::int64_t kMaxTasks = (std::int64_t{1} << 20) - 1;  // of one region

/// The tickets [low, high) that are left, and the number of the region above them: a thread that
/// comes late can never take a ticket of another region.
struct Tickets {
  static constexpr std::uint64_t kMask = (std::uint64_t{1} << 20) - 1;
  std::uint64_t word;
  std::uint64_t low() const { return word & kMask; }
  std::uint64_t high() const { return word >> 20 & kMask; }
  std::uint64_t region() const { return word >> 40; }
  bool any() const { return low() < high(); }
  static Tickets of(std::uint64_t region, std::uint64_t tasks) {
    return {region << 40 | tasks << 20};
  }
  Tickets without_first() const { return {word + 1}; }
  Tickets without_last() const { return {word - (std::uint64_t{1} << 20)}; }
};
enum class End { front, back };

void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t seen) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
}

void futex_wake(std::atomic<std::uint32_t>& word, int count) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

/// Spins for kSpin by the clock, then yields some times. The length of a pause varies tenfold
/// between processors, so only the clock counts. Returns whether `ready` came true.
template <class Ready> bool await(const Ready& ready) {
  const auto end = Clock::now() + kSpin;
  do {
    for (int i = 0; i < 4; ++i) {
      if (ready()) return true;
      _mm_pause();
    }
  } while (Clock::now() < end);
  for (int i = 0; i < kYields; ++i) {
    if (ready()) return true;
    sched_yield();
  }
  return ready();
}

/// `source` says where the number comes from: an argument or the environment.
void check_threads(int n, const std::string& text, const char* source = "threads") {
  if (n >= 1 && n <= kMaxThreads) return;
  throw ValueError({.operation = "threads",
                    .problem = "the number of threads is out of range",
                    .received = {{source, text}},
                    .expected = "a number from 1 to 256"});
}

int default_threads() {
  const char* text = std::getenv("FATHOM_THREADS");
  if (!text || !*text) {
    return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxThreads);
  }
  int n = 0;
  const char* end = text + std::strlen(text);
  if (const auto result = std::from_chars(text, end, n); result.ptr != end) n = 0;
  check_threads(n, text, "FATHOM_THREADS");
  return n;
}

class Pool {
 public:
  Pool() : threads_(default_threads()) {}

  int threads() const { return threads_.load(std::memory_order_relaxed); }
  void set_threads(int n);
  void run(std::uint32_t tasks, FunctionRef<void(std::int64_t)> body);
  void stop();
  std::mutex& owner() { return owner_; }

 private:
  void start(int workers);
  void work(End end);
  bool take_one(End end);
  bool has_tickets() const;

  // The region in progress.
  alignas(64) std::atomic<std::uint64_t> tickets_{0};
  std::atomic<std::uint32_t> tasks_{0};
  std::atomic<const FunctionRef<void(std::int64_t)>*> body_{nullptr};

  alignas(64) std::atomic<std::uint32_t> done_{0};
  std::atomic<bool> caller_sleeps_{false};

  alignas(64) std::atomic<std::uint32_t> alarm_{0};  // the word that workers sleep on
  std::atomic<int> sleepers_{0};
  std::atomic<bool> stopping_{false};

  std::mutex error_mutex_;
  std::exception_ptr error_;
  std::int64_t error_task_ = 0;

  std::mutex owner_;  // held by the caller of a region, and while the number of threads changes
  std::atomic<int> threads_;
  std::vector<std::thread> workers_;
};

thread_local bool inside_region = false;

bool Pool::has_tickets() const { return Tickets{tickets_.load(std::memory_order_seq_cst)}.any(); }

/// Takes a ticket and does its task; false if none is left.
bool Pool::take_one(End end) {
  Tickets left{tickets_.load(std::memory_order_acquire)};
  do {
    if (!left.any()) return false;
  } while (!tickets_.compare_exchange_weak(
      left.word, (end == End::front ? left.without_first() : left.without_last()).word,
      std::memory_order_acq_rel, std::memory_order_acquire));
  // With a ticket in hand the region cannot end, so what belongs to it stays as it is.
  const std::uint32_t tasks = tasks_.load(std::memory_order_relaxed);
  const auto task = static_cast<std::int64_t>(end == End::front ? left.low() : left.high() - 1);
  try {
    (*body_.load(std::memory_order_relaxed))(task);
  } catch (...) {
    const std::scoped_lock lock(error_mutex_);
    if (!error_ || task < error_task_) {
      error_ = std::current_exception();
      error_task_ = task;
    }
  }
  // The caller may return at once when the last task is counted: no use of the region after that.
  if (done_.fetch_add(1, std::memory_order_seq_cst) + 1 == tasks &&
      caller_sleeps_.load(std::memory_order_seq_cst)) {
    futex_wake(done_, 1);
  }
  return true;
}

void Pool::run(std::uint32_t tasks, FunctionRef<void(std::int64_t)> body) {
  const int workers = threads() - 1;
  if (static_cast<int>(workers_.size()) != workers) start(workers);
  done_.store(0, std::memory_order_relaxed);
  tasks_.store(tasks, std::memory_order_relaxed);
  body_.store(&body, std::memory_order_relaxed);
  const Tickets before{tickets_.load(std::memory_order_relaxed)};
  tickets_.store(Tickets::of(before.region() + 1, tasks).word, std::memory_order_seq_cst);
  if (const int sleepers = sleepers_.load(std::memory_order_seq_cst); sleepers > 0) {
    alarm_.fetch_add(1, std::memory_order_seq_cst);
    futex_wake(alarm_, static_cast<int>(std::min<std::uint32_t>(tasks - 1, sleepers)));
  }

  inside_region = true;
  while (take_one(End::front)) {
  }
  inside_region = false;

  const auto all_done = [&] { return done_.load(std::memory_order_acquire) == tasks; };
  if (!await(all_done)) {
    caller_sleeps_.store(true, std::memory_order_seq_cst);
    for (std::uint32_t seen; (seen = done_.load(std::memory_order_seq_cst)) != tasks;) {
      futex_wait(done_, seen);
    }
    caller_sleeps_.store(false, std::memory_order_relaxed);
  }
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void Pool::work(End end) {
  inside_region = true;  // a region started by a task runs inline
  auto turn = Clock::now();
  while (!stopping_.load(std::memory_order_acquire)) {
    while (take_one(end)) {
      // The system takes the core away when a slice ends, and if that is in the middle of a task,
      // all wait for a slice of somebody else. So offer the core now and then while holding no
      // ticket. With one busy process beside two threads this halves the time and more; if nobody
      // wants the core, it costs half a microsecond.
      if (Clock::now() - turn > kTurn) {
        sched_yield();
        turn = Clock::now();
      }
    }
    const auto ready = [&] { return has_tickets() || stopping_.load(std::memory_order_relaxed); };
    if (await(ready)) continue;
    const std::uint32_t seen = alarm_.load(std::memory_order_seq_cst);
    sleepers_.fetch_add(1, std::memory_order_seq_cst);
    if (!has_tickets() && !stopping_.load(std::memory_order_seq_cst)) futex_wait(alarm_, seen);
    sleepers_.fetch_sub(1, std::memory_order_seq_cst);
    turn = Clock::now();
  }
}

void Pool::start(int workers) {
  stop();
  stopping_.store(false, std::memory_order_relaxed);
  for (int i = 0; i < workers; ++i)
    workers_.emplace_back([this, i] { work(i % 2 == 0 ? End::back : End::front); });
}

void Pool::stop() {
  stopping_.store(true, std::memory_order_seq_cst);
  alarm_.fetch_add(1, std::memory_order_seq_cst);
  futex_wake(alarm_, kMaxThreads);
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

void Pool::set_threads(int n) {
  check_threads(n, std::to_string(n));
  const std::scoped_lock lock(owner_);
  threads_.store(n, std::memory_order_relaxed);
}

/// Never destroyed, so that a static destructor elsewhere may still use it; the threads end with
/// the program.
Pool& pool() {
  static Pool* const pool = new Pool;
  static const struct AtExit {
    ~AtExit() {
      pool->set_threads(1);
      pool->stop();
    }
  } at_exit;
  return *pool;
}

}  // namespace

int threads() { return pool().threads(); }
void set_threads(int n, Where where) {
  const graph::CallScope call(where);
  pool().set_threads(n);
}

void parallel_for(std::int64_t tasks, FunctionRef<void(std::int64_t)> body) {
  if (tasks > 1 && !inside_region && threads() > 1) {
    if (const std::unique_lock lock(pool().owner(), std::try_to_lock); lock) {
      for (std::int64_t first = 0; first < tasks; first += kMaxTasks) {
        const auto part = static_cast<std::uint32_t>(std::min(tasks - first, kMaxTasks));
        pool().run(part, [&](std::int64_t task) { body(first + task); });
      }
      return;
    }
  }
  for (std::int64_t task = 0; task < tasks; ++task) body(task);
}

}  // namespace fathom::cpu
