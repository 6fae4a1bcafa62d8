#include "fathom/text/byte_level.h"

#include <array>

namespace fathom::text {
namespace {

constexpr bool stands_for_itself(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) ||
         (byte >= 0xAE && byte <= 0xFF);
}

// Bytes without a printable character of their own get those from U+0100 on.
constexpr std::array<char16_t, 256> characters = [] {
  std::array<char16_t, 256> out{};
  char16_t next = 0x100;
  for (int byte = 0; byte < 256; ++byte)
    out[byte] = stands_for_itself(byte) ? static_cast<char16_t>(byte) : next++;
  return out;
}();

constexpr std::array<std::int16_t, 0x144> bytes = [] {
  std::array<std::int16_t, 0x144> out{};
  out.fill(-1);
  for (int byte = 0; byte < 256; ++byte) out[characters[byte]] = static_cast<std::int16_t>(byte);
  return out;
}();

}  // namespace

char32_t byte_character(std::uint8_t byte) { return characters[byte]; }
int character_byte(char32_t c) { return c < bytes.size() ? bytes[c] : -1; }

std::optional<std::string> to_bytes(std::string_view text) {
  std::string out;
  bool whole = true;
  for_each_character(text, [&](char32_t c, std::size_t, std::size_t) {
    const int byte = character_byte(c);
    whole = whole && byte >= 0;
    out += static_cast<char>(byte);
  });
  if (!whole) return std::nullopt;
  return out;
}

std::string from_bytes(std::string_view text) {
  std::string out;
  for (const char c : text) append_utf8(out, byte_character(static_cast<std::uint8_t>(c)));
  return out;
}

void write_byte_level(Rewriter& out) {
  const std::string_view rest = out.rest();
  const std::size_t length = length_of(rest[0]);
  for (std::size_t i = 0; i < length; ++i)
    out.put(byte_character(static_cast<std::uint8_t>(rest[i])), i > 0);
}

}  // namespace fathom::text
