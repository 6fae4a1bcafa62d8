// Sixty steps of every schedule against PyTorch's and Transformers', and bad options.
#include "fathom/optim/schedule.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "fathom/fathom.h"
#include "fathom/io/safetensors.h"

using namespace fathom;
using optim::Schedule;
namespace schedule = optim::schedule;

namespace {

const io::Safetensors& golden() {
  static const io::Safetensors file =
      io::load_safetensors(FATHOM_TEST_SOURCE "/golden/optim/schedules.safetensors");
  return file;
}
std::vector<double> numbers(const std::string& name) {
  const Tensor* t = golden().find(name);
  REQUIRE_MESSAGE(t, name);
  return t->to_vector<double>();
}

void check(const std::string& name, const Schedule& rate) {
  INFO(name);
  const std::vector<double> expected = numbers(name);
  REQUIRE(expected.size() == 60);
  for (std::size_t t = 0; t < expected.size(); ++t) {
    INFO("step ", t);
    // PyTorch's recursions stray from the closed forms by a few roundings.
    CHECK(std::abs(rate(static_cast<std::int64_t>(t)) - expected[t]) <= 1e-14);
  }
}

}  // namespace

TEST_CASE("sixty steps of every schedule equal PyTorch's") {
  const schedule::Cycle triangular{.base_rate = 0.01, .largest_rate = 0.1, .up = 7};
  const schedule::Cycle triangular2{.base_rate = 0.01,
                                    .largest_rate = 0.1,
                                    .up = 5,
                                    .down = 8,
                                    .mode = schedule::Cycle::Mode::triangular2};
  const schedule::Cycle exp_range{.base_rate = 0.01,
                                  .largest_rate = 0.1,
                                  .up = 6,
                                  .mode = schedule::Cycle::Mode::exp_range,
                                  .gamma = 0.97};
  const schedule::OneCycle one{.largest_rate = 0.3, .steps = 60};
  const schedule::OneCycle one_linear{.largest_rate = 0.3,
                                      .steps = 70,
                                      .rising = 0.4,
                                      .linear = true,
                                      .div_factor = 10,
                                      .final_div_factor = 100};
  const schedule::OneCycle one_three{.largest_rate = 0.3, .steps = 64, .three_phases = true};
  const std::map<std::string, Schedule> cases = {
      {"constant", schedule::constant(0.1, 0.25, 7)},
      {"constant_always", schedule::constant(0.1, 0.25, 0)},
      {"linear", schedule::linear(0.1, 0.2, 0.9, 13)},
      {"step", schedule::step(0.1, 9, 0.5)},
      {"multi_step", schedule::multi_step(0.1, {5, 20, 20, 41}, 0.3)},
      {"exponential", schedule::exponential(0.1, 0.95)},
      {"polynomial", schedule::polynomial(0.1, 40, 1.7)},
      {"cosine_annealing", schedule::cosine_annealing(0.1, 25, 0.01)},
      {"cosine_restarts", schedule::cosine_restarts(0.1, 11)},
      {"cosine_restarts_growing", schedule::cosine_restarts(0.1, 5, 2, 0.02)},
      {"lambda", schedule::lambda(0.1, [](double t) { return 1 / (1 + 0.1 * t); })},
      {"multiplicative",
       schedule::multiplicative(0.1, [](std::int64_t t) { return t % 3 ? 0.9 : 1.1; })},
      {"triangular", schedule::cyclic(triangular)},
      {"triangular.momentum", schedule::cyclic_momentum(triangular)},
      {"triangular2", schedule::cyclic(triangular2)},
      {"triangular2.momentum", schedule::cyclic_momentum(triangular2)},
      {"exp_range", schedule::cyclic(exp_range)},
      {"exp_range.momentum", schedule::cyclic_momentum(exp_range)},
      {"one_cycle", schedule::one_cycle(one)},
      {"one_cycle.momentum", schedule::one_cycle_momentum(one)},
      {"one_cycle_linear", schedule::one_cycle(one_linear)},
      {"one_cycle_linear.momentum", schedule::one_cycle_momentum(one_linear)},
      {"one_cycle_three", schedule::one_cycle(one_three)},
      {"one_cycle_three.momentum", schedule::one_cycle_momentum(one_three)},
      {"swa", schedule::swa(0.1, 0.02, 12)},
      {"swa_linear", schedule::swa(0.1, 0.02, 9, true)},
      {"swa_now", schedule::swa(0.1, 0.02, 0)},
      {"sequential",
       schedule::sequential({schedule::linear(0.1, 1.0 / 3, 1, 8),
                             schedule::cosine_annealing(0.1, 20), schedule::exponential(0.1, 0.9)},
                            {8, 28})},
      {"chained",
       schedule::chained({schedule::constant(0.1, 0.5, 10), schedule::exponential(1, 0.97)})},
      {"warm_up_constant", schedule::warm_up_constant(0.1, 10)},
      {"warm_up_linear", schedule::warm_up_linear(0.1, 10, 50)},
      {"warm_up_cosine", schedule::warm_up_cosine(0.1, 10, 50)},
      {"warm_up_cosine_restarts", schedule::warm_up_cosine_restarts(0.1, 10, 50, 3)},
      {"warm_up_polynomial", schedule::warm_up_polynomial(0.1, 10, 50, 0.001, 2)},
      {"inverse_sqrt", schedule::inverse_sqrt(0.1, 10, 30)},
  };
  for (const auto& [name, rate] : cases) check(name, rate);
  std::size_t plateaus = 0;
  for (const auto& [name, tensor] : golden().tensors) plateaus += name.starts_with("plateau");
  CHECK(cases.size() + plateaus == golden().tensors.size());  // none is left out
}

