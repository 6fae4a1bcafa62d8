// Layout: users see channels before positions, convolutions compute with channels last. The
// permutations between the two move behind what does not care where an axis lies, until they meet
// their inverse and both go. Only the order in memory changes: every number keeps its bits, since
// sums, whose order would change, are left where they are.
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/pooling.h"
#include "fathom/ops/shape.h"
#include "fathom/passes/passes.h"

namespace fathom::graph {
namespace {

/// The order of a permutation from (B, positions..., C) to (B, C, positions...), else null.
const Shape* channels_first_order(const Tensor& t) {
  const Node* node = t.value()->node;
  if (node->detached || !is<op::Permute>(*node->op)) return nullptr;
  const Shape& order = attributes<op::Permute>(*node).order;
  if (order.rank() < 3 || order[0] != 0 || order[1] != order.rank() - 1) return nullptr;
  for (int i = 2; i < order.rank(); ++i)
    if (order[i] != i - 1) return nullptr;
  return &order;
}

Shape inverse(const Shape& order) {
  Shape inverse = order;
  for (int i = 0; i < order.rank(); ++i) inverse[static_cast<int>(order[i])] = i;
  return inverse;
}

/// The tensor with channels last; one of fewer axes, which is broadcast, with ones before.
Tensor with_channels_last(const Tensor& t, const Shape& order) {
  if (t.rank() == 0) return t;
  if (channels_first_order(t) && t.rank() == order.rank())
    return Tensor(t.value()->node->inputs[0]);
  Shape whole;
  for (int i = t.rank(); i < order.rank(); ++i) whole.push_back(1);
  for (const std::int64_t n : t.shape()) whole.push_back(n);
  return apply(op::Permute{inverse(order)}, {reshape(t, whole)}, {});
}

Tensor channels_first(const Tensor& t, const Shape& order) {
  return apply(op::Permute{order}, {t}, {});
}

Tensors sink_below_elementwise(Node& node, Inputs in) {
  const Shape& shape = node.output(0).spec.shape;
  const Shape* order = nullptr;
  for (const Tensor& t : in)
    if (!order && t.shape() == shape) order = channels_first_order(t);
  if (!order) return {};
  Tensors moved;
  for (const Tensor& t : in) moved.push_back(with_channels_last(t, *order));
  Node* fresh = copy_node(node, moved);
  return {channels_first(Tensor::adopt(&fresh->output(0)), *order)};
}

/// Slice and Place: what they say of each axis moves with the axis.
template <class Op> Tensors sink_below_movement(const Node& node, Inputs in) {
  const Shape* order = channels_first_order(in[0]);
  if (!order) return {};
  const Op& from = attributes<Op>(node);
  Op to = from;
  for (int i = 0; i < order->rank(); ++i) {
    const auto axis = static_cast<std::size_t>((*order)[i]);
    to.start[axis] = from.start[static_cast<std::size_t>(i)];
    to.step[axis] = from.step[static_cast<std::size_t>(i)];
    to.shape[static_cast<int>(axis)] = from.shape[i];
  }
  Tensors moved(in.begin(), in.end());
  moved[0] = with_channels_last(in[0], *order);
  return {channels_first(apply(to, std::move(moved), {}), *order)};
}

Tensors sink_below_concat(const Node& node, Inputs in) {
  for (const Tensor& t : in)
    if (!channels_first_order(t)) return {};
  const Shape& order = *channels_first_order(in[0]);
  Tensors moved;
  for (const Tensor& t : in) moved.push_back(with_channels_last(t, order));
  const op::Concat concat{static_cast<int>(order[attributes<op::Concat>(node).axis])};
  return {channels_first(apply(concat, std::move(moved), {}), order)};
}

/// Pooling, which takes either layout. Its gradients' second input has the shape of the first.
template <class Op> Tensors sink_below_pooling(const Node& node, Inputs in) {
  const Shape* order = nullptr;
  for (const Tensor& t : in)
    if (!order) order = channels_first_order(t);
  Op pool = attributes<Op>(node);
  if (!order || pool.windows.channels_last || order->rank() != pool.windows.kernel_size.rank() + 2)
    return {};
  pool.windows.channels_last = true;
  Tensors moved;
  for (const Tensor& t : in) moved.push_back(with_channels_last(t, *order));
  Tensors pooled = apply_all(pool, std::move(moved), {});
  for (Tensor& t : pooled) t = channels_first(t, *order);
  return pooled;
}

/// Batch normalisation, which takes either layout: that of x, which is input `x`.
template <class Op> Tensors sink_below_batch_norm(const Node& node, Inputs in, std::size_t x) {
  const Shape* order = channels_first_order(in[x]);
  Op norm = attributes<Op>(node);
  if (!order || norm.channels_last) return {};
  norm.channels_last = true;
  Tensors moved(in.begin(), in.end());
  for (Tensor& t : moved)
    if (t.rank() == order->rank()) t = with_channels_last(t, *order);
  Tensors out = apply_all(norm, std::move(moved), {});
  out[0] = channels_first(out[0], *order);
  return out;
}

}  // namespace

Tensors lay_out(const Tensors& roots) {
  return Rewriter([](Node& node, Inputs in) -> Tensors {
           if (is<op::Elementwise>(*node.op) || is<op::Cast>(*node.op) || is<op::Where>(*node.op))
             return sink_below_elementwise(node, in);
           if (is<op::Slice>(*node.op)) return sink_below_movement<op::Slice>(node, in);
           if (is<op::Place>(*node.op)) return sink_below_movement<op::Place>(node, in);
           if (is<op::Concat>(*node.op)) return sink_below_concat(node, in);
           if (is<op::MaxPool>(*node.op)) return sink_below_pooling<op::MaxPool>(node, in);
           if (is<op::MaxPoolBackward>(*node.op))
             return sink_below_pooling<op::MaxPoolBackward>(node, in);
           if (is<op::AveragePool>(*node.op)) return sink_below_pooling<op::AveragePool>(node, in);
           if (is<op::AveragePoolBackward>(*node.op))
             return sink_below_pooling<op::AveragePoolBackward>(node, in);
           if (is<op::BatchNorm>(*node.op))
             return sink_below_batch_norm<op::BatchNorm>(node, in, 0);
           if (is<op::BatchNormBackward>(*node.op))
             return sink_below_batch_norm<op::BatchNormBackward>(node, in, 1);
           if (is<op::Permute>(*node.op) && channels_first_order(in[0])) {
             const Shape& outer = attributes<op::Permute>(node).order;
             if (outer == inverse(*channels_first_order(in[0])))
               return {Tensor(in[0].value()->node->inputs[0])};
           }
           return {};
         })
      .run(roots);
}

}  // namespace fathom::graph
