// Layers of products.
#pragma once
#include <cstdint>

#include "fathom/nn/module.h"

namespace fathom::nn {

/// y = x W^T + b.
///
/// Shapes      (..., in) -> (..., out)
/// Parameters  weight (out, in) and bias (out), uniform in +-1/sqrt(in)
class Linear {
 public:
  Linear(std::int64_t in_features, std::int64_t out_features, bool with_bias = true,
         Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight;
  Param bias;  ///< undefined without bias
  static constexpr auto members() { return fathom::members<&Linear::weight, &Linear::bias>(); }
};

/// y_o = a W_o b^T + bias_o.
///
/// Shapes      (..., in1), (..., in2) -> (..., out)
/// Parameters  weight (out, in1, in2) and bias (out), uniform in +-1/sqrt(in1)
class Bilinear {
 public:
  Bilinear(std::int64_t in1_features, std::int64_t in2_features, std::int64_t out_features,
           bool with_bias = true, Where where = Where::current());
  Tensor operator()(const Tensor& a, const Tensor& b, Where where = Where::current()) const;

  Param weight;
  Param bias;  ///< undefined without bias
  static constexpr auto members() { return fathom::members<&Bilinear::weight, &Bilinear::bias>(); }
};

}  // namespace fathom::nn
