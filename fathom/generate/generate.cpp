#include "fathom/generate/generate.h"

#include <map>
#include <string>

#include "fathom/core/error.h"
#include "fathom/generate/search.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/math/philox.h"
#include "fathom/math/random_key.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/shape.h"

namespace fathom::generate {

namespace {

constexpr const char* kName = "generate::sequences";

void require(bool ok, const std::string& problem, const std::string& expected,
             const std::string& hint = "") {
  if (!ok)
    throw ValueError({.operation = kName, .problem = problem, .expected = expected, .hint = hint});
}

void require_options(const Options& o) {
  const auto integer = [](std::int64_t value, std::int64_t least, const char* name) {
    require(value >= least, std::string(name) + " is " + std::to_string(value),
            std::to_string(least) + " or more");
  };
  const auto number = [](double value, bool ok, const char* name, const char* expected,
                         const char* hint = "") {
    require(ok, std::string(name) + " is " + graph::print_field(value), expected, hint);
  };
  integer(o.max_new_tokens, 1, "max_new_tokens");
  integer(o.min_new_tokens, 0, "min_new_tokens");
  integer(o.no_repeat_ngram_size, 0, "no_repeat_ngram_size");
  integer(o.top_k, 0, "top_k");
  integer(o.num_beams, 1, "num_beams");
  integer(o.num_return_sequences, 1, "num_return_sequences");
  number(o.repetition_penalty, o.repetition_penalty > 0, "repetition_penalty",
         "a positive number; 1 leaves scores as they are");
  number(o.temperature, o.temperature > 0, "temperature", "a positive number",
         "do_sample = false takes the likeliest token");
  number(o.top_p, o.top_p > 0 && o.top_p <= 1, "top_p", "a number in (0, 1]");
  number(o.min_p, o.min_p >= 0 && o.min_p <= 1, "min_p", "a number in [0, 1]");
  require(o.num_beams > 1 || o.do_sample || o.num_return_sequences == 1,
          std::to_string(o.num_return_sequences) + " sequences of a greedy search", "one",
          "do_sample or num_beams");
  require(o.num_beams == 1 || o.num_return_sequences <= o.num_beams,
          std::to_string(o.num_return_sequences) + " sequences of " + std::to_string(o.num_beams) +
              " beams",
          "at most as many as there are beams");
  require(o.num_beams == 1 || !o.on_token, "on_token with beams", "one beam",
          "which tokens stay is known only at the end of a beam search");
}

}  // namespace

std::vector<float> last_scores(const Tensor& logits, std::int64_t rows, std::int64_t length,
                               std::int64_t vocabulary) {
  const bool each = logits.rank() == 3 && logits.shape()[1] == length;
  if ((logits.rank() != 2 && !each) || logits.shape()[0] != rows ||
      (vocabulary > 0 && logits.shape().back() != vocabulary)) {
    const std::string last = vocabulary > 0 ? std::to_string(vocabulary) : "vocabulary";
    throw ShapeError({.operation = kName,
                      .problem = "the model's scores do not fit its tokens",
                      .received = {{"tokens", "i64 " + to_string(Shape{rows, length})},
                                   {"scores", graph::describe(logits)}},
                      .expected = "(" + std::to_string(rows) + ", " + last + "), or (" +
                                  std::to_string(rows) + ", " + std::to_string(length) + ", " +
                                  last + ")"});
  }
  return (each ? select(logits, 1, length - 1) : logits).to_vector<float>();
}

void nothing_to_choose(std::int64_t prompt, std::int64_t place) {
  throw NumericError({.operation = kName,
                      .problem = "nothing can be chosen as token " + std::to_string(place) +
                                 " behind prompt " + std::to_string(prompt),
                      .expected = "finite scores of at least one token",
                      .hint = "scores are NaN, or options forbid all tokens"});
}

double draw(std::uint64_t seed, std::int64_t stream, std::uint64_t element) {
  const philox::Words w = philox::words(site_key(seed, stream + 1), element);
  const std::uint64_t bits = (std::uint64_t{w.w[0]} << 20) ^ (w.w[1] >> 12);
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

std::vector<float> Search::next(const std::vector<std::int64_t>& tokens) const {
  const auto rows = static_cast<std::int64_t>(tokens.size());
  return last_scores(model.logits(Tensor::from(tokens, {rows, 1})), rows, 1, vocabulary);
}

void Search::reorder(const std::vector<std::int64_t>& rows, std::int64_t count) const {
  model.reorder(Tensor::from(rows), count);
}

std::vector<std::vector<Sequence>> sequences(const std::vector<std::vector<std::int64_t>>& prompts,
                                             const Model& model, const Options& options,
                                             Where where) {
  return located(where, [&] {
    require_options(options);
    require(!prompts.empty(), "there is no prompt", "at least one");
    std::map<std::size_t, std::vector<std::int64_t>> by_length;
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      require(!prompts[i].empty(), "prompt " + std::to_string(i) + " has no tokens",
              "at least one token", "such as the one that begins a text");
      by_length[prompts[i].size()].push_back(static_cast<std::int64_t>(i));
    }
    const nn::ModeScope mode = nn::inference();
    std::vector<std::vector<Sequence>> results(prompts.size());
    for (const auto& [length, numbers] : by_length) {
      const std::unique_ptr<Model> part = model.copy();
      if (numbers.size() != prompts.size())
        part->reorder(Tensor::from(numbers), static_cast<std::int64_t>(prompts.size()));
      const auto rows = static_cast<std::int64_t>(numbers.size());
      Search search{*part, options, numbers, {}, {}, 0};
      std::vector<std::int64_t> tokens;
      for (const std::int64_t i : numbers) {
        search.prompts.push_back(prompts[static_cast<std::size_t>(i)]);
        tokens.insert(tokens.end(), search.prompts.back().begin(), search.prompts.back().end());
      }
      const auto n = static_cast<std::int64_t>(length);
      search.scores = last_scores(part->logits(Tensor::from(tokens, {rows, n})), rows, n);
      search.vocabulary = static_cast<std::int64_t>(search.scores.size()) / rows;
      auto found = options.num_beams > 1 ? beam_search(search) : token_by_token(search);
      for (std::size_t i = 0; i < numbers.size(); ++i)
        results[static_cast<std::size_t>(numbers[i])] = std::move(found[i]);
    }
    return results;
  });
}

}  // namespace fathom::generate
