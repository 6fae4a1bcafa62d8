// What the definitions of updates share: the rule of shapes, and the inputs by their roles.
#pragma once
#include "fathom/graph/op.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "fathom/optim/updates.h"

namespace fathom::optim {

/// An update's inputs: the parameter, its gradient, state, and numbers that are rounded to the
/// type of the arithmetic.
class UpdateInputs {
 public:
  explicit UpdateInputs(graph::Inputs in)
      : p(widened(in[0])),
        g(widened(in[1])),
        numbers_(in[2]),
        rounded_(cast(in[2], p.dtype())),
        slots_(in.subspan(3)),
        slot_count_(slots_.size()) {}

  Tensor p, g;
  /// Number i, rounded; double(i) as it is.
  Tensor number(int i) const { return select(rounded_, 0, i); }
  Tensor double_number(int i) const { return select(numbers_, 0, i); }
  const Tensor& slot(std::size_t i) const { return slots_[i]; }
  std::size_t slots() const { return slot_count_; }

 private:
  /// Half types are stored, not computed with.
  static Tensor widened(const Tensor& x) {
    return x.dtype() == DType::f64 ? x : cast(x, DType::f32);
  }

  Tensor numbers_, rounded_;
  graph::Inputs slots_;
  std::size_t slot_count_;
};

/// The average that keeps 1 - weight of the old value.
inline Tensor moved(const Tensor& old, const Tensor& to, const Tensor& weight) {
  return old + (to - old) * weight;
}

}  // namespace fathom::optim

namespace fathom::graph {

/// Rules of an update but for its name and `next`, which gives the next parameter and slots.
template <class Op> struct UpdateRules {
  static Specs infer(const Op&, Inputs in) {
    if (in[0].shape() != in[1].shape() || in[0].dtype() != in[1].dtype())
      throw ShapeError(
          {.operation = std::string(Rules<Op>::name),
           .problem = "the gradient does not fit its parameter",
           .received = {{"parameter", describe(in[0])}, {"gradient", describe(in[1])}}});
    Specs specs{Spec{in[0].dtype(), in[0].shape()}};
    for (const Tensor& slot : in.subspan(3)) specs.push_back(Spec{slot.dtype(), slot.shape()});
    return specs;
  }
  static Tensors lower(const Op& a, Inputs in) {
    Tensors next = Rules<Op>::next(a, optim::UpdateInputs(in));
    next[0] = cast(next[0], in[0].dtype());
    return next;
  }
};

}  // namespace fathom::graph

namespace fathom::optim {

template <class Op>
void update(const Op& attributes, Tensor& parameter, const Tensor& gradient, const Tensor& numbers,
            std::span<Tensor> slots) {
  if (!attributes.fits(slots.size()))
    throw ValueError({.operation = "step",
                      .problem = "the optimizer's state is that of other options",
                      .received = {{"slots", std::to_string(slots.size())}},
                      .hint = "options that decide what is remembered stay as they were at first"});
  Tensor inputs[6] = {parameter, gradient, numbers};
  for (std::size_t i = 0; i < slots.size(); ++i) inputs[3 + i] = slots[i];
  graph::Node* node =
      graph::apply_node(attributes, std::span<Tensor>(inputs, 3 + slots.size()), {});
  parameter = Tensor::adopt(&node->output(0));
  for (std::size_t i = 0; i < slots.size(); ++i)
    slots[i] = Tensor::adopt(&node->output(static_cast<int>(i) + 1));
}

}  // namespace fathom::optim

/// In namespace fathom, for each op::Name whose Rules are UpdateRules: its table entry and update.
/// An update that no backend has a kernel for may stand in the file of its optimizer.
#define FATHOM_UPDATE(Name)                                                                    \
  template <>                                                                                  \
  constinit const graph::OpDef graph::OpEntry<op::Name>::def = graph::make_op_def<op::Name>(); \
  template void optim::update(const op::Name&, Tensor&, const Tensor&, const Tensor&,          \
                              std::span<Tensor>)
