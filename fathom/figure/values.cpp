#include "fathom/figure/values.h"

#include "fathom/core/tensor.h"

namespace fathom::figure {

Values::Values(const Tensor& tensor, Where where)
    : values_(tensor.to_vector<double>(where)), shape_(tensor.shape()) {}

}  // namespace fathom::figure
