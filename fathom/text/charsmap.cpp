#include "fathom/text/charsmap.h"

#include <cstring>

#include "fathom/core/error.h"
#include "fathom/text/utf8.h"

namespace fathom::text {
namespace {

[[noreturn]] void bad_rules(const std::string& path, const char* problem, const char* expected) {
  throw FormatError({.operation = "precompiled_charsmap",
                     .problem = problem,
                     .received = {{"in", path}},
                     .expected = expected});
}

std::size_t offset(std::uint32_t unit) { return (unit >> 10) << ((unit & (1u << 9)) >> 6); }

}  // namespace

CharsMap::CharsMap(std::string bytes, const std::string& path) : bytes_(std::move(bytes)) {
  std::uint32_t trie_bytes = 0;
  if (bytes_.size() >= 4) std::memcpy(&trie_bytes, bytes_.data(), 4);
  if (bytes_.size() < 4 || trie_bytes > bytes_.size() - 4 || trie_bytes < 4)
    bad_rules(path, "the trie reaches beyond the end", "4 bytes of length, the trie, the texts");
  trie_.resize(trie_bytes / 4);
  std::memcpy(trie_.data(), bytes_.data() + 4, trie_.size() * 4);
  texts_ = std::string_view(bytes_).substr(4 + trie_.size() * 4);
  if (find_invalid_utf8(texts_) != std::string_view::npos)
    bad_rules(path, "a replacement is not UTF-8", "texts in UTF-8");
}

std::size_t CharsMap::root() const { return offset(trie_[0]); }

std::optional<std::uint32_t> CharsMap::step(std::size_t& node, char next) const {
  const auto byte = static_cast<unsigned char>(next);
  node ^= byte;
  if (byte == 0 || node >= trie_.size() || (trie_[node] & ((1u << 31) | 0xFF)) != byte) return {};
  const std::uint32_t unit = trie_[node];
  node ^= offset(unit);
  return unit;
}

bool CharsMap::has_prefix(std::string_view text) const {
  std::size_t node = root();
  for (const char c : text)
    if (!step(node, c)) return false;
  return true;
}

std::optional<CharsMap::Found> CharsMap::find(std::string_view text, bool longest) const {
  std::optional<Found> found;
  std::size_t node = root();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto unit = step(node, text[i]);
    if (!unit) break;
    if (!(*unit >> 8 & 1)) continue;
    if (node >= trie_.size()) break;
    const std::size_t place = trie_[node] & ((1u << 31) - 1);
    if (place >= texts_.size()) break;
    const std::string_view by = texts_.substr(place, texts_.find('\0', place) - place);
    if (by.empty() || !is_continuation(by[0])) found = Found{by, i + 1};
    if (!longest) break;
  }
  return found;
}

}  // namespace fathom::text
