// Generation: draws, prompts of several lengths, what stops a sequence, plans.
#include "fathom/generate/generate.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "fathom/backend/cpu/pool.h"
#include "fathom/graph/plan.h"
#include "fathom/io/safetensors.h"
#include "tests/generate/tables.h"
#include "tests/nn/llama.h"

using namespace fathom;

namespace {

using Prompts = std::vector<std::vector<std::int64_t>>;

test::Tables tables() {
  const auto file = io::load_safetensors(FATHOM_TEST_SOURCE "/golden/generate/tables.safetensors");
  return {*file.find("last"), *file.find("before")};
}

std::vector<std::vector<std::int64_t>> tokens_of(
    const std::vector<std::vector<generate::Sequence>>& found) {
  std::vector<std::vector<std::int64_t>> all;
  for (const auto& of_prompt : found)
    for (const generate::Sequence& s : of_prompt) all.push_back(s.tokens);
  return all;
}

}  // namespace

TEST_CASE("generation: draws depend on the seed, not on threads or other prompts") {
  const test::Tables net = tables();
  generate::Options options{.max_new_tokens = 30, .do_sample = true, .top_p = 0.9, .seed = 5};
  const Prompts prompts{{1, 2}, {3}, {1, 2}, {4, 5, 6}};
  const auto first = tokens_of(generate::sequences(prompts, net.begin(4), net, options));
  for (const int threads : {1, 2, 3, 8}) {
    cpu::set_threads(threads);
    CHECK(tokens_of(generate::sequences(prompts, net.begin(4), net, options)) == first);
  }
  cpu::set_threads(2);
  CHECK(first[0] != first[2]);  // equal prompts, draws of their own
  // The first prompt alone draws what it draws among others.
  CHECK(tokens_of(generate::sequences({{1, 2}}, net.begin(1), net, options))[0] == first[0]);
  options.seed = 6;
  CHECK(tokens_of(generate::sequences(prompts, net.begin(4), net, options)) != first);
}

TEST_CASE("generation: tokens are drawn as often as they are likely") {
  const test::Tables net = tables();
  const std::int64_t count = 4000;
  const auto found = generate::sequences(
      {{7}}, net.begin(1), net,
      {.max_new_tokens = 1, .do_sample = true, .temperature = 1.5, .num_return_sequences = count});
  std::map<std::int64_t, double> often;
  for (const generate::Sequence& s : found[0]) often[s.tokens[0]] += 1.0 / count;
  Tensor previous = net.begin(1);
  const auto wanted =
      softmax(flatten(net(Tensor::from(std::vector<std::int64_t>{7}, {1, 1}), previous)) / 1.5)
          .to_vector<double>();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double deviation = std::sqrt(wanted[i] * (1 - wanted[i]) / count);
    CHECK(std::abs(often[static_cast<std::int64_t>(i)] - wanted[i]) < 5 * deviation);
  }
  for (const generate::Sequence& s : found[0])
    CHECK(std::exp(s.score) == doctest::Approx(wanted[static_cast<std::size_t>(s.tokens[0])]));
}

TEST_CASE("generation: prompts of several lengths give what each gives alone") {
  const test::Tables net = tables();
  const Prompts prompts{{1, 2, 3}, {4}, {5, 6, 7}, {8}};
  for (const std::int64_t beams : {1, 3}) {
    const generate::Options options{
        .max_new_tokens = 8, .stop_tokens = {3, 11}, .num_beams = beams};
    const auto together = tokens_of(generate::sequences(prompts, net.begin(4), net, options));
    for (std::size_t i = 0; i < prompts.size(); ++i)
      CHECK(tokens_of(generate::sequences({prompts[i]}, net.begin(1), net, options))[0] ==
            together[i]);
  }
}

