// value_and_grad and grad: a loss and its gradient, which has the type of what it is taken by.
#pragma once
#include <optional>
#include <utility>

#include "fathom/graph/context.h"
#include "fathom/nn/mode.h"
#include "fathom/nn/module.h"

namespace fathom {

/// A loss and, in a copy of the model, the gradients by its parameters and the next values of its
/// buffers. A frozen parameter's field is undefined. What has no parameter (a tensor, a struct or
/// container of tensors) holds the gradients by its floating-point tensors.
template <class M> struct LossAndGradients {
  Tensor loss;
  M gradients;
};

namespace nn::detail {
/// What building a loss needs around it: recording, training mode, the model to name modules by.
class LossScope {
 public:
  LossScope(std::string (*path_of)(const void* model, const void* module), const void* model);
  ~LossScope();
  LossScope(const LossScope&) = delete;
  LossScope& operator=(const LossScope&) = delete;

 private:
  struct State;
  State* state_;
  alignas(16) std::byte memory_[128];
};
std::string path_of(void (*visit)(void*, Visitor&), void* model, const void* module);
template <class M> std::string path_in(const void* model, const void* module) {
  return path_of(visit_erased<M>, const_cast<void*>(model), module);
}
/// Makes what the gradient will be taken by distinct: parameters that share one value, as copies of
/// a layer do, and all tensors of what has no parameter.
void separate_arguments(void (*visit)(void*, Visitor&), void* traced);
/// Replaces the parameters of `traced` by their gradients; returns the loss of the same group.
Tensor make_gradients(Tensor loss, void (*visit)(void*, Visitor&), void* traced);
}  // namespace nn::detail

/// Turns a loss function into one that also gives gradients: `value_and_grad(loss)(net, batch)`
/// calls loss(net, batch) in training mode and returns {loss, gradients}, both lazy and evaluated
/// together. What stands first may be a model, a tensor, or any struct or container of tensors.
/// Errors: those of the loss; ShapeError if it is not a single number.
template <class F> auto value_and_grad(F loss, Where where = Where::current()) {
  return [loss = std::move(loss), where]<class M, class... Args>(const M& model, Args&&... args) {
    static_assert(nn::is_model<M>);
    M traced = model;
    nn::detail::separate_arguments(nn::detail::visit_erased<M>, &traced);
    Tensor value;
    {
      const nn::detail::LossScope scope(nn::detail::path_in<M>, &traced);
      value = loss(static_cast<const M&>(traced), std::forward<Args>(args)...);
    }
    const graph::CallScope call("value_and_grad", where);
    value = nn::detail::make_gradients(std::move(value), nn::detail::visit_erased<M>, &traced);
    return LossAndGradients<M>{std::move(value), std::move(traced)};
  };
}

/// The gradient alone: grad(loss)(x, ...) has the type of x. Can be nested: grad(grad(f)) of a
/// function of a number.
template <class F> auto grad(F loss, Where where = Where::current()) {
  return [loss = std::move(loss), where]<class M, class... Args>(const M& model, Args&&... args) {
    return value_and_grad(loss, where)(model, std::forward<Args>(args)...).gradients;
  };
}

}  // namespace fathom
