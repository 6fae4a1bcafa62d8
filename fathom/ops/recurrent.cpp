#include "fathom/ops/recurrent.h"

#include "fathom/ops/check.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/recurrent_loops.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;
using Kind = RecurrentKind;

namespace ops {

RecurrentBackwardSlots::RecurrentBackwardSlots(const op::RecurrentBackward& a) {
  const bool lstm = a.kind == Kind::lstm, gru = a.kind == Kind::gru;
  const auto next = [&](bool there) { return there ? count++ : -1; };
  c0 = next(lstm);
  projection = next(a.projected);
  lengths = next(a.lengths);
  y = next(true);
  gates = next(lstm || gru);
  cells = next(lstm);
  int output = 0;
  const auto arrives = [&](bool there) { return next(there && (a.arriving >> output++ & 1)); };
  dy = arrives(true);
  dh_n = arrives(true);
  if (lstm) dc_n = arrives(true);
  if (lstm || gru) dgates = arrives(true);
  if (lstm) dcells = arrives(true);
}

}  // namespace ops

namespace {

/// What each step found as the state, (L, B, R).
Tensor states_before(const op::Recurrent& a, const Tensor& y, const Tensor& h0,
                     const Tensor& lengths) {
  const std::int64_t steps = y.shape()[0];
  const Tensor first = unsqueeze(h0, 0);
  if (!a.reverse) return concat({first, slice(y, 0, 0, steps - 1)}, 0);
  const Tensor shifted = concat({slice(y, 0, 1, steps), first}, 0);
  if (!a.lengths) return shifted;
  const Tensor next = reshape(arange(1, steps + 1), {steps, 1});
  return where(unsqueeze(next < lengths, 2), shifted, first);
}

/// a^T b over all steps and sequences.
Tensor product_over_steps(const Tensor& a, const Tensor& b) {
  return graph::apply(op::Matmul{.transpose_a = true}, {flatten(a, 0, 1), flatten(b, 0, 1)}, {});
}

}  // namespace

