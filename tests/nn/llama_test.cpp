// A language model made of the blocks: Llama in the files of llama2.c, against their golden logits
// and greedy tokens.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "fathom/fathom.h"
#include "fathom/graph/plan.h"
#include "fathom/io/file.h"
#include "fathom/io/npy.h"
#include "tests/io/support.h"

using namespace fathom;

namespace {

struct Sizes {
  std::int32_t dim, hidden, layers, heads, groups, vocabulary, positions;
  std::int64_t head() const { return dim / heads; }
};

struct Layer {
  Sizes s;
  nn::RMSNorm attention_norm, feed_forward_norm;
  nn::Linear wq, wk, wv, wo;
  nn::GatedFeedForward feed_forward;
  explicit Layer(const Sizes& s)
      : s(s),
        attention_norm(s.dim, {.epsilon = 1e-5}),
        feed_forward_norm(s.dim, {.epsilon = 1e-5}),
        wq(s.dim, s.heads * s.head(), false),
        wk(s.dim, s.groups * s.head(), false),
        wv(s.dim, s.groups * s.head(), false),
        wo(s.heads * s.head(), s.dim, false),
        feed_forward(s.dim, s.hidden) {}

  /// x (B, n, dim) at positions that begin behind what the cache has.
  Tensor operator()(const Tensor& x, nn::KeyValueCache& cache) const {
    const std::int64_t n = x.shape()[1];
    const Tensor positions = arange(n) + cache.length();
    const RotaryFrequencies by = rotary_frequencies(s.head());
    const auto split = [&](const Tensor& t) {
      return transpose(reshape(t, {t.shape()[0], n, -1, s.head()}), 1, 2);
    };
    const Tensor t = attention_norm(x);
    cache.append(rotate_positions(split(wk(t)), positions, by, true), split(wv(t)));
    const Tensor y = cache.attend(rotate_positions(split(wq(t)), positions, by, true));
    const Tensor h = x + wo(reshape(transpose(y, 1, 2), {x.shape()[0], n, -1}));
    return h + feed_forward(feed_forward_norm(h));
  }
};

struct Llama {
  Sizes s{};
  Tensor table;
  std::vector<Layer> layers;
  nn::RMSNorm norm{1};

  explicit Llama(const std::string& path) {
    const std::string file = io::read_text(path);
    std::memcpy(&s, file.data(), sizeof s);
    REQUIRE(file.size() > sizeof s);
    const char* at = file.data() + sizeof s;
    const auto take = [&](const Shape& shape) {
      std::vector<float> numbers(static_cast<std::size_t>(shape.size()));
      std::memcpy(numbers.data(), at, numbers.size() * sizeof(float));
      at += numbers.size() * sizeof(float);
      return Tensor::from(numbers, shape);
    };
    table = take({s.vocabulary, s.dim});
    for (int i = 0; i < s.layers; ++i) layers.emplace_back(s);
    const auto each = [&](const auto& get) {
      for (Layer& layer : layers) {
        Param& p = get(layer);
        p = take(p.shape());
      }
    };
    each([](Layer& l) -> Param& { return l.attention_norm.weight; });
    each([](Layer& l) -> Param& { return l.wq.weight; });
    each([](Layer& l) -> Param& { return l.wk.weight; });
    each([](Layer& l) -> Param& { return l.wv.weight; });
    each([](Layer& l) -> Param& { return l.wo.weight; });
    each([](Layer& l) -> Param& { return l.feed_forward_norm.weight; });
    each([](Layer& l) -> Param& { return l.feed_forward.gate_proj.weight; });
    each([](Layer& l) -> Param& { return l.feed_forward.down_proj.weight; });
    each([](Layer& l) -> Param& { return l.feed_forward.up_proj.weight; });
    norm = nn::RMSNorm(s.dim, {.epsilon = 1e-5});
    norm.weight = take({s.dim});
  }

  std::vector<nn::KeyValueCache> caches(std::int64_t capacity) const {
    return std::vector<nn::KeyValueCache>(layers.size(), nn::KeyValueCache(capacity));
  }
  /// Logits (n, vocabulary) of n tokens behind those in the caches.
  Tensor operator()(const Tensor& tokens, std::vector<nn::KeyValueCache>& caches) const {
    Tensor x = unsqueeze(embedding(tokens, table), 0);
    for (std::size_t i = 0; i < layers.size(); ++i) x = layers[i](x, caches[i]);
    return matmul(squeeze(norm(x), 0), transpose(table, 0, 1));
  }
};

void check(const std::string& model, const std::string& golden) {
  const std::string folder = test::data_file("language models of llama2.c", "");
  if (folder.empty()) return;
  const Llama net(folder + "llama/" + model);
  const Tensor tokens = io::load_npy(folder + "golden/" + golden + "_greedy_tokens.npy");
  const Tensor logits = io::load_npy(folder + "golden/" + golden + "_logits.npy");
  const auto scope = nn::inference();
  auto caches = net.caches(64);
  const std::int64_t count = logits.shape()[0];
  const Tensor given = cast(slice(tokens, 0, 0, count), DType::i64);
  const Tensor all = net(given, caches).eval();
  CHECK(max(abs(all - logits)).item() < 1e-4);

  // The same, token by token, each the likeliest behind those before; all by one plan.
  const std::vector<std::int64_t> story = given.to_vector<std::int64_t>();
  const std::vector<float> wanted = all.to_vector<float>();
  auto again = net.caches(64);
  std::size_t plans = 0;
  for (std::size_t i = 0; i + 1 < story.size(); ++i) {
    const std::vector<float> one = net(tensor({story[i]}), again).to_vector<float>();
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
