// Private to fathom/text: the alphabet of byte-level BPE, in which each byte is a printable
// character (GPT-2's table): "Ġ" is a blank.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fathom/text/aligned_text.h"

namespace fathom::text {

/// The character of a byte.
char32_t byte_character(std::uint8_t byte);
/// The byte of a character, or -1 if it stands for none.
int character_byte(char32_t c);

/// The bytes that a text of the alphabet stands for; nothing if it has another character.
std::optional<std::string> to_bytes(std::string_view text);
/// Bytes in the alphabet.
std::string from_bytes(std::string_view bytes);

/// Writes the bytes of the next character, the first in its place and the others in addition.
void write_byte_level(Rewriter& out);

}  // namespace fathom::text
