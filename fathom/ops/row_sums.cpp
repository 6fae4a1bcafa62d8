#include "fathom/ops/row_sums.h"

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/shape.h"

namespace fathom {

using Side = op::RowSums::Side;

namespace {

/// Rows at positions; zeros where the position is -1, if the list is open.
Tensor rows_at(const Tensor& rows, const Tensor& positions, bool open) {
  if (!open) return take(rows, positions, 0);
  return where(unsqueeze(positions >= 0, 1), take(rows, maximum(positions, 0), 0), 0);
}

}  // namespace

namespace graph {

template <> struct Rules<op::RowSums> {
  static constexpr std::string_view name = "row_sums";
  static constexpr bool late = true;
  static Specs infer(const op::RowSums& a, Inputs in) {
    return Spec{in[0].dtype(), {a.extent, in[0].shape()[1]}};
  }
  static Tensors lower(const op::RowSums& a, Inputs in) {
    const Tensor &from = in[1], &to = in[2];
    Tensor taken = take(in[0], a.open == Side::from ? maximum(from, 0) : from, 0);
    if (in.size() > 3) taken = taken * unsqueeze(in[3], 1);
    if (a.open == Side::from)
      return {ops::scatter_slices(where(unsqueeze(from >= 0, 1), taken, 0), to, 0, a.extent)};
    // What is left out comes to a row behind the last.
    const Tensor places = where(to < 0, a.extent, to);
    return {slice(ops::scatter_slices(taken, places, 0, a.extent + 1), 0, 0, a.extent)};
  }
  static Tensors vjp(const op::RowSums& a, const Vjp& v) {
    const Tensor &rows = v.inputs[0], &from = v.inputs[1], &to = v.inputs[2];
    const Tensor weights = v.inputs.size() > 3 ? v.inputs[3] : Tensor();
    const Side other = a.open == Side::from ? Side::to : Side::from;
    Tensors gradients(v.inputs.size());
    if (v.wants(0))
      gradients[0] = ops::row_sums(v.cotangent(), to, from, weights, {rows.shape()[0], other});
    if (weights.defined() && v.wants(3))
      gradients[3] = sum(rows_at(rows, from, a.open == Side::from) *
                             rows_at(v.cotangent(), to, a.open == Side::to),
                         {1});
    return gradients;
  }
};
template <> constinit const OpDef OpEntry<op::RowSums>::def = make_op_def<op::RowSums>();

}  // namespace graph

namespace ops {

Tensor row_sums(const Tensor& rows, const Tensor& from, const Tensor& to, const Tensor& weights,
                const op::RowSums& attributes, const std::source_location& where) {
  if (!weights.defined()) return graph::apply(attributes, {rows, from, to}, where);
  return graph::apply(attributes, {rows, from, to, weights}, where);
}

std::optional<RowSumsParts> row_sums_parts(const Tensor& gradient) {
  const graph::Node& node = *gradient.value()->node;
  if (node.detached || gradient.evaluated()) return std::nullopt;
  const auto input = [&](int i) { return Tensor(node.inputs[i]); };
  if (graph::is<op::RowSums>(*node.op))
    return RowSumsParts{input(0), input(1), input(2), node.input_count > 3 ? input(3) : Tensor(),
                        graph::attributes<op::RowSums>(node)};
  if (!graph::is<op::ScatterSlices>(*node.op) || gradient.rank() != 2) return std::nullopt;
  const auto& a = graph::attributes<op::ScatterSlices>(node);
  if (a.axis != 0) return std::nullopt;
  const Tensor to = cast(flatten(input(1)), DType::i64);
  return RowSumsParts{reshape(input(0), {to.size(), gradient.size(1)}),
                      arange(to.size()),
                      to,
                      {},
                      {a.extent, Side::from}};
}

}  // namespace ops
}  // namespace fathom
