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

/// Of op::ByRows: defined by the update of the whole table.
template <class Update> struct Rules<op::ByRows<Update>> {
  using Op = op::ByRows<Update>;
  static constexpr std::string_view name = Rules<Update>::name;
  static constexpr bool late = true;
  static std::size_t slots(const Op& a, Inputs in) { return in.size() - (a.weighted ? 6 : 5); }
  static Specs infer(const Op& a, Inputs in) {
    Specs specs{Spec{in[0].dtype(), in[0].shape()}};
    for (const Tensor& slot : in.subspan(3, slots(a, in)))
      specs.push_back(Spec{slot.dtype(), slot.shape()});
    return specs;
  }
  static Tensors lower(const Op& a, Inputs in) {
    const std::size_t n = slots(a, in);
    const Inputs lists = in.subspan(3 + n);
    Tensors inputs{
        in[0], ops::row_sums(in[1], lists[0], lists[1], a.weighted ? lists[2] : Tensor(), a.sums),
        in[2]};
    inputs.insert(inputs.end(), in.begin() + 3, in.begin() + 3 + static_cast<std::ptrdiff_t>(n));
    return apply_all(a.update, std::move(inputs), {});
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
  Tensor inputs[9];
  std::size_t count = 0;
  const auto add = [&](const Tensor& t) { inputs[count++] = t; };
  const auto add_all = [&](const Tensor& of_gradient) {
    for (const Tensor& t : {parameter, of_gradient, numbers}) add(t);
    for (const Tensor& slot : slots) add(slot);
  };
  const auto replace = [&](const auto& op) {
    graph::Node* node = graph::apply_node(op, std::span<Tensor>(inputs, count), {});
    parameter = Tensor::adopt(&node->output(0));
    for (std::size_t i = 0; i < slots.size(); ++i)
      slots[i] = Tensor::adopt(&node->output(static_cast<int>(i) + 1));
  };
  if constexpr (op::takes_rows<Op>) {
    const auto parts = ops::row_sums_parts(gradient);
    if (parts && parts->rows.dtype() == parameter.dtype()) {
      add_all(parts->rows);
      add(parts->from);
      add(parts->to);
      const bool weighted = parts->weights.defined();
      if (weighted) add(parts->weights);
      return replace(op::ByRows<Op>{attributes, parts->attributes, weighted});
    }
  }
  add_all(gradient);
  replace(attributes);
}

}  // namespace fathom::optim

/// In namespace fathom, for each op::Name whose Rules are UpdateRules: its table entry and update.
/// An update that no backend has a kernel for may stand in the file of its optimizer.
#define FATHOM_UPDATE(Name)                                                                    \
  template <>                                                                                  \
  constinit const graph::OpDef graph::OpEntry<op::Name>::def = graph::make_op_def<op::Name>(); \
  template void optim::update(const op::Name&, Tensor&, const Tensor&, const Tensor&,          \
                              std::span<Tensor>)
/// The same of one that takes rows of a gradient.
#define FATHOM_ROW_UPDATE(Name)                                            \
  template <>                                                              \
  constinit const graph::OpDef graph::OpEntry<op::ByRows<op::Name>>::def = \
      graph::make_op_def<op::ByRows<op::Name>>();                          \
  FATHOM_UPDATE(Name)
