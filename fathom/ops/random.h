// Dropout: the one operation that is random while training.
#pragma once
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
/// (Srivastava et al. 2014). Element i of site s at key k is kept or not whatever the machine.
/// Errors: ValueError for a probability outside [0, 1].
Tensor dropout(const Operand& x, double probability, const Tensor& key, std::int64_t site);

}  // namespace fathom
