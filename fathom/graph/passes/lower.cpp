// Lowering: what a backend lacks is replaced by its definition in simpler operations, until nothing
// is left to replace.
#include "fathom/graph/passes/passes.h"

namespace fathom::graph {

Tensors lower(const Tensors& roots, const Backend& backend) {
  Tensors results = roots;
  for (bool changed = true; changed;) {
    changed = false;
    results =
        Rewriter([&](Node& node, Inputs inputs) -> Tensors {
          if (backend.supports(node)) return {};
          if (!node.op->lower)
            throw UnsupportedError({.operation = std::string(node.op->name),
                                    .problem = "backend " + std::string(backend.name()) +
                                               " cannot compute it, and it has no definition in "
                                               "simpler operations",
                                    .received = {{"output", describe(Tensor(&node.output(0)))}},
                                    .where = to_string(node.where)});
          changed = true;
          return node.op->lower(node.attributes, inputs);
        }).run(results);
  }
  return results;
}

}  // namespace fathom::graph
