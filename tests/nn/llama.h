// Llama made of the library's blocks, in the files of llama2.c: a language model for tests.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "fathom/fathom.h"
#include "fathom/io/file.h"

namespace fathom::test {

struct LlamaSizes {
  std::int32_t dim, hidden, layers, heads, groups, vocabulary, positions;
  std::int64_t head() const { return dim / heads; }
};

struct LlamaLayer {
  LlamaSizes s;
  nn::RMSNorm attention_norm, feed_forward_norm;
  nn::Linear wq, wk, wv, wo;
  nn::GatedFeedForward feed_forward;
  explicit LlamaLayer(const LlamaSizes& s)
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
  LlamaSizes s{};
  Tensor table;
  std::vector<LlamaLayer> layers;
  nn::RMSNorm norm{1};

  explicit Llama(const std::string& path) {
    const std::string file = io::read_text(path);
    std::memcpy(&s, file.data(), sizeof s);
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
      for (LlamaLayer& layer : layers) {
        Param& p = get(layer);
        p = take(p.shape());
      }
    };
    each([](LlamaLayer& l) -> Param& { return l.attention_norm.weight; });
    each([](LlamaLayer& l) -> Param& { return l.wq.weight; });
    each([](LlamaLayer& l) -> Param& { return l.wk.weight; });
    each([](LlamaLayer& l) -> Param& { return l.wv.weight; });
    each([](LlamaLayer& l) -> Param& { return l.wo.weight; });
    each([](LlamaLayer& l) -> Param& { return l.feed_forward_norm.weight; });
    each([](LlamaLayer& l) -> Param& { return l.feed_forward.gate_proj.weight; });
    each([](LlamaLayer& l) -> Param& { return l.feed_forward.down_proj.weight; });
    each([](LlamaLayer& l) -> Param& { return l.feed_forward.up_proj.weight; });
    norm = nn::RMSNorm(s.dim, {.epsilon = 1e-5});
    norm.weight = take({s.dim});
  }

  std::vector<nn::KeyValueCache> caches(std::int64_t capacity) const {
    return std::vector<nn::KeyValueCache>(layers.size(), nn::KeyValueCache(capacity));
  }
  /// Logits (B, n, vocabulary) of n tokens (B, n) behind those in the caches.
  Tensor operator()(const Tensor& tokens, std::vector<nn::KeyValueCache>& caches) const {
    Tensor x = embedding(tokens, table);
    for (std::size_t i = 0; i < layers.size(); ++i) x = layers[i](x, caches[i]);
    return linear(norm(x), table);
  }
};

}  // namespace fathom::test
