// Generation against Transformers: processed scores, greedy and beam search.
#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "fathom/generate/generate.h"
#include "fathom/generate/logits.h"
#include "fathom/io/safetensors.h"
#include "tests/generate/tables.h"
#include "tests/io/support.h"
#include "tests/nn/llama.h"

using namespace fathom;
using nlohmann::json;

namespace {

generate::Options options_of(const json& d) {
  const json& o = d["options"];
  generate::Options options{
      .max_new_tokens = o.value("max_new_tokens", 20),
      .stop_tokens = d["stop"],
      .repetition_penalty = o.value("repetition_penalty", 1.0),
      .no_repeat_ngram_size = o.value("no_repeat_ngram_size", 0),
      .min_new_tokens = o.value("min_new_tokens", 0),
      .temperature = o.value("temperature", 1.0),
      .top_k = o.value("top_k", 0),
      .top_p = o.value("top_p", 1.0),
      .min_p = o.value("min_p", 0.0),
      .num_beams = o.value("num_beams", 1),
      .length_penalty = o.value("length_penalty", 1.0),
      .num_return_sequences = o.value("num_return_sequences", 1),
  };
  const json early = o.value("early_stopping", json(false));
  if (early == json(true)) options.early_stopping = generate::EarlyStopping::yes;
  if (early == json("never")) options.early_stopping = generate::EarlyStopping::never;
  return options;
}

struct Golden {
  io::Safetensors file;
  explicit Golden(const std::string& name)
      : file(io::load_safetensors(FATHOM_TEST_SOURCE "/golden/generate/" + name + ".safetensors")) {
  }
  json cases() const { return json::parse(file.metadata.at("cases")); }
  const Tensor& operator[](const std::string& name) const {
    const Tensor* t = file.find(name);
    REQUIRE_MESSAGE(t, name);
    return *t;
  }
};

template <class State, class Step>
void check_searches(const Golden& golden, const State& state, const Step& step) {
  for (const json& d : golden.cases()) {
    const std::string name = d["name"];
    INFO(name);
    const generate::Options options = options_of(d);
    const std::vector<std::vector<std::int64_t>> prompts = d["prompts"];
    const auto found = generate::sequences(prompts, state, step, options);
    const Tensor& tokens = golden[name + ".tokens"];
    const auto width = static_cast<std::size_t>(tokens.size(1));
    const auto wanted = tokens.to_vector<std::int64_t>();
    REQUIRE(found.size() == prompts.size());
    std::size_t row = 0;
    for (const auto& of_prompt : found)
      for (const generate::Sequence& s : of_prompt) {
        std::vector<std::int64_t> padded = s.tokens;
        REQUIRE(padded.size() <= width);
        padded.resize(width, -1);
        const auto at = wanted.begin() + static_cast<std::ptrdiff_t>(row * width);
        CHECK(padded == std::vector(at, at + static_cast<std::ptrdiff_t>(width)));
        if (options.num_beams > 1) {
          const double score = golden[name + ".scores"][static_cast<std::int64_t>(row)].item();
          CHECK(s.score == doctest::Approx(score).epsilon(2e-5));
        }
        ++row;
      }
    CHECK(row * width == wanted.size());
  }
}

}  // namespace

TEST_CASE("generation: processors leave the scores that Transformers' leave") {
  const Golden golden("logits");
  const auto rows = golden["scores"].size(0), length = golden["tokens"].size(1);
  for (const json& d : golden.cases()) {
    INFO(d["name"].get<std::string>());
    generate::Options options = options_of(d);
    options.do_sample = true;
    for (std::int64_t row = 0; row < rows; ++row) {
      auto scores = golden["scores"][row].to_vector<float>();
      const auto tokens = golden["tokens"][row].to_vector<std::int64_t>();
      REQUIRE(static_cast<std::int64_t>(tokens.size()) == length);
      generate::process_logits(scores, tokens, d["new_tokens"], options);
      const auto wanted = golden[d["name"]][row].to_vector<float>();
      for (std::size_t i = 0; i < scores.size(); ++i)
        CHECK((scores[i] == wanted[i] || std::abs(scores[i] - wanted[i]) < 1e-6F));
    }
  }
}

TEST_CASE("generation: greedy and beam search find what Transformers finds") {
  const Golden golden("tables");
  const test::Tables net{golden["last"], golden["before"]};
  check_searches(golden, net.begin(4), net);
}

TEST_CASE("generation: a small Llama with key-value caches tells what Transformers' tells") {
  const std::string path = test::data_file("generation with stories260K", "llama/stories260K.bin");
  if (path.empty()) return;
  const test::Llama net(path);
  check_searches(Golden("stories"), net.caches(64),
                 [&](const Tensor& tokens, auto& caches) { return net(tokens, caches); });
}
