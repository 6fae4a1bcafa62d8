// The list of operations that the CPU computes by a kernel of their own. What is not here, not
// elementwise and no movement is lowered.
#include <unordered_map>

#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/loss.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/scan.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/sort.h"
#include "fathom/optim/updates.h"

namespace fathom::cpu {
namespace {

using graph::Node;
using graph::op_tag;

DType type(const Node& node, int input = 0) { return node.inputs[input]->spec.dtype; }
bool any(const Node&) { return true; }
bool f32_only(const Node& node) { return type(node) == DType::f32; }
bool f32_or_f64(const Node& node) { return type(node) == DType::f32 || type(node) == DType::f64; }
bool no_half(const Node& node) { return !is_half(type(node)); }
/// Places along the axis must fit into 32 bits.
template <class Op> bool sortable(const Node& node) {
  return no_half(node) &&
         node.inputs[0]->spec.shape[graph::attributes<Op>(node).axis] < std::int64_t{1} << 32;
}
/// Row kernels need rows: an empty last axis goes through the definition.
bool f32_rows(const Node& node) {
  const Shape& s = node.inputs[0]->spec.shape;
  return f32_only(node) && s.rank() > 0 && s.back() > 0;
}
bool f32_numbers(const Node& node) {
  const Shape& s = node.inputs[0]->spec.shape;
  return f32_only(node) && s.size() > 0;
}

constexpr KernelEntry entries[] = {
    {&op_tag<op::Matmul>, make_matmul, f32_or_f64},
    {&op_tag<op::Linear>, make_linear, f32_or_f64},
    {&op_tag<op::Reduce>, make_reduce, no_half},
    {&op_tag<op::Divisor>, make_divisor, any},
    {&op_tag<op::Scan>, make_scan, no_half},
    {&op_tag<op::Sort>, make_sort, sortable<op::Sort>},
    {&op_tag<op::TopK>, make_topk, sortable<op::TopK>},
    {&op_tag<op::KthValue>, make_kthvalue, sortable<op::KthValue>},
    {&op_tag<op::SearchSorted>, make_searchsorted, no_half},
    {&op_tag<op::Take>, make_take, any},
    {&op_tag<op::TakeAlong>, make_take_along, any},
    {&op_tag<op::Positions>, make_positions, any},
    {&op_tag<op::Scatter>, make_scatter, no_half},
    {&op_tag<op::ScatterSlices>, make_scatter_slices, no_half},
    {&op_tag<op::LastWriter>, make_last_writer, any},
    {&op_tag<op::Place>, make_place, any},
    {&op_tag<op::Concat>, make_concat, any},
    {&op_tag<op::Random>, make_random, any},
    {&op_tag<op::Softmax>, make_softmax, f32_rows},
    {&op_tag<op::SoftmaxBackward>, make_softmax_backward, f32_rows},
    {&op_tag<op::LayerNorm>, make_layer_norm, f32_rows},
    {&op_tag<op::LayerNormBackward>, make_layer_norm_backward, f32_rows},
    {&op_tag<op::BatchNorm>, make_batch_norm, f32_numbers},
    {&op_tag<op::BatchNormBackward>, make_batch_norm_backward, f32_numbers},
    {&op_tag<op::GroupNorm>, make_group_norm, f32_numbers},
    {&op_tag<op::GroupNormBackward>, make_group_norm_backward, f32_numbers},
    {&op_tag<op::CrossEntropy>, make_cross_entropy, f32_only},
    {&op_tag<op::CrossEntropyBackward>, make_cross_entropy_backward, f32_only},
    {&op_tag<op::SgdUpdate>, make_sgd, f32_only},
    {&op_tag<op::AdamUpdate>, make_adam, f32_only},
    {&op_tag<op::RmsPropUpdate>, make_rmsprop, f32_only},
    {&op_tag<op::AdagradUpdate>, make_adagrad, f32_only},
};

}  // namespace

std::span<const KernelEntry> kernel_table() { return entries; }

const KernelEntry* find_kernel(graph::OpTag op) {
  static const auto by_tag = [] {
    std::unordered_map<graph::OpTag, const KernelEntry*> map;
    for (const KernelEntry& e : entries) map.emplace(e.op, &e);
    return map;
  }();
  const auto it = by_tag.find(op);
  return it == by_tag.end() ? nullptr : it->second;
}

}  // namespace fathom::cpu
