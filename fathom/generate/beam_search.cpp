// Beam search with the rules of Transformers, down to single precision: scores of one length are
// compared while sequences run, and divided by a power of their length when they end.
#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include "fathom/generate/logits.h"
#include "fathom/generate/search.h"

namespace fathom::generate {

namespace {

/// Added to the score of what must not be chosen while anything else can be.
constexpr float kLast = -1e9F;

struct Beam {
  std::vector<std::int64_t> tokens;  // behind the prompt
  float score = kLast;
  bool ended = false;
  bool stopped = false;  // by a stop token
  std::int64_t row = 0;  // of the prompt's beams, whose state it goes on with
};

/// Places of the `count` largest, the largest first; of equals the first.
std::vector<std::size_t> largest(std::span<const float> values, std::size_t count) {
  const auto before = [&](std::size_t a, std::size_t b) {
    return values[a] > values[b] || (values[a] == values[b] && a < b);
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(before)> kept(before);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (kept.size() == count && !before(i, kept.top())) continue;
    if (kept.size() == count) kept.pop();
    kept.push(i);
  }
  std::vector<std::size_t> places(kept.size());
  for (std::size_t i = places.size(); i > 0; --i, kept.pop()) places[i - 1] = kept.top();
  return places;
}

std::vector<Beam> best(std::vector<Beam> beams, std::size_t count) {
  std::stable_sort(beams.begin(), beams.end(),
                   [](const Beam& a, const Beam& b) { return a.score > b.score; });
  beams.resize(std::min(beams.size(), count));
  return beams;
}

/// The beams of one prompt.
class Beams {
 public:
  Beams(const Search& search, std::size_t prompt)
      : options_(search.options),
        prompt_(search.prompts[prompt]),
        number_(search.numbers[prompt]),
        count_(static_cast<std::size_t>(options_.num_beams)),
        running_(count_),
        ended_(count_) {
    running_.front().score = 0;  // all begin alike: the first alone counts
  }

  /// Goes on by one token; `scores` (beams, vocabulary) are those of the model.
  void step(std::span<float> scores) {
    const std::size_t vocabulary = scores.size() / count_;
    const std::size_t length = running_.front().tokens.size() + 1;
    for (std::size_t b = 0; b < count_; ++b) {
      const std::span<float> row = scores.subspan(b * vocabulary, vocabulary);
      if (!log_softmax(row)) nothing_to_choose(number_, static_cast<std::int64_t>(length - 1));
      std::vector<std::int64_t> tokens = prompt_;
      tokens.insert(tokens.end(), running_[b].tokens.begin(), running_[b].tokens.end());
      process_logits(row, tokens, static_cast<std::int64_t>(length - 1), options_);
      for (float& s : row) s += running_[b].score;
    }
    const std::vector<std::size_t> places = chosen(scores, length);
    if (std::ranges::any_of(scores, [](float s) { return std::isnan(s); }) ||
        !std::isfinite(scores[places.front()]))
      nothing_to_choose(number_, static_cast<std::int64_t>(length - 1));
    std::vector<Beam> candidates;
    for (const std::size_t place : places) {
      Beam& c = candidates.emplace_back(running_[place / vocabulary]);
      const auto token = static_cast<std::int64_t>(place % vocabulary);
      c.tokens.push_back(token);
      c.score = scores[place];
      c.row = static_cast<std::int64_t>(place / vocabulary);
      c.stopped = std::ranges::find(options_.stop_tokens, token) != options_.stop_tokens.end();
      c.ended = c.stopped || length == static_cast<std::size_t>(options_.max_new_tokens);
    }
    go_on(candidates);
    end(candidates, length);
    const bool at_end = std::ranges::all_of(candidates, &Beam::ended);
    improvable_ = improvable_ && can_improve(length);
    done_ =
        at_end || !improvable_ || (options_.early_stopping == EarlyStopping::yes && all_ended());
  }

  bool done() const { return done_; }
  const std::vector<Beam>& running() const { return running_; }
  std::vector<Sequence> results() const {
    std::vector<Sequence> list;
    for (std::int64_t i = 0; i < options_.num_return_sequences; ++i) {
      const Beam& b = ended_[static_cast<std::size_t>(i)];
      if (b.ended) list.push_back({b.tokens, static_cast<double>(b.score), b.stopped});
    }
    return list;
  }

