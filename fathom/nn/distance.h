// Distances of vectors as layers of two inputs.
#pragma once
#include "fathom/nn/linear.h"
#include "fathom/ops/distance.h"

namespace fathom::nn {

/// cosine_similarity along an axis.
struct CosineSimilarity {
  int dim = 1;
  double eps = 1e-8;
  Tensor operator()(const Tensor& a, const Tensor& b, Where where = Where::current()) const {
    return cosine_similarity(Operand(a, where), Operand(b, where), dim, eps);
  }
};

/// pairwise_distance over the last axis.
struct PairwiseDistance {
  double p = 2;
  double eps = 1e-6;
  bool keepdim = false;
  Tensor operator()(const Tensor& a, const Tensor& b, Where where = Where::current()) const {
    return pairwise_distance(Operand(a, where), Operand(b, where), p, eps, keepdim);
  }
};

}  // namespace fathom::nn
