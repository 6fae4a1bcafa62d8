// SentencePiece's normalisation rules: a double-array trie (Darts) over the bytes of what is
// replaced, whose values are places in a list of texts that end in a zero byte.
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>

#include "fathom/core/error.h"
#include "fathom/text/base64.h"
#include "fathom/text/normalizers.h"
#include "fathom/text/unicode.h"

namespace fathom::text {
namespace {

[[noreturn]] void bad_rules(const std::string& path, const char* problem, const char* expected) {
  throw FormatError({.operation = "precompiled_charsmap",
                     .problem = problem,
                     .received = {{"in", path}},
                     .expected = expected});
}

class Precompiled final : public Normalizer {
 public:
  Precompiled(std::string bytes, const std::string& path) : rules_(std::move(bytes)) {
    std::uint32_t trie_bytes = 0;
    if (rules_.size() >= 4) std::memcpy(&trie_bytes, rules_.data(), 4);
    if (rules_.size() < 4 || trie_bytes > rules_.size() - 4 || trie_bytes < 4)
      bad_rules(path, "the trie reaches beyond the end", "4 bytes of length, the trie, the texts");
    trie_.resize(trie_bytes / 4);
    std::memcpy(trie_.data(), rules_.data() + 4, trie_.size() * 4);
    texts_ = std::string_view(rules_).substr(4 + trie_.size() * 4);
    if (find_invalid_utf8(texts_) != std::string_view::npos)
      bad_rules(path, "a replacement is not UTF-8", "texts in UTF-8");
    for (char32_t c = 0; c < 128; ++c) {
      const char character[] = {static_cast<char>(c)};
      const auto now = replacement({character, 1});
      stays_[c] = !now || *now == std::string_view(character, 1);
    }
  }

  void apply(AlignedText& text) const override {
    if (stays(text.now())) return;
    std::vector<unicode::Changed> now;
    now.reserve(text.now().size());
    bool changed = false;
    for (std::string_view rest = text.now(); !rest.empty();) {
      // A character of ASCII before another one is a grapheme of its own, but for CR LF.
      const bool alone =
          rest.size() > 1 && is_ascii(rest[0]) && is_ascii(rest[1]) && rest[0] != '\r';
      const std::size_t grapheme = alone ? 1 : unicode::grapheme_length(rest);
      if (grapheme < 6 && replace(now, rest.substr(0, grapheme))) {
        changed = true;
      } else {
        for_each_character(rest.substr(0, grapheme),
                           [&](char32_t c, std::size_t i, std::size_t length) {
                             if (replace(now, rest.substr(i, length)))
                               changed = true;
                             else
                               now.push_back({c, 0});
                           });
      }
      rest.remove_prefix(grapheme);
    }
    if (!changed) return;
    Rewriter out(text);
    for (const unicode::Changed& each : now) out.put(each.c, each.change);
    text = std::move(out).finish();
  }

  OrderedJson json() const override {
    return {{"type", "Precompiled"}, {"precompiled_charsmap", to_base64(rules_)}};
  }

 private:
  bool stays(std::string_view text) const {
    char before = 0;
    for (const char c : text) {
      if (!is_ascii(c) || !stays_[static_cast<unsigned char>(c)]) return false;
      if (before == '\r' && c == '\n') return false;
      before = c;
    }
    return true;
  }

  // What the shortest rule that a part begins with says.
  std::optional<std::string_view> replacement(std::string_view part) const {
    const auto offset = [](std::uint32_t unit) {
      return (unit >> 10) << ((unit & (1u << 9)) >> 6);
    };
    std::size_t node = offset(trie_[0]);
    for (const char c : part) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte == 0) return std::nullopt;
      node ^= byte;
      if (node >= trie_.size() || (trie_[node] & ((1u << 31) | 0xFF)) != byte) return std::nullopt;
      const std::uint32_t unit = trie_[node];
      node ^= offset(unit);
      if (unit >> 8 & 1) {
        if (node >= trie_.size()) return std::nullopt;
        const std::size_t place = trie_[node] & ((1u << 31) - 1);
        if (place >= texts_.size()) return std::nullopt;
        return texts_.substr(place, texts_.find('\0', place) - place);
      }
    }
    return std::nullopt;
  }

  // Appends what a part is replaced by, if there is a rule. What vanishes counts for the character
  // before it; at the start of a text it counts for none, as in Hugging Face tokenizers.
  bool replace(std::vector<unicode::Changed>& now, std::string_view part) const {
    const auto text = replacement(part);
    if (!text || (!text->empty() && is_continuation((*text)[0]))) return false;
    const auto before = static_cast<int>(count_characters(part));
    int written = 0;
    for_each_character(*text, [&](char32_t c, std::size_t, std::size_t) {
      now.push_back({c, ++written > before});
    });
    if (written < before && !now.empty()) now.back().change -= before - written;
    return true;
  }

  std::string rules_;
  std::vector<std::uint32_t> trie_;
  std::string_view texts_;
  std::array<bool, 128> stays_{};
};

}  // namespace

std::unique_ptr<Normalizer> make_precompiled(std::string rules, const std::string& path) {
  return std::make_unique<Precompiled>(std::move(rules), path);
}

std::unique_ptr<Normalizer> read_precompiled(const Field& field) {
  const Field rules = field["precompiled_charsmap"];
  const auto bytes = from_base64(rules.text());
  if (!bytes) rules.fail("not base64", "bytes in base64");
  return make_precompiled(*bytes, rules.path());
}

}  // namespace fathom::text
