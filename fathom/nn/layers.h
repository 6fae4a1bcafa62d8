// Layers: values with public fields, callable as Tensor -> Tensor. Names, arguments, initial values
// and state-dict keys are those of torch.nn.
#pragma once
#include <cstdint>
#include <source_location>

#include "fathom/nn/module.h"

namespace fathom::nn {

using Where = std::source_location;

/// y = x W^T + b.
///
/// Shapes      (..., in) -> (..., out)
/// Parameters  weight (out, in) and bias (out), uniform in +-1/sqrt(in)
class Linear {
 public:
  Linear(std::int64_t in_features, std::int64_t out_features, bool with_bias = true);
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight;
  Param bias;  ///< undefined without bias
  static constexpr auto members() { return fathom::members<&Linear::weight, &Linear::bias>(); }
};

struct BatchNormOptions {
  double epsilon = 1e-5;
  double momentum = 0.1;
};

/// Batch normalisation over all axes but the second (Ioffe and Szegedy 2015). Training uses the
/// batch's statistics and moves the running ones; inference uses the running ones.
///
/// Shapes      (B, C) or (B, C, ...) -> same
/// Parameters  weight (C) ones, bias (C) zeros
/// Buffers     running_mean (C) zeros, running_var (C) ones, num_batches_tracked () i64
class BatchNorm {
 public:
  explicit BatchNorm(std::int64_t features, BatchNormOptions options = {});
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight, bias;
  Buffer running_mean, running_var, num_batches_tracked;
  BatchNormOptions options;
  static constexpr auto members() {
    return fathom::members<&BatchNorm::weight, &BatchNorm::bias, &BatchNorm::running_mean,
                           &BatchNorm::running_var, &BatchNorm::num_batches_tracked>();
  }
};

/// Normalisation over the last axis (Ba et al. 2016).
///
/// Shapes      (..., C) -> same
/// Parameters  weight (C) ones, bias (C) zeros
class LayerNorm {
 public:
  explicit LayerNorm(std::int64_t features, double epsilon = 1e-5);
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight, bias;
  double epsilon;
  static constexpr auto members() {
    return fathom::members<&LayerNorm::weight, &LayerNorm::bias>();
  }
};

/// Zeroes elements at random while training (Srivastava et al. 2014); nothing otherwise.
/// Errors: ValueError while training without a random key: open a scope with nn::training(rng).
class Dropout {
 public:
  explicit Dropout(double probability = 0.5);
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double probability;
  static constexpr auto members() { return fathom::members<&Dropout::probability>(); }
};

/// A vector for each index: rows of a table.
///
/// Shapes      (...) i64 or i32 -> (..., dim)
/// Parameters  weight (count, dim), standard normal
/// Errors      IndexError for an index outside [0, count), when evaluated
class Embedding {
 public:
  Embedding(std::int64_t count, std::int64_t dim);
  Tensor operator()(const Tensor& index, Where where = Where::current()) const;

  Param weight;
  static constexpr auto members() { return fathom::members<&Embedding::weight>(); }
};

/// Merges all axes but the first. Shapes: (B, ...) -> (B, n).
struct Flatten {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

}  // namespace fathom::nn