TEST_CASE("ReduceOnPlateau follows PyTorch's, and goes on from a copy of its state") {
  using optim::ReduceOnPlateau;
  const std::map<std::string, ReduceOnPlateau> cases = {
      {"plateau", {.patience = 3}},
      {"plateau_max",
       {.mode = ReduceOnPlateau::Mode::max,
        .factor = 0.5,
        .patience = 2,
        .threshold = 0.05,
        .relative = false,
        .cooldown = 4}},
      {"plateau_floor",
       {.factor = 0.3, .patience = 1, .threshold = 0.1, .least = 0.004, .epsilon = 0.002}}};
  for (auto [name, plateau] : cases) {
    INFO(name);
    const std::vector<double> metrics = numbers(name + ".metric"), rates = numbers(name);
    double rate = 0.1;
    for (std::size_t t = 0; t < rates.size(); ++t) {
      const ReduceOnPlateau copy = plateau;  // a snapshot goes on as the original
      plateau = copy;
      rate = plateau.step(rate, metrics[t]);
      CHECK(std::abs(rate - rates[t]) <= 1e-16);
    }
    CHECK(rates.back() < 0.1);
  }
}

TEST_CASE("schedules refuse bad options") {
  CHECK_THROWS_AS(schedule::constant(-1), ValueError);
  CHECK_THROWS_AS(schedule::constant(std::nan("")), ValueError);
  CHECK_THROWS_AS(schedule::linear(0.1, 0), ValueError);
  CHECK_THROWS_AS(schedule::linear(0.1, 0.5, 2), ValueError);
  CHECK_THROWS_AS(schedule::step(0.1, 0), ValueError);
  CHECK_THROWS_AS(schedule::multi_step(0.1, {5, 3}), ValueError);
  CHECK_THROWS_AS(schedule::polynomial(0.1, 0), ValueError);
  CHECK_THROWS_AS(schedule::cosine_annealing(0.1, 0), ValueError);
  CHECK_THROWS_AS(schedule::cosine_restarts(0.1, 5, 0), ValueError);
  CHECK_THROWS_AS(schedule::cyclic({.base_rate = 0.1, .largest_rate = 1, .up = 0}), ValueError);
  CHECK(schedule::one_cycle({.largest_rate = 1, .steps = 10, .rising = 0.1})(0) == 1);  // no rise
  CHECK_THROWS_AS(schedule::one_cycle({.largest_rate = 1, .steps = 0}), ValueError);
  CHECK_THROWS_AS(schedule::one_cycle({.largest_rate = 1, .steps = 9, .rising = 1.5}), ValueError);
  CHECK_THROWS_AS(schedule::one_cycle({.largest_rate = 1, .steps = 9})(10), IndexError);
  CHECK_THROWS_AS(schedule::sequential({schedule::constant(1)}, {3}), ValueError);
  CHECK_THROWS_AS(schedule::chained({}), ValueError);
  CHECK_THROWS_AS(schedule::warm_up_linear(0.1, -1, 10), ValueError);
  CHECK_THROWS_AS(schedule::warm_up_polynomial(0.1, 1, 10, 0.2), ValueError);
  CHECK_THROWS_AS(optim::ReduceOnPlateau{.factor = 1.5}.step(0.1, 1), ValueError);
}
