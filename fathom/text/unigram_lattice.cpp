#include "fathom/text/unigram_lattice.h"

#include <algorithm>
#include <cmath>
#include <queue>

#include "fathom/text/utf8.h"

namespace fathom::text {
namespace {

constexpr double lattice_penalty = 10;

double log_sum(double x, double y, bool first) {
  if (first) return y;
  const double low = std::min(x, y), high = std::max(x, y);
  return high > low + 50 ? high : high + std::log(std::exp(low - high) + 1);
}

}  // namespace

PieceModel::PieceModel(ScoredTokens given) : pieces(std::move(given)) {
  std::vector<std::pair<std::string_view, std::uint32_t>> keys;
  double least = INFINITY;
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    keys.emplace_back(pieces[id].first, id);
    if (pieces[id].second < least) least = pieces[id].second;  // the unknown's is not a number
  }
  trie = Trie(std::move(keys));
  unknown_score = least - lattice_penalty;
}

Lattice::Lattice(const PieceModel& model, std::string_view text)
    : from(text.size() + 1), to(text.size() + 1), length(text.size()) {
  for (std::uint32_t begin = 0; begin < text.size();) {
    const auto character = static_cast<std::uint32_t>(length_of(text[begin]));
    bool alone = false;
    std::uint32_t node = Trie::root;
    for (std::uint32_t end = begin; end < text.size();) {
      node = model.trie.step(node, text[end++]);
      if (node == Trie::none) break;
      if (const std::uint32_t id = model.trie.value(node); id != Trie::none) {
        add({id, begin, end, model.pieces[id].second});
        alone |= end - begin == character;
      }
    }
    if (!alone) add({0, begin, begin + character, model.unknown_score});
    begin += character;
  }
}
void Lattice::add(const Edge& edge) {
  from[edge.begin].push_back(static_cast<std::uint32_t>(edges.size()));
  to[edge.end].push_back(static_cast<std::uint32_t>(edges.size()));
  edges.push_back(edge);
}

std::vector<std::uint32_t> Lattice::best(std::vector<double>* scores) const {
  std::vector<double> score(edges.size());
  std::vector<std::int64_t> before(edges.size(), -1);
  const auto extend = [&](std::size_t at, double own, std::int64_t& previous) {
    double top = 0;
    previous = -1;
    for (const std::uint32_t left : to[at])
      if (previous < 0 || score[left] + own > top) top = score[left] + own, previous = left;
    return at == 0 ? own : top;
  };
  for (std::size_t at = 0; at < length; ++at)
    for (const std::uint32_t edge : from[at])
      score[edge] = extend(at, edges[edge].score, before[edge]);
  std::vector<std::uint32_t> out;
  std::int64_t last = -1;
  extend(length, 0, last);
  for (; last >= 0; last = before[static_cast<std::size_t>(last)])
    out.push_back(static_cast<std::uint32_t>(last));
  std::ranges::reverse(out);
  if (scores) *scores = std::move(score);
  return out;
}

std::vector<std::uint32_t> Lattice::second_best() const {
  std::vector<double> score;
  best(&score);
  struct Way {
    double bound, behind;
    std::int32_t edge, next;  // of `ways`
    std::size_t at;
  };
  std::vector<Way> ways{{0, 0, -1, -1, length}};
  const auto worse = [&](std::int32_t a, std::int32_t b) {
    return ways[static_cast<std::size_t>(a)].bound < ways[static_cast<std::size_t>(b)].bound;
  };
  std::priority_queue<std::int32_t, std::vector<std::int32_t>, decltype(worse)> open(worse);
  open.push(0);
  int found = 0;
  while (!open.empty() && ways.size() < 100'000) {
    const std::int32_t top = open.top();
    open.pop();
    const Way way = ways[static_cast<std::size_t>(top)];
    if (way.at == 0) {
      if (++found < 2) continue;
      std::vector<std::uint32_t> out;
      for (std::int32_t at = top; ways[static_cast<std::size_t>(at)].edge >= 0;
           at = ways[static_cast<std::size_t>(at)].next)
        out.push_back(static_cast<std::uint32_t>(ways[static_cast<std::size_t>(at)].edge));
      return out;
    }
    for (const std::uint32_t edge : to[way.at]) {
      ways.push_back({score[edge] + way.behind, edges[edge].score + way.behind,
                      static_cast<std::int32_t>(edge), top, edges[edge].begin});
      open.push(static_cast<std::int32_t>(ways.size() - 1));
    }
  }
  return {};
}

void Lattice::add_expected(double count, std::vector<double>& expected) const {
  std::vector<double> alpha(length + 1, 0), beta(length + 1, 0);  // of all ways to and from a byte
  for (std::size_t at = 1; at <= length; ++at)
    for (std::size_t i = 0; i < to[at].size(); ++i) {
      const Edge& edge = edges[to[at][i]];
      alpha[at] = log_sum(alpha[at], edge.score + alpha[edge.begin], i == 0);
    }
  for (std::size_t at = length; at-- > 0;)
    for (std::size_t i = 0; i < from[at].size(); ++i) {
      const Edge& edge = edges[from[at][i]];
      beta[at] = log_sum(beta[at], edge.score + beta[edge.end], i == 0);
    }
  for (const Edge& edge : edges)
    expected[edge.id] +=
        count * std::exp(alpha[edge.begin] + edge.score + beta[edge.end] - alpha[length]);
}

}  // namespace fathom::text
