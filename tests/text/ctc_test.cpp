// CTC: the loss against all paths, one by one; texts against plain loops (tools/golden/ctc.py).
#include "fathom/text/ctc.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "fathom/backend/cpu/pool.h"
#include "fathom/fathom.h"
#include "fathom/ops/loss_ctc.h"

using namespace fathom;
using nlohmann::json;
using Labels = std::vector<std::int64_t>;

namespace {

/// The probability of every text, by all paths.
std::map<Labels, double> all_texts(const Tensor& log_probs, std::int64_t blank) {
  const std::vector<double> p = log_probs.to_vector<double>();
  const std::int64_t steps = log_probs.shape()[0], classes = log_probs.shape()[1];
  std::int64_t paths = 1;
  for (std::int64_t t = 0; t < steps; ++t) paths *= classes;
  std::map<Labels, double> out;
  for (std::int64_t path = 0; path < paths; ++path) {
    Labels labels;
    std::int64_t before = blank, rest = path;
    double sum = 0;
    for (std::int64_t t = 0; t < steps; ++t, rest /= classes) {
      const std::int64_t label = rest % classes;
      sum += p[static_cast<std::size_t>(t * classes + label)];
      if (label != blank && label != before) labels.push_back(label);
      before = label;
    }
    out[labels] += std::exp(sum);
  }
  return out;
}

Tensor whole(const Labels& values) {
  return Tensor::from(values, {static_cast<std::int64_t>(values.size())});
}

}  // namespace

TEST_CASE("ctc: the loss of every text, and the beam that holds all of them, are sums over paths") {
  const Tensor log_probs = log_softmax(cast(randn({5, 3}), DType::f64) * 2, -1).eval();
  for (const std::int64_t blank : {0, 2}) {
    const auto texts = all_texts(log_probs, blank);
    double sum = 0;
    std::pair<Labels, double> best;
    for (const auto& [labels, probability] : texts) {
      if (labels.empty()) continue;
      const double loss = ctc_loss(log_probs, whole(labels), tensor(5), tensor(int(labels.size())),
                                   {.blank = blank, .reduction = Reduction::sum})
                              .item();
      CHECK(std::exp(-loss) == doctest::Approx(probability).epsilon(1e-9));
      sum += probability;
      if (probability > best.second) best = {labels, probability};
    }
    CHECK(sum + texts.at({}) == doctest::Approx(1));
    const auto found =
        text::ctc_beam_search(log_probs, {.beam_width = 1000, .nbest = 1000, .blank = blank});
    CHECK(found.size() == texts.size());
    for (const text::CtcText& text : found)
      CHECK(std::exp(text.score) == doctest::Approx(texts.at(text.labels)).epsilon(1e-9));
  }
}

TEST_CASE("ctc: texts of plain loops") {
  const json cases = json::parse(io::read_text(FATHOM_TEST_SOURCE "/golden/ctc.json"));
  for (const json& c : cases) {
    CAPTURE(std::string(c["name"]));
    const Tensor log_probs =
        Tensor::from(c["log_probs"].get<std::vector<double>>(), {c["steps"], c["classes"]});
    const auto best = text::ctc_greedy(log_probs, c["blank"]);
    CHECK(best.labels == c["greedy"]["labels"].get<Labels>());
    CHECK(best.steps == c["greedy"]["steps"].get<Labels>());
    CHECK(best.score == doctest::Approx(double(c["greedy"]["score"])));
    const auto texts = text::ctc_beam_search(
        log_probs, {.beam_width = c["width"], .nbest = 5, .blank = c["blank"]});
    REQUIRE(texts.size() == c["beam"].size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      CHECK(texts[i].labels == c["beam"][i]["labels"].get<Labels>());
      CHECK(texts[i].score == doctest::Approx(double(c["beam"][i]["score"])));
    }
  }
}

TEST_CASE("ctc: a language model chooses between texts that sound alike") {
  const Tensor log_probs = log(tensor({{0.1, 0.5, 0.4}, {0.9, 0.05, 0.05}}));
  CHECK(text::ctc_beam_search(log_probs)[0].labels == Labels{1});
  const auto model = [](std::span<const std::int64_t> before, std::int64_t label) {
    return before.empty() && label == 2 ? 0.0 : -3.0;
  };
  CHECK(text::ctc_beam_search(log_probs, {.language_model = model})[0].labels == Labels{2});
  CHECK(text::ctc_beam_search(zeros({0, 3}))[0].labels.empty());
}

TEST_CASE("ctc: a sequence's loss and gradient are the same bits alone, padded, on any threads") {
  const Tensor logits = randn({20, 6, 5}).eval();
  const Tensor targets = cast(floor(rand({6, 4}) * 4) + 1, DType::i64).eval();
  const auto run = [](const Tensor& x, const Tensor& t, const Labels& steps,
                      const Labels& letters) {
    const Tensor given = x.eval();
    const auto losses = [&](const Tensor& x) {
      return ctc_loss(log_softmax(x, -1), t, whole(steps), whole(letters),
                      {.reduction = Reduction::none});
    };
    const Tensor d = grad([&](const Tensor& x) { return sum(losses(x)); })(given);
    return std::pair{losses(given).to_vector<float>(), d.eval()};
  };
  const Labels steps{20, 15, 20, 9, 20, 20}, letters{4, 3, 0, 2, 4, 1};
  const auto [losses, d] = run(logits, targets, steps, letters);
  const int threads = cpu::threads();
  for (const int n : {1, 2, 3, 8}) {
    cpu::set_threads(n);
    const auto again = run(logits, targets, steps, letters);
    CHECK(again.first == losses);
    CHECK(again.second.to_vector<float>() == d.to_vector<float>());
  }
  cpu::set_threads(threads);
  for (std::int64_t b = 0; b < 6; ++b) {
    const std::size_t i = static_cast<std::size_t>(b);
    const std::int64_t n = steps[i];
    const auto alone = run(slice(slice(logits, 1, b, b + 1), 0, 0, n), slice(targets, 0, b, b + 1),
                           {n}, {letters[i]});
    CHECK(alone.first[0] == losses[i]);
    CHECK(alone.second.to_vector<float>() ==
          slice(slice(d, 1, b, b + 1), 0, 0, n).eval().to_vector<float>());
  }
}
