// Private to fathom/text: what a tokenizer.json names as a pattern: {"String": ...} or {"Regex":
// ...}.
#pragma once
#include <optional>
#include <string>

#include "fathom/text/fields.h"
#include "fathom/text/regex.h"

namespace fathom::text {

class Pattern {
 public:
  /// Errors: FormatError, also for an expression that does not compile; UnsupportedError.
  explicit Pattern(const Field& field);

  const std::string& text() const { return text_; }
  bool is_regex() const { return regex_.has_value(); }
  /// Calls f(begin, end) for each match, from left to right.
  void for_each(std::string_view text, FunctionRef<void(std::size_t, std::size_t)> f) const;
  OrderedJson json() const;

 private:
  std::string text_;
  std::optional<Regex> regex_;
};

}  // namespace fathom::text
