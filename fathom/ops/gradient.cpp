#include "fathom/ops/gradient.h"

#include <algorithm>
#include <array>

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/graph/walk.h"
#include "fathom/ops/index.h"
#include "fathom/ops/row_sums.h"
#include "fathom/ops/shape.h"

namespace fathom {

namespace graph {
template <> struct Rules<op::Gradient> {
  static constexpr std::string_view name = "gradient";
  static constexpr bool gradient = true;
  static Specs infer(const op::Gradient&, Inputs in) {
    if (in[0].size() != 1)
      throw ShapeError({.operation = "gradient",
                        .problem = "the loss is not a single number",
                        .received = {{"loss", describe(in[0])}},
                        .expected = "a tensor of one element",
                        .hint = "reduce it: mean(loss)"});
    if (!is_floating(in[0].dtype()))
      throw DTypeError({.operation = "gradient",
                        .problem = "the loss is not floating-point",
                        .received = {{"loss", describe(in[0])}}});
    Specs specs;
    specs.reserve(in.size());
    for (const Tensor& t : in) specs.push_back({t.dtype(), t.shape()});
    return specs;
  }
};

template <> constinit const OpDef OpEntry<op::Gradient>::def = make_op_def<op::Gradient>();

namespace {

/// Whether all that the operation reads of its first input is rows of a table.
bool reads_rows(const Node& node) {
  if (is<op::RowSums>(*node.op)) return true;
  return is<op::Take>(*node.op) && attributes<op::Take>(node).axis == 0 &&
         node.inputs[0]->spec.shape.rank() == 2;
}

/// A table that is differentiated by, and the only operation that reads it.
struct TableReader {
  std::size_t place;  ///< of the table in the group
  Node* node;
};

/// Tables of which the loss reads rows only, in one place.
std::vector<TableReader> table_readers(const std::vector<Tensor>& loss_and_wrt) {
  std::vector<TableReader> readers;
  if (!loss_and_wrt[0].defined()) return readers;
  Value* loss = loss_and_wrt[0].value();
  for (Node* node = context().first_pending; node; node = node->next) {
    if (!reads_rows(*node) || is_half(node->inputs[0]->spec.dtype)) continue;
    const auto is_table = [&](const Tensor& t) { return t.value() == node->inputs[0]; };
    if (is_table(loss_and_wrt[0]) || &node->output(0) == loss) continue;
    const auto at = std::find_if(loss_and_wrt.begin() + 1, loss_and_wrt.end(), is_table);
    if (at != loss_and_wrt.end() && std::none_of(at + 1, loss_and_wrt.end(), is_table))
      readers.push_back({static_cast<std::size_t>(at - loss_and_wrt.begin()), node});
  }
  if (readers.empty()) return readers;
  const std::vector<Node*> order = topological_order({&loss, 1});
  std::erase_if(readers, [&](const TableReader& reader) {
    const Value* const table = reader.node->inputs[0];
    std::int64_t uses = 0;
    for (const Node* node : order)
      uses += std::count(node->inputs, node->inputs + node->input_count, table);
    return uses != 1 || std::find(order.begin(), order.end(), reader.node) == order.end();
  });
  return readers;
}

/// The gradient by a table, of the gradient by what was read from it.
Tensor by_table(Node& reader, const Tensor& gradient) {
  Tensors inputs, outputs{Tensor(&reader.output(0))}, cotangents{gradient};
  std::array<bool, 4> wants{true};
  for (int i = 0; i < reader.input_count; ++i) inputs.emplace_back(reader.inputs[i]);
  Origin origin = reader.origin;
  if (!origin.operation) origin.operation = name_of(reader);
  const OriginScope scope(&origin);
  return reader.op->vjp(reader.attributes,
                        {inputs, outputs, cotangents, {wants.data(), inputs.size()}})[0];
}

}  // namespace

void gradient_group(std::vector<Tensor>& loss_and_wrt) {
  const Tensor& loss = loss_and_wrt[0];
  const auto is_loss = [&](const Tensor& t) { return t.same_as(loss); };
  if (loss.defined() && loss.value()->node->detached &&
      std::none_of(loss_and_wrt.begin() + 1, loss_and_wrt.end(), is_loss))
    throw ValueError(
        located({.operation = "gradient",
                 .problem = "the loss has been computed and no longer knows what it was made from",
                 .received = {{"loss", describe(loss)}},
                 .hint = "ask for gradients before looking at the loss, or use value_and_grad"},
                Where()));
  // The gradient by a table stays a sum of rows until somebody reads the whole of it, which an
  // optimizer does not: the group differentiates by what was read, and the rest is an operation.
  const std::vector<TableReader> readers = table_readers(loss_and_wrt);
  Tensors read;  // keeps the readers
  for (const TableReader& reader : readers) {
    read.emplace_back(&reader.node->output(0));
    loss_and_wrt[reader.place] = read.back();
  }
  Node* node = apply_node(op::Gradient{}, std::span<Tensor>(loss_and_wrt), {});
  for (std::size_t i = 0; i < loss_and_wrt.size(); ++i)
    loss_and_wrt[i] = Tensor::adopt(&node->output(static_cast<int>(i)));
  for (const TableReader& reader : readers)
    loss_and_wrt[reader.place] = by_table(*reader.node, loss_and_wrt[reader.place]);
}

Tensor as_argument(const Tensor& tensor) {
  return apply(op::Reshape{tensor.shape()}, {tensor}, {});
}

RecordingScope::RecordingScope() { ++context().recording; }
RecordingScope::~RecordingScope() { --context().recording; }

}  // namespace graph

std::vector<Tensor> gradients(const Tensor& loss, const std::vector<Tensor>& wrt, Where where) {
  const graph::CallScope call("gradients", where);
  std::vector<Tensor> group{loss};
  group.insert(group.end(), wrt.begin(), wrt.end());
  graph::gradient_group(group);
  group.erase(group.begin());
  return group;
}

}  // namespace fathom
