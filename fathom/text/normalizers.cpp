// The normalisers of a tokenizer.json but those of precompiled.cpp.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "fathom/text/byte_level.h"
#include "fathom/text/normalizers.h"
#include "fathom/text/parts.h"
#include "fathom/text/pattern.h"
#include "fathom/text/unicode.h"

namespace fathom::text {
namespace {

// Writes f(c) for each character; f may return 0 for one to leave out.
template <class F> void map_characters(AlignedText& text, F&& f) {
  Rewriter out(text);
  while (!out.rest().empty()) {
    const char32_t c = decode(out.rest().data());
    if (const std::optional<char32_t> mapped = f(c))
      out.replace(*mapped);
    else
      out.drop(1);
  }
  text = std::move(out).finish();
}

void to_form(AlignedText& text, unicode::Form form) {
  if (is_ascii(text.now())) return;
  std::u32string characters;
  for_each_character(text.now(), [&](char32_t c, std::size_t, std::size_t) { characters += c; });
  Rewriter out(text);
  for (const unicode::Changed& changed : unicode::normal_form(form, characters))
    out.put(changed.c, changed.change);
  text = std::move(out).finish();
}

void to_lowercase(AlignedText& text) {
  if (is_ascii(text.now())) {
    text.overwrite([](std::string& now) {
      for (char& c : now) c = static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 32 : 0));
    });
    return;
  }
  Rewriter out(text);
  while (!out.rest().empty()) {
    char32_t lower[2];
    const int count = unicode::to_lower(decode(out.rest().data()), lower);
    out.replace(lower[0]);
    if (count > 1) out.insert(lower[1]);
  }
  text = std::move(out).finish();
}

void without(AlignedText& text, unicode::Flag flag) {
  if (is_ascii(text.now())) return;
  map_characters(text, [&](char32_t c) -> std::optional<char32_t> {
    if (unicode::is(c, flag)) return std::nullopt;
    return c;
  });
}

void strip(AlignedText& text, bool left, bool right) {
  std::size_t begin = 0, end = text.now().size();
  const std::string_view now = text.now();
  while (left && begin < end && unicode::is(decode(now.data() + begin), unicode::space))
    begin += length_of(now[begin]);
  while (right && end > begin) {
    std::size_t last = end - 1;
    while (is_continuation(now[last])) --last;
    if (!unicode::is(decode(now.data() + last), unicode::space)) break;
    end = last;
  }
  if (begin == 0 && end == now.size()) return;
  Rewriter out(text);
  out.drop_to(begin);
  out.keep_to(end);
  text = std::move(out).finish();
}

struct Sequence final : Normalizer {
  std::vector<std::unique_ptr<Normalizer>> parts;
  void apply(AlignedText& text) const override {
    for (const auto& part : parts) part->apply(text);
  }
  OrderedJson json() const override {
    OrderedJson list = OrderedJson::array();
    for (const auto& part : parts) list.push_back(part->json());
    return {{"type", "Sequence"}, {"normalizers", list}};
  }
};

struct Bert final : Normalizer {
  bool clean_text = true, handle_chinese_chars = true, lowercase = true;
  std::optional<bool> strip_accents;

  void apply(AlignedText& text) const override {
    if (simple(text.now())) {
      text.overwrite([&](std::string& now) {
        for (char& c : now) {
          if (clean_text && (c == '\t' || c == '\n' || c == '\r')) c = ' ';
          if (lowercase && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        }
      });
      return;
    }
    if (clean_text)
      map_characters(text, [](char32_t c) -> std::optional<char32_t> {
        if (c == '\t' || c == '\n' || c == '\r') return ' ';
        if (c == 0 || c == 0xFFFD || unicode::is(c, unicode::other)) return std::nullopt;
        return unicode::is(c, unicode::space) ? ' ' : c;
      });
    if (handle_chinese_chars) set_off_ideographs(text);
    if (strip_accents.value_or(lowercase)) {
      to_form(text, unicode::Form::nfd);
      without(text, unicode::nonspacing);
    }
    if (lowercase) to_lowercase(text);
  }
  OrderedJson json() const override {
    OrderedJson accents = nullptr;
    if (strip_accents) accents = *strip_accents;
    return {{"type", "BertNormalizer"},
            {"clean_text", clean_text},
            {"handle_chinese_chars", handle_chinese_chars},
            {"strip_accents", accents},
            {"lowercase", lowercase}};
  }

 private:
  // ASCII that loses no character.
  bool simple(std::string_view text) const {
    bool bad = false;
    for (const char c : text)
      bad |= !is_ascii(c) ||
             (clean_text && ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 127));
    return !bad;
  }
  static void set_off_ideographs(AlignedText& text) {
    if (is_ascii(text.now())) return;
    Rewriter out(text);
    while (!out.rest().empty()) {
      const char32_t c = decode(out.rest().data());
      if (unicode::is(c, unicode::chinese)) {
        // The blank takes the ideograph's place, which then counts as an additional character.
        out.replace(' ');
        out.insert(c);
        out.insert(' ');
      } else {
        out.replace(c);
      }
    }
    text = std::move(out).finish();
  }
};

