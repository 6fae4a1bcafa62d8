// What a tokenizer makes of a text.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fathom::text {

/// An end of a text: where it is cut, or filled up.
enum class Side { left, right };

/// Where a token came from: characters [begin, end) of the text.
struct Offsets {
  std::uint32_t begin = 0, end = 0;
  bool operator==(const Offsets&) const = default;
};

/// The tokens of a text, or of a pair of texts. All lists have one entry a token; `tokens` is empty
/// where the texts of the tokens were not asked for.
struct Encoding {
  std::vector<std::uint32_t> ids;
  std::vector<std::uint32_t> type_ids;  ///< 0 and 1: of which text of a pair
  std::vector<std::string> tokens;
  std::vector<Offsets> offsets;                   ///< of special tokens (0, 0)
  std::vector<std::int32_t> words;                ///< the piece that a token belongs to; -1: none
  std::vector<std::uint8_t> special_tokens_mask;  ///< 1: put around the text, or padding
  std::vector<std::uint8_t> attention_mask;       ///< 0: padding
  /// What truncation cut off, each as long as truncation allows.
  std::vector<Encoding> overflowing;

  /// The tokens of the first or the second text, without what was put around them.
  struct Sequence {
    std::uint32_t sequence = 0, begin = 0, end = 0;
    bool operator==(const Sequence&) const = default;
  };
  std::vector<Sequence> sequences;

  std::size_t size() const { return ids.size(); }
  /// For each token the text that it belongs to, or -1.
  std::vector<std::int32_t> sequence_ids() const;

  /// Cuts to a length; the rest goes to `overflowing`, each with `stride` tokens of the one before.
  /// Errors: ValueError unless stride < length (or the length is 0).
  void truncate(std::size_t length, std::size_t stride, Side side);
  /// Fills up to a length, those in `overflowing` too.
  void pad(std::size_t length, std::uint32_t id, std::uint32_t type_id, const std::string& token,
           Side side);
  /// Appends another encoding's tokens; what is cut off of one is joined with what is left of both.
  void append(const Encoding& other);

  bool operator==(const Encoding&) const = default;
};

}  // namespace fathom::text
