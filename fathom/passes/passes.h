// The passes, in the order in which a plan is made: gradients, simplify, lower, layout, simplify,
// fold, flatten. Each takes a graph and gives a graph; none changes the nodes it was given. build.cpp
// runs them all: build_program of graph/plan.h.
#pragma once
#include <functional>
#include <unordered_map>

#include "fathom/graph/backend.h"
#include "fathom/graph/op.h"
#include "fathom/graph/program.h"
#include "fathom/graph/walk.h"

namespace fathom::graph {

/// Rebuilds a graph bottom-up. `rule` sees a node and its rebuilt inputs and returns what stands
/// for its outputs, or an empty list to keep the node as it is (on the rebuilt inputs).
class Rewriter {
 public:
  using Rule = std::function<Tensors(Node& node, Inputs inputs)>;
  explicit Rewriter(Rule rule) : rule_(std::move(rule)) {}
  Tensors run(const Tensors& roots);

 private:
  void rewrite(Node* node);
  Tensor mapped(Value* value) const;

  Rule rule_;
  std::unordered_map<Value*, Tensor> map_;
  Tensors keep_;  // nodes whose addresses the map uses must live as long as it
};

/// What is made of a node when it is replaced: always with an operation.
Origin origin_of(const Node& node);
/// The same operation on other inputs; the node itself if they are the same.
Tensors rebuild(Node& node, Inputs inputs);

/// Replaces every gradient group by the nodes that compute it.
Tensors expand_gradients(const Tensors& roots);
/// Removes what does nothing, folds constants, merges equal nodes.
Tensors simplify(const Tensors& roots);
/// The tensors, halves as f32; empty handles stay.
Tensors widened(Inputs tensors);
/// The node on `inputs` by way of f32, its results rounded to the types it has; an empty list if no
/// input is a half.
Tensors computed_in_f32(Node& node, Inputs inputs);
/// Replaces what the backend lacks by its definition. Errors: UnsupportedError.
Tensors lower(const Tensors& roots, const Backend& backend);
/// Moves permutations of channels behind what does not care, so that chains of convolutions compute
/// with channels last all the way.
Tensors lay_out(const Tensors& roots);
/// Moves a factor and a summand a channel behind a convolution into its weight and bias.
Tensors fold(const Tensors& roots);
/// Checks what must hold after each pass; throws std::logic_error.
void verify(const Tensors& roots, const Backend* backend);

/// The gradients of `outputs` with respect to `wrt`, given the outputs' cotangents; an empty handle
/// where none arrives.
Tensors differentiate(const Tensors& outputs, const Tensors& cotangents, const Tensors& wrt);
/// The same for the inputs of an operation's definition, of which one may have been computed from
/// another: none passes its gradient on, since whoever differentiates the operation does that.
Tensors differentiate_definition(const Tensors& outputs, const Tensors& cotangents,
                                 const Tensors& inputs);

}  // namespace fathom::graph
