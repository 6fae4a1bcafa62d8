// Einstein's summation over named axes.
#pragma once
#include <string>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

/// torch.einsum: "bij,bjk->bik" names each operand's axes by letters; letters missing behind the
/// arrow are summed. A letter twice in an operand is its diagonal, "..." stands for axes that
/// broadcast; without an arrow the result has the broadcast axes and then, in alphabetical order,
/// the letters that occur once. Operands are contracted two at a time by matmul, the pair with the
/// smallest result first. Dtypes: one, floating or integer. Errors: ValueError for a malformed
/// equation, ShapeError for extents that do not fit.
Tensor einsum(const std::string& equation, const std::vector<Tensor>& operands,
              const std::source_location& where = std::source_location::current());

}  // namespace fathom
