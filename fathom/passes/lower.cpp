// Lowering: what a backend lacks is replaced until nothing is left to replace. An operation on half
// types is computed in f32 and rounded once; others become their definition in simpler operations.
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/passes/passes.h"

namespace fathom::graph {

Tensors widened(Inputs tensors) {
  Tensors wide;
  for (const Tensor& t : tensors)
    wide.push_back(t.defined() ? cast(t, ops::widened(t.dtype())) : t);
  return wide;
}

Tensors computed_in_f32(Node& node, Inputs inputs) {
  bool half = false;
  for (const Tensor& t : inputs) half = half || is_half(t.dtype());
  if (!half) return {};
  Tensors results = rebuild(node, widened(inputs));
  for (std::size_t i = 0; i < results.size(); ++i)
    results[i] = cast(results[i], node.output(static_cast<int>(i)).spec.dtype);
  return results;
}

Tensors lower(const Tensors& roots, const Backend& backend) {
  Tensors results = roots;
  for (bool changed = true; changed;) {
    changed = false;
    results =
        Rewriter([&](Node& node, Inputs inputs) -> Tensors {
          if (backend.supports(node)) return {};
          changed = true;
          if (Tensors rounded = computed_in_f32(node, inputs); !rounded.empty()) return rounded;
          if (!node.op->lower)
            throw UnsupportedError({.operation = std::string(node.op->name),
                                    .problem = "backend " + std::string(backend.name()) +
                                               " cannot compute it, and it has no definition in "
                                               "simpler operations",
                                    .received = {{"output", describe(Tensor(&node.output(0)))}},
                                    .where = to_string(node.origin.where)});
          return node.op->lower(node.attributes, inputs);
        }).run(results);
  }
  return results;
}

}  // namespace fathom::graph
