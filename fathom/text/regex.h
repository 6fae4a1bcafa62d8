// Private to fathom/text: regular expressions of tokenizer files, by PCRE2 (UTF, Unicode
// properties). The files mean Oniguruma's Ruby syntax; what differs there is rewritten: ^ and $
// stand at every line, \h is a hexadecimal digit, \s, \w and \d are Unicode's, (?m) lets the dot
// match line ends.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "fathom/core/function_ref.h"

namespace fathom::text {

/// A compiled pattern; may be used by several threads at once.
class Regex {
 public:
  /// Errors: FormatError for a pattern that does not compile; UnsupportedError for what Oniguruma
  /// has and PCRE2 has not (sets in sets, intersections).
  explicit Regex(const std::string& pattern);
  /// Matches a text literally.
  static Regex literal(std::string_view text);

  const std::string& pattern() const { return pattern_; }
  /// Calls f(begin, end) for each match from left to right; matches do not overlap, and an empty
  /// one does not follow another match at once. Errors: ValueError if matching takes too many
  /// steps.
  void for_each(std::string_view text, FunctionRef<void(std::size_t, std::size_t)> f) const;

 private:
  Regex(std::string pattern, std::string translated);
  struct Code;
  std::shared_ptr<const Code> code_;
  std::string pattern_;
};

}  // namespace fathom::text
