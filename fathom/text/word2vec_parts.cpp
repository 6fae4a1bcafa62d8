// Which words count and how often they are drawn, the tree of hierarchical softmax, and the parts
// that rows are dealt to.
#include "fathom/text/word2vec_parts.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>

#include "fathom/core/error.h"

namespace fathom::text {

Word2VecVocabulary::Word2VecVocabulary(Words all, std::vector<std::uint64_t> all_counts,
                                       const Word2VecOptions& options) {
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return all_counts[i]; });
  // A limit on the words never divides those of one count.
  std::uint64_t least = options.min_count;
  if (options.max_final_vocab > 0 && order.size() > options.max_final_vocab)
    least = std::max(least, all_counts[order[options.max_final_vocab]] + 1);
  std::erase_if(order, [&](std::size_t i) { return all_counts[i] < least; });
  if (order.empty())
    throw ValueError({.operation = "word2vec",
                      .problem = "no word comes often enough",
                      .received = {{"words", std::to_string(all.size())},
                                   {"min_count", std::to_string(options.min_count)}},
                      .expected = "a word that comes min_count times",
                      .hint = "a short text needs a smaller min_count"});
  for (const std::size_t i : order) {
    words.push_back(std::move(all[i]));
    counts.push_back(all_counts[i]);
    total += all_counts[i];
  }
}

std::vector<std::uint64_t> Word2VecVocabulary::kept(double sample) const {
  // sqrt(t / n) + t / n of a word's n occurrences stay: all of them up to 2.618 t.
  const double threshold = sample < 1 ? sample * static_cast<double>(total)
                                      : std::floor(sample * (3 + std::sqrt(5.0)) / 2);
  std::vector<std::uint64_t> out(counts.size(), std::uint64_t{1} << 32);
  if (sample == 0) return out;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double ratio = threshold / static_cast<double>(counts[i]);
    out[i] = static_cast<std::uint64_t>(std::min(std::sqrt(ratio) + ratio, 1.0) * 0x1p32);
  }
  return out;
}

AliasTable::AliasTable(std::span<const double> weights) : cells_(weights.size()) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> share(weights.size());
  std::vector<std::uint32_t> small, large;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    share[i] = weights[i] / total * static_cast<double>(weights.size());
    (share[i] < 1 ? small : large).push_back(static_cast<std::uint32_t>(i));
    cells_[i] = {0xffffffffu, static_cast<std::uint32_t>(i)};
  }
  while (!small.empty() && !large.empty()) {
    const std::uint32_t less = small.back(), more = large.back();
    small.pop_back();
    cells_[less] = {static_cast<std::uint32_t>(share[less] * 0x1p32), more};
    share[more] -= 1 - share[less];
    if (share[more] >= 1) continue;
    large.pop_back();
    small.push_back(more);
  }
}

std::vector<std::vector<std::uint32_t>> huffman_ways(std::span<const std::uint64_t> counts) {
  const std::size_t words = counts.size();
  struct Node {
    std::uint64_t count;
    std::size_t number;
    bool operator>(const Node& o) const {
      return count != o.count ? count > o.count : number > o.number;
    }
  };
  std::priority_queue<Node, std::vector<Node>, std::greater<>> open;
  for (std::size_t i = 0; i < words; ++i) open.push({counts[i], i});
  // Words, then inner nodes; each knows its parent, and whether it is the left child.
  std::vector<std::size_t> parent(2 * words - 1, 0);
  std::vector<bool> left(2 * words - 1, false);
  for (std::size_t inner = words; inner < 2 * words - 1; ++inner) {
    const Node a = open.top();
    open.pop();
    const Node b = open.top();
    open.pop();
    parent[a.number] = parent[b.number] = inner;
    left[a.number] = true;
    open.push({a.count + b.count, inner});
  }
  std::vector<std::vector<std::uint32_t>> ways(words);
  for (std::size_t i = 0; i < words; ++i) {
    for (std::size_t at = i; at != 2 * words - 2; at = parent[at])
      ways[i].push_back(static_cast<std::uint32_t>(2 * (parent[at] - words) + left[at]));
    std::ranges::reverse(ways[i]);
  }
  return ways;
}

std::vector<std::uint8_t> deal_rows(std::span<const double> loads) {
  std::vector<std::size_t> order(loads.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return loads[i]; });
  std::array<double, word2vec_parts> sums{};
  std::vector<std::uint8_t> parts(loads.size());
  for (const std::size_t i : order) {
    const auto least = std::ranges::min_element(sums);
    parts[i] = static_cast<std::uint8_t>(least - sums.begin());
    *least += loads[i];
  }
  return parts;
}

}  // namespace fathom::text
