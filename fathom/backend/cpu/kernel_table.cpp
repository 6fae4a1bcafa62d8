// The list of operations that the CPU computes by a kernel of their own. What is not here, not
// elementwise and no movement is lowered.
#include <unordered_map>

#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/attention.h"
#include "fathom/ops/conv.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/interpolate.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/loss.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/pooling.h"
#include "fathom/ops/recurrent.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/row_sums.h"
#include "fathom/ops/scan.h"
#include "fathom/ops/scatter.h"
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
/// Places in a plane must fit into 32 bits.
bool poolable(const Node& node) {
  const Shape& s = node.inputs[0]->spec.shape;
  const op::PoolWindows& w = graph::attributes<op::MaxPool>(node).windows;
  std::int64_t plane = 1;
  for (int i = 0; i < w.kernel_size.rank(); ++i) plane *= s[w.first_axis(s) + i];
  return no_half(node) && plane < std::int64_t{1} << 31;
}
bool f32_numbers(const Node& node) {
  const Shape& s = node.inputs[0]->spec.shape;
  return f32_only(node) && s.size() > 0;
}

/// Numbers of rows and of what is summed must fit into 32 bits.
bool f32_rows_of_few(const Node& node) {
  if (!f32_only(node)) return false;
  for (int i = 0; i < node.input_count; ++i)
    for (const std::int64_t extent : node.inputs[i]->spec.shape)
      if (extent >= std::int64_t{1} << 31) return false;
  return true;
}

bool always(const graph::Instruction&) { return true; }
/// Gradients by a weight go to where it is updated, which is done last.
bool not_by_weight(const graph::Instruction& i) {
  return !static_cast<const op::Matmul*>(i.attributes.get())->transpose_a;
}

template <class Op>
constexpr KernelEntry kernel(bool (*serves)(const Node&),
                             bool (*in_parts)(const graph::Instruction&) = nullptr) {
  return {&op_tag<Op>, make_step<Op>, serves, in_parts};
}
constexpr KernelEntry entries[] = {
    kernel<op::Matmul>(f32_or_f64, not_by_weight),
    kernel<op::Linear>(f32_or_f64, always),
    kernel<op::Conv>(f32_or_f64, always),
    kernel<op::ConvBackwardInput>(f32_or_f64, always),
    kernel<op::ConvBackwardWeight>(f32_or_f64),
    kernel<op::Reduce>(no_half),
    kernel<op::Divisor>(any),
    kernel<op::Scan>(no_half),
    kernel<op::Sort>(sortable<op::Sort>),
    kernel<op::TopK>(sortable<op::TopK>),
    kernel<op::KthValue>(sortable<op::KthValue>),
    kernel<op::SearchSorted>(no_half),
    kernel<op::Take>(any),
    kernel<op::TakeAlong>(any),
    kernel<op::Positions>(any),
    kernel<op::Scatter>(no_half),
    kernel<op::ScatterSlices>(no_half),
    kernel<op::LastWriter>(any),
    kernel<op::Place>(any),
    kernel<op::Concat>(any),
    kernel<op::MaxPool>(poolable),
    kernel<op::MaxPoolBackward>(f32_or_f64),
    kernel<op::AveragePool>(f32_or_f64),
    kernel<op::AveragePoolBackward>(f32_or_f64),
    kernel<op::Resample>(f32_or_f64),
    kernel<op::Random>(any),
    kernel<op::Attention>(f32_only),
    kernel<op::AttentionBackward>(f32_only),
    kernel<op::Softmax>(f32_rows),
    kernel<op::SoftmaxBackward>(f32_rows),
    kernel<op::Sparsemax>(f32_rows),
    kernel<op::LayerNorm>(f32_rows),
    kernel<op::LayerNormBackward>(f32_rows),
    kernel<op::BatchNorm>(f32_numbers),
    kernel<op::BatchNormBackward>(f32_numbers),
    kernel<op::GroupNorm>(f32_numbers),
    kernel<op::GroupNormBackward>(f32_numbers),
    kernel<op::Recurrent>(no_half),
    kernel<op::RecurrentBackward>(no_half),
    kernel<op::CrossEntropy>(f32_only),
    kernel<op::CrossEntropyBackward>(f32_only),
    kernel<op::SgdUpdate>(f32_only),
    kernel<op::AdamUpdate>(f32_only),
    kernel<op::RmsPropUpdate>(f32_only),
    kernel<op::AdagradUpdate>(f32_only),
    kernel<op::RowSums>(f32_rows_of_few),
    kernel<op::ByRows<op::SgdUpdate>>(f32_rows_of_few),
    kernel<op::ByRows<op::AdamUpdate>>(f32_rows_of_few),
    kernel<op::ByRows<op::SparseAdamUpdate>>(f32_rows_of_few),
    kernel<op::ByRows<op::AdagradUpdate>>(f32_rows_of_few),
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
