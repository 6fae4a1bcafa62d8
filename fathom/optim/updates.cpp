#include "fathom/optim/updates.h"

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::Inputs;
using graph::Spec;
using graph::Specs;
using graph::Tensors;

namespace {

void require_like(const char* operation, const Tensor& parameter, const Tensor& other,
                  const char* what) {
  if (parameter.shape() == other.shape() && parameter.dtype() == other.dtype()) return;
  throw ShapeError(
      {.operation = operation,
       .problem = std::string(what) + " does not fit its parameter",
       .received = {{"parameter", graph::describe(parameter)}, {what, graph::describe(other)}}});
}

/// The f64 rate number i, as a scalar that adapts to the parameter's type.
Tensor rate(const Tensor& rates, int i) { return select(rates, 0, i); }

}  // namespace

namespace graph {

// The definitions below are PyTorch's single-tensor formulas (torch/optim/*.py), in f64 where
// PyTorch computes with Python numbers.

template <> struct Rules<op::SgdUpdate> {
  static constexpr std::string_view name = "sgd_update";
  static Specs infer(const op::SgdUpdate&, Inputs in) {
    require_like("sgd_update", in[0], in[1], "gradient");
    Specs specs{Spec{in[0].dtype(), in[0].shape()}};
    if (in.size() > 3) specs.push_back(Spec{in[0].dtype(), in[0].shape()});
    return specs;
  }
  static Tensors lower(const op::SgdUpdate& a, Inputs in) {
    const Tensor& p = in[0];
    const auto r = [&](int i) { return cast(rate(in[2], i), p.dtype()); };
    Tensor g = in[1] + p * r(1);
    if (in.size() == 3) return {p - g * r(0)};
    const Tensor buffer = a.first ? g : in[3] * r(2) + g * cast(1 - rate(in[2], 3), p.dtype());
    if (a.nesterov) g = g + buffer * r(2);
    return {p - (a.nesterov ? g : buffer) * r(0), buffer};
  }
};

template <> struct Rules<op::AdamUpdate> {
  static constexpr std::string_view name = "adam_update";
  static Specs infer(const op::AdamUpdate&, Inputs in) {
    require_like("adam_update", in[0], in[1], "gradient");
    const Spec like{in[0].dtype(), in[0].shape()};
    return {like, like, like};
  }
  static Tensors lower(const op::AdamUpdate& a, Inputs in) {
    const Tensor& r = in[2];
    const DType d = in[0].dtype();
    const Tensor beta1 = rate(r, 0);
    const Tensor beta2 = rate(r, 1);
    const Tensor lr = rate(r, 4);
    const Tensor step = rate(r, 5);
    const Tensor decay = rate(r, 3);
    const Tensor p = a.decoupled ? in[0] * cast(1 - lr * decay, d) : in[0];
    const Tensor g = a.decoupled ? in[1] : in[1] + in[0] * cast(decay, d);
    const Tensor m = in[3] + (g - in[3]) * cast(1 - beta1, d);
    const Tensor v = in[4] * cast(beta2, d) + g * g * cast(1 - beta2, d);
    const Tensor step_size = cast(lr / (1 - pow(beta1, step)), d);
    const Tensor root = cast(sqrt(1 - pow(beta2, step)), d);
    return {p - step_size * (m / (sqrt(v) / root + cast(rate(r, 2), d))), m, v};
  }
};

template <> struct Rules<op::RmsPropUpdate> {
  static constexpr std::string_view name = "rmsprop_update";
  static Specs infer(const op::RmsPropUpdate&, Inputs in) {
    require_like("rmsprop_update", in[0], in[1], "gradient");
    const Spec like{in[0].dtype(), in[0].shape()};
    return {like, like};
  }
  static Tensors lower(const op::RmsPropUpdate&, Inputs in) {
    const DType d = in[0].dtype();
    const auto r = [&](int i) { return cast(rate(in[2], i), d); };
    const Tensor g = in[1] + in[0] * r(3);
    const Tensor square_average = in[3] * r(1) + g * g * cast(1 - rate(in[2], 1), d);
    return {in[0] - r(0) * (g / (sqrt(square_average) + r(2))), square_average};
  }
};

template <> struct Rules<op::AdagradUpdate> {
  static constexpr std::string_view name = "adagrad_update";
  static Specs infer(const op::AdagradUpdate&, Inputs in) {
    require_like("adagrad_update", in[0], in[1], "gradient");
    const Spec like{in[0].dtype(), in[0].shape()};
    return {like, like};
  }
  static Tensors lower(const op::AdagradUpdate&, Inputs in) {
    const DType d = in[0].dtype();
    const auto r = [&](int i) { return cast(rate(in[2], i), d); };
    const Tensor g = in[1] + in[0] * r(3);
    const Tensor total = in[3] + g * g;
    const Tensor lr = cast(rate(in[2], 0) / (1 + (rate(in[2], 4) - 1) * rate(in[2], 1)), d);
    return {in[0] - lr * (g / (sqrt(total) + r(2))), total};
  }
};

template <> constinit const OpDef OpEntry<op::SgdUpdate>::def = make_op_def<op::SgdUpdate>();
template <> constinit const OpDef OpEntry<op::AdamUpdate>::def = make_op_def<op::AdamUpdate>();
template <>
constinit const OpDef OpEntry<op::RmsPropUpdate>::def = make_op_def<op::RmsPropUpdate>();
template <>
constinit const OpDef OpEntry<op::AdagradUpdate>::def = make_op_def<op::AdagradUpdate>();

}  // namespace graph

namespace optim {

template <class Op>
void update(const Op& attributes, Tensor& parameter, const Tensor& gradient, const Tensor& rates,
            std::span<Tensor> slots) {
  Tensor inputs[5] = {parameter, gradient, rates};
  for (std::size_t i = 0; i < slots.size(); ++i) inputs[3 + i] = slots[i];
  graph::Node* node =
      graph::apply_node(attributes, std::span<Tensor>(inputs, 3 + slots.size()), {});
  parameter = Tensor::adopt(&node->output(0));
  for (std::size_t i = 0; i < slots.size(); ++i)
    slots[i] = Tensor::adopt(&node->output(static_cast<int>(i) + 1));
}

template void update(const op::SgdUpdate&, Tensor&, const Tensor&, const Tensor&,
                     std::span<Tensor>);
template void update(const op::AdamUpdate&, Tensor&, const Tensor&, const Tensor&,
                     std::span<Tensor>);
template void update(const op::RmsPropUpdate&, Tensor&, const Tensor&, const Tensor&,
                     std::span<Tensor>);
template void update(const op::AdagradUpdate&, Tensor&, const Tensor&, const Tensor&,
                     std::span<Tensor>);

}  // namespace optim
}  // namespace fathom
