// UTF-8: what the tokenizer's parts read and write characters with. All but the first two functions
// expect valid text.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fathom::text {

/// The place of the first byte that is not UTF-8, or npos.
std::size_t find_invalid_utf8(std::string_view text);
/// The text with U+FFFD for each part that is not UTF-8, cut as Unicode recommends (maximal
/// subparts): what Rust's from_utf8_lossy and Python's errors="replace" give.
std::string repaired_utf8(std::string_view text);

inline bool is_ascii(char c) { return static_cast<signed char>(c) >= 0; }
/// Whether every byte is below 128.
bool is_ascii(std::string_view text);
/// Whether a byte continues a character.
inline bool is_continuation(char c) { return (c & 0xC0) == 0x80; }

/// Bytes of the character that begins with this byte.
inline std::size_t length_of(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}
inline std::size_t length_of(char32_t c) {
  return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/// The character at p.
inline char32_t decode(const char* p) {
  const auto at = [&](int i) { return static_cast<unsigned char>(p[i]); };
  const unsigned lead = at(0);
  if (lead < 0x80) return lead;
  if (lead < 0xE0) return (lead & 0x1F) << 6 | (at(1) & 0x3F);
  if (lead < 0xF0) return (lead & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
  return (lead & 0x07) << 18 | (at(1) & 0x3F) << 12 | (at(2) & 0x3F) << 6 | (at(3) & 0x3F);
}

void append_utf8(std::string& to, char32_t c);
std::string to_utf8(char32_t c);
/// Characters in a text.
std::size_t count_characters(std::string_view text);

/// Calls f(character, byte where it begins, its bytes) for each character.
template <class F> void for_each_character(std::string_view text, F&& f) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = length_of(text[i]);
    f(decode(text.data() + i), i, length);
    i += length;
  }
}

}  // namespace fathom::text
