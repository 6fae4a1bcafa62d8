// The pre-tokenisers of a tokenizer.json that look at single characters, and sequences of any.
#include "fathom/text/pre_tokenizers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fathom/text/unicode.h"

namespace fathom::text {
namespace {

constexpr std::pair<Behavior, const char*> behaviors[] = {
    {Behavior::removed, "Removed"},
    {Behavior::isolated, "Isolated"},
    {Behavior::merged_with_previous, "MergedWithPrevious"},
    {Behavior::merged_with_next, "MergedWithNext"},
    {Behavior::contiguous, "Contiguous"}};

}  // namespace

Behavior read_behavior(const Field& field) {
  const std::string text = field.text();
  for (const auto& [behavior, name] : behaviors)
    if (text == name) return behavior;
  field.fail("unknown behavior",
             "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous");
}

const char* name_of(Behavior behavior) {
  return std::ranges::find(behaviors, behavior, [](const auto& b) { return b.first; })->second;
}

void Splitter::merge_with_next() {
  // From the end: a match joins what follows it, unless that is a match too.
  std::vector<Piece> merged;
  bool next_is_match = false;
  for (auto at = waiting_.rbegin(); at != waiting_.rend(); ++at) {
    if (at->added && !next_is_match && !merged.empty())
      merged.back().begin = at->begin;
    else
      merged.push_back({at->begin, at->end});
    next_is_match = at->added;
  }
  for (auto at = merged.rbegin(); at != merged.rend(); ++at)
    if (at->begin < at->end) out_.push_back(*at);
  waiting_.clear();
}

namespace {

struct SequencePreTokenizer final : PreTokenizer {
  std::vector<std::unique_ptr<PreTokenizer>> parts;
  void split(Pieces& pieces) const override {
    for (const auto& part : parts) part->split(pieces);
  }
  bool leave_bytes() override { return !parts.empty() && parts.back()->leave_bytes(); }
  OrderedJson json() const override {
    OrderedJson list = OrderedJson::array();
    for (const auto& part : parts) list.push_back(part->json());
    return {{"type", "Sequence"}, {"pretokenizers", list}};
  }
};

/// Blanks vanish, punctuation stands alone.
struct BertPreTokenizer final : PreTokenizer {
  void split(Pieces& pieces) const override {
    const std::string_view now = pieces.text.now();
    std::vector<Piece> out;
    out.reserve(pieces.list.size() + now.size() / 4 + 4);
    for (const Piece& piece : pieces.list) {
      if (piece.added != Piece::none) {
        out.push_back(piece);
        continue;
      }
      std::uint32_t begin = piece.begin;
      for (std::uint32_t i = piece.begin; i < piece.end;) {
        const auto length = static_cast<std::uint32_t>(length_of(now[i]));
        const std::uint16_t flags = unicode::flags(decode(now.data() + i));
        if (flags & (unicode::space | unicode::punctuation)) {
          if (begin < i) out.push_back({begin, i});
          if (!(flags & unicode::space)) out.push_back({i, i + length});
          begin = i + length;
        }
        i += length;
      }
      if (begin < piece.end) out.push_back({begin, piece.end});
    }
    pieces.list = std::move(out);
  }
  OrderedJson json() const override { return {{"type", "BertPreTokenizer"}}; }
};

/// Runs of word characters, and runs of what is neither those nor blank.
struct Whitespace final : PreTokenizer {
  void split(Pieces& pieces) const override {
    const std::string_view now = pieces.text.now();
    split_pieces(pieces, Behavior::removed, true, [&](const Piece& piece, Splitter& splitter) {
      const auto kind = [&](std::uint32_t i) {
        const std::uint16_t flags = unicode::flags(decode(now.data() + i));
        return flags & unicode::word ? 1 : flags & unicode::space ? 0 : 2;
      };
      for (std::uint32_t i = piece.begin; i < piece.end;) {
        const int first = kind(i);
        const std::uint32_t begin = i;
        do i += static_cast<std::uint32_t>(length_of(now[i]));
        while (i < piece.end && kind(i) == first);
        if (first != 0) splitter.match(begin, i);
      }
    });
  }
  OrderedJson json() const override { return {{"type", "Whitespace"}}; }
};

struct WhitespaceSplit final : PreTokenizer {
  void split(Pieces& pieces) const override {
    split_characters(pieces, Behavior::removed,
                     [](char32_t c) { return unicode::is(c, unicode::space); });
  }
  OrderedJson json() const override { return {{"type", "WhitespaceSplit"}}; }
};

struct Punctuation final : PreTokenizer {
  Behavior behavior = Behavior::isolated;
  void split(Pieces& pieces) const override {
    split_characters(pieces, behavior,
                     [](char32_t c) { return unicode::is(c, unicode::punctuation); });
  }
  OrderedJson json() const override {
    return {{"type", "Punctuation"}, {"behavior", name_of(behavior)}};
  }
};

struct Digits final : PreTokenizer {
  bool individual = false;
  void split(Pieces& pieces) const override {
    split_characters(pieces, individual ? Behavior::isolated : Behavior::contiguous,
                     [](char32_t c) { return unicode::is(c, unicode::numeric); });
  }
  OrderedJson json() const override {
    return {{"type", "Digits"}, {"individual_digits", individual}};
  }
};

struct CharDelimiterSplit final : PreTokenizer {
  char32_t delimiter = ' ';
  void split(Pieces& pieces) const override {
    split_characters(pieces, Behavior::removed, [&](char32_t c) { return c == delimiter; });
  }
  OrderedJson json() const override {
    return {{"type", "CharDelimiterSplit"}, {"delimiter", to_utf8(delimiter)}};
  }
};

struct FixedLength final : PreTokenizer {
  std::uint32_t length = 5;
  void split(Pieces& pieces) const override {
    const std::string_view now = pieces.text.now();
    split_pieces(pieces, Behavior::isolated, false, [&](const Piece& piece, Splitter& splitter) {
      for (std::uint32_t i = piece.begin; i < piece.end;) {
        const std::uint32_t begin = i;
        for (std::uint32_t left = length; left > 0 && i < piece.end; --left)
          i += static_cast<std::uint32_t>(length_of(now[i]));
        splitter.match(begin, i);
      }
    });
  }
  OrderedJson json() const override { return {{"type", "FixedLength"}, {"length", length}}; }
};

/// A piece for each run of one script; Hiragana and Katakana count as Han. What is of no script
/// goes with what stands before it; at the start of a piece it is left out, as in Hugging Face
/// tokenizers.
struct UnicodeScripts final : PreTokenizer {
  void split(Pieces& pieces) const override {
    std::vector<Piece> out;
    for (const Piece& piece : pieces.list) {
      if (piece.added != Piece::none) {
        out.push_back(piece);
        continue;
      }
      std::uint32_t last_script = 0;
      bool started = false;
      for_each_character(pieces.of(piece), [&](char32_t c, std::size_t i, std::size_t) {
        const std::uint32_t script = unicode::script_class(c);
        if (script == 0) return;
        const auto at = static_cast<std::uint32_t>(piece.begin + i);
        if (script != last_script) {
          if (started) out.back().end = at;
          out.push_back({at, piece.end});
          started = true;
        }
        last_script = script;
      });
    }
    pieces.list = std::move(out);
  }
  OrderedJson json() const override { return {{"type", "UnicodeScripts"}}; }
};

}  // namespace

std::unique_ptr<PreTokenizer> read_pre_tokenizer(const Field& field) {
  const std::string type = field.type();
  if (type == "Sequence") {
    auto out = std::make_unique<SequencePreTokenizer>();
    for (const Field& part : field["pretokenizers"].parts())
      out->parts.push_back(read_pre_tokenizer(part));
    return out;
  }
  if (type == "BertPreTokenizer") return std::make_unique<BertPreTokenizer>();
  if (type == "Whitespace") return std::make_unique<Whitespace>();
  if (type == "WhitespaceSplit") return std::make_unique<WhitespaceSplit>();
  if (type == "UnicodeScripts") return std::make_unique<UnicodeScripts>();
  if (type == "Punctuation") {
    auto out = std::make_unique<Punctuation>();
    if (const auto behavior = field.find("behavior")) out->behavior = read_behavior(*behavior);
    return out;
  }
  if (type == "Digits") {
    auto out = std::make_unique<Digits>();
    out->individual = field["individual_digits"].boolean();
    return out;
  }
  if (type == "CharDelimiterSplit") {
    auto out = std::make_unique<CharDelimiterSplit>();
    out->delimiter = field["delimiter"].character();
    return out;
  }
  if (type == "FixedLength") {
    auto out = std::make_unique<FixedLength>();
    if (const auto length = field.find("length")) out->length = length->count();
    if (out->length == 0) field.fail("a length of zero", "a length of at least 1");
    return out;
  }
  if (type == "ByteLevel") return read_byte_level_pre_tokenizer(field);
  if (type == "Metaspace") return read_metaspace_pre_tokenizer(field);
  if (type == "Split") return read_split(field);
  field.unknown_type("pre-tokenizer",
                     "Sequence, BertPreTokenizer, ByteLevel, Metaspace, Split, Whitespace, "
                     "WhitespaceSplit, Punctuation, Digits, CharDelimiterSplit, FixedLength or "
                     "UnicodeScripts");
}

}  // namespace fathom::text
