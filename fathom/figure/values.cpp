#include "fathom/figure/values.h"

#include "fathom/core/tensor.h"

namespace fathom::figure {

Values::Values(const Tensor& tensor)
    : values_(tensor.to_vector<double>()), shape_(tensor.shape()) {}

}  // namespace fathom::figure
