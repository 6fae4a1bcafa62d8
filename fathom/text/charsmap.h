// Private to fathom/text: SentencePiece's rules of what is replaced by what, as its models and
// Hugging Face's Precompiled carry them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::text {

/// A double-array trie (Darts) over the bytes of what is replaced, whose values are places in a
/// list of texts that end in a zero byte.
class CharsMap {
 public:
  struct Found {
    std::string_view text;   ///< what takes its place
    std::size_t length = 0;  ///< bytes that it replaces
  };

  /// Four bytes of length, the trie, the texts. Errors: FormatError, with `path`.
  CharsMap(std::string bytes, const std::string& path);
  CharsMap(const CharsMap&) = delete;
  CharsMap& operator=(const CharsMap&) = delete;

  /// The shortest, the longest rule that a text begins with.
  std::optional<Found> shortest(std::string_view text) const { return find(text, false); }
  std::optional<Found> longest(std::string_view text) const { return find(text, true); }
  /// Whether any rule begins with a text.
  bool has_prefix(std::string_view text) const;
  const std::string& bytes() const { return bytes_; }

 private:
  std::optional<Found> find(std::string_view text, bool longest) const;
  /// The place in the trie where all ways begin.
  std::size_t root() const;
  /// Goes on by a byte: what the trie says there, or nothing if no rule has this byte next.
  std::optional<std::uint32_t> step(std::size_t& node, char byte) const;

  std::string bytes_;
  std::vector<std::uint32_t> trie_;
  std::string_view texts_;
};

}  // namespace fathom::text
