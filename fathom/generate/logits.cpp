#include "fathom/generate/logits.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace fathom::generate {

namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

using Tokens = std::span<const std::int64_t>;

/// The part of the likeliest's probability that a token has.
double relative(float score, float largest) {
  return std::exp(static_cast<double>(score) - static_cast<double>(largest));
}

bool known(std::span<const float> scores, std::int64_t token) {
  return token >= 0 && token < static_cast<std::int64_t>(scores.size());
}

void penalize_repetition(std::span<float> scores, Tokens tokens, float penalty) {
  std::vector<std::int64_t> seen(tokens.begin(), tokens.end());
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  for (const std::int64_t t : seen)
    if (known(scores, t)) {
      float& s = scores[static_cast<std::size_t>(t)];
      s = s < 0 ? s * penalty : s / penalty;
    }
}

/// Forbids what would end a run of n tokens that was there before.
void forbid_ngrams(std::span<float> scores, Tokens tokens, std::size_t n) {
  if (tokens.size() < n) return;
  const Tokens last = tokens.last(n - 1);
  for (std::size_t i = 0; i + n <= tokens.size(); ++i)
    if (std::ranges::equal(tokens.subspan(i, n - 1), last) && known(scores, tokens[i + n - 1]))
      scores[static_cast<std::size_t>(tokens[i + n - 1])] = kNever;
}

void keep_top_k(std::span<float> scores, std::size_t k) {
  if (k >= scores.size()) return;
  std::vector<float> sorted(scores.begin(), scores.end());
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(k - 1),
                   sorted.end(), std::greater<>());
  for (float& s : scores)
    if (s < sorted[k - 1]) s = kNever;
}

/// Tokens that may come, the least likely first.
std::vector<std::size_t> ascending(std::span<const float> scores) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (scores[i] != kNever) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  return order;
}

void keep_top_p(std::span<float> scores, double p, std::size_t least) {
  const std::vector<std::size_t> order = ascending(scores);
  if (order.empty()) return;
  const float largest = scores[order.back()];
  double total = 0, sum = 0;
  for (const std::size_t i : order) total += relative(scores[i], largest);
  for (std::size_t n = 0; n + least < order.size(); ++n) {
    float& s = scores[order[n]];
    sum += relative(s, largest);
    if (sum > (1 - p) * total) break;
    s = kNever;
  }
}

void keep_min_p(std::span<float> scores, double p, std::size_t least) {
  const std::vector<std::size_t> order = ascending(scores);
  if (order.empty()) return;
  const float largest = scores[order.back()];
  for (std::size_t n = 0; n + least < order.size(); ++n) {
    float& s = scores[order[n]];
    if (relative(s, largest) < p) s = kNever;
  }
}

}  // namespace

void process_logits(std::span<float> scores, std::span<const std::int64_t> tokens,
                    std::int64_t new_tokens, const Options& o) {
  if (o.repetition_penalty != 1)
    penalize_repetition(scores, tokens, static_cast<float>(o.repetition_penalty));
  if (o.no_repeat_ngram_size > 0)
    forbid_ngrams(scores, tokens, static_cast<std::size_t>(o.no_repeat_ngram_size));
  if (new_tokens < o.min_new_tokens)
    for (const std::int64_t stop : o.stop_tokens)
      if (known(scores, stop)) scores[static_cast<std::size_t>(stop)] = kNever;
  if (o.processor) o.processor(tokens, scores);
  if (!o.do_sample) return;
  // Beams need a token beside those that end them.
  const std::size_t least =
      o.num_beams == 1 ? 1 : std::max<std::size_t>(2, o.stop_tokens.size() + 1);
  if (o.temperature != 1)
    for (float& s : scores) s /= static_cast<float>(o.temperature);
  if (o.top_k > 0) keep_top_k(scores, std::max(least, static_cast<std::size_t>(o.top_k)));
  if (o.top_p < 1) keep_top_p(scores, o.top_p, least);
  if (o.min_p > 0) keep_min_p(scores, o.min_p, least);
}

bool log_softmax(std::span<float> scores) {
  float largest = kNever;
  for (const float s : scores) largest = std::max(largest, s);
  double sum = 0;
  for (const float s : scores) sum += relative(s, largest);
  if (!(sum >= 1)) return false;  // NaN, or none that may come
  const double log = static_cast<double>(largest) + std::log(sum);
  for (float& s : scores) s = static_cast<float>(static_cast<double>(s) - log);
  return std::isfinite(log);
}

}  // namespace fathom::generate
