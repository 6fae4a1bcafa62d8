// What holds for every optimizer: resume, threads, memory, groups, errors.
#include <doctest/doctest.h>

#include <cmath>

#include "fathom/backend/cpu/pool.h"
#include "fathom/fathom.h"
#include "fathom/graph/plan.h"
#include "fathom/io/safetensors.h"
#include "tests/ops/compare.h"
#include "tests/optim/optimizers.h"

using namespace fathom;
using test::bit_difference;
using test::for_each_optimizer;

namespace {

struct TwoParams {
  Param w, b;
};

Tensor numbers(const Shape& shape, std::uint64_t stream) {
  return random_normal(shape, make_key(11, stream)).eval();
}
TwoParams fresh(std::int64_t rows = 70) { return {numbers({rows, 33}, 0), numbers({rows}, 1)}; }
TwoParams gradient(std::uint64_t step, std::int64_t rows = 70) {
  return {numbers({rows, 33}, 2 * step + 2), numbers({rows}, 2 * step + 3)};
}

template <class Optimizer> TwoParams run(Optimizer optimizer, int steps, std::int64_t rows = 70) {
  TwoParams net = fresh(rows);
  for (int i = 0; i < steps; ++i)
    optimizer.step(net, gradient(static_cast<std::uint64_t>(i), rows));
  return net;
}

}  // namespace

TEST_CASE("every optimizer resumes from its saved state with the same bits") {
  for_each_optimizer([](const char* name, auto optimizer) {
    INFO(std::string(name));
    auto straight = optimizer, stopped = optimizer, resumed = optimizer;
    TwoParams expected = fresh(), before = fresh();
    for (std::uint64_t i = 0; i < 8; ++i) straight.step(expected, gradient(i));
    for (std::uint64_t i = 0; i < 5; ++i) stopped.step(before, gradient(i));
    const auto file = io::safetensors_bytes(optim::named_state(stopped.state, before), {});
    resumed.state = optim::state_from(before, io::parse_safetensors(file).tensors, "memory");
    TwoParams net = before;
    for (std::uint64_t i = 5; i < 8; ++i) resumed.step(net, gradient(i));
    CHECK(bit_difference(net.w, expected.w) == "");
    CHECK(bit_difference(net.b, expected.b) == "");
    // A copy of the optimizer is a snapshot, too.
    for (std::uint64_t i = 5; i < 8; ++i) stopped.step(before, gradient(i));
    CHECK(bit_difference(before.w, expected.w) == "");
  });
}

TEST_CASE("every optimizer gives the same bits for any number of threads") {
  const int threads = cpu::threads();
  for_each_optimizer([](const char* name, const auto& optimizer) {
    INFO(std::string(name));
    cpu::set_threads(1);
    const TwoParams one = run(optimizer, 3, 2000);
    for (const int n : {2, 3}) {
      cpu::set_threads(n);
      const TwoParams more = run(optimizer, 3, 2000);
      CHECK(bit_difference(one.w, more.w) == "");
      CHECK(bit_difference(one.b, more.b) == "");
    }
  });
  cpu::set_threads(threads);
}

TEST_CASE("every optimizer updates in place, by one plan") {
  for_each_optimizer([](const char* name, auto optimizer) {
    INFO(std::string(name));
    TwoParams net = fresh();
    const auto step = [&](std::uint64_t i) {  // with gradients that the step computes, by products
      const auto product = [&](const Shape& a, const Shape& b) {
        return matmul(numbers(a, i), numbers(b, i + 100));
      };
      optimizer.step(net,
                     TwoParams{product({70, 5}, {5, 33}), reshape(product({70, 4}, {4, 1}), {70})});
    };
    for (std::uint64_t i = 0; i < 3; ++i) step(i);
    std::uint64_t in_memory = 0;
    for (const optim::ParamState& p : optimizer.state) {
      ++in_memory;
      for (const Tensor& slot : p.slots) in_memory += slot.bytes() > 64;
    }
    const auto before = graph::plan_statistics();
    for (std::uint64_t i = 3; i < 9; ++i) {
      optimizer.learning_rate = 0.001 * static_cast<double>(i);  // a schedule is no new plan
      if constexpr (requires { optimizer.relative_step; }) optimizer.relative_step = false;
      step(i);
    }
    const auto after = graph::plan_statistics();
    CHECK(after.misses == before.misses);
    CHECK(after.donated - before.donated == 6 * in_memory);
  });
}

