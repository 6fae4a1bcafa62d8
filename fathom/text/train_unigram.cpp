// Learning the unigram model (Kudo 2018): from all substrings that come often, expectation and
// maximisation in turns with the removal of those that cost least.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "fathom/backend/cpu/pool.h"
#include "fathom/core/error.h"
#include "fathom/text/models.h"
#include "fathom/text/trainers.h"
#include "fathom/text/unigram_lattice.h"
#include "fathom/text/utf8.h"

namespace fathom::text {
namespace {

double digamma(double x) {
  double result = 0;
  for (; x < 7; ++x) result -= 1 / x;
  x -= 0.5;
  const double r2 = 1 / x * (1 / x), r4 = r2 * r2;
  return result + std::log(x) + r2 / 24 - 7.0 / 960 * r4 + 31.0 / 8064 * r4 * r2 -
         127.0 / 30720 * r4 * r4;
}

/// Substrings of two characters and more that come twice or more and are as long as they can be
/// without coming less often, with score = frequency x length; the best first.
ScoredTokens frequent_substrings(const CountedWords& words, const TrainOptions& options) {
  std::u32string flat;
  std::map<char32_t, std::uint64_t> counts;
  for (const CountedWord& word : words) {
    if (word.text.empty()) continue;
    for_each_character(word.text, [&](char32_t c, std::size_t, std::size_t) {
      flat += c;
      if (c != 0) counts[c] += word.count;
    });
    flat += U'\0';
  }
  // Suffixes in order as far as a piece can reach, and one character more.
  const std::size_t reach = options.max_piece_length + 1;
  std::vector<std::uint32_t> order(flat.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  const std::u32string_view text = flat;
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    const int by_text = text.substr(a, reach).compare(text.substr(b, reach));
    return by_text != 0 ? by_text < 0 : a < b;
  });
  const auto common = [&](std::size_t i) {  // characters that order[i - 1] and order[i] share
    std::size_t n = 0;
    while (n < reach && order[i - 1] + n < flat.size() && order[i] + n < flat.size() &&
           flat[order[i - 1] + n] == flat[order[i] + n])
      ++n;
    return n;
  };
  struct Found {
    std::uint64_t score;
    std::u32string_view text;
  };
  std::vector<Found> found;
  struct Open {
    std::size_t length, begin;
  };
  std::vector<Open> open;
  for (std::size_t i = 1; i <= order.size(); ++i) {
    const std::size_t shared = i < order.size() ? common(i) : 0;
    std::size_t begin = i - 1;
    while (!open.empty() && open.back().length > shared) {
      const Open top = open.back();
      open.pop_back();
      begin = top.begin;
      const std::u32string_view piece = text.substr(order[begin], top.length);
      if (top.length >= 2 && top.length <= options.max_piece_length &&
          piece.find(U'\0') == std::u32string_view::npos)
        found.push_back({(i - begin) * top.length, piece});
    }
    if (shared > 0 && (open.empty() || open.back().length < shared))
      open.push_back({shared, begin});
  }
  std::ranges::sort(found, [](const Found& a, const Found& b) {
    return a.score != b.score ? a.score > b.score : a.text > b.text;
  });
  std::vector<std::pair<std::uint64_t, char32_t>> letters;
  for (const auto& [c, count] : counts) letters.emplace_back(count, c);
  std::ranges::sort(letters, std::greater<>{});
  ScoredTokens out;
  for (const auto& [count, c] : letters) out.emplace_back(to_utf8(c), static_cast<double>(count));
  for (const Found& each : found) {
    if (out.size() >= options.seed_size) break;
    std::string piece;
    for (const char32_t c : each.text) append_utf8(piece, c);
    out.emplace_back(std::move(piece), static_cast<double>(each.score));
  }
  double sum = 0;
  for (const auto& piece : out) sum += piece.second;
  for (auto& piece : out) piece.second = std::log(piece.second) - std::log(sum);
  return out;
}

/// Sums over the words in fixed parts, so that threads do not show in the result.
template <class F>
std::vector<double> summed(const CountedWords& words, std::size_t pieces, F&& add) {
  constexpr std::size_t most_parts = 16;
  const std::size_t parts = std::min(most_parts, words.size());
  std::vector<std::vector<double>> sums(parts);
  cpu::parallel_for(static_cast<std::int64_t>(parts), [&](std::int64_t part) {
    const auto at = static_cast<std::size_t>(part);
    sums[at].assign(pieces, 0);
    for (std::size_t i = words.size() * at / parts; i < words.size() * (at + 1) / parts; ++i)
      add(i, sums[at]);
  });
  std::vector<double> out(pieces, 0);
  for (const auto& sum : sums)
    for (std::size_t i = 0; i < pieces; ++i) out[i] += sum[i];
  return out;
}

ScoredTokens maximised(const ScoredTokens& pieces, const std::vector<double>& expected) {
  ScoredTokens out{{pieces[0].first, NAN}};
  double sum = 0;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    if (expected[i] < 0.5) continue;
    out.emplace_back(pieces[i].first, expected[i]);
    sum += expected[i];
  }
  const double logsum = digamma(sum);
  for (std::size_t i = 1; i < out.size(); ++i) out[i].second = digamma(out[i].second) - logsum;
  return out;
}

