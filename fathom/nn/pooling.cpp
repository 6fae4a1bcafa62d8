#include "fathom/nn/pooling.h"

#include "fathom/graph/op.h"
#include "fathom/ops/operands.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

/// That of three functions which is for n axes.
template <int n, class A, class B, class C> auto for_axes(A one, B two, C three) {
  if constexpr (n == 1)
    return one;
  else if constexpr (n == 2)
    return two;
  else
    return three;
}
template <int n> const char* named(const char* one, const char* two, const char* three) {
  return for_axes<n>(one, two, three);
}

std::vector<int> positions(const ModuleScope& scope, const Tensor& x) {
  if (x.rank() < 3)
    ops::fail<ShapeError>({.operation = scope.type,
                           .problem = "x has no axes to pool",
                           .received = {{"x", graph::describe(x)}},
                           .expected = "x (B, C, ...)"},
                          scope.where);
  std::vector<int> axes;
  for (int i = 2; i < x.rank(); ++i) axes.push_back(i);
  return axes;
}

}  // namespace

template <int n> Tensor MaxPool<n>::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, named<n>("nn::MaxPool1d", "nn::MaxPool2d", "nn::MaxPool3d"), where);
  const auto pool = for_axes<n>(max_pool1d, max_pool2d, max_pool3d);
  return scope.result(pool(Operand(x, where), kernel_size, options));
}
template <int n> IndexedResult MaxPool<n>::with_indices(const Tensor& x, Where where) const {
  const ModuleScope scope(this, named<n>("nn::MaxPool1d", "nn::MaxPool2d", "nn::MaxPool3d"), where);
  const auto pool =
      for_axes<n>(max_pool1d_with_indices, max_pool2d_with_indices, max_pool3d_with_indices);
  const IndexedResult y = pool(Operand(x, where), kernel_size, options);
  return {scope.result(y.values), y.indices};
}

template <int n>
Tensor MaxUnpool<n>::operator()(const Tensor& x, const Tensor& indices, Where where) const {
  const ModuleScope scope(this, named<n>("nn::MaxUnpool1d", "nn::MaxUnpool2d", "nn::MaxUnpool3d"),
                          where);
  const auto unpool = for_axes<n>(max_unpool1d, max_unpool2d, max_unpool3d);
  return scope.result(unpool(Operand(x, where), indices, kernel_size, options));
}

template <int n> Tensor AvgPool<n>::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, named<n>("nn::AvgPool1d", "nn::AvgPool2d", "nn::AvgPool3d"), where);
  const auto pool = for_axes<n>(avg_pool1d, avg_pool2d, avg_pool3d);
  return scope.result(pool(Operand(x, where), kernel_size, options));
}

template <int n> Tensor LPPool<n>::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, named<n>("nn::LPPool1d", "nn::LPPool2d", "nn::LPPool3d"), where);
  const auto pool = for_axes<n>(lp_pool1d, lp_pool2d, lp_pool3d);
  return scope.result(pool(Operand(x, where), norm_type, kernel_size, options));
}

template <int n> Tensor AdaptiveAvgPool<n>::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(
      this, named<n>("nn::AdaptiveAvgPool1d", "nn::AdaptiveAvgPool2d", "nn::AdaptiveAvgPool3d"),
      where);
  const auto pool = for_axes<n>(adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d);
  return scope.result(pool(Operand(x, where), output_size));
}

template <int n> Tensor AdaptiveMaxPool<n>::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(
      this, named<n>("nn::AdaptiveMaxPool1d", "nn::AdaptiveMaxPool2d", "nn::AdaptiveMaxPool3d"),
      where);
  const auto pool = for_axes<n>(adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d);
  return scope.result(pool(Operand(x, where), output_size));
}
template <int n>
IndexedResult AdaptiveMaxPool<n>::with_indices(const Tensor& x, Where where) const {
  const ModuleScope scope(
      this, named<n>("nn::AdaptiveMaxPool1d", "nn::AdaptiveMaxPool2d", "nn::AdaptiveMaxPool3d"),
      where);
  const auto pool = for_axes<n>(adaptive_max_pool1d_with_indices, adaptive_max_pool2d_with_indices,
                                adaptive_max_pool3d_with_indices);
  const IndexedResult y = pool(Operand(x, where), output_size);
  return {scope.result(y.values), y.indices};
}

Tensor GlobalAveragePooling::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::GlobalAveragePooling", where);
  return scope.result(mean(Operand(x, where), positions(scope, x), keepdims));
}
Tensor GlobalMaxPooling::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::GlobalMaxPooling", where);
  return scope.result(max(Operand(x, where), positions(scope, x), keepdims));
}

template class MaxPool<1>;
template class MaxPool<2>;
template class MaxPool<3>;
template class MaxUnpool<1>;
template class MaxUnpool<2>;
template class MaxUnpool<3>;
template class AvgPool<1>;
template class AvgPool<2>;
template class AvgPool<3>;
template class LPPool<1>;
template class LPPool<2>;
template class LPPool<3>;
template class AdaptiveAvgPool<1>;
template class AdaptiveAvgPool<2>;
template class AdaptiveAvgPool<3>;
template class AdaptiveMaxPool<1>;
template class AdaptiveMaxPool<2>;
template class AdaptiveMaxPool<3>;

}  // namespace fathom::nn
