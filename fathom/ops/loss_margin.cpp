#include "fathom/ops/loss_margin.h"

#include "fathom/graph/op.h"
#include "fathom/ops/distance.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"

namespace fathom {

using graph::describe;

Tensor margin_ranking_loss(const Operand& a, const Operand& b, const Operand& target, double margin,
                           Reduction reduction) {
  const graph::CallScope call("margin_ranking_loss", a.where());
  const std::source_location at = a.where();
  const DType dtype = ops::floating(ops::common_dtype({&a, &b, &target}));
  const auto wide = [&](const Operand& x) { return ops::as_tensor(x, ops::widened(dtype)); };
  const Tensor t = wide(target), ahead = wide(a) - wide(b);
  return ops::reduce_loss("margin_ranking_loss", relu(margin - t * ahead), reduction, dtype, at);
}

Tensor hinge_embedding_loss(const Operand& x, const Operand& target, double margin,
                            Reduction reduction) {
  const graph::CallScope call("hinge_embedding_loss", x.where());
  const std::source_location at = x.where();
  const DType dtype = ops::floating(ops::common_dtype({&x}));
  const Tensor scores = ops::as_tensor(x, ops::widened(dtype));
  const Tensor t = ops::as_tensor(target);
  // As PyTorch, where a target is neither 1 nor -1 both count.
  return ops::reduce_loss("hinge_embedding_loss",
                          where(t != 1, relu(margin - scores), 0) + where(t != -1, scores, 0),
                          reduction, dtype, at);
}

Tensor cosine_embedding_loss(const Operand& a, const Operand& b, const Tensor& target,
                             double margin, Reduction reduction) {
  const graph::CallScope call("cosine_embedding_loss", a.where());
  const std::source_location at = a.where();
  const DType dtype = ops::floating(ops::common_dtype({&a, &b}));
  const Tensor x = ops::as_tensor(a, ops::widened(dtype));
  const Tensor y = ops::as_tensor(b, ops::widened(dtype));
  if (x.rank() < 1 || x.rank() > 2 || x.rank() != y.rank() || target.rank() != x.rank() - 1)
    ops::fail<ShapeError>(
        {.operation = "cosine_embedding_loss",
         .problem = "vectors and targets do not fit",
         .received = {{"a", describe(x)}, {"b", describe(y)}, {"target", describe(target)}},
         .expected = "a and b (B, D) with target (B), or (D) with ()"},
        at);
  constexpr double epsilon = 1e-12;  // PyTorch's own, under the root
  const Tensor lengths = sqrt((sum(square(x), -1) + epsilon) * (sum(square(y), -1) + epsilon));
  const Tensor cosine = sum(x * y, -1) / lengths;
  return ops::reduce_loss(
      "cosine_embedding_loss",
      where(target == 1, 1 - cosine, 0) + where(target == -1, relu(cosine - margin), 0), reduction,
      dtype, at);
}

namespace {

template <class Distance>
Tensor triplet(const char* operation, const Operand& anchor, const Operand& positive,
               const Operand& negative, const Distance& distance, double margin, bool swap,
               Reduction reduction) {
  const std::source_location at = anchor.where();
  if (!(margin > 0))
    ops::fail<ValueError>({.operation = operation,
                           .problem = "margin is " + graph::print_field(margin),
                           .expected = "a positive number"},
                          at);
  const DType dtype = ops::floating(ops::common_dtype({&anchor, &positive, &negative}));
  const DType wide = ops::widened(dtype);
  const Tensor a = ops::as_tensor(anchor, wide);
  const Tensor p = ops::as_tensor(positive, wide);
  const Tensor n = ops::as_tensor(negative, wide);
  Tensor apart = distance(a, n);
  if (swap) apart = minimum(apart, distance(p, n));
  return ops::reduce_loss(operation, relu(margin + distance(a, p) - apart), reduction, dtype, at);
}

}  // namespace

Tensor triplet_margin_loss(const Operand& anchor, const Operand& positive, const Operand& negative,
                           const TripletMarginOptions& options) {
  const graph::CallScope call("triplet_margin_loss", anchor.where());
  const auto distance = [&](const Tensor& a, const Tensor& b) {
    return pairwise_distance(a, b, options.p, options.epsilon);
  };
  return triplet("triplet_margin_loss", anchor, positive, negative, distance, options.margin,
                 options.swap, options.reduction);
}

Tensor triplet_margin_with_distance_loss(const Operand& anchor, const Operand& positive,
                                         const Operand& negative,
                                         const TripletDistanceOptions& options) {
  const auto distance = [&](const Tensor& a, const Tensor& b) {
    return options.distance ? options.distance(a, b) : pairwise_distance(a, b);
  };
  return triplet("triplet_margin_with_distance_loss", anchor, positive, negative, distance,
                 options.margin, options.swap, options.reduction);
}

}  // namespace fathom
