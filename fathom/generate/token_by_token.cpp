// Greedy search and sampling: each row chooses for itself.
#include <algorithm>
#include <cmath>

#include "fathom/generate/logits.h"
#include "fathom/generate/search.h"

namespace fathom::generate {

namespace {

/// One sequence as it grows.
struct Row {
  std::vector<std::int64_t> tokens;  // prompt included
  std::int64_t prompt, number;       // of the prompt, and of the sequence among all
  Sequence result;
  bool done = false;
};

/// The place where a draw falls among probabilities, the logarithms of which are given.
std::size_t drawn(std::span<const float> log_probabilities, double at) {
  double total = 0;
  for (const float l : log_probabilities) total += std::exp(static_cast<double>(l));
  at *= total;
  std::size_t last = 0;
  double sum = 0;
  for (std::size_t i = 0; i < log_probabilities.size(); ++i) {
    const double p = std::exp(static_cast<double>(log_probabilities[i]));
    if (p == 0) continue;
    last = i;
    if ((sum += p) > at) break;
  }
  return last;
}

void take(Row& row, std::span<float> scores, const Options& o) {
  const auto place = static_cast<std::int64_t>(row.result.tokens.size());
  process_logits(scores, row.tokens, place, o);
  if (!log_softmax(scores)) nothing_to_choose(row.prompt, place);
  const std::size_t chosen =
      o.do_sample ? drawn(scores, draw(o.seed, row.number, static_cast<std::uint64_t>(place)))
                  : static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) -
                                             scores.begin());
  const auto token = static_cast<std::int64_t>(chosen);
  row.tokens.push_back(token);
  row.result.tokens.push_back(token);
  row.result.score += static_cast<double>(scores[chosen]);
  row.result.stopped = std::ranges::find(o.stop_tokens, token) != o.stop_tokens.end();
  if (o.on_token && !o.on_token(row.number, token)) row.result.stopped = true;
  row.done = row.result.stopped || place + 1 == o.max_new_tokens;
}

}  // namespace

std::vector<std::vector<Sequence>> token_by_token(const Search& search) {
  const Options& o = search.options;
  std::vector<Row> rows;
  std::vector<std::int64_t> from;  // the prompt of each row
  for (std::size_t i = 0; i < search.prompts.size(); ++i)
    for (std::int64_t copy = 0; copy < o.num_return_sequences; ++copy) {
      const std::int64_t prompt = search.numbers[i];
      rows.push_back({search.prompts[i], prompt, prompt * o.num_return_sequences + copy, {}});
      from.push_back(static_cast<std::int64_t>(i));
    }
  const auto vocabulary = static_cast<std::size_t>(search.vocabulary);
  std::vector<float> scores;
  for (const std::int64_t i : from) {
    const auto begin = search.scores.begin() + i * search.vocabulary;
    scores.insert(scores.end(), begin, begin + search.vocabulary);
  }
  if (o.num_return_sequences > 1)
    search.reorder(from, static_cast<std::int64_t>(search.prompts.size()));

  std::vector<std::int64_t> last(rows.size());
  while (true) {
    bool done = true;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].done) take(rows[i], {scores.data() + i * vocabulary, vocabulary}, o);
      done = done && rows[i].done;
      last[i] = rows[i].tokens.back();
    }
    if (done) break;
    scores = search.next(last);
  }
  std::vector<std::vector<Sequence>> results(search.prompts.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    results[static_cast<std::size_t>(from[i])].push_back(std::move(rows[i].result));
  return results;
}

}  // namespace fathom::generate