TEST_CASE("parameter groups change options for what they choose, and their changes add up") {
  optim::AdamW adam{.learning_rate = 0.1, .weight_decay = 0.5};
  adam.groups = {{optim::vectors, [](auto& o) { o.weight_decay = 0; }},
                 {optim::below("b"), [](auto& o) { o.learning_rate *= 0.1; }}};
  TwoParams net = fresh();
  for (std::uint64_t i = 0; i < 3; ++i) adam.step(net, gradient(i));
  const TwoParams plain = run(optim::AdamW{.learning_rate = 0.1, .weight_decay = 0.5}, 3);
  const TwoParams slow = run(optim::AdamW{.learning_rate = 0.1 * 0.1, .weight_decay = 0}, 3);
  CHECK(bit_difference(net.w, plain.w) == "");
  CHECK(bit_difference(net.b, slow.b) == "");
  CHECK(optim::below("layers.1")({.name = "layers.1.weight", .tensor = {}}));
  CHECK_FALSE(optim::below("layers.1")({.name = "layers.10.weight", .tensor = {}}));
}

TEST_CASE("a parameter that thaws late is stepped as from the start") {
  optim::Adam adam, late;
  TwoParams net = fresh(), other = fresh();
  net.b.frozen = true;
  for (std::uint64_t i = 0; i < 4; ++i) adam.step(net, gradient(i));
  CHECK(bit_difference(net.b, other.b) == "");
  net.b.frozen = false;
  adam.step(net, gradient(9));
  late.step(other, gradient(9));
  CHECK(bit_difference(net.b, other.b) == "");
}

TEST_CASE("half parameters keep f32 state and move") {
  const auto halves = [](const TwoParams& n) {
    return TwoParams{cast(n.w, DType::bf16).eval(), cast(n.b, DType::f16).eval()};
  };
  optim::Adam adam{.learning_rate = 0.1};
  TwoParams net = halves(fresh());
  const TwoParams before = net;
  adam.step(net, halves(gradient(0)));
  CHECK(net.w.dtype() == DType::bf16);
  CHECK(adam.state[0].slots[0].dtype() == DType::f32);
  const auto moved = [](const Tensor& a, const Tensor& b) {  // Adam's first step is lr at most
    return abs(abs(cast(a, DType::f32) - cast(b, DType::f32)) - 0.1);
  };
  CHECK(max(moved(before.w, net.w)).item() < 0.02);
  CHECK(max(moved(before.b, net.b)).item() < 0.005);
}

TEST_CASE("optimizers refuse bad options and gradients") {
  TwoParams net = fresh();
  const TwoParams g = gradient(0);
  const TwoParams start = net;
  CHECK_THROWS_AS((optim::Adam{.learning_rate = -1}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::Adam{.beta1 = 1}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::AdamW{.beta2 = -0.1}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::Adamax{.epsilon = -1}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::NAdam{.momentum_decay = -1}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::RAdam{.weight_decay = std::nan("")}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::Lion{.beta2 = 2}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::Sgd{.momentum = -1}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::Sgd{.nesterov = true}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::Asgd{.learning_rate = -1}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::Rprop{.eta_minus = 1.5}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::Adagrad{.initial_accumulator = -1}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::Adadelta{.rho = 1.5}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::RmsProp{.alpha = -1}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::Adafactor{.d = 0.5}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::HfAdafactor{.learning_rate = 0.1}.step(net, g)), ValueError);
  CHECK_THROWS_AS((optim::HfAdafactor{.relative_step = false}.step(net, g)), ValueError);
  optim::Adam adam;
  CHECK_THROWS_AS((adam.step(net, TwoParams{g.w, zeros({3})})), ShapeError);
  CHECK_THROWS_AS(adam.step(net, TwoParams{cast(g.w, DType::f64), g.b}), ShapeError);
  struct Empty {
    nn::Dropout dropout;
  } empty;
  CHECK_THROWS_AS(optim::Adam{}.step(empty, empty), ValueError);
  adam.groups = {{optim::below("nowhere"), [](auto&) {}}};
  CHECK_THROWS_AS(adam.step(net, g), ValueError);
  adam.groups.clear();
  CHECK(bit_difference(net.w, start.w) == "");  // none of these changed anything
  CHECK(bit_difference(net.b, start.b) == "");
  adam.step(net, g);
  adam.amsgrad = true;
  CHECK_THROWS_AS(adam.step(net, g), ValueError);  // too late
  optim::RmsProp rmsprop;
  rmsprop.step(net, g);
  rmsprop.centered = true;
  CHECK_THROWS_AS(rmsprop.step(net, g), ValueError);
  auto named = optim::named_state(adam.state, net);
  named.emplace_back("other.0", zeros({3}));
  CHECK_THROWS_AS(optim::state_from(net, named, "x"), FormatError);
  named.assign({{"w.steps", zeros({}, DType::i64)}});
  CHECK_THROWS_AS(optim::state_from(net, named, "x"), FormatError);
  named = optim::named_state(adam.state, net);
  for (auto& [name, tensor] : named)
    if (name == "w.1") tensor = zeros({7});
  CHECK_THROWS_AS(optim::state_from(net, named, "x"), FormatError);
}
