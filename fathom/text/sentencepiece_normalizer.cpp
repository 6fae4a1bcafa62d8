// SentencePiece's normaliser as its own library runs it: user-defined symbols stay, of the rules
// the longest that fits replaces what it covers, blanks become marks.
#include <array>
#include <nlohmann/json.hpp>

#include "fathom/text/charsmap.h"
#include "fathom/text/scored_pieces.h"
#include "fathom/text/trie.h"

namespace fathom::text {
namespace {

constexpr std::string_view mark = "\xE2\x96\x81";

class SentencePieceNormalizer final : public Normalizer {
 public:
  SentencePieceNormalizer(const SpmSettings& settings, const std::vector<std::string>& symbols,
                          std::string rules, const std::string& path, OrderedJson json)
      : settings_(settings), json_(std::move(json)) {
    std::vector<std::pair<std::string_view, std::uint32_t>> keys;
    for (const std::string& symbol : symbols) keys.emplace_back(symbol, 0);
    symbols_ = Trie(std::move(keys));
    if (!rules.empty()) rules_ = std::make_unique<CharsMap>(std::move(rules), path);
    for (char c = 0; c >= 0 && c < 127; ++c) {
      bool stays = symbols_.step(Trie::root, c) == Trie::none;
      if (rules_) {
        const auto rule = rules_->longest({&c, 1});
        stays &= !rule || rule->text == std::string_view(&c, 1);
        for (char next = 0; next >= 0 && next < 127; ++next) {
          const char both[] = {c, next};
          stays &= !rules_->has_prefix({both, 2});
        }
      }
      stays_[static_cast<std::size_t>(c)] = stays;
    }
  }

  void apply(AlignedText& text) const override {
    std::string_view rest = text.now();
    std::size_t leading = 0;
    while (settings_.remove_extra && !rest.empty()) {
      const Part part = first_part(rest);
      if (part.text != " ") break;
      rest.remove_prefix(part.length);
      leading += part.length;
    }
    std::vector<Part> parts;
    parts.reserve(rest.size());
    for (bool after_blank = settings_.remove_extra; !rest.empty();) {
      Part part = first_part(rest);
      rest.remove_prefix(part.length);
      while (after_blank && part.text.starts_with(' ')) part.text.remove_prefix(1);
      if (settings_.remove_extra && !part.text.empty()) after_blank = part.text.ends_with(' ');
      parts.push_back(part);
    }
    const bool nothing = parts.empty() || (settings_.remove_extra && !trim(parts));
    Rewriter out(text);
    out.drop_to(leading);
    if (!nothing) {
      if (settings_.add_prefix) out.prepend(mark);
      std::size_t at = leading;
      for (const Part& part : parts)
        write(part, text.now().substr(at, part.length), out), at += part.length;
    }
    text = std::move(out).finish();
  }

  OrderedJson json() const override { return json_; }

 private:
  /// What the first `length` bytes of a text become.
  struct Part {
    std::string_view text;
    std::size_t length;
  };

  Part first_part(std::string_view rest) const {
    if (is_ascii(rest[0]) && stays_[static_cast<unsigned char>(rest[0])] &&
        (rest.size() == 1 || is_ascii(rest[1])))
      return {rest.substr(0, 1), 1};
    std::size_t symbol = 0;
    std::uint32_t node = Trie::root;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      node = symbols_.step(node, rest[i]);
      if (node == Trie::none) break;
      if (symbols_.value(node) != Trie::none) symbol = i + 1;
    }
    if (symbol > 0) return {rest.substr(0, symbol), symbol};
    if (rules_)
      if (const auto rule = rules_->longest(rest)) return {rule->text, rule->length};
    const std::size_t length = length_of(rest[0]);
    return {rest.substr(0, length), length};
  }

  /// Takes blanks and marks off the end; whether anything is left.
  static bool trim(std::vector<Part>& parts) {
    for (std::size_t i = parts.size(); i-- > 0;) {
      std::string_view& text = parts[i].text;
      while (text.ends_with(' ') || text.ends_with(mark))
        text.remove_suffix(text.ends_with(' ') ? 1 : mark.size());
      if (!text.empty()) return true;
    }
    return false;
  }

  static void write(const Part& part, std::string_view source, Rewriter& out) {
    const auto before = static_cast<int>(count_characters(source));
    const auto after = static_cast<int>(count_characters(part.text));
    if (after == 0) return out.drop(static_cast<std::size_t>(before));
    int written = 0;
    for_each_character(part.text, [&](char32_t c, std::size_t, std::size_t) {
      const bool last = ++written == after;
      const int change = written > before ? 1 : last ? written - before : 0;
      out.put(c == U' ' ? U'\u2581' : c, change);
    });
  }

  SpmSettings settings_;
  Trie symbols_;
  std::unique_ptr<CharsMap> rules_;
  std::array<bool, 128> stays_{};  // alone and before any other of ASCII
  OrderedJson json_;
};

}  // namespace

std::unique_ptr<Normalizer> make_sentencepiece_normalizer(const SpmSettings& settings,
                                                          const std::vector<std::string>& symbols,
                                                          std::string rules,
                                                          const std::string& path,
                                                          OrderedJson json) {
  return std::make_unique<SentencePieceNormalizer>(settings, symbols, std::move(rules), path,
                                                   std::move(json));
}

}  // namespace fathom::text
