#include "fathom/ops/loss_ctc.h"

#include "fathom/graph/op.h"
#include "fathom/ops/ctc_loops.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;

namespace graph {

template <> struct Rules<op::CtcLoss> {
  static constexpr std::string_view name = "ctc_loss";
  static Specs infer(const op::CtcLoss&, Inputs in) {
    return Spec{in[0].dtype(), {in[0].shape()[1]}};
  }
  static void run(const op::CtcLoss& a, const HostCall& c) { ops::run_ctc_loss(a, c); }
  static Tensors vjp(const op::CtcLoss& a, const Vjp& v) {
    return {apply(op::CtcLossBackward{a.blank, a.zero_infinity, a.concatenated},
                  {v.cotangent(), v.inputs[0], v.inputs[1], v.inputs[2], v.inputs[3]}, {}),
            {},
            {},
            {}};
  }
};

template <> struct Rules<op::CtcLossBackward> {
  static constexpr std::string_view name = "ctc_loss_backward";
  static Specs infer(const op::CtcLossBackward&, Inputs in) {
    return Spec{in[1].dtype(), in[1].shape()};
  }
  static void run(const op::CtcLossBackward& a, const HostCall& c) {
    ops::run_ctc_loss_backward(a, c);
  }
};

template <> constinit const OpDef OpEntry<op::CtcLoss>::def = make_op_def<op::CtcLoss>();
template <>
constinit const OpDef OpEntry<op::CtcLossBackward>::def = make_op_def<op::CtcLossBackward>();

}  // namespace graph

Tensor ctc_loss(const Operand& log_probs, const Tensor& targets, const Tensor& input_lengths,
                const Tensor& target_lengths, const CtcLossOptions& options) {
  const std::source_location where = log_probs.where();
  const graph::CallScope call("ctc_loss", where, "target");
  const Tensor given = ops::as_tensor(log_probs);
  const auto received = [&] {
    return std::vector<std::pair<std::string, std::string>>{
        {"log_probs", describe(given)},
        {"targets", describe(targets)},
        {"input_lengths", describe(input_lengths)},
        {"target_lengths", describe(target_lengths)}};
  };
  const auto is_whole = [](const Tensor& t) {
    return t.dtype() == DType::i64 || t.dtype() == DType::i32;
  };
  if (!is_floating(given.dtype()) || !is_whole(targets) || !is_whole(input_lengths) ||
      !is_whole(target_lengths))
    ops::fail<DTypeError>({.operation = "ctc_loss",
                           .problem = "operands of other types",
                           .received = received(),
                           .expected = "floating log_probs, all else of type i64 or i32"},
                          where);
  const bool one = given.rank() == 2;
  const Tensor x = ops::wide(one ? unsqueeze(given, 1) : given);
  const Shape lengths = one ? Shape{} : x.rank() == 3 ? Shape{x.shape()[1]} : Shape{0};
  const bool fits =
      x.rank() == 3 &&
      (targets.rank() == 1 || (!one && targets.rank() == 2 && targets.shape()[0] == lengths[0]));
  if (!fits || input_lengths.shape() != lengths || target_lengths.shape() != lengths)
    ops::fail<ShapeError>(
        {.operation = "ctc_loss",
         .problem = "operands do not fit",
         .received = received(),
         .expected = "log_probs (T, B, C), targets (B, S) or (sum of lengths), lengths (B); or "
                     "(T, C), (S), (), ()"},
        where);
  if (options.blank < 0 || options.blank >= x.shape()[2])
    ops::fail<ValueError>(
        {.operation = "ctc_loss",
         .problem = "the blank is no class",
         .received = {{"blank", std::to_string(options.blank)}, {"log_probs", describe(given)}},
         .expected = "a class, from 0"},
        where);
  const auto as_lengths = [&](const Tensor& t) {
    return cast(one ? unsqueeze(t, 0) : t, DType::i64);
  };
  const Tensor letters = as_lengths(target_lengths);
  Tensor losses =
      graph::apply(op::CtcLoss{options.blank, options.zero_infinity, targets.rank() == 1},
                   {x, cast(targets, DType::i64), as_lengths(input_lengths), letters}, where);
  if (options.reduction == Reduction::mean)
    losses = losses / cast(maximum(letters, 1), losses.dtype());
  if (one && options.reduction == Reduction::none) losses = squeeze(losses, 0);
  return ops::reduce_loss("ctc_loss", losses, options.reduction, given.dtype(), where);
}

}  // namespace fathom
