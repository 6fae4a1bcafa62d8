// Names that a pattern with stars describes.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fathom {

/// Whether `name` is what a pattern describes, in which `*` stands for any text without a dot and
/// `**` for any text at all; `parts` gets what the stars met.
bool meets_pattern(std::string_view pattern, std::string_view name,
                   std::vector<std::string>& parts);

}  // namespace fathom
