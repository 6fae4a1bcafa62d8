// Private to fathom/text: the tables that tools/golden/text_unicode.py writes. unicode.cpp reads
// them.
#pragma once
#include <utf8proc.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace fathom::text::unicode {

/// Code points, both ends included.
struct Range {
  char32_t first, last;
};
struct CategoryRange {
  char32_t first, last;
  std::uint8_t category;  ///< of utf8proc_category_t
};
/// The lower case of a character: one or two.
struct CaseChange {
  char32_t from, first, second;
};
/// A class of scripts from here up to the next run; 0 is none.
struct ScriptRun {
  char32_t first;
  std::uint32_t script;
};

/// Characters that came after Unicode 14, which is PCRE2's.
extern const std::span<const CategoryRange> later_categories;
/// "Lu" of UTF8PROC_CATEGORY_LU.
inline std::string_view category_name(std::uint8_t category) {
  static constexpr std::string_view names =
      "CnLuLlLtLmLoMnMcMeNdNlNoPcPdPsPePiPfPoSmScSkSoZsZlZpCcCfCsCo";
  return names.substr(category * 2u, 2);
}
/// Where a property is the opposite of what the category says.
extern const std::span<const Range> other_differences, nonspacing_differences, mark_differences,
    punctuation_differences, numeric_differences, word_differences;
extern const std::span<const CaseChange> lowercase_differences;
/// Characters with a decomposition that the peer's normal forms do not know yet.
extern const std::span<const Range> undecomposed;
/// Combining characters whose class they do not know yet.
extern const std::span<const Range> unordered;
extern const std::span<const ScriptRun> script_runs;

}  // namespace fathom::text::unicode
