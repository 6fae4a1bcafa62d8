// Reverse-mode differentiation, graph to graph: gradient groups become the nodes that compute them.
#include <unordered_map>
#include <unordered_set>

#include "fathom/graph/check.h"
#include "fathom/graph/context.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/gradient.h"
#include "fathom/ops/operands.h"
#include "fathom/passes/passes.h"

namespace fathom::graph {
namespace {

class ReverseMode {
 public:
  /// `through` tells whether a tensor of `wrt` that was computed from another passes its gradient
  /// on. The inputs of an operation's definition must not: whoever asked does that.
  ReverseMode(const Tensors& outputs, const Tensors& wrt, bool through) {
    std::vector<Value*> roots;
    for (const Tensor& t : outputs)
      if (t.defined()) roots.push_back(t.value());
    for (const Tensor& t : wrt) wanted_.insert(t.value());
    order_ = topological_order(roots);
    for (Node* node : order_) {
      bool leads = false;
      bool ends = false;
      for (int i = 0; i < node->output_count && !through; ++i)
        ends = ends || wanted_.contains(&node->output(i));
      if (ends) continue;
      for (int i = 0; i < node->input_count; ++i) leads = leads || needs_gradient(node->inputs[i]);
      if (leads) active_.insert(node);
    }
  }

  void add(Value* value, const Tensor& gradient) {
    if (!gradient.defined() || !needs_gradient(value)) return;
    Tensor g = ops::sum_to(gradient, value->spec.shape);  // what broadcasting repeated is summed
    if (g.dtype() != value->spec.dtype) g = cast(g, value->spec.dtype);
    Tensor& total = adjoint_[value];
    total = total.defined() ? total + g : g;
  }

  void run() {
    for (auto it = order_.rbegin(); it != order_.rend(); ++it)
      if (active_.contains(*it)) propagate(**it);
  }

  Tensor gradient_of(const Tensor& t) const {
    const auto it = adjoint_.find(t.value());
    return it == adjoint_.end() ? Tensor() : it->second;
  }

 private:
  bool needs_gradient(Value* v) const {
    return is_floating(v->spec.dtype) && (wanted_.contains(v) || active_.contains(v->node));
  }

  void propagate(Node& node) {
    Tensors cotangents;
    bool arrives = false;
    for (int i = 0; i < node.output_count; ++i) {
      const auto it = adjoint_.find(&node.output(i));
      cotangents.push_back(it == adjoint_.end() ? Tensor() : it->second);
      arrives = arrives || cotangents.back().defined();
    }
    if (!arrives) return;
    Tensors inputs;
    Tensors outputs;
    const auto n = static_cast<std::size_t>(node.input_count);
    const auto wants = std::make_unique<bool[]>(n);
    for (std::size_t i = 0; i < n; ++i) {
      inputs.emplace_back(node.inputs[i]);
      wants[i] = needs_gradient(node.inputs[i]);
    }
    for (int i = 0; i < node.output_count; ++i) outputs.emplace_back(&node.output(i));
    if (!node.op->view) {  // formulas on halves work in f32: each gradient is rounded once
      inputs = widened(inputs);
      outputs = widened(outputs);
      cotangents = widened(cotangents);
    }
    FiniteCheck* check = context().finite_check;
    if (check && !context().compiling) check->differentiating(&node);
    // Where there is a definition, the rule may be for the first output only: then it cannot serve
    // a gradient that arrives at another.
    const bool first_alone = cotangents[0].defined() && only_first(cotangents);
    const bool rule_fits = node.op->vjp && (first_alone || !node.op->lower);
    const Origin origin = origin_of(node);
    const OriginScope scope(&origin);
    Tensors gradients;
    if (rule_fits) {
      try {
        gradients = node.op->vjp(node.attributes, {inputs, outputs, cotangents, {wants.get(), n}});
      } catch (Error& error) {
        // What a rule of the user's does names its own lines.
        error.change([&](ErrorInfo info) {
          return info.where.empty() ? located(std::move(info), origin) : info;
        });
        throw;
      }
    } else if (node.op->lower) {
      const Tensors lowered = node.op->lower(node.attributes, inputs);
      gradients = differentiate_definition(lowered, cotangents, inputs);
    } else {
      throw UnsupportedError(located({.operation = {},
                                      .problem = "this operation has no gradient",
                                      .hint = "stop_gradient() around what needs none"},
                                     origin));
    }
    for (std::size_t i = 0; i < gradients.size(); ++i)
      if (wants[i]) add(node.inputs[i], gradients[i]);
  }

  static bool only_first(const Tensors& cotangents) {
    for (std::size_t i = 1; i < cotangents.size(); ++i)
      if (cotangents[i].defined()) return false;
    return true;
  }

  std::unordered_set<Value*> wanted_;
  std::unordered_set<Node*> active_;
  std::vector<Node*> order_;
  std::unordered_map<Value*, Tensor> adjoint_;
};

Tensors reverse(const Tensors& outputs, const Tensors& cotangents, const Tensors& wrt,
                bool through) {
  ReverseMode reverse(outputs, wrt, through);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].defined()) reverse.add(outputs[i].value(), cotangents[i]);
  reverse.run();
  Tensors gradients;
  for (const Tensor& t : wrt) gradients.push_back(reverse.gradient_of(t));
  return gradients;
}

}  // namespace

Tensors differentiate(const Tensors& outputs, const Tensors& cotangents, const Tensors& wrt) {
  return reverse(outputs, cotangents, wrt, true);
}

Tensors differentiate_definition(const Tensors& outputs, const Tensors& cotangents,
                                 const Tensors& inputs) {
  return reverse(outputs, cotangents, inputs, false);
}

Tensors expand_gradients(const Tensors& roots) {
  return Rewriter([](Node& node, Inputs inputs) -> Tensors {
           if (!is<op::Gradient>(*node.op)) return {};
           const Tensor& loss = inputs[0];
           const Tensors wrt(inputs.begin() + 1, inputs.end());
           Tensors wanted;  // whose output somebody reads
           for (std::size_t i = 0; i < wrt.size(); ++i)
             if (node.output(static_cast<int>(i) + 1).refs.load(std::memory_order_relaxed) > 0)
               wanted.push_back(wrt[i]);
           const Tensors found = differentiate({loss}, {ones_like(loss)}, wanted);
           Tensors results{loss};
           std::size_t next = 0;
           for (std::size_t i = 0; i < wrt.size(); ++i) {
             const bool read =
                 node.output(static_cast<int>(i) + 1).refs.load(std::memory_order_relaxed) > 0;
             Tensor g = read ? found[next++] : Tensor();
             results.push_back(g.defined() ? g : zeros_like(wrt[i]));
           }
           return results;
         })
      .run(roots);
}

}  // namespace fathom::graph
