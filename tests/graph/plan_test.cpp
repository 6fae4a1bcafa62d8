// The plan cache: which programs share a plan, which must not, and that it stays bounded.
#include "fathom/graph/plan.h"

#include <doctest/doctest.h>

#include <functional>

#include "fathom/fathom.h"

using namespace fathom;

namespace {

/// Plans made while `action` runs.
std::uint64_t misses(const std::function<void()>& action) {
  const auto before = graph::plan_statistics().misses;
  action();
  return graph::plan_statistics().misses - before;
}

Tensor numbers(float first, std::int64_t n = 20) {
  std::vector<float> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = first + static_cast<float>(i);
  return Tensor::from(v);
}

/// Both values are computed; whether the second found the first's plan.
bool shares_plan(const std::function<Tensor()>& first, const std::function<Tensor()>& second) {
  graph::clear_plan_cache();
  first().eval();
  return misses([&] { second().eval(); }) == 0;
}

}  // namespace

TEST_CASE("plan: the same program on other tensors shares one") {
  const Tensor x = numbers(1), y = numbers(2), z = numbers(3);
  CHECK(shares_plan([&] { return x * y; }, [&] { return z * x; }));
  CHECK(shares_plan([&] { return x * x; }, [&] { return y * y; }));
  CHECK(shares_plan([&] { return exp(x) + x; }, [&] { return exp(y) + y; }));
  CHECK(shares_plan([&] { return x * y; }, [&] { return y * x; }));  // leaves are numbered by visit
  CHECK((y * x).to_vector<float>()[1] == 3.f * 2.f);
}

TEST_CASE("plan: sharing of operands is part of the program") {
  const Tensor x = numbers(1), y = numbers(2);
  CHECK(!shares_plan([&] { return x * x; }, [&] { return x * y; }));
  CHECK(!shares_plan([&] { return (x + y) - x; }, [&] { return (x + y) - y; }));
  CHECK(!shares_plan(
      [&] {
        const Tensor s = exp(x);
        return s * s;
      },
      [&] { return exp(x) * exp(x); }));
  // Wrong sharing would give wrong values.
  CHECK(((x + y) - x).to_vector<float>() == y.to_vector<float>());
  CHECK(((x + y) - y).to_vector<float>() == x.to_vector<float>());
}

TEST_CASE("plan: types, shapes, attributes and what is held are part of the program") {
  const Tensor x = numbers(1), longer = numbers(1, 21);
  const Tensor wide = cast(x, DType::f64).eval();
  CHECK(!shares_plan([&] { return exp(x); }, [&] { return exp(longer); }));
  CHECK(!shares_plan([&] { return exp(x); }, [&] { return exp(wide); }));
  CHECK(!shares_plan([&] { return exp(x); }, [&] { return log(x); }));
  const Tensor m = reshape(x, {4, 5}).eval();
  CHECK(!shares_plan([&] { return sum(m, 0); }, [&] { return sum(m, 1); }));
  CHECK(!shares_plan([&] { return sum(m, 0); }, [&] { return sum(m, 0, true); }));
  Tensor held;
  CHECK(!shares_plan([&] { return exp(x) * 2; },
                     [&] {
                       held = exp(x);
                       return held * 2;
                     }));
}

TEST_CASE("plan: numbers are bound, constants are not") {
  const Tensor x = numbers(1);
  CHECK(shares_plan([&] { return x * 0.5; }, [&] { return x * 0.25; }));
  CHECK((x * 0.25).to_vector<float>()[3] == 1.f);
  CHECK(shares_plan([&] { return full({3}, 1); }, [&] { return full({3}, 2); }));
  CHECK(full({3}, 2).to_vector<float>() == std::vector<float>{2, 2, 2});
  CHECK(!shares_plan([&] { return x * constant(0.5); }, [&] { return x * constant(0.25); }));
  CHECK(shares_plan([&] { return randn({40}); }, [&] { return randn({40}); }));
  const Tensor key = make_key(1, 2), other = make_key(1, 3);
  CHECK(shares_plan([&] { return dropout(x, 0.5, key, 0); },
                    [&] { return dropout(x, 0.5, other, 0); }));
  CHECK(!shares_plan([&] { return dropout(x, 0.5, key, 0); },
                     [&] { return dropout(x, 0.5, key, 1); }));
}

TEST_CASE("plan: an evaluated tensor is a leaf, whatever made it") {
  const Tensor x = numbers(1);
  const Tensor a = exp(x).eval();
  const Tensor b = log(x).eval();
  CHECK(shares_plan([&] { return a + 1; }, [&] { return b + 1; }));
}

TEST_CASE("plan: a device has its own") {
  const Tensor x = numbers(1);
  CHECK(!shares_plan([&] { return exp(x); },
                     [&] {
                       const DeviceScope scope(Device::reference);
                       return exp(x).eval();
                     }));
}

TEST_CASE("plan: a training loop makes none after its second step") {
  struct Net {
    Param w{numbers(0.1f)};
    Param b{zeros({20})};
  };
  Net net;
  optim::Adam adam;
  const auto loss = [](const Net& n, const Tensor& x) {
    return mean(square(tanh(x * n.w) + n.b - 1));
  };
  const auto step = [&](int i) {
    adam.learning_rate = 0.01 / (1 + i);  // changes every step
    auto [value, gradients] = value_and_grad(loss)(net, numbers(static_cast<float>(i)));
    adam.step(net, gradients);
    return value.item();
  };
  step(0);
  step(1);
  CHECK(misses([&] {
          for (int i = 2; i < 30; ++i) step(i);
        }) == 0);
}

TEST_CASE("plan: the cache is bounded, the least recently used goes first") {
  graph::clear_plan_cache();
  graph::set_plan_cache_capacity(4);
  const auto before = graph::plan_statistics();
  for (std::int64_t n = 10; n < 20; ++n) {
    exp(numbers(0, n)).eval();
    exp(numbers(0, 10)).eval();  // used all the time, so it stays
  }
  CHECK(graph::cached_plans().size() == 4);
  CHECK(graph::plan_statistics().evictions - before.evictions == 6);
  CHECK(misses([] { exp(numbers(0, 10)).eval(); }) == 0);
  CHECK(misses([] { exp(numbers(0, 11)).eval(); }) == 1);
  const auto plans = graph::cached_plans();
  CHECK(plans.front()->program.specs.front().shape == Shape{11});
  graph::set_plan_cache_capacity(1);
  CHECK(graph::cached_plans().size() == 1);
  graph::set_plan_cache_capacity(256);
}

TEST_CASE("plan: describes itself") {
  graph::clear_plan_cache();
  (exp(numbers(0)) * 2).eval();
  const auto plan = graph::cached_plans().front();
  CHECK(plan->describe().find("exp") != std::string::npos);
  CHECK(plan->estimated_bytes() >= 20 * sizeof(float));
  CHECK(print(plan->program).find("exp") != std::string::npos);
}
