// What the graph keeps in memory: per-output references, long chains, nothing left behind.
#include <doctest/doctest.h>

#include <algorithm>

#include "fathom/fathom.h"
#include "fathom/graph/context.h"
#include "fathom/graph/plan.h"

using namespace fathom;

namespace {
Tensor big(float value) { return full({1 << 16}, value).eval(); }  // 256 KB
constexpr std::size_t big_bytes = std::size_t{1} << 18;
}  // namespace

TEST_CASE("memory: a kept loss does not keep its gradients") {
  const std::size_t start = live_bytes();
  std::vector<Tensor> losses;
  {
    const Tensor w = big(1);
    for (int i = 0; i < 8; ++i) {
      std::vector<Tensor> group{mean(square(w * 2)), w};
      graph::gradient_group(group);
      eval(group);
      CHECK(group[1].data<float>()[5] == doctest::Approx(8.0 / (1 << 16)));
      losses.push_back(group[0]);
    }
  }
  CHECK(live_bytes() - start < big_bytes);
  for (const Tensor& loss : losses) CHECK(loss.item() == 4);
}

TEST_CASE("memory: a kept gradient keeps neither the loss's inputs nor other gradients") {
  const std::size_t start = live_bytes();
  Tensor kept;
  {
    const Tensor a = big(1), b = big(2), x = big(3);
    std::vector<Tensor> g = gradients(sum(a * b * x), {a, b});
    eval(g);
    kept = g[1];
  }
  CHECK(live_bytes() - start < 2 * big_bytes);
  CHECK(kept.data<float>()[7] == 3.f);
}

TEST_CASE("memory: an evaluated tensor lets go of what it was made from") {
  const std::size_t start = live_bytes();
  Tensor y;
  {
    Tensor x = big(1);
    for (int i = 0; i < 10; ++i) x = (exp(x) / (x + 1)).eval();
    y = x;
  }
  CHECK(live_bytes() - start < 2 * big_bytes);
  y = {};
  CHECK(live_bytes() == start);
}

TEST_CASE("memory: operations with several outputs leave nothing behind") {
  const Tensor x = ones({8, 600}).eval(), w = ones({600}).eval();
  const Tensor target = zeros({8}, DType::i64).eval();
  const auto step = [&] {
    layer_norm(x, w, w).eval();
    cross_entropy(x, target).eval();
    batch_norm(x, w, w).y.eval();
    eval(gradients(sum(layer_norm(x, w, w)), {x, w}));
  };
  step();
  const std::size_t bytes = live_bytes();
  const std::size_t nodes = graph::context().pending_nodes;
  for (int i = 0; i < 5; ++i) step();
  CHECK(live_bytes() == bytes);
  CHECK(graph::context().pending_nodes == nodes);
}

TEST_CASE("memory: a chain of a million nodes, evaluated and destroyed") {
  Tensor x = zeros({}).eval();
  for (int i = 0; i < 1000000; ++i) x = x + 1;
  CHECK(x.item() == 1000000);
}

TEST_CASE("memory: a million diamonds") {
  Tensor y = zeros({4}).eval();
  for (int i = 0; i < 1000000; ++i) y = y + y;
  CHECK(y.to_vector<float>() == std::vector<float>(4, 0.f));
}

TEST_CASE("memory: a million unevaluated nodes are destroyed without recursion") {
  const std::size_t before = graph::context().pending_nodes;
  {
    Tensor chain = zeros({}).eval();
    const graph::RecordingScope recording;  // which holds the flush off
    Tensor diamonds = chain;
    for (int i = 0; i < 1000000; ++i) {
      chain = exp(chain);
      diamonds = diamonds * diamonds;
    }
    CHECK(graph::context().pending_nodes == before + 2000000);
  }
  CHECK(graph::context().pending_nodes == before);
}

TEST_CASE("memory: freed blocks are used again") {
  for (int i = 0; i < 3; ++i) big(1);
  const std::size_t start = live_bytes();
  reset_peak_bytes();
  for (int i = 0; i < 100; ++i) big(static_cast<float>(i));
  CHECK(live_bytes() == start);
  CHECK(peak_bytes() <= start + 3 * big_bytes);
}