struct NormalForm final : Normalizer {
  unicode::Form form;
  const char* name;
  NormalForm(unicode::Form form, const char* name) : form(form), name(name) {}
  void apply(AlignedText& text) const override { to_form(text, form); }
  OrderedJson json() const override { return {{"type", name}}; }
};

struct Lowercase final : Normalizer {
  void apply(AlignedText& text) const override { to_lowercase(text); }
  OrderedJson json() const override { return {{"type", "Lowercase"}}; }
};

struct Strip final : Normalizer {
  bool left = true, right = true;
  void apply(AlignedText& text) const override { strip(text, left, right); }
  OrderedJson json() const override {
    return {{"type", "Strip"}, {"strip_left", left}, {"strip_right", right}};
  }
};

struct StripAccents final : Normalizer {
  void apply(AlignedText& text) const override { without(text, unicode::combining); }
  OrderedJson json() const override { return {{"type", "StripAccents"}}; }
};

struct Replace final : Normalizer {
  Pattern pattern;
  std::string content;
  Replace(const Field& field) : pattern(field["pattern"]), content(field["content"].text()) {}
  void apply(AlignedText& text) const override {
    std::optional<Rewriter> out;  // most texts have no match
    pattern.for_each(text.now(), [&](std::size_t begin, std::size_t end) {
      if (!out) out.emplace(text);
      out->keep_to(begin);
      out->drop_to(end);
      for_each_character(content, [&](char32_t c, std::size_t, std::size_t) { out->insert(c); });
    });
    if (!out) return;
    out->keep_to(text.now().size());
    text = std::move(*out).finish();
  }
  OrderedJson json() const override {
    return {{"type", "Replace"}, {"pattern", pattern.json()}, {"content", content}};
  }
};

struct Prepend final : Normalizer {
  std::string prefix;
  void apply(AlignedText& text) const override {
    if (text.empty()) return;
    Rewriter out(text);
    out.prepend(prefix);
    out.keep_to(text.now().size());
    text = std::move(out).finish();
  }
  OrderedJson json() const override { return {{"type", "Prepend"}, {"prepend", prefix}}; }
};

struct Nmt final : Normalizer {
  void apply(AlignedText& text) const override {
    map_characters(text, [](char32_t c) -> std::optional<char32_t> {
      if ((c >= 1 && c <= 8) || c == 0xB || (c >= 0xE && c <= 0x1F) || c == 0x7F || c == 0x8F ||
          c == 0x9F)
        return std::nullopt;
      const bool blank = c == 9 || c == 0xA || c == 0xC || c == 0xD || c == 0x1680 ||
                         (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 ||
                         c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
      return blank ? U' ' : c;
    });
  }
  OrderedJson json() const override { return {{"type", "Nmt"}}; }
};

struct ByteLevel final : Normalizer {
  void apply(AlignedText& text) const override {
    Rewriter out(text);
    while (!out.rest().empty()) write_byte_level(out);
    text = std::move(out).finish();
  }
  OrderedJson json() const override { return {{"type", "ByteLevel"}}; }
};

}  // namespace

std::unique_ptr<Normalizer> read_normalizer(const Field& field) {
  const std::string type = field.type();
  if (type == "Sequence") {
    auto out = std::make_unique<Sequence>();
    for (const Field& part : field["normalizers"].parts())
      out->parts.push_back(read_normalizer(part));
    return out;
  }
  if (type == "BertNormalizer") {
    auto out = std::make_unique<Bert>();
    out->clean_text = field["clean_text"].boolean();
    out->handle_chinese_chars = field["handle_chinese_chars"].boolean();
    out->lowercase = field["lowercase"].boolean();
    if (const auto accents = field.find("strip_accents")) out->strip_accents = accents->boolean();
    return out;
  }
  if (type == "Strip") {
    auto out = std::make_unique<Strip>();
    out->left = field["strip_left"].boolean(), out->right = field["strip_right"].boolean();
    return out;
  }
  if (type == "Prepend") {
    auto out = std::make_unique<Prepend>();
    out->prefix = field["prepend"].text();
    return out;
  }
  if (type == "NFC") return std::make_unique<NormalForm>(unicode::Form::nfc, "NFC");
  if (type == "NFD") return std::make_unique<NormalForm>(unicode::Form::nfd, "NFD");
  if (type == "NFKC") return std::make_unique<NormalForm>(unicode::Form::nfkc, "NFKC");
  if (type == "NFKD") return std::make_unique<NormalForm>(unicode::Form::nfkd, "NFKD");
  if (type == "Lowercase") return std::make_unique<Lowercase>();
  if (type == "StripAccents") return std::make_unique<StripAccents>();
  if (type == "Replace") return std::make_unique<Replace>(field);
  if (type == "Nmt") return std::make_unique<Nmt>();
  if (type == "ByteLevel") return std::make_unique<ByteLevel>();
  if (type == "Precompiled") return read_precompiled(field);
  field.unknown_type("normalizer",
                     "Sequence, BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, Strip, "
                     "StripAccents, Replace, Prepend, Nmt, ByteLevel or Precompiled");
}

}  // namespace fathom::text