TEST_CASE("generation: the likeliest are tried by beams that are drawn, too") {
  const test::Tables net = tables();
  generate::Options options{
      .max_new_tokens = 6, .do_sample = true, .seed = 3, .num_beams = 4, .num_return_sequences = 4};
  const auto first = generate::sequences({{1}}, net.begin(1), net, options);
  CHECK(tokens_of(generate::sequences({{1}}, net.begin(1), net, options)) == tokens_of(first));
  for (std::size_t i = 1; i < 4; ++i) CHECK(first[0][i - 1].score >= first[0][i].score);
  options.seed = 4;
  CHECK(tokens_of(generate::sequences({{1}}, net.begin(1), net, options)) != tokens_of(first));
}

TEST_CASE("generation: callbacks see each token, and may end a sequence; processors forbid") {
  const test::Tables net = tables();
  std::map<std::int64_t, std::vector<std::int64_t>> seen;
  const auto found =
      generate::sequences({{1}, {2}}, net.begin(2), net,
                          {.max_new_tokens = 9,
                           .processor = [](std::span<const std::int64_t>,
                                           std::span<float> scores) { scores[4] = -INFINITY; },
                           .on_token =
                               [&](std::int64_t sequence, std::int64_t token) {
                                 seen[sequence].push_back(token);
                                 return sequence == 0 || seen[sequence].size() < 4;
                               }});
  CHECK(found[0][0].tokens == seen[0]);
  CHECK(found[1][0].tokens == seen[1]);
  CHECK(found[0][0].tokens.size() == 9);
  CHECK(!found[0][0].stopped);
  CHECK(found[1][0].tokens.size() == 4);
  CHECK(found[1][0].stopped);
  for (const std::int64_t token : seen[0]) CHECK(token != 4);
}

TEST_CASE("generation: a recurrent state and a struct of states change their rows") {
  struct State {
    nn::RecurrentInputs recurrent;
    Tensor bias;
  };
  seed(1);
  const nn::Embedding table(9, 8);
  const nn::LSTM lstm(8, 8, {.num_layers = 2, .batch_first = true});
  const auto step = [&](const Tensor& tokens, State& state) {
    const nn::RecurrentOutputs r = lstm(table(tokens), state.recurrent);
    state.recurrent = {.h0 = r.h_n, .c0 = r.c_n};
    return linear(r.output, table.weight) + unsqueeze(state.bias, 1);
  };
  const Tensor bias = random_normal({3, 9}, make_key(2, 0)).eval();
  const generate::Options options{.max_new_tokens = 7, .num_beams = 3};
  const auto together =
      tokens_of(generate::sequences({{1}, {2}, {3}}, State{{}, bias}, step, options));
  for (std::int64_t i = 0; i < 3; ++i) {
    const State own{{}, slice(bias, 0, i, i + 1)};
    CHECK(tokens_of(generate::sequences({{i + 1}}, own, step, options))[0] ==
          together[static_cast<std::size_t>(i)]);
  }
}

TEST_CASE("generation: a class may be the model") {
  struct Counter final : generate::Model {
    Tensor logits(const Tensor& tokens) override {
      return one_hot((select(tokens, 1, tokens.size(1) - 1) + 1) % 10, 10);
    }
    void reorder(const Tensor&, std::int64_t) override {}
    std::unique_ptr<Model> copy() const override { return std::make_unique<Counter>(*this); }
  };
  const auto found = generate::sequences({{3}, {8}}, Counter(), {.max_new_tokens = 3});
  CHECK(tokens_of(found) == Prompts{{4, 5, 6}, {9, 0, 1}});
}

TEST_CASE("generation: steps behind the prompt run by one plan") {
  seed(1);
  const test::LlamaLayer layer({16, 32, 1, 2, 1, 9, 32});
  const nn::Embedding table(9, 16);
  const auto step = [&](const Tensor& tokens, nn::KeyValueCache& cache) {
    return linear(layer(table(tokens), cache), table.weight);
  };
  for (const std::int64_t beams : {1, 4}) {
    const auto plans_after = [&](std::int64_t tokens) {
      graph::clear_plan_cache();
      generate::sequences({{1, 2, 3}}, nn::KeyValueCache(32), step,
                          {.max_new_tokens = tokens, .num_beams = beams});
      return graph::cached_plans().size();
    };
    CHECK(plans_after(4) == plans_after(25));
  }
}
