// The steps that have a kernel of their own, one maker a family of operations.
#pragma once
#include <memory>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/backend/cpu/step.h"

namespace fathom::cpu {

/// Of an operation that computes itself: Rules<Op>::run.
std::unique_ptr<Step> make_host(const StepContext& c);
std::unique_ptr<Step> make_matmul(const StepContext& c);
std::unique_ptr<Step> make_linear(const StepContext& c);
std::unique_ptr<Step> make_reduce(const StepContext& c);
std::unique_ptr<Step> make_scan(const StepContext& c);
std::unique_ptr<Step> make_sort(const StepContext& c);
std::unique_ptr<Step> make_topk(const StepContext& c);
std::unique_ptr<Step> make_kthvalue(const StepContext& c);
std::unique_ptr<Step> make_searchsorted(const StepContext& c);
std::unique_ptr<Step> make_take(const StepContext& c);
std::unique_ptr<Step> make_take_along(const StepContext& c);
std::unique_ptr<Step> make_divisor(const StepContext& c);
std::unique_ptr<Step> make_positions(const StepContext& c);
std::unique_ptr<Step> make_scatter(const StepContext& c);
std::unique_ptr<Step> make_scatter_slices(const StepContext& c);
std::unique_ptr<Step> make_last_writer(const StepContext& c);
std::unique_ptr<Step> make_place(const StepContext& c);
std::unique_ptr<Step> make_concat(const StepContext& c);
std::unique_ptr<Step> make_random(const StepContext& c);
std::unique_ptr<Step> make_softmax(const StepContext& c);
std::unique_ptr<Step> make_softmax_backward(const StepContext& c);
std::unique_ptr<Step> make_layer_norm(const StepContext& c);
std::unique_ptr<Step> make_layer_norm_backward(const StepContext& c);
std::unique_ptr<Step> make_batch_norm(const StepContext& c);
std::unique_ptr<Step> make_batch_norm_backward(const StepContext& c);
std::unique_ptr<Step> make_group_norm(const StepContext& c);
std::unique_ptr<Step> make_group_norm_backward(const StepContext& c);
std::unique_ptr<Step> make_cross_entropy(const StepContext& c);
std::unique_ptr<Step> make_cross_entropy_backward(const StepContext& c);
std::unique_ptr<Step> make_sgd(const StepContext& c);
std::unique_ptr<Step> make_adam(const StepContext& c);
std::unique_ptr<Step> make_rmsprop(const StepContext& c);
std::unique_ptr<Step> make_adagrad(const StepContext& c);

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

/// The table of a kernel family for the instruction set in use.
template <class K> const K& choose(const K& avx2, const K& avx512) {
  return isa() == Isa::avx512 ? avx512 : avx2;
}

}  // namespace fathom::cpu
