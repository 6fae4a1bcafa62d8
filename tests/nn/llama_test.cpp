// A language model made of the blocks: Llama in the files of llama2.c, against their golden logits
// and greedy tokens.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "fathom/graph/plan.h"
#include "fathom/io/npy.h"
#include "tests/io/support.h"
#include "tests/nn/llama.h"

using namespace fathom;

namespace {

void check(const std::string& model, const std::string& golden) {
  const std::string folder = test::data_file("language models of llama2.c", "");
  if (folder.empty()) return;
  const test::Llama net(folder + "llama/" + model);
  const Tensor tokens = io::load_npy(folder + "golden/" + golden + "_greedy_tokens.npy");
  const Tensor logits = io::load_npy(folder + "golden/" + golden + "_logits.npy");
  const auto scope = nn::inference();
  auto caches = net.caches(64);
  const std::int64_t count = logits.shape()[0];
  const Tensor given = cast(slice(tokens, 0, 0, count), DType::i64);
  const Tensor all = squeeze(net(unsqueeze(given, 0), caches), 0).eval();
  CHECK(max(abs(all - logits)).item() < 1e-4);

  // The same, token by token, each the likeliest behind those before; all by one plan.
  const std::vector<std::int64_t> story = given.to_vector<std::int64_t>();
  const std::vector<float> wanted = all.to_vector<float>();
  auto again = net.caches(64);
  std::size_t plans = 0;
  for (std::size_t i = 0; i + 1 < story.size(); ++i) {
    const std::vector<float> one =
        net(Tensor::from(std::vector{story[i]}, {1, 1}), again).to_vector<float>();
    CHECK(std::max_element(one.begin(), one.end()) - one.begin() == story[i + 1]);
    float furthest = 0;
    for (std::size_t j = 0; j < one.size(); ++j)
      furthest = std::max(furthest, std::abs(one[j] - wanted[i * one.size() + j]));
    CHECK(furthest < 1e-5F);
    if (i == 1) plans = graph::cached_plans().size();
  }
  CHECK(graph::cached_plans().size() == plans);
}

}  // namespace

TEST_CASE("llama: models have their golden logits, and tell their stories token by token") {
  check("stories260K.bin", "stories260K");
  check("babyllama-tok105.bin", "babyllama-tok105");
}

TEST_CASE("cache: a position too many, and keys of another shape, are refused") {
  nn::KeyValueCache cache(4);
  cache.append(zeros({1, 2, 3, 8}), zeros({1, 2, 3, 8}));
  CHECK_THROWS_WITH_AS(cache.append(zeros({1, 2, 2, 8}), zeros({1, 2, 2, 8})),
                       doctest::Contains("2 positions behind 3 do not fit"), ValueError);
  CHECK_THROWS_WITH_AS(cache.append(zeros({1, 1, 1, 8}), zeros({1, 1, 1, 8})),
                       doctest::Contains("do not fit each other"), ShapeError);
  cache.truncate(1);
  CHECK(cache.length() == 1);
}

TEST_CASE("cache: rows change their places, and may become more") {
  nn::KeyValueCache cache(2);
  cache.reorder(tensor({1, 0}));
  CHECK(!cache.keys().defined());
  cache.append(reshape(arange(2), {2, 1, 1, 1}), reshape(arange(2) + 10, {2, 1, 1, 1}));
  cache.reorder(tensor({1, 0, 1}));
  CHECK(cache.keys().to_vector<int>() == std::vector{1, 0, 0, 0, 1, 0});
  CHECK(cache.values().to_vector<int>() == std::vector{11, 0, 10, 0, 11, 0});
  CHECK(cache.length() == 1);
}
