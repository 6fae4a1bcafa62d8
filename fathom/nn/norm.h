// Layers that normalise.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/nn/linear.h"

namespace fathom::nn {

/// Options of nn::BatchNorm.
struct BatchNormOptions {
  double epsilon = 1e-5;
  std::optional<double> momentum = 0.1;  ///< none: running statistics are plain averages
  bool affine = true;                    ///< with weight and bias
  bool track_running_stats = true;       ///< without them the batch's own statistics always count
};

/// Batch normalisation over all axes but the second (Ioffe and Szegedy 2015). Training uses the
/// batch's statistics and moves the running ones; inference uses the running ones, and so does
/// training where they are frozen (nn/freeze.h).
///
/// Shapes      (B, C) or (B, C, ...) -> same
/// Parameters  weight (C) ones, bias (C) zeros
/// Buffers     running_mean (C) zeros, running_var (C) ones, num_batches_tracked () i64
class BatchNorm {
 public:
  explicit BatchNorm(std::int64_t features, BatchNormOptions options = {},
                     Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight, bias;
  Buffer running_mean, running_var, num_batches_tracked;
  BatchNormOptions options;
  static constexpr auto members() {
    return fathom::members<&BatchNorm::weight, &BatchNorm::bias, &BatchNorm::running_mean,
                           &BatchNorm::running_var, &BatchNorm::num_batches_tracked>();
  }

 private:
  Tensor by_batch(const Tensor& x, Where where) const;
};

/// Options of nn::LayerNorm.
struct LayerNormOptions {
  double epsilon = 1e-5;
  bool elementwise_affine = true;
  bool bias = true;  ///< with elementwise_affine only
};

/// Normalisation over the last axes (Ba et al. 2016).
///
/// Shapes      (..., normalized) -> same
/// Parameters  weight (normalized) ones, bias (normalized) zeros
class LayerNorm {
 public:
  explicit LayerNorm(const Shape& normalized, LayerNormOptions options = {},
                     Where where = Where::current());
  explicit LayerNorm(std::int64_t features, LayerNormOptions options = {},
                     Where where = Where::current())
      : LayerNorm(Shape{features}, options, where) {}
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight, bias;
  Shape normalized;
  double epsilon;
  static constexpr auto members() {
    return fathom::members<&LayerNorm::weight, &LayerNorm::bias>();
  }
};

/// Options of nn::GroupNorm.
struct GroupNormOptions {
  double epsilon = 1e-5;
  bool affine = true;
};

/// Normalisation of each sample over groups of channels (Wu and He 2018).
///
/// Shapes      (B, C, ...) -> same
/// Parameters  weight (C) ones, bias (C) zeros
/// Errors      ValueError if the groups do not divide the channels
class GroupNorm {
 public:
  GroupNorm(std::int64_t groups, std::int64_t channels, GroupNormOptions options = {},
            Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight, bias;
  std::int64_t groups;
  double epsilon;
  static constexpr auto members() {
    return fathom::members<&GroupNorm::weight, &GroupNorm::bias>();
  }
};

/// Options of nn::InstanceNorm.
struct InstanceNormOptions {
  double epsilon = 1e-5;
  double momentum = 0.1;
  bool affine = false;
  bool track_running_stats = false;  ///< inference uses the running statistics
};

/// Normalisation of each sample's channels over their positions (Ulyanov et al. 2016).
///
/// Shapes      (B, C, ...) -> same
/// Parameters  with affine weight (C) ones, bias (C) zeros
/// Buffers     with track_running_stats as BatchNorm's
class InstanceNorm {
 public:
  explicit InstanceNorm(std::int64_t features, InstanceNormOptions options = {},
                        Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight, bias;
  Buffer running_mean, running_var, num_batches_tracked;
  InstanceNormOptions options;
  static constexpr auto members() {
    return fathom::members<&InstanceNorm::weight, &InstanceNorm::bias, &InstanceNorm::running_mean,
                           &InstanceNorm::running_var, &InstanceNorm::num_batches_tracked>();
  }
};

/// Options of nn::RMSNorm.
struct RmsNormOptions {
  std::optional<double> epsilon = {};  ///< none: that of the element type
  bool elementwise_affine = true;
};

/// Division by the root mean square over the last axes (Zhang and Sennrich 2019).
///
/// Shapes      (..., normalized) -> same
/// Parameters  weight (normalized) ones
class RMSNorm {
 public:
  explicit RMSNorm(const Shape& normalized, RmsNormOptions options = {},
                   Where where = Where::current());
  explicit RMSNorm(std::int64_t features, RmsNormOptions options = {},
                   Where where = Where::current())
      : RMSNorm(Shape{features}, options, where) {}
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight;
  Shape normalized;
  std::optional<double> epsilon;
  static constexpr auto members() { return fathom::members<&RMSNorm::weight>(); }
};

/// Division by a power of the mean square of neighbouring channels (Krizhevsky et al. 2012).
/// Shapes: (B, C, ...) -> same.
struct LocalResponseNorm {
  std::int64_t size = 5;
  double alpha = 1e-4;
  double beta = 0.75;
  double k = 1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

}  // namespace fathom::nn
