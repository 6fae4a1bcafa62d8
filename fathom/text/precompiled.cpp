// SentencePiece's rules as Hugging Face applies them: to whole graphemes, then to characters, and
// of rules that fit the shortest.
#include <array>
#include <nlohmann/json.hpp>

#include "fathom/text/base64.h"
#include "fathom/text/charsmap.h"
#include "fathom/text/normalizers.h"
#include "fathom/text/unicode.h"

namespace fathom::text {
namespace {

class Precompiled final : public Normalizer {
 public:
  Precompiled(std::string bytes, const std::string& path) : rules_(std::move(bytes), path) {
    for (char32_t c = 0; c < 128; ++c) {
      const char character[] = {static_cast<char>(c)};
      const auto now = rules_.shortest({character, 1});
      stays_[c] = !now || now->text == std::string_view(character, 1);
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
    return {{"type", "Precompiled"}, {"precompiled_charsmap", to_base64(rules_.bytes())}};
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

  // Appends what a part is replaced by, if there is a rule. What vanishes counts for the character
  // before it; at the start of a text it counts for none, as in Hugging Face tokenizers.
  bool replace(std::vector<unicode::Changed>& now, std::string_view part) const {
    const auto rule = rules_.shortest(part);
    if (!rule) return false;
    const auto before = static_cast<int>(count_characters(part));
    int written = 0;
    for_each_character(rule->text, [&](char32_t c, std::size_t, std::size_t) {
      now.push_back({c, ++written > before});
    });
    if (written < before && !now.empty()) now.back().change -= before - written;
    return true;
  }

  CharsMap rules_;
  std::array<bool, 128> stays_{};
};

}  // namespace

std::unique_ptr<Normalizer> read_precompiled(const Field& field) {
  const Field rules = field["precompiled_charsmap"];
  const auto bytes = from_base64(rules.text());
  if (!bytes) rules.fail("not base64", "bytes in base64");
  return std::make_unique<Precompiled>(*bytes, rules.path());
}

}  // namespace fathom::text