/// Leaves out the pieces whose removal costs least.
ScoredTokens pruned(const PieceModel& model, const CountedWords& words, const TrainOptions& options,
                    std::size_t wanted) {
  const ScoredTokens& pieces = model.pieces;
  // What each piece would be cut into without it.
  std::vector<std::vector<std::uint32_t>> instead(pieces.size());
  std::vector<char> keep(pieces.size(), 1);
  cpu::parallel_for(static_cast<std::int64_t>(pieces.size()), [&](std::int64_t index) {
    const auto id = static_cast<std::size_t>(index);
    keep[id] = id > 0;
    if (id == 0) return;
    const Lattice lattice(model, pieces[id].first);
    const std::vector<std::uint32_t> second = lattice.second_best();
    if (second.empty()) return;
    if (lattice.best().size() >= 2) {
      keep[id] = 0;
      return;
    }
    for (const std::uint32_t edge : second) instead[id].push_back(lattice.edges[edge].id);
  });
  const std::vector<double> uses =
      summed(words, pieces.size(), [&](std::size_t i, std::vector<double>& sum) {
        const Lattice lattice(model, words[i].text);
        for (const std::uint32_t edge : lattice.best())
          sum[lattice.edges[edge].id] += static_cast<double>(words[i].count);
      });
  double total = 0, all_words = 0;
  for (const double use : uses) total += use;
  for (const CountedWord& word : words) all_words += static_cast<double>(word.count);
  const double logsum = std::log(total);
  ScoredTokens out{pieces[0]};
  std::vector<std::pair<double, std::size_t>> candidates;
  for (std::size_t id = 1; id < pieces.size(); ++id) {
    if (uses[id] == 0 && !keep[id]) continue;
    if (instead[id].empty()) {
      out.push_back(pieces[id]);
      continue;
    }
    if (uses[id] == 0) continue;
    const double own = std::log(uses[id]) - logsum;
    // By all pieces, as Hugging Face's trainer counts them, where SentencePiece's takes those
    // instead.
    const double logsum_without =
        std::log(total + uses[id] * static_cast<double>(pieces.size() - 1));
    double without = 0;
    for (const std::uint32_t other : instead[id])
      without += std::log(uses[other] + uses[id]) - logsum_without;
    candidates.emplace_back(uses[id] / all_words * (own - without), id);
  }
  const std::size_t left = std::max(
      wanted,
      static_cast<std::size_t>(static_cast<double>(pieces.size()) * options.shrinking_factor));
  std::ranges::stable_sort(candidates, std::greater<>{}, [](const auto& c) { return c.first; });
  for (const auto& [loss, id] : candidates) {
    if (out.size() == left) break;
    out.push_back(pieces[id]);
  }
  return out;
}

std::set<std::string> required_characters(const CountedWords& words, const TrainOptions& options) {
  std::set<std::string> out;
  for (const CountedWord& word : words)
    for_each_character(word.text,
                       [&](char32_t c, std::size_t, std::size_t) { out.insert(to_utf8(c)); });
  for (const char32_t c : options.initial_alphabet) out.insert(to_utf8(c));
  return out;
}

}  // namespace

std::unique_ptr<Model> train_unigram(const CountedWords& words, const TrainOptions& options) {
  const std::set<std::string> required = required_characters(words, options);
  std::optional<std::uint32_t> unknown;
  if (options.unk_token) {
    for (std::uint32_t i = 0; i < options.special_tokens.size() && !unknown; ++i)
      if (options.special_tokens[i].content == *options.unk_token) unknown = i;
  }
  const bool adds_unknown = options.unk_token && !unknown;
  const std::size_t special = options.special_tokens.size() + adds_unknown;
  if (required.size() + special > options.vocab_size)
    throw ValueError({.operation = "train",
                      .problem = "the vocabulary is too small for all characters",
                      .received = {{"vocab_size", std::to_string(options.vocab_size)},
                                   {"characters", std::to_string(required.size())},
                                   {"special tokens", std::to_string(special)}},
                      .expected = "a token for each"});
  ScoredTokens pieces{{"<UNK>", NAN}};
  for (auto& piece : frequent_substrings(words, options)) pieces.push_back(std::move(piece));
  const std::size_t wanted = options.vocab_size * 11 / 10;
  PieceModel model(std::move(pieces));
  while (true) {
    for (std::size_t i = 0; i < options.n_sub_iterations; ++i) {
      const std::vector<double> expected =
          summed(words, model.pieces.size(), [&](std::size_t w, std::vector<double>& sum) {
            if (!words[w].text.empty())
              Lattice(model, words[w].text).add_expected(static_cast<double>(words[w].count), sum);
          });
      model = PieceModel(maximised(model.pieces, expected));
    }
    if (model.pieces.size() <= wanted) break;
    const std::size_t before = model.pieces.size();
    model = PieceModel(pruned(model, words, options, wanted));
    if (model.pieces.size() >= before) break;  // nothing is left that can go
  }

  // All characters, then the best pieces.
  std::map<std::string_view, double> scores;
  double least = INFINITY;
  for (const auto& [text, score] : model.pieces) {
    scores.emplace(text, score);
    if (score < least) least = score;
  }
  ScoredTokens chosen;
  double penalty = 0;
  for (const std::string& c : required) {
    const auto known = scores.find(c);
    chosen.emplace_back(c, known != scores.end() ? known->second : least + penalty);
    if (known == scores.end()) penalty += 0.0001;
  }
  for (const auto& [text, score] : model.pieces) {
    if (chosen.size() >= options.vocab_size - special) break;
    if (text != "<UNK>" && !required.contains(text)) chosen.emplace_back(text, score);
  }
  std::ranges::stable_sort(chosen, std::greater<>{},
                           [](const auto& piece) { return piece.second; });
  ScoredTokens all;
  if (adds_unknown) all.emplace_back(*options.unk_token, 0.0);
  for (const AddedToken& token : options.special_tokens) all.emplace_back(token.content, 0.0);
  all.insert(all.end(), chosen.begin(), chosen.end());
  if (adds_unknown) unknown = 0;
  return make_unigram(std::move(all), {unknown, false});
}

}  // namespace fathom::text
