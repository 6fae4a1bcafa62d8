// Lazy evaluation: when values are computed, how often, and what an error leaves behind.
#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "fathom/fathom.h"
#include "fathom/graph/context.h"
#include "fathom/graph/plan.h"

using namespace fathom;

namespace {
std::uint64_t runs() {
  const auto s = graph::plan_statistics();
  return s.hits + s.misses;
}
Tensor ascending(std::int64_t n = 20) { return arange(n, DType::f32).eval(); }
}  // namespace

TEST_CASE("lazy: nothing is computed until somebody looks") {
  const Tensor x = ascending();
  const auto before = runs();
  const Tensor y = exp(x) * 2;
  CHECK(!y.evaluated());
  CHECK(runs() == before);
  CHECK(y.shape() == Shape{20});
  CHECK(!y.evaluated());
  CHECK(y.data<float>()[0] == 2.f);
  CHECK(y.evaluated());
  CHECK(runs() == before + 1);
  std::ostringstream text;
  text << sum(x);
  CHECK(text.str() == "190.0");
  CHECK(runs() == before + 2);
}

TEST_CASE("lazy: x += y gives the variable another value, and no other handle") {
  Tensor x = tensor({1.F, 2.F});
  const Tensor before = x;
  ((x += 3) *= tensor({2.F, 1.F})) -= 1;
  x /= 2;
  CHECK(x.to_vector<float>() == std::vector<float>{3.5F, 2});
  CHECK(before.to_vector<float>() == std::vector<float>{1, 2});
  Param weight = ones({2});
  weight -= 0.5 * before;
  CHECK(weight.to_vector<float>() == std::vector<float>{0.5F, 0});
  try {
    x += ones({3});
    FAIL("no error");
  } catch (const ShapeError& e) {
    CHECK(std::string(e.what()).find("lazy_test.cpp") != std::string::npos);
  }
  CHECK(x.size() == 2);
}

TEST_CASE("lazy: a held intermediate value is computed once, with what needs it") {
  const Tensor x = ascending();
  const Tensor y = exp(x);
  const Tensor z = y + 1;
  const Tensor w = y * 2;
  const auto before = runs();
  z.eval();
  CHECK(y.evaluated());
  CHECK(!w.evaluated());
  CHECK(runs() == before + 1);
  CHECK(y.data<float>()[0] == 1.f);
  CHECK(runs() == before + 1);
  w.eval();  // from y's value
  CHECK(runs() == before + 2);
  const auto plan = graph::cached_plans().front();
  CHECK(graph::print(plan->program).find("exp") == std::string::npos);
}

TEST_CASE("lazy: several tensors evaluate as one plan") {
  const Tensor x = ascending();
  const std::vector<Tensor> both{exp(x), log(x + 1)};
  const auto before = runs();
  eval(both);
  CHECK(runs() == before + 1);
  CHECK(both[0].evaluated());
  CHECK(both[1].evaluated());
  eval(both);
  CHECK(runs() == before + 1);
}

TEST_CASE("lazy: what nobody holds is not computed") {
  graph::clear_plan_cache();
  const Tensor x = ascending();
  { const Tensor dropped = exp(x); }
  sin(x).eval();
  CHECK(graph::print(graph::cached_plans().front()->program).find("exp") == std::string::npos);
  // Neither is a gradient whose handle is gone: the plan is forward only.
  Tensor loss;
  {
    const Tensor w = ones({20}).eval();
    std::vector<Tensor> group{sum(exp(x * w)), w};
    graph::gradient_group(group);
    loss = group[0];
  }
  loss.eval();
  int reductions = 0;
  for (const graph::Instruction& i : graph::cached_plans().front()->program.instructions)
    reductions += i.op->name == "reduce";
  CHECK(reductions == 1);
  CHECK(graph::cached_plans().front()->program.outputs.size() == 1);
}

TEST_CASE("lazy: pending work is bounded") {
  Tensor x = zeros({}).eval();
  std::size_t most = 0;
  for (int i = 0; i < 20000; ++i) {
    x = x + 1;
    most = std::max(most, graph::context().pending_nodes);
  }
  CHECK(most <= graph::pending_node_limit + 1);
  CHECK(x.item() == 20000);
  // In bytes too: 64 tensors of 64 MB would be 4 GB, waiting to be computed or to be read.
  reset_peak_bytes();
  const auto before = peak_bytes();
  Tensor big = zeros({std::int64_t{16} << 20});
  for (int i = 0; i < 64; ++i) big = big + 1;
  CHECK(select(big, 0, 0).item() == 64);
  for (int i = 0; i < 64; ++i) big = big + zeros(big.shape()).eval();
  CHECK(select(big, 0, 0).item() == 64);
  CHECK(peak_bytes() - before <= (graph::kept_byte_limit + (std::size_t{256} << 20)));
}

TEST_CASE("lazy: what many wait to read counts once") {
  const Tensor shared = zeros({static_cast<std::int64_t>(graph::kept_byte_limit / 16)}).eval();
  std::vector<Tensor> sums;
  for (int i = 0; i < 16; ++i) sums.push_back(sum(shared + i));
  CHECK(!sums[0].evaluated());
  CHECK(sums[1].item() == static_cast<float>(shared.size()));
}

TEST_CASE("lazy: an eager scope computes at once and changes no bit") {
  const Tensor x = ascending() / 7;
  const Tensor lazy = softmax(tanh(x) * 3 + x);
  Tensor eager;
  {
    const EagerScope scope;
    const Tensor y = tanh(x) * 3;
    CHECK(y.evaluated());
    eager = softmax(y + x);
    CHECK(eager.evaluated());
  }
  CHECK(!exp(x).evaluated());
  CHECK(eager.to_vector<float>() == lazy.to_vector<float>());
}

TEST_CASE("lazy: item() inside a recording keeps the gradient's path") {
  const Tensor w = tensor({3.f});
  Tensor loss;
  {
    const graph::RecordingScope recording;
    const Tensor y = w * w;
    CHECK(y.item() == 9);
    loss = sum(y * (y.item() > 5 ? 2 : 1));
  }
  CHECK(gradients(loss, {w})[0].item() == 12);
}

TEST_CASE("lazy: an error while computing leaves the graph as it was") {
  const Tensor x = ascending();
  const Tensor index = Tensor::from(std::vector<std::int64_t>{3, 25});
  const Tensor good = exp(x);
  const Tensor bad = take(good, index) + 1;
  for (int i = 0; i < 2; ++i) {
    CHECK_THROWS_AS(bad.eval(), IndexError);
    CHECK(!bad.evaluated());
  }
  CHECK(good.data<float>()[0] == 1.f);
  CHECK_THROWS_AS(bad.eval(), IndexError);
  CHECK(take(good, slice(index, 0, 0, 1)).item<float>() == doctest::Approx(std::exp(3.)));
}

TEST_CASE("lazy: empty tensors go through everything") {
  const Tensor x = zeros({0, 3});
  const Tensor y = relu(matmul(x, ones({3, 4})) + 1);
  CHECK(y.shape() == Shape{0, 4});
  CHECK(y.eval().to_vector<float>().empty());
  CHECK(sum(y).item() == 0);
  CHECK(concat({y, ones({2, 4})}).to_vector<float>() == std::vector<float>(8, 1.f));
  CHECK(to_string(y) == "[] f32 (0, 4)");
  const Tensor g = gradients(sum(exp(x)), {x})[0];
  CHECK(g.shape() == Shape{0, 3});
  CHECK(g.eval().evaluated());
}
