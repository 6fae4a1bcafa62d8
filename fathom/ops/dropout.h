// Dropout in its forms: what is random while training. Element i of site s at key k is kept or not
// whatever the machine. `site` tells apart what one key is used for.
//
// Shapes    that of x
// Errors    ValueError for a probability outside [0, 1], DTypeError for integers
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Inputs x and the step's key. `site` tells the dropouts of one step apart.
struct Dropout {
  double probability;
  std::int64_t site;
};
}  // namespace op

/// Zeroes each element with the given probability and scales the rest by 1 / (1 - probability)
/// (Srivastava et al. 2014).
Tensor dropout(const Operand& x, double probability, const Tensor& key, std::int64_t site);
/// Dropout of whole channels (Tompson et al. 2014). Shapes: x (B, C, ...). Errors: ShapeError for
/// fewer than two axes.
Tensor feature_dropout(const Operand& x, double probability, const Tensor& key, std::int64_t site);
/// Dropout for networks of selu: what is dropped becomes selu's limit at -infinity, and all is
/// scaled so that mean and variance stay (Klambauer et al. 2017).
Tensor alpha_dropout(const Operand& x, double probability, const Tensor& key, std::int64_t site);
/// alpha_dropout of whole channels. Shapes, errors: as feature_dropout.
Tensor feature_alpha_dropout(const Operand& x, double probability, const Tensor& key,
                             std::int64_t site);

}  // namespace fathom
