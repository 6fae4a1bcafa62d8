// Private to fathom/text: what word2vec.cpp makes of the texts before it trains.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fathom/text/word2vec.h"

namespace fathom::text {

/// Parts that the rows of each matrix are dealt to: as many threads find work.
inline constexpr std::size_t word2vec_parts = 8;

/// Where a sentence is cut.
inline constexpr std::size_t word2vec_sentence = 10'000;

/// A text in numbers of words, and where its sentences end.
struct Word2VecText {
  std::vector<std::uint32_t> words;
  std::vector<std::size_t> ends;
};

/// Words with how often they come, the most frequent first.
struct Word2VecVocabulary {
  Words words;
  std::vector<std::uint64_t> counts;
  std::uint64_t total = 0;  ///< words of the vocabulary in the text

  /// From counts in the order in which words came. Errors: ValueError if no word is left.
  Word2VecVocabulary(Words all, std::vector<std::uint64_t> counts, const Word2VecOptions& options);
  /// Of each word: the share of its occurrences that is kept, in units of 2^-32.
  std::vector<std::uint64_t> kept(double sample) const;
};

/// Draws numbers with given weights at the cost of one random word (Walker's alias method, 1977).
class AliasTable {
 public:
  explicit AliasTable(std::span<const double> weights);
  std::uint32_t operator()(std::uint32_t word) const {
    const std::uint64_t scaled = std::uint64_t{word} * cells_.size();
    const Cell& cell = cells_[scaled >> 32];
    const auto own = static_cast<std::uint32_t>(scaled >> 32);
    // Chance is what a branch cannot foresee: the choice is a mask.
    const std::uint32_t keep = 0U - (static_cast<std::uint32_t>(scaled) < cell.threshold);
    return (own & keep) | (cell.alias & ~keep);
  }

 private:
  struct Cell {
    std::uint32_t threshold, alias;
  };
  std::vector<Cell> cells_;
};

/// The way to each word from the root of the Huffman tree of the counts: inner nodes by number,
/// each 2 * node + 1 where the way goes left.
std::vector<std::vector<std::uint32_t>> huffman_ways(std::span<const std::uint64_t> counts);

/// Deals rows to parts of nearly equal load, the heaviest first.
std::vector<std::uint8_t> deal_rows(std::span<const double> loads);

/// The whole training. Shapes: -> f32 (words, vector_size).
Tensor train_word2vec(const Word2VecVocabulary& vocabulary, const Word2VecText& text,
                      const Word2VecOptions& options);

}  // namespace fathom::text