namespace graph {

template <> struct Rules<op::Recurrent> {
  static constexpr std::string_view name = "recurrent";
  static Specs infer(const op::Recurrent& a, Inputs in) {
    const DType dtype = in[0].dtype();
    const std::int64_t steps = in[0].shape()[0], batch = in[0].shape()[1];
    const std::int64_t H = in[0].shape()[2] / ops::gate_count(a.kind), R = in[1].shape()[1];
    Specs specs{Spec{dtype, {steps, batch, R}}, Spec{dtype, {batch, R}}};
    if (a.kind == Kind::lstm) specs.push_back({dtype, {batch, H}});
    if (a.kind >= Kind::lstm) specs.push_back({dtype, {steps, batch, 4 * H}});
    if (a.kind == Kind::lstm) specs.push_back({dtype, {steps, batch, H}});
    return specs;
  }
  static void run(const op::Recurrent& a, const HostCall& c) { ops::run_recurrent(a, c); }
  static Tensors vjp(const op::Recurrent& a, const Vjp& v) {
    const ops::RecurrentSlots slots(a);
    op::RecurrentBackward back{a.kind, a.reverse, a.projected, a.lengths, 0};
    Tensors in{v.inputs[1], v.inputs[2]};
    for (const int slot : {slots.c0, slots.projection, slots.lengths})
      if (slot >= 0) in.push_back(v.inputs[slot]);
    in.push_back(v.outputs[0]);
    for (std::size_t i = a.kind == Kind::lstm ? 3 : 2; i < v.outputs.size(); ++i)
      in.push_back(v.outputs[i]);
    for (std::size_t i = 0; i < v.cotangents.size(); ++i) {
      if (!v.cotangents[i].defined()) continue;
      back.arriving = static_cast<std::uint8_t>(back.arriving | 1U << i);
      in.push_back(v.cotangents[i]);
    }
    const Tensors d = apply_all(back, in, {});
    Tensors g(v.inputs.size());
    g[0] = d[0];
    g[2] = d[1];
    if (slots.c0 >= 0) g[slots.c0] = d[2];
    const Tensor& products = slots.bias >= 0 ? d[2] : d[0];
    if (v.wants(1)) {
      const Tensor lengths = a.lengths ? v.inputs[slots.lengths] : Tensor();
      g[1] = product_over_steps(products, states_before(a, v.outputs[0], v.inputs[2], lengths));
    }
    if (slots.bias >= 0 && v.wants(slots.bias)) g[slots.bias] = sum(products, {0, 1});
    if (slots.projection >= 0 && v.wants(slots.projection)) {
      const std::int64_t H = v.outputs[4].shape()[2];
      const Tensor hidden = slice(v.outputs[3], 2, 3 * H, 4 * H) * tanh(v.outputs[4]);
      g[slots.projection] = product_over_steps(d[3], hidden);
    }
    return g;
  }
};

template <> struct Rules<op::RecurrentBackward> {
  static constexpr std::string_view name = "recurrent_backward";
  static Specs infer(const op::RecurrentBackward& a, Inputs in) {
    const ops::RecurrentBackwardSlots slots(a);
    const DType dtype = in[0].dtype();
    const Shape& y = in[slots.y].shape();
    const Shape products{y[0], y[1], in[0].shape()[0]};
    Specs specs{Spec{dtype, products}, Spec{dtype, in[1].shape()}};
    if (a.kind == Kind::lstm) specs.push_back({dtype, in[slots.c0].shape()});
    if (a.kind == Kind::gru) specs.push_back({dtype, products});
    if (a.projected) specs.push_back({dtype, y});
    return specs;
  }
  static void run(const op::RecurrentBackward& a, const HostCall& c) {
    ops::run_recurrent_backward(a, c);
  }
  static Tensors lower(const op::RecurrentBackward& a, Inputs in) {
    return ops::unrolled_recurrent_backward(a, in);
  }
};

template <> constinit const OpDef OpEntry<op::Recurrent>::def = make_op_def<op::Recurrent>();
template <>
constinit const OpDef OpEntry<op::RecurrentBackward>::def = make_op_def<op::RecurrentBackward>();

}  // namespace graph

