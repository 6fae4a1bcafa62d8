// Updates of tables by sums of rows: the same bits as by the whole gradient, for any number of
// threads, and nothing as large as the table is written for them.
#include <doctest/doctest.h>

#include "fathom/backend/cpu/pool.h"
#include "fathom/fathom.h"
#include "fathom/graph/plan.h"
#include "fathom/ops/row_sums.h"
#include "tests/ops/compare.h"

namespace fathom::test {
namespace {

constexpr std::int64_t count = 3000, dim = 20;

struct BagNet {
  nn::EmbeddingBag bag{count, dim};
  nn::Linear out{dim, 3};
};

struct Words {
  Tensor tokens, offsets, labels;
};

Words words(std::int64_t step) {
  const Tensor tokens = randint(0, count, {400}, full({}, 100 + step, DType::i64));
  return {tokens.eval(), (arange(40) * 10).eval(), (arange(40) % 3).eval()};
}

Tensor loss_of(const BagNet& net, const Words& w) {
  return cross_entropy(net.out(net.bag(w.tokens, w.offsets)), w.labels);
}

BagNet fresh_bag() {
  seed(7);
  BagNet net;
  nn::eval(net);
  return net;
}

/// The table after some steps; `whole` has the gradient computed before the optimizer sees it.
template <class Optimizer>
Tensor trained(Optimizer optimizer, bool whole, BagNet net = fresh_bag()) {
  for (std::int64_t step = 0; step < 4; ++step) {
    const auto [loss, gradients] = value_and_grad(loss_of)(net, words(step));
    if (whole) nn::eval(gradients);
    optimizer.step(net, gradients);
  }
  return net.bag.weight;
}

template <class F> void for_each_row_optimizer(F check) {
  check("sgd", optim::Sgd{.learning_rate = 0.1});
  check("sgd, decay", optim::Sgd{.learning_rate = 0.1, .weight_decay = 0.01});
  check("sgd, momentum", optim::Sgd{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true});
  check("adam", optim::Adam{.learning_rate = 0.01});
  check("adam, amsgrad and decay", optim::Adam{.weight_decay = 0.1, .amsgrad = true});
  check("adam without epsilon", optim::Adam{.epsilon = 0});
  check("adamw", optim::AdamW{.learning_rate = 0.01});
  check("sparse_adam", optim::SparseAdam{.learning_rate = 0.01});
  check("adagrad", optim::Adagrad{.learning_rate = 0.1});
  check("adagrad, decay", optim::Adagrad{.learning_rate = 0.1, .weight_decay = 0.1});
  check("rmsprop", optim::RmsProp{});
}

/// Puts the number of threads back.
struct ThreadScope {
  int before = cpu::threads();
  ~ThreadScope() { cpu::set_threads(before); }
};

}  // namespace

TEST_CASE("tables: an update by rows has the bits of one by the whole gradient") {
  const ThreadScope scope;
  for_each_row_optimizer([](const char* name, auto optimizer) {
    INFO(name);
    cpu::set_threads(1);
    const Tensor wanted = trained(optimizer, true);
    for (const int threads : {1, 2, 3, 8}) {
      cpu::set_threads(threads);
      CHECK(bit_difference(trained(optimizer, false), wanted) == "");
    }
  });
}

TEST_CASE("tables: rows that are shortened and scaled by their number make a sum of rows, too") {
  BagNet net = fresh_bag();
  net.bag.options.max_norm = 4;
  net.bag.options.scale_grad_by_freq = true;
  const optim::Adam adam{.learning_rate = 0.01};
  CHECK(bit_difference(trained(adam, false, net), trained(adam, true, net)) == "");
  CHECK(bit_difference(trained(adam, false, net), trained(adam, false)) != "");
  const Words w = words(0);
  const auto rows_in = [&](const auto& loss) {
    const auto parts = ops::row_sums_parts(value_and_grad(loss)(net).gradients.bag.weight);
    return parts ? parts->to.size() : 0;
  };
  CHECK(rows_in([&](const BagNet& n) { return loss_of(n, w); }) == 400);
  CHECK(rows_in([&](const BagNet& n) {
          return sum(square(embedding(
              w.tokens, n.bag.weight,
              {.padding_idx = 0, .max_norm = 4, .norm_type = 1, .scale_grad_by_freq = true})));
        }) == 400);
}

TEST_CASE("tables: the gradient can be read, and is that of the definition") {
  const BagNet net = fresh_bag();
  const auto of_table = [&] { return value_and_grad(loss_of)(net, words(0)).gradients.bag.weight; };
  const Tensor rows = of_table();
  CHECK(!rows.evaluated());
  CHECK(rows.shape() == Shape{count, dim});
  const Tensor wanted = on_device(Device::reference, [&] { return Tensors{of_table()}; })[0];
  CHECK(max(abs(rows - wanted)).item() < 1e-7);
  // What is read later belongs to the step that it was made in.
  BagNet other = net;
  optim::Sgd sgd{.learning_rate = 1};
  const auto [loss, gradients] = value_and_grad(loss_of)(other, words(0));
  sgd.step(other, gradients);
  CHECK(equal(gradients.bag.weight, rows));
  CHECK(max(abs(net.bag.weight - rows - other.bag.weight)).item() < 1e-6);
}

TEST_CASE("tables: a step plans no gradient of the table's size") {
  BagNet net = fresh_bag();
  optim::Adam adam;
  const auto step = [&] {
    const auto [loss, gradients] = value_and_grad(loss_of)(net, words(0));
    adam.step(net, gradients);
  };
  step();
  graph::clear_plan_cache();
  step();
  const auto plans = graph::cached_plans();
  REQUIRE(!plans.empty());
  const std::string plan = plans.front()->describe();
  INFO(plan);
  CHECK(plan.find("adam_update (3000, 20) by 400 rows") != plan.npos);
  CHECK(plans.front()->executable->scratch_bytes() < count * dim * sizeof(float));
}

TEST_CASE("tables: what is read twice, tied or computed has its gradient") {
  const BagNet net = fresh_bag();
  const Words w = words(1);
  const auto check = [&](auto loss) {
    const auto gradient = [&] { return Tensors{value_and_grad(loss)(net).gradients.bag.weight}; };
    const Tensor wanted = on_device(Device::reference, gradient)[0];
    CHECK(max(abs(gradient()[0] - wanted)).item() <= 2e-6 * max(abs(wanted)).item());
    CHECK(max(abs(wanted)).item() > 0);
  };
  check([&](const BagNet& n) {
    return sum(square(embedding(w.tokens, n.bag.weight))) +
           sum(embedding_bag(w.tokens, n.bag.weight, {.offsets = w.offsets}));
  });
  check([&](const BagNet& n) {  // the table gives the logits, too
    const Tensor x = n.bag(w.tokens, w.offsets);
    return mean(square(matmul(x, transpose(n.bag.weight))));
  });
  check([&](const BagNet& n) { return sum(square(embedding(w.tokens, n.bag.weight * 2))); });
  check([&](const BagNet& n) {  // of a gradient
    const Tensor x = n.bag(w.tokens, w.offsets);
    const Tensor inner = gradients(sum(x * x * x), {n.bag.weight})[0];
    return sum(inner * n.bag.weight);
  });
}

}  // namespace fathom::test
