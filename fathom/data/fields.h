// The rows of a batch, whatever a batch is: stacking, joining, counting.
#pragma once
#include <span>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/graph/context.h"
#include "fathom/nn/tensors.h"

namespace fathom::data {

using nn::for_each_tensor;

/// How many rows a batch has: the first extent of its first tensor that has one; 0 without any.
template <class B> std::int64_t rows_in(const B& batch) {
  std::int64_t rows = -1;
  for_each_tensor(batch, [&](const Tensor& t) {
    if (rows < 0 && t.defined() && t.rank() > 0) rows = t.size(0);
  });
  return rows < 0 ? 0 : rows;
}

/// The same batch with every tensor replaced.
template <class B, class F> B with_tensors(B batch, F&& replace) {
  for_each_tensor(batch, [&](auto& t) {
    if (t.defined()) static_cast<Tensor&>(t) = replace(static_cast<const Tensor&>(t));
  });
  return batch;
}

namespace detail {
/// Tensors of one shape, one after another. Shapes: n times s -> (n, s...); on `joined` axes
/// (r, s...) -> (sum of r, s...). Errors: ShapeError, DTypeError if they differ.
Tensor stack_rows(std::span<const Tensor> tensors, bool joined);
/// One row without its axis. Shapes: (1, s...) -> s.
Tensor without_row_axis(const Tensor& row);

/// Errors: ValueError for no parts, or for parts that do not all hold as many tensors.
void require_parts(std::size_t parts, std::span<const std::vector<Tensor>> slots, bool joined);

template <class B> B stack_fields(const std::vector<B>& parts, bool joined) {
  std::vector<std::vector<Tensor>> slots;
  for (const B& part : parts) {
    std::size_t at = 0;
    for_each_tensor(part, [&](const Tensor& t) {
      if (at == slots.size()) slots.emplace_back();
      slots[at++].push_back(t);
    });
  }
  require_parts(parts.size(), slots, joined);
  B whole = parts.front();
  std::size_t at = 0;
  for_each_tensor(whole, [&](auto& t) {
    static_cast<Tensor&>(t) = stack_rows(slots[at], joined);
    ++at;
  });
  return whole;
}
}  // namespace detail

/// Samples as a batch: every tensor gets a first axis. Errors: ShapeError for samples of different
/// shapes; ValueError for none.
template <class S> S stack(const std::vector<S>& samples, Where where = Where::current()) {
  const graph::CallScope call(where);
  return detail::stack_fields(samples, false);
}
/// Batches as one, along their first axis. Errors: as stack().
template <class B> B join(const std::vector<B>& batches, Where where = Where::current()) {
  const graph::CallScope call(where);
  return detail::stack_fields(batches, true);
}

}  // namespace fathom::data
