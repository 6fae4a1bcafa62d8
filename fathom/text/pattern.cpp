#include "fathom/text/pattern.h"

#include <nlohmann/json.hpp>

#include "fathom/text/utf8.h"

namespace fathom::text {

Pattern::Pattern(const Field& field) {
  if (const auto literal = field.find("String")) {
    text_ = literal->text();
  } else {
    text_ = field["Regex"].text();
    regex_.emplace(text_);
  }
}

OrderedJson Pattern::json() const { return {{is_regex() ? "Regex" : "String", text_}}; }

void Pattern::for_each(std::string_view text, FunctionRef<void(std::size_t, std::size_t)> f) const {
  if (regex_) return regex_->for_each(text, f);
  if (text_.empty()) {  // as an expression would: before each character and at the end
    for_each_character(text, [&](char32_t, std::size_t at, std::size_t) { f(at, at); });
    return f(text.size(), text.size());
  }
  for (std::size_t at = text.find(text_); at != std::string_view::npos;
       at = text.find(text_, at + text_.size()))
    f(at, at + text_.size());
}

}  // namespace fathom::text
