// Checks of what tensors hold. They are made when values are computed, so that nothing is evaluated
// for them; the error names the function that the user called and the line. Internal.
#pragma once
#include <string_view>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// True, if all elements of the first input are from low to high or NaN; else the computation
/// fails. With a second input, a value that is NaN if an element is outside, the first is only
/// looked at when that is NaN.
struct Within {
  double low, high;
  std::string_view what;      ///< "probability 1.5 is out of range"
  std::string_view expected;  ///< "a number in [0, 1]"; empty: a position from low to high
  bool position = false;      ///< an IndexError, else a ValueError
};
}  // namespace op

namespace ops {

/// y, once the elements of x are known to be within bounds. Errors: as the bounds say, when
/// evaluated; at once for a number.
Tensor checked(const Tensor& y, const Operand& x, const op::Within& bounds);
/// A loss of x, which is NaN if an element of x is outside: x is only read again if it is.
Tensor checked_loss(const Tensor& loss, const Tensor& x, const op::Within& bounds,
                    const Where& where);

/// A probability of the name.
constexpr op::Within probability(std::string_view what) {
  return {0, 1, what, "a number in [0, 1]"};
}

}  // namespace ops
}  // namespace fathom
