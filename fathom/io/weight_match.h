// Private to fathom/io: which tensor of a file belongs to which of a model.
#pragma once
#include <span>
#include <vector>

#include "fathom/io/weights.h"

namespace fathom::io::detail {

/// A tensor of the file for one of the model, by their places in the lists.
struct WeightMatch {
  std::size_t target = 0, source = 0;
  const char* how = "name";
};

/// Matches by equal names, then by names that end alike (at least in two parts, or in all of one),
/// then by order among those of one role and shape, where there are equally many. Shapes of matches
/// but by equal names are equal; what stays in doubt is left out.
std::vector<WeightMatch> match_weights(std::span<const nn::NamedTensor> targets,
                                       std::span<const NamedTensor> sources);

}  // namespace fathom::io::detail
