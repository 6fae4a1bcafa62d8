#include "fathom/data/fields.h"

#include <cstring>

#include "fathom/core/error.h"
#include "fathom/graph/op.h"

namespace fathom::data::detail {

namespace {
const char* name_of(bool joined) { return joined ? "data::join" : "data::stack"; }
}  // namespace

void require_parts(std::size_t parts, std::span<const std::vector<Tensor>> slots, bool joined) {
  if (parts == 0)
    throw ValueError({.operation = name_of(joined),
                      .problem = joined ? "there are no batches" : "there are no samples",
                      .expected = "at least one"});
  for (const std::vector<Tensor>& slot : slots)
    if (slot.size() != parts)
      throw ValueError({.operation = name_of(joined),
                        .problem = "samples of different numbers of tensors make no batch",
                        .expected = "containers of one length in all samples"});
}

Tensor stack_rows(std::span<const Tensor> tensors, bool joined) {
  const Tensor& first = tensors.front();
  if (!first.defined()) return {};
  std::int64_t rows = 0;
  for (const Tensor& t : tensors) {
    const bool fits = t.defined() && t.dtype() == first.dtype() && t.rank() == first.rank() &&
                      (joined ? t.rank() > 0 && t.shape().with(0, 0) == first.shape().with(0, 0)
                              : t.shape() == first.shape());
    if (!fits)
      throw ShapeError(
          {.operation = name_of(joined),
           .problem = "samples of different shapes or types make no batch",
           .received = {{"one", graph::describe(first)}, {"another", graph::describe(t)}},
           .hint = "pass a collate function that pads or crops them"});
    rows += joined ? t.size(0) : 1;
  }
  Shape shape{rows};
  for (int i = joined ? 1 : 0; i < first.rank(); ++i) shape.push_back(first.size(i));
  auto [whole, memory] = Tensor::uninitialized(first.dtype(), shape);
  auto* to = static_cast<char*>(memory);
  for (const Tensor& t : tensors) {
    std::memcpy(to, t.raw_data(), t.bytes());
    to += t.bytes();
  }
  return whole;
}

Tensor without_row_axis(const Tensor& row) {
  return Tensor::from_bytes(row.dtype(), row.shape().without(0), row.raw_data(), row.bytes());
}

}  // namespace fathom::data::detail
