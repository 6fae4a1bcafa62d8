#include "fathom/core/pattern.h"

#include <algorithm>

namespace fathom {

bool meets_pattern(std::string_view pattern, std::string_view name,
                   std::vector<std::string>& parts) {
  const std::size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == name;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  const bool any = pattern.substr(star).starts_with("**");
  const std::string_view rest = pattern.substr(star + (any ? 2 : 1));
  name.remove_prefix(star);
  const std::size_t most = any ? name.size() : std::min(name.find('.'), name.size());
  for (std::size_t length = most + 1; length-- > 0;) {  // the longest text that leaves a match
    parts.emplace_back(name.substr(0, length));
    if (meets_pattern(rest, name.substr(length), parts)) return true;
    parts.pop_back();
  }
  return false;
}

}  // namespace fathom
