// The arena of a plan: one block in which every value that lives between steps has a place.
#pragma once
#include <cstddef>
#include <vector>

#include "fathom/backend/cpu/executable.h"

namespace fathom::cpu {

/// Where a value lies in a block.
struct Place {
  graph::ValueId value;
  std::size_t offset;
};
struct Places {
  std::vector<Place> places;
  std::size_t bytes = 0;
};

/// Places for what the steps that run write, such that values that live at the same time do not
/// overlap. Inputs and outputs have memory of their own.
Places place_values(const Layout& layout, const std::vector<bool>& runs);
/// Whether each value is an input or an output.
std::vector<bool> outside_values(const Layout& layout);

}  // namespace fathom::cpu
