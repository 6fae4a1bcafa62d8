// Private to fathom/text: what a character is. The answers are those that Hugging Face tokenizers'
// libraries give, which know different versions of Unicode: libutf8proc's tables (Unicode 15) with
// the differences of unicode_data.cpp.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace fathom::text::unicode {

/// Properties of a character, to be asked together.
enum Flag : std::uint16_t {
  letter = 1 << 0,       ///< \p{L}
  number = 1 << 1,       ///< \p{N}
  mark = 1 << 2,         ///< \p{M}
  upper = 1 << 3,        ///< \p{Lu} or \p{Lt}
  lower = 1 << 4,        ///< \p{Ll}
  space = 1 << 5,        ///< White_Space, \s
  word = 1 << 6,         ///< \w of Rust's regex
  numeric = 1 << 7,      ///< Rust's is_numeric
  punctuation = 1 << 8,  ///< of BERT: ASCII's and \p{P}
  nonspacing = 1 << 9,   ///< \p{Mn}, what strip_accents of BERT removes
  combining = 1 << 10,   ///< \p{M}, what StripAccents removes
  other = 1 << 11,       ///< control, format and private characters
  chinese = 1 << 12,     ///< the ideographs that BERT puts blanks around
};

std::uint16_t compute_flags(char32_t c);
/// 256 characters at once, kept once they were asked for.
const std::uint16_t* flags_block(std::uint32_t block);
extern std::uint16_t ascii_flags[128];

/// The properties of a character; cheap.
inline std::uint16_t flags(char32_t c) {
  return c < 128 ? ascii_flags[c] : flags_block(c >> 8)[c & 255];
}
inline bool is(char32_t c, std::uint16_t any_of) { return flags(c) & any_of; }

/// The lower case of a character, one or two; returns how many.
int to_lower(char32_t c, char32_t (&to)[2]);

/// The class of a character's script, as the pre-tokenizer UnicodeScripts groups them; 0 for none.
std::uint32_t script_class(char32_t c);

enum class Form { nfc, nfd, nfkc, nfkd };
/// A character of a normal form and what became of the text's characters: 0 stands for one of
/// them, 1 for an additional one, -n for one with n more that vanished into it.
struct Changed {
  char32_t c;
  int change;
};
/// A text in a normal form.
std::vector<Changed> normal_form(Form form, std::u32string_view text);

/// Where the first extended grapheme cluster ends: bytes of a text that is not empty.
std::size_t grapheme_length(std::string_view text);

}  // namespace fathom::text::unicode
