// Pooling as layers; shapes, gradients and errors as in ops/pooling.h.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/nn/linear.h"
#include "fathom/ops/pooling.h"

namespace fathom::nn {

/// What MaxPool1d to MaxPool3d share: the largest element of each window.
template <int n> class MaxPool {
 public:
  explicit MaxPool(const PerAxis<n>& kernel_size, const MaxPoolOptions<n>& options = {})
      : kernel_size(kernel_size), options(options) {}
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
  /// The same and the places, as torch's layer gives them with return_indices.
  IndexedResult with_indices(const Tensor& x, Where where = Where::current()) const;

  PerAxis<n> kernel_size;
  MaxPoolOptions<n> options;
  static constexpr auto members() { return fathom::members<>(); }
};
/// Largest element of each window. Shapes: (B, C, L) -> (B, C, L').
struct MaxPool1d : MaxPool<1> {
  using MaxPool::MaxPool;
};
/// Likewise. Shapes: (B, C, H, W) -> (B, C, H', W').
struct MaxPool2d : MaxPool<2> {
  using MaxPool::MaxPool;
};
/// Likewise. Shapes: (B, C, D, H, W) -> (B, C, D', H', W').
struct MaxPool3d : MaxPool<3> {
  using MaxPool::MaxPool;
};

/// What MaxUnpool1d to MaxUnpool3d share: elements put back where the maxima came from.
template <int n> class MaxUnpool {
 public:
  explicit MaxUnpool(const PerAxis<n>& kernel_size, const MaxUnpoolOptions<n>& options = {})
      : kernel_size(kernel_size), options(options) {}
  Tensor operator()(const Tensor& x, const Tensor& indices, Where where = Where::current()) const;

  PerAxis<n> kernel_size;
  MaxUnpoolOptions<n> options;
  static constexpr auto members() { return fathom::members<>(); }
};
/// Elements put back where the maxima came from. Shapes: (B, C, L) -> (B, C, L').
struct MaxUnpool1d : MaxUnpool<1> {
  using MaxUnpool::MaxUnpool;
};
/// Likewise. Shapes: (B, C, H, W) -> (B, C, H', W').
struct MaxUnpool2d : MaxUnpool<2> {
  using MaxUnpool::MaxUnpool;
};
/// Likewise. Shapes: (B, C, D, H, W) -> (B, C, D', H', W').
struct MaxUnpool3d : MaxUnpool<3> {
  using MaxUnpool::MaxUnpool;
};

/// What AvgPool1d to AvgPool3d share: the average of each window.
template <int n> class AvgPool {
 public:
  explicit AvgPool(const PerAxis<n>& kernel_size, const AvgPoolOptions<n>& options = {})
      : kernel_size(kernel_size), options(options) {}
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  PerAxis<n> kernel_size;
  AvgPoolOptions<n> options;
  static constexpr auto members() { return fathom::members<>(); }
};
/// Average of each window. Shapes: (B, C, L) -> (B, C, L').
struct AvgPool1d : AvgPool<1> {
  using AvgPool::AvgPool;
};
/// Likewise. Shapes: (B, C, H, W) -> (B, C, H', W').
struct AvgPool2d : AvgPool<2> {
  using AvgPool::AvgPool;
};
/// Likewise. Shapes: (B, C, D, H, W) -> (B, C, D', H', W').
struct AvgPool3d : AvgPool<3> {
  using AvgPool::AvgPool;
};

/// What LPPool1d to LPPool3d share: the p-norm of each window.
template <int n> class LPPool {
 public:
  LPPool(double norm_type, const PerAxis<n>& kernel_size, const LpPoolOptions<n>& options = {})
      : norm_type(norm_type), kernel_size(kernel_size), options(options) {}
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double norm_type;
  PerAxis<n> kernel_size;
  LpPoolOptions<n> options;
  static constexpr auto members() { return fathom::members<&LPPool::norm_type>(); }
};
/// (sum of x^p)^(1/p) of each window. Shapes: (B, C, L) -> (B, C, L').
struct LPPool1d : LPPool<1> {
  using LPPool::LPPool;
};
/// Likewise. Shapes: (B, C, H, W) -> (B, C, H', W').
struct LPPool2d : LPPool<2> {
  using LPPool::LPPool;
};
/// Likewise. Shapes: (B, C, D, H, W) -> (B, C, D', H', W').
struct LPPool3d : LPPool<3> {
  using LPPool::LPPool;
};

/// What the adaptive averages share: windows that share the axes out evenly.
template <int n> class AdaptiveAvgPool {
 public:
  explicit AdaptiveAvgPool(const PerAxis<n>& output_size) : output_size(output_size) {}
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  PerAxis<n> output_size;  ///< -1: as it is
  static constexpr auto members() { return fathom::members<>(); }
};
/// Averages of windows that share the axis out evenly. Shapes: (B, C, L) -> (B, C, output_size).
struct AdaptiveAvgPool1d : AdaptiveAvgPool<1> {
  using AdaptiveAvgPool::AdaptiveAvgPool;
};
/// Likewise. Shapes: (B, C, H, W) -> (B, C, H', W').
struct AdaptiveAvgPool2d : AdaptiveAvgPool<2> {
  using AdaptiveAvgPool::AdaptiveAvgPool;
};
/// Likewise. Shapes: (B, C, D, H, W) -> (B, C, D', H', W').
struct AdaptiveAvgPool3d : AdaptiveAvgPool<3> {
  using AdaptiveAvgPool::AdaptiveAvgPool;
};

/// What the adaptive maxima share.
template <int n> class AdaptiveMaxPool {
 public:
  explicit AdaptiveMaxPool(const PerAxis<n>& output_size) : output_size(output_size) {}
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
  /// The same and the places.
  IndexedResult with_indices(const Tensor& x, Where where = Where::current()) const;

  PerAxis<n> output_size;  ///< -1: as it is
  static constexpr auto members() { return fathom::members<>(); }
};
/// Maxima of windows that share the axis out evenly. Shapes: (B, C, L) -> (B, C, output_size).
struct AdaptiveMaxPool1d : AdaptiveMaxPool<1> {
  using AdaptiveMaxPool::AdaptiveMaxPool;
};
/// Likewise. Shapes: (B, C, H, W) -> (B, C, H', W').
struct AdaptiveMaxPool2d : AdaptiveMaxPool<2> {
  using AdaptiveMaxPool::AdaptiveMaxPool;
};
/// Likewise. Shapes: (B, C, D, H, W) -> (B, C, D', H', W').
struct AdaptiveMaxPool3d : AdaptiveMaxPool<3> {
  using AdaptiveMaxPool::AdaptiveMaxPool;
};

/// The average of each channel: keras.layers.GlobalAveragePooling1D to 3D, channels second. Shapes:
/// (B, C, ...) -> (B, C), or (B, C, 1, ...) with keepdims. Errors: ShapeError for fewer axes.
struct GlobalAveragePooling {
  bool keepdims = false;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};
/// The largest element of each channel; ties share the gradient.
struct GlobalMaxPooling {
  bool keepdims = false;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

}  // namespace fathom::nn