 private:
  /// More than there are beams: as many may end as there are stop tokens for each.
  std::vector<std::size_t> chosen(std::span<const float> scores, std::size_t length) const {
    const std::size_t keep = std::max<std::size_t>(2, 1 + options_.stop_tokens.size()) * count_;
    if (!options_.do_sample) return largest(scores, keep);
    // Drawn without replacement: the largest of the logarithms with Gumbel's noise.
    std::vector<float> noisy(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double u = draw(options_.seed, number_, (length - 1) * scores.size() + i);
      noisy[i] = static_cast<float>(static_cast<double>(scores[i]) - std::log(-std::log(u)));
    }
    std::vector<std::size_t> places = largest(noisy, keep);
    std::stable_sort(places.begin(), places.end(),
                     [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    return places;
  }

  void go_on(std::vector<Beam> candidates) {
    for (Beam& c : candidates)
      if (c.ended) c.score += kLast;
    running_ = best(std::move(candidates), count_);
  }

  /// Takes what has ended among the best candidates, if it is better than what had.
  void end(const std::vector<Beam>& candidates, std::size_t length) {
    if (!improvable_ || (options_.early_stopping == EarlyStopping::yes && all_ended())) return;
    const float divisor = power(length);
    for (std::size_t i = 0; i < count_; ++i)
      if (candidates[i].ended) {
        ended_.push_back(candidates[i]);
        ended_.back().score /= divisor;
      }
    ended_ = best(std::move(ended_), count_);
  }

  bool can_improve(std::size_t length) const {
    const bool longest =
        options_.early_stopping == EarlyStopping::never && options_.length_penalty > 0;
    const float possible =
        running_.front().score /
        power(longest ? static_cast<std::size_t>(options_.max_new_tokens) : length);
    return !all_ended() ? possible > kLast || possible > ended_.back().score
                        : possible > ended_.back().score;
  }

  bool all_ended() const { return std::ranges::all_of(ended_, &Beam::ended); }
  float power(std::size_t length) const {
    return static_cast<float>(std::pow(static_cast<double>(length), options_.length_penalty));
  }

  const Options& options_;
  const std::vector<std::int64_t>& prompt_;
  std::int64_t number_;
  std::size_t count_;
  std::vector<Beam> running_, ended_;
  bool improvable_ = true, done_ = false;
};

}  // namespace

std::vector<std::vector<Sequence>> beam_search(const Search& search) {
  const std::size_t prompts = search.prompts.size();
  const auto beams = static_cast<std::size_t>(search.options.num_beams);
  const auto vocabulary = static_cast<std::size_t>(search.vocabulary);
  std::vector<Beams> all;
  std::vector<float> scores;
  for (std::size_t p = 0; p < prompts; ++p) {
    all.emplace_back(search, p);
    const std::span<const float> first(search.scores.data() + p * vocabulary, vocabulary);
    for (std::size_t b = 0; b < beams; ++b) scores.insert(scores.end(), first.begin(), first.end());
  }
  std::vector<std::int64_t> rows(prompts * beams), tokens(prompts * beams);
  std::int64_t per_prompt = 1;  // rows of the state: one at first, then one a beam
  while (true) {
    bool done = true;
    for (std::size_t p = 0; p < prompts; ++p) {
      if (!all[p].done()) all[p].step({scores.data() + p * beams * vocabulary, beams * vocabulary});
      done = done && all[p].done();
      for (std::size_t b = 0; b < beams; ++b) {
        const Beam& beam = all[p].running()[b];
        rows[p * beams + b] =
            static_cast<std::int64_t>(p) * per_prompt + (per_prompt == 1 ? 0 : beam.row);
        tokens[p * beams + b] = beam.tokens.back();
      }
    }
    if (done) break;
    search.reorder(rows, static_cast<std::int64_t>(prompts) * per_prompt);
    per_prompt = static_cast<std::int64_t>(beams);
    scores = search.next(tokens);
  }
  std::vector<std::vector<Sequence>> results;
  for (const Beams& b : all) results.push_back(b.results());
  return results;
}

}  // namespace fathom::generate
