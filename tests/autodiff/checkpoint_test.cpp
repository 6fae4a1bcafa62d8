// Checkpointing: the same bits with less memory.
#include "fathom/autodiff/checkpoint.h"

#include <doctest/doctest.h>

#include "fathom/fathom.h"
#include "fathom/graph/plan.h"

using namespace fathom;

namespace {

struct Deep {
  std::vector<nn::Linear> layers;
  explicit Deep(int depth) {
    for (int i = 0; i < depth; ++i) layers.emplace_back(64, 64);
  }
  static constexpr auto members() { return fathom::members<&Deep::layers>(); }
  Tensor block(const Tensor& x, std::size_t begin, std::size_t end) const {
    Tensor h = x;
    for (std::size_t i = begin; i < end; ++i) h = tanh(layers[i](h));
    return h;
  }
};

struct Outcome {
  std::vector<float> gradient;
  double loss;
  std::size_t scratch;
};

Outcome run(const Deep& net, const Tensor& x, bool checkpointed) {
  const auto loss = [&](const Deep& n) {
    Tensor h = x;
    for (std::size_t i = 0; i < n.layers.size(); i += 4) {
      const auto block = [&](const Tensor& in) { return n.block(in, i, i + 4); };
      h = checkpointed ? checkpoint(block, h) : block(h);
    }
    return mean(square(h));
  };
  auto [value, g] = value_and_grad(loss)(net);
  std::vector<Tensor> all{value};
  for (const nn::Linear& l : g.layers) all.push_back(l.weight);
  eval(all);
  const std::size_t scratch = graph::cached_plans().front()->executable->scratch_bytes();
  std::vector<float> gradient;
  for (std::size_t i = 1; i < all.size(); ++i)
    for (const float f : all[i].to_vector<float>()) gradient.push_back(f);
  return {gradient, value.item(), scratch};
}

}  // namespace

TEST_CASE("checkpoint: values and gradients keep every bit, with less memory") {
  const Deep net(16);
  const Tensor x = sin(reshape(arange(0.0, 512.0 * 64), {512, 64})).eval();
  nn::eval(net);
  const Outcome plain = run(net, x, false), checkpointed = run(net, x, true);
  CHECK(plain.loss == checkpointed.loss);
  CHECK(plain.gradient == checkpointed.gradient);
  CHECK(checkpointed.scratch < plain.scratch * 7 / 10);
}
