// Private to fathom/projection: how near the points of t-SNE are to each other before they are
// drawn.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace fathom::projection {

/// Symmetric affinities that sum to 1: row i has those of `column[begin[i]]` up to begin[i + 1].
struct Affinities {
  std::vector<std::size_t> begin;
  std::vector<std::size_t> column;
  std::vector<double> value;
};

/// Of n points of d numbers: each point's `neighbours` nearest are weighted by a normal
/// distribution of such a width that they count as `perplexity` points.
Affinities affinities(std::span<const double> points, std::size_t n, std::size_t neighbours,
                      double perplexity);

}  // namespace fathom::projection
