// The ways to cut a word into the pieces of a unigram model. Internal.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "fathom/text/models.h"
#include "fathom/text/trie.h"

namespace fathom::text {

/// The pieces of a round of training; the first stands for the unknown.
struct PieceModel {
  ScoredTokens pieces;
  Trie trie;
  double unknown_score = 0;
  explicit PieceModel(ScoredTokens given);
};

/// All pieces in a word, as edges between its bytes.
struct Lattice {
  struct Edge {
    std::uint32_t id, begin, end;
    double score;
  };
  std::vector<Edge> edges;
  std::vector<std::vector<std::uint32_t>> from, to;  // edges by their begin, their end
  std::size_t length;

  Lattice(const PieceModel& model, std::string_view text);
  void add(const Edge& edge);
  /// The best way to each byte, then the edges of the best way of all.
  std::vector<std::uint32_t> best(std::vector<double>* scores = nullptr) const;
  /// The second best way, or nothing if there is one way only: A* from the end.
  std::vector<std::uint32_t> second_best() const;
  /// Adds each piece's expected number of uses, times `count`.
  void add_expected(double count, std::vector<double>& expected) const;
};

}  // namespace fathom::text
