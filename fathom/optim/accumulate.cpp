#include "fathom/optim/accumulate.h"

#include <cstring>

#include "fathom/core/error.h"
#include "fathom/ops/elementwise.h"
#include "fathom/optim/step.h"

namespace fathom::optim::detail {
namespace {

Shape with_rows(const Tensor& x, std::int64_t rows) { return x.shape().with(0, rows); }

void evaluate(Visit visit, void* gradients, const Tensor& loss) {
  std::vector<Tensor> all{loss};
  const Leaves leaves(visit, gradients, gradients);
  for (const Param* p : leaves.params)
    if (p->defined()) all.push_back(*p);
  for (const Buffer* b : leaves.buffers)
    if (b->value.defined()) all.push_back(b->value);
  fathom::eval(all);
}

}  // namespace

// Rows are copied, not sliced: where a part begins would be another plan for each.
Tensor rows(const Tensor& x, std::int64_t begin, std::int64_t end) {
  const Shape shape = with_rows(x, end - begin);
  if (end - begin == x.size(0)) return x;
  const std::size_t row = x.bytes() / static_cast<std::size_t>(x.size(0));
  return Tensor::from_bytes(x.dtype(), shape,
                            static_cast<const char*>(x.raw_data()) + begin * std::int64_t(row),
                            row * static_cast<std::size_t>(end - begin));
}

Tensor joined(const Tensor& a, const Tensor& b) {
  if (with_rows(a, 0) != with_rows(b, 0) || a.dtype() != b.dtype())
    throw ShapeError({.operation = "optim::Accumulator",
                      .problem = "rows of different shapes or types do not join",
                      .received = {{"before", graph::describe(a)}, {"now", graph::describe(b)}}});
  auto [both, memory] = Tensor::uninitialized(a.dtype(), with_rows(a, a.size(0) + b.size(0)));
  std::memcpy(memory, a.raw_data(), a.bytes());
  std::memcpy(static_cast<char*>(memory) + a.bytes(), b.raw_data(), b.bytes());
  return both;
}

void require_micro_batch(std::int64_t rows) {
  if (rows >= 1) return;
  throw ValueError({.operation = "optim::Accumulator",
                    .problem = "micro_batch is " + std::to_string(rows),
                    .expected = "at least 1 row in a part"});
}
void require_rows(std::int64_t rows) {
  if (rows >= 1) return;
  throw ValueError({.operation = "optim::Accumulator",
                    .problem = "there are no rows to take the mean of",
                    .hint = "call add(net, batch) first"});
}

void require_same_rows(std::int64_t have, const Tensor& x) {
  if (x.rank() > 0 && x.size(0) == have) return;
  throw ShapeError(
      {.operation = "optim::Accumulator",
       .problem = "the arguments have different numbers of rows",
       .received = {{"rows before", std::to_string(have)}, {"argument", graph::describe(x)}},
       .expected = "axis 0 of every tensor to be the rows"});
}

void weigh(Visit visit, void* gradients, Tensor& loss, std::int64_t rows) {
  const Leaves leaves(visit, gradients, gradients);
  const auto weight = static_cast<double>(rows);
  for (Param* p : leaves.params)
    if (p->defined()) *p = *p * weight;
  loss = loss * weight;
  evaluate(visit, gradients, loss);
}

void add(Visit visit, void* gradients, void* earlier, Tensor& loss, const Tensor& earlier_loss) {
  const Leaves leaves(visit, gradients, earlier);
  for (std::size_t i = 0; i < leaves.params.size(); ++i) {
    Param& sum = *leaves.params[i];
    Param& other = *leaves.gradients[i];
    if (other.defined()) sum = sum.defined() ? Tensor(other + sum) : Tensor(other);
    other = Tensor();  // so that the sum may take its memory
  }
  loss = earlier_loss + loss;
  evaluate(visit, gradients, loss);
}

void divide(Visit visit, void* gradients, Tensor& loss, std::int64_t rows) {
  const Leaves leaves(visit, gradients, gradients);
  const auto weight = static_cast<double>(rows);
  for (Param* p : leaves.params)
    if (p->defined()) *p = *p / weight;
  loss = loss / weight;
}

void copy_buffers(Visit visit, void* to, void* from) {
  const Leaves leaves(visit, to, from);
  for (std::size_t i = 0; i < leaves.buffers.size(); ++i)
    leaves.buffers[i]->value = leaves.next_buffers[i]->value;
}

}  // namespace fathom::optim::detail
