// What a model is made of, printed as torchinfo and Keras do: a tree of modules with the shapes of
// their outputs, parameters and multiply-adds, and an estimate of memory.
//
//   std::cout << nn::summary(net, Shape{32, 784});
//
// The model is called once, lazily: nothing is computed. A plain struct needs no hook: the modules
// are found by reflection, and layers show what they give (graph::ModuleScope).
#pragma once
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "fathom/nn/module.h"
#include "fathom/ops/creation.h"

namespace fathom::nn {

/// One module of a summary, in order of declaration.
struct SummaryRow {
  int depth = 0;
  std::string name;  ///< of the field, from the module around it; the model's own is empty
  std::string type;
  std::vector<Shape> outputs;      ///< of its calls; none if it is no layer or is not called
  std::int64_t parameters = 0;     ///< with those of the modules inside
  std::int64_t multiply_adds = 0;  ///< of products of matrices, with those of the modules inside
};

/// A model's layers with what they give, hold and cost.
struct Summary {
  std::vector<SummaryRow> rows;
  std::vector<Shape> inputs;
  std::int64_t parameters = 0;  ///< trainable and frozen
  std::int64_t frozen = 0;
  std::int64_t buffers = 0;  ///< numbers in buffers
  std::int64_t multiply_adds = 0;
  std::int64_t input_bytes = 0;
  std::int64_t pass_bytes = 0;  ///< outputs of the layers, twice: values and their gradients
  std::int64_t parameter_bytes = 0;

  /// The table.
  std::string str() const;
};
/// Prints the table, as torchinfo and Keras do.
std::ostream& operator<<(std::ostream& out, const Summary& summary);

namespace detail {
/// Calls a model and watches; `call` gets the inputs.
Summary summarize(void (*visit)(void*, Visitor&), void* model, std::vector<Tensor> inputs,
                  const std::function<Tensor()>& call);
}  // namespace detail

/// The summary of a model that is called with sample inputs, in inference mode. Errors: those of
/// the call.
template <class M, class... Inputs>
requires(std::is_convertible_v<Inputs, const Tensor&>&&...) Summary
    summary(const M& model, const Inputs&... inputs) {
  return detail::summarize(detail::visit_erased<M>, detail::erase(model), {inputs...},
                           [&]() -> Tensor { return model(inputs...); });
}
/// The same with one f32 input of a shape, batch included.
template <class M>
Summary summary(const M& model, const Shape& input, Where where = Where::current()) {
  const Tensor x = zeros(input);
  return detail::summarize(detail::visit_erased<M>, detail::erase(model), {x}, [&]() -> Tensor {
    if constexpr (std::is_invocable_v<const M&, const Tensor&, Where>)
      return model(x, where);
    else
      return model(x);
  });
}

}  // namespace fathom::nn
