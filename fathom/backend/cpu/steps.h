// What the steps that have a kernel of their own share.
#pragma once
#include <memory>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/backend/cpu/step.h"

namespace fathom::cpu {

/// Of an operation that computes itself: Rules<Op>::run.
std::unique_ptr<Step> make_host(const StepContext& c);
/// Of an operation that has a kernel, which the kernel table lists: defined beside the step, as
///   template <> std::unique_ptr<Step> make_step<op::Scan>(const StepContext& c) { ... }
template <class Op> std::unique_ptr<Step> make_step(const StepContext& c);

/// Runs body(begin, end) over [0, n) in pieces whose size depends on n alone; in the caller if all
/// of it is little work. `cost` is the work of one item, in elements.
template <class F> void for_ranges(std::int64_t n, std::int64_t cost, F&& body) {
  constexpr std::int64_t least = 8192;  // elements worth a task
  if (cost < 1) cost = 1;
  if (n * cost < 2 * least) {
    if (n > 0) body(std::int64_t{0}, n);
    return;
  }
  std::int64_t piece = (least + cost - 1) / cost;
  if (const std::int64_t most = (n + 63) / 64; piece < most) piece = most;  // at most 64 tasks
  const std::int64_t tasks = (n + piece - 1) / piece;
  parallel_for(tasks, [&](std::int64_t t) {
    const std::int64_t end = (t + 1) * piece;
    body(t * piece, end < n ? end : n);
  });
}

}  // namespace fathom::cpu