namespace {

/// What recurrent() is given, checked and in one type.
class RecurrentCall {
 public:
  RecurrentCall(Kind kind, const Operand& x, const RecurrentWeights& w, const RecurrentOptions& o)
      : kind_(kind),
        where_(x.where()),
        x_(ops::as_tensor(x, "recurrent")),
        gates_(ops::gate_count(kind)) {
    ops::require_floating("recurrent", x_);
    if (x_.rank() != 3 || x_.shape()[0] == 0)
      fail(x_.rank() == 3 ? "there are no steps" : "x has " + std::to_string(x_.rank()) + " axes",
           "x", x_, "(steps, batch, features), at least one step");
    const Tensor& weight = w.weight_ih;
    if (weight.rank() != 2 || weight.shape()[0] % gates_ != 0 || weight.shape()[1] != x_.shape()[2])
      fail("the features of x do not fit weight_ih", "weight_ih", weight,
           "(" + std::to_string(gates_) + " * hidden, " + std::to_string(x_.shape()[2]) + ")");
    const std::int64_t batch = x_.shape()[1], rows = weight.shape()[0], hidden = rows / gates_;
    require(weight, "weight_ih", weight.shape());
    if (w.weight_hr.defined() && (kind != Kind::lstm || w.weight_hr.rank() != 2))
      fail("a projection is a matrix, and an LSTM's alone", "weight_hr", w.weight_hr, "");
    const std::int64_t handed = w.weight_hr.defined() ? w.weight_hr.shape()[0] : hidden;
    require(w.weight_hr, "weight_hr", {handed, hidden});
    require(w.weight_hh, "weight_hh", {rows, handed});
    require(w.bias_ih, "bias_ih", {rows});
    require(w.bias_hh, "bias_hh", {rows});
    require(o.h0, "h0", {batch, handed});
    if (o.c0.defined() && kind != Kind::lstm) fail("only an LSTM has cells", "c0", o.c0, "");
    require(o.c0, "c0", {batch, hidden});
    if (o.lengths.defined() &&
        (o.lengths.shape() != Shape{batch} ||
         (o.lengths.dtype() != DType::i64 && o.lengths.dtype() != DType::i32)))
      fail("one length a sequence is needed", "lengths", o.lengths,
           "i64 (" + std::to_string(batch) + ",)");
    op_ = {kind, o.reverse, w.weight_hr.defined(), o.lengths.defined()};
    const Tensor bias = kind == Kind::gru      ? w.bias_ih
                        : !w.bias_ih.defined() ? w.bias_hh
                        : !w.bias_hh.defined() ? w.bias_ih
                                               : ops::wide(w.bias_ih) + ops::wide(w.bias_hh);
    const auto initial = [&](const Tensor& given, std::int64_t width) {
      return given.defined() ? ops::wide(given) : zeros({batch, width}, ops::widened(x_.dtype()));
    };
    inputs_ = {linear(Operand(ops::wide(x_), where_), ops::wide(weight), ops::wide(bias)),
               ops::wide(w.weight_hh), initial(o.h0, handed)};
    if (kind == Kind::lstm) inputs_.push_back(initial(o.c0, hidden));
    if (kind == Kind::gru)
      inputs_.push_back(w.bias_hh.defined() ? ops::wide(w.bias_hh)
                                            : zeros({rows}, ops::widened(x_.dtype())));
    if (op_.projected) inputs_.push_back(ops::wide(w.weight_hr));
    if (op_.lengths) inputs_.push_back(checked_lengths(o.lengths));
  }

  RecurrentResult run() {
    Tensors out = graph::apply_all(op_, std::move(inputs_), where_);
    for (Tensor& t : out) t = ops::rounded(t, x_.dtype());
    return {out[0], out[1], kind_ == Kind::lstm ? out[2] : Tensor()};
  }

 private:
  [[noreturn]] void fail(const std::string& problem, const char* name, const Tensor& t,
                         const std::string& expected) const {
    std::vector<std::pair<std::string, std::string>> received{{"x", describe(x_)}};
    if (std::string_view(name) != "x") received.emplace_back(name, describe(t));
    ops::fail<ShapeError>(
        {.operation = "recurrent", .problem = problem, .received = received, .expected = expected},
        where_);
  }
  void require(const Tensor& t, const char* name, const Shape& shape) const {
    if (!t.defined()) return;
    if (t.shape() != shape)
      fail(std::string(name) + " has the wrong shape", name, t, to_string(shape));
    if (t.dtype() != x_.dtype())
      ops::fail<DTypeError>({.operation = "recurrent",
                             .problem = "needs operands of one floating-point type",
                             .received = {{"x", describe(x_)}, {name, describe(t)}},
                             .hint = "cast one of them"},
                            where_);
  }
  Tensor checked_lengths(const Tensor& lengths) const {
    const auto steps = static_cast<double>(x_.shape()[0]);
    const Tensor wide = cast(lengths, DType::i64);
    return ops::checked(wide, Operand(wide, where_),
                        {0, steps, "length", "a number of steps from 0 to that of x"});
  }

  const Kind kind_;
  const Where where_;
  const Tensor x_;
  const std::int64_t gates_;
  op::Recurrent op_{};
  Tensors inputs_;
};

}  // namespace

RecurrentResult recurrent(RecurrentKind kind, const Operand& x, const RecurrentWeights& weights,
                          const RecurrentOptions& options) {
  const graph::CallScope call("recurrent", x.where());
  return RecurrentCall(kind, x, weights, options).run();
}

}  // namespace fathom
