// Private to fathom/text: what splitters share.
#pragma once
#include <functional>
#include <string_view>
#include <vector>

#include "fathom/text/parts.h"

namespace fathom::text {

/// What becomes of the parts of a text that a pattern matches.
enum class Behavior { removed, isolated, merged_with_previous, merged_with_next, contiguous };
/// Errors: FormatError for another name.
Behavior read_behavior(const Field& field);
const char* name_of(Behavior behavior);

/// Puts pieces together from the matches in one piece, in their order.
class Splitter {
 public:
  Splitter(std::vector<Piece>& out, Behavior behavior, bool invert = false)
      : out_(out), behavior_(behavior), invert_(invert) {}

  /// A piece, of which nothing was matched yet.
  void begin(const Piece& piece) {
    piece_ = piece;
    last_ = piece.begin;
    previous_match_ = false;
    first_ = out_.size();
  }
  /// Bytes [begin, end) of the text are a match.
  void match(std::uint32_t begin, std::uint32_t end) {
    if (last_ < begin) part(last_, begin, false);
    part(begin, end, true);
    last_ = end;
  }
  /// The piece's rest.
  void end() {
    if (last_ < piece_.end) part(last_, piece_.end, false);
    if (behavior_ == Behavior::merged_with_next) merge_with_next();
  }

 private:
  void part(std::uint32_t begin, std::uint32_t end, bool is_match) {
    is_match = is_match != invert_;
    const bool first = out_.size() == first_;
    bool joins = false;
    if (behavior_ == Behavior::contiguous) joins = is_match == previous_match_;
    if (behavior_ == Behavior::merged_with_previous) joins = is_match && !previous_match_;
    previous_match_ = is_match;
    if (behavior_ == Behavior::merged_with_next) {
      waiting_.push_back({begin, end, is_match});
      return;
    }
    if (joins && !first)
      out_.back().end = end;
    else if (begin < end && !(is_match && behavior_ == Behavior::removed))
      out_.push_back({begin, end});
  }
  void merge_with_next();

  std::vector<Piece>& out_;
  Behavior behavior_;
  bool invert_;
  Piece piece_;
  std::uint32_t last_ = 0;
  bool previous_match_ = false;
  std::size_t first_ = 0;
  std::vector<Piece> waiting_;  // `added` says whether it is a match
};

/// Splits every piece that is no added token: f(piece, splitter) reports the matches in it.
template <class F> void split_pieces(Pieces& pieces, Behavior behavior, bool invert, F&& f) {
  std::vector<Piece> out;
  out.reserve(pieces.list.size() + pieces.text.now().size() / 4 + 4);
  Splitter splitter(out, behavior, invert);
  for (const Piece& piece : pieces.list) {
    if (piece.added != Piece::none) {
      out.push_back(piece);
      continue;
    }
    splitter.begin(piece);
    f(piece, splitter);
    splitter.end();
  }
  pieces.list = std::move(out);
}

/// The same for characters: those that `is_match` says are matches, each for itself.
template <class F> void split_characters(Pieces& pieces, Behavior behavior, F&& is_match) {
  const std::string_view now = pieces.text.now();
  split_pieces(pieces, behavior, false, [&](const Piece& piece, Splitter& splitter) {
    for (std::uint32_t i = piece.begin; i < piece.end;) {
      const auto length = static_cast<std::uint32_t>(length_of(now[i]));
      if (is_match(decode(now.data() + i))) splitter.match(i, i + length);
      i += length;
    }
  });
}

/// Writes the text anew, piece by piece: f(piece, out) reads the piece's bytes and writes what they
/// become; added tokens stay.
template <class F> void rewrite_pieces(Pieces& pieces, F&& f) {
  Rewriter out(pieces.text);
  std::vector<Piece> list;
  list.reserve(pieces.list.size());
  for (const Piece& piece : pieces.list) {
    out.drop_to(piece.begin);
    const auto begin = static_cast<std::uint32_t>(out.written());
    if (piece.added == Piece::none)
      f(piece, out);
    else
      out.keep_to(piece.end);
    list.push_back({begin, static_cast<std::uint32_t>(out.written()), piece.added});
  }
  pieces.text = std::move(out).finish();
  pieces.list = std::move(list);
}

/// The splits of the patterns that GPT-2, Llama 3 and others share, by hand: nothing if the pattern
/// is none of them.
using FastSplit = void (*)(std::string_view text, std::uint32_t begin, std::uint32_t end,
                           std::vector<Piece>& out);
FastSplit find_fast_split(std::string_view pattern);
/// GPT-2's own pattern.
extern const char* const gpt2_pattern;

std::unique_ptr<PreTokenizer> read_byte_level_pre_tokenizer(const Field& field);
std::unique_ptr<PreTokenizer> read_metaspace_pre_tokenizer(const Field& field);
std::unique_ptr<PreTokenizer> read_split(const Field& field);

}  // namespace fathom::text
