// The pre-tokenisers that split by patterns or change the text: Split, ByteLevel, Metaspace.
#include <nlohmann/json.hpp>

#include "fathom/text/byte_level.h"
#include "fathom/text/pattern.h"
#include "fathom/text/pre_tokenizers.h"

namespace fathom::text {
namespace {

template <class Split> void split_fast(Pieces& pieces, Split split) {
  std::vector<Piece> out;
  out.reserve(pieces.list.size() + pieces.text.now().size() / 4 + 4);
  for (const Piece& piece : pieces.list) {
    if (piece.added != Piece::none)
      out.push_back(piece);
    else
      split(pieces.text.now(), piece.begin, piece.end, out);
  }
  pieces.list = std::move(out);
}

class Split final : public PreTokenizer {
 public:
  explicit Split(const Field& field)
      : pattern_(field["pattern"]),
        behavior_(read_behavior(field["behavior"])),
        invert_(field["invert"].boolean()) {
    // These patterns match every character, so that nothing is left over.
    const bool all = behavior_ == Behavior::isolated || (behavior_ == Behavior::removed && invert_);
    if (pattern_.is_regex() && all) fast_ = find_fast_split(pattern_.text());
  }
  void split(Pieces& pieces) const override {
    if (fast_) return split_fast(pieces, fast_);
    split_pieces(pieces, behavior_, invert_, [&](const Piece& piece, Splitter& splitter) {
      pattern_.for_each(pieces.of(piece), [&](std::size_t begin, std::size_t end) {
        splitter.match(static_cast<std::uint32_t>(piece.begin + begin),
                       static_cast<std::uint32_t>(piece.begin + end));
      });
    });
  }
  OrderedJson json() const override {
    return {{"type", "Split"},
            {"pattern", pattern_.json()},
            {"behavior", name_of(behavior_)},
            {"invert", invert_}};
  }

 private:
  Pattern pattern_;
  Behavior behavior_;
  bool invert_;
  FastSplit fast_ = nullptr;
};

class ByteLevelPreTokenizer final : public PreTokenizer {
 public:
  explicit ByteLevelPreTokenizer(const Field& field)
      : add_prefix_space_(field["add_prefix_space"].boolean()),
        trim_offsets_(field["trim_offsets"].boolean()),
        use_regex_(field.boolean_or("use_regex", true)) {}

  bool leave_bytes() override { return leave_bytes_ = true; }

  void split(Pieces& pieces) const override {
    if (add_prefix_space_ && any(pieces))
      rewrite_pieces(pieces, [&](const Piece& piece, Rewriter& out) {
        if (pieces.of(piece).front() != ' ') out.prepend(" ");
        out.keep_to(piece.end);
      });
    if (use_regex_) split_fast(pieces, find_fast_split(gpt2_pattern));
    if (!leave_bytes_)
      rewrite_pieces(pieces, [](const Piece& piece, Rewriter& out) {
        while (out.at() < piece.end) write_byte_level(out);
      });
  }
  OrderedJson json() const override {
    return {{"type", "ByteLevel"},
            {"add_prefix_space", add_prefix_space_},
            {"trim_offsets", trim_offsets_},
            {"use_regex", use_regex_}};
  }

 private:
  // Whether a piece lacks its blank.
  static bool any(const Pieces& pieces) {
    for (const Piece& piece : pieces.list)
      if (piece.added == Piece::none && pieces.of(piece).front() != ' ') return true;
    return false;
  }
  bool add_prefix_space_, trim_offsets_, use_regex_, leave_bytes_ = false;
};

class Metaspace final : public PreTokenizer {
 public:
  explicit Metaspace(const Field& field)
      : replacement_(field["replacement"].character()),
        text_(to_utf8(replacement_)),
        scheme_(field.text_or("prepend_scheme", "always")),
        split_(field.boolean_or("split", true)) {
    if (scheme_ != "always" && scheme_ != "first" && scheme_ != "never")
      field["prepend_scheme"].fail("unknown scheme", "always, first or never");
    if (!field.boolean_or("add_prefix_space", true)) {
      if (scheme_ != "never")
        field.fail("add_prefix_space and prepend_scheme do not agree",
                   "prepend_scheme never beside add_prefix_space false");
    }
  }

  void split(Pieces& pieces) const override {
    rewrite_pieces(pieces, [&](const Piece& piece, Rewriter& out) {
      const std::string_view text = pieces.of(piece);
      const bool bare = text.front() != ' ' && !text.starts_with(text_);
      const bool first = pieces.text.origin(piece.begin).begin == 0;
      if (bare && (scheme_ == "always" || (scheme_ == "first" && first))) out.prepend(text_);
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != ' ') continue;
        out.keep_to(piece.begin + i);
        // As a match that is replaced: the blank is left out, its place is that of what was put in.
        out.drop(1);
        out.insert(replacement_);
      }
      out.keep_to(piece.end);
    });
    if (!split_) return;
    // Each replacement begins a piece (a match that goes with what follows it).
    const std::string_view now = pieces.text.now();
    split_fast(pieces, [&](std::string_view, std::uint32_t begin, std::uint32_t end,
                           std::vector<Piece>& out) {
      while (begin < end) {
        const auto next =
            static_cast<std::uint32_t>(std::min<std::size_t>(now.find(text_, begin + 1), end));
        out.push_back({begin, next});
        begin = next;
      }
    });
  }
  OrderedJson json() const override {
    return {{"type", "Metaspace"},
            {"replacement", text_},
            {"prepend_scheme", scheme_},
            {"split", split_}};
  }

 private:
  char32_t replacement_;
  std::string text_, scheme_;
  bool split_;
};

}  // namespace

std::unique_ptr<PreTokenizer> read_split(const Field& field) {
  return std::make_unique<Split>(field);
}
std::unique_ptr<PreTokenizer> read_byte_level_pre_tokenizer(const Field& field) {
  return std::make_unique<ByteLevelPreTokenizer>(field);
}
std::unique_ptr<PreTokenizer> read_metaspace_pre_tokenizer(const Field& field) {
  return std::make_unique<Metaspace>(field);
}

}  // namespace fathom::text
