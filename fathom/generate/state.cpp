#include "fathom/generate/state.h"

#include "fathom/core/error.h"
#include "fathom/graph/op.h"
#include "fathom/ops/index.h"

namespace fathom::generate::detail {

void reorder(Tensor& t, int axis, const Tensor& rows, std::int64_t count) {
  if (!t.defined()) return;
  if (t.rank() <= axis || t.shape()[axis] != count)
    throw ShapeError(
        {.operation = "generate::sequences",
         .problem = "a tensor of the state has not a row for each sequence",
         .received = {{"tensor", graph::describe(t)}},
         .expected = std::to_string(count) + " rows, along axis " + std::to_string(axis),
         .hint = "a struct with a member reorder(rows) may keep rows elsewhere"});
  t = index_select(t, axis, rows);
}

}  // namespace fathom::generate::detail
