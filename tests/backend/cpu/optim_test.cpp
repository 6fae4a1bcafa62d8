// Optimizer updates: bit by bit against the formulas in scalar code, and against double precision.
#include "fathom/backend/cpu/kernels/optim.h"

#include <doctest/doctest.h>

#include "tests/backend/cpu/kernel_test.h"

using namespace fathom::cpu;

namespace {

constexpr int64_t kCount = 333;

struct State {
  std::vector<float> p, g, m, v;
};

State start() {
  return {random_floats(kCount, 1), random_floats(kCount, 2), random_floats(kCount, 3, -0.1f, 0.1f),
          random_floats(kCount, 4, 0.0f, 0.1f)};
}

/// Runs `update(kernels, state, from, n)` whole and in two parts on each instruction set; all must
/// agree.
template <class Update> State run_updates(Update update) {
  State first;
  for (const OptimKernels* k : runnable(avx2::optim_kernels, avx512::optim_kernels)) {
    for (int64_t cut : {int64_t{0}, int64_t{101}}) {
      State s = start();
      update(*k, s, int64_t{0}, cut);
      update(*k, s, cut, kCount - cut);
      if (first.p.empty()) first = s;
      CHECK(same_bits(s.p, first.p));
      CHECK(same_bits(s.m, first.m));
      CHECK(same_bits(s.v, first.v));
    }
  }
  return first;
}

double worst(const std::vector<float>& got, double (*want)(const State&, size_t)) {
  const State s = start();
  std::vector<double> w;
  for (size_t i = 0; i < s.p.size(); ++i) w.push_back(want(s, i));
  return worst_error(got, w);
}

}  // namespace

TEST_CASE("optim: sgd") {
  const Sgd settings{0.1f, 0.01f, 0.9f, 0.8f};
  State s = run_updates([&](const OptimKernels& k, State& t, int64_t at, int64_t n) {
    k.sgd(settings, false, false, &t.p[size_t(at)], &t.g[size_t(at)], &t.m[size_t(at)], n);
  });
  CHECK(worst(s.p, [](const State& t, size_t i) {
          const double d = t.g[i] + 0.01 * t.p[i];
          return t.p[i] - 0.1 * (0.9 * t.m[i] + 0.8 * d);
        }) < 2e-7);
  State x = start();
  for (size_t i = 0; i < x.p.size(); ++i) {  // the contract: these very roundings
    const float d = std::fma(0.01f, x.p[i], x.g[i]);
    x.m[i] = std::fma(0.8f, d, x.m[i] * 0.9f);
    x.p[i] = std::fma(-0.1f, x.m[i], x.p[i]);
  }
  CHECK(same_bits(s.p, x.p));
  s = run_updates([&](const OptimKernels& k, State& t, int64_t at, int64_t n) {
    k.sgd({0.1f, 0, 0.9f, 1}, true, true, &t.p[size_t(at)], &t.g[size_t(at)], &t.m[size_t(at)], n);
  });
  CHECK(same_bits(s.m, s.g));
  CHECK(worst(s.p, [](const State& t, size_t i) { return t.p[i] - 0.1 * 1.9 * t.g[i]; }) < 2e-7);
  s = run_updates([&](const OptimKernels& k, State& t, int64_t at, int64_t n) {
    k.sgd({0.1f, 0, 0, 1}, false, false, &t.p[size_t(at)], &t.g[size_t(at)], nullptr, n);
  });
  CHECK(worst(s.p, [](const State& t, size_t i) { return t.p[i] - 0.1 * t.g[i]; }) < 2e-7);
}

TEST_CASE("optim: adam, adamw and amsgrad at step 3") {
  const double c1 = 1 - 0.9 * 0.9 * 0.9, c2 = 1 - 0.999 * 0.999 * 0.999;
  Adam a{};
  a.one_minus_beta1 = float(1 - 0.9), a.beta2 = 0.999f, a.one_minus_beta2 = float(1 - 0.999);
  a.eps = 1e-8f, a.step_size = float(0.1 / c1), a.inv_bias2_sqrt = float(1 / std::sqrt(c2));
  a.decay = 0.01f, a.keep = 1;
  const auto update = [](const Adam& settings) {
    return run_updates([&](const OptimKernels& k, State& t, int64_t at, int64_t n) {
      const size_t i = size_t(at);
      k.adam(settings, &t.p[i], &t.g[i], &t.m[i], &t.v[i], nullptr, n);
    });
  };
  const State adam = update(a);
  Adam w = a;
  w.decay = 0, w.keep = float(1 - 0.1 * 0.01);
  const State adamw = update(w);
  static const auto step = [](double p, double g, double m, double v, double v_max) {
    const double c1 = 1 - 0.9 * 0.9 * 0.9, c2 = 1 - 0.999 * 0.999 * 0.999;
    m += 0.1 * (g - m), v = std::fmax(0.999 * v + 0.001 * g * g, v_max);
    return p - 0.1 / c1 * m / (std::sqrt(v) / std::sqrt(c2) + 1e-8);
  };
  CHECK(worst(adam.p, [](const State& t, size_t i) {
          return step(t.p[i], t.g[i] + 0.01 * t.p[i], t.m[i], t.v[i], 0);
        }) < 5e-7);
  CHECK(worst(adamw.p, [](const State& t, size_t i) {
          return step(t.p[i] * (1 - 0.1 * 0.01), t.g[i], t.m[i], t.v[i], 0);
        }) < 5e-7);
  CHECK(worst(adamw.v, [](const State& t, size_t i) {
          return 0.999 * t.v[i] + 0.001 * double(t.g[i]) * t.g[i];
        }) < 1e-7);
  const State ams = run_updates([&](const OptimKernels& k, State& t, int64_t at, int64_t n) {
    const size_t i = size_t(at);
    std::vector<float> most(size_t(kCount), 0.05f);
    k.adam(a, &t.p[i], &t.g[i], &t.m[i], &t.v[i], most.data(), n);
  });
  CHECK(worst(ams.p, [](const State& t, size_t i) {
          return step(t.p[i], t.g[i] + 0.01 * t.p[i], t.m[i], t.v[i], 0.05);
        }) < 5e-7);
}

TEST_CASE("optim: rmsprop and adagrad") {
  for (float momentum : {0.0f, 0.9f}) {
    for (bool centred : {false, true}) {
      const RmsProp a{0.01f, 0.99f, float(1 - 0.99), 1e-8f, 0.01f, momentum};
      const bool moving = momentum > 0;
      const State s = run_updates([&](const OptimKernels& k, State& t, int64_t at, int64_t n) {
        const size_t i = size_t(at);
        std::vector<float> mean(size_t(kCount), 0.0f);
        k.rmsprop(a, &t.p[i], &t.g[i], &t.v[i], centred ? mean.data() : nullptr,
                  moving ? &t.m[i] : nullptr, n);
      });
      const State t = start();
      for (size_t i = 0; i < t.p.size(); ++i) {
        const double d = t.g[i] + 0.01 * t.p[i], v = 0.99 * t.v[i] + 0.01 * d * d;
        const double mean = 0.01 * d;
        const double step = d / (std::sqrt(v - (centred ? mean * mean : 0)) + 1e-8);
        const double want = t.p[i] - 0.01 * (step + (momentum > 0 ? 0.9 * t.m[i] : 0));
        CHECK(s.p[i] == doctest::Approx(want).epsilon(1e-5));
      }
    }
  }
  const State s = run_updates([&](const OptimKernels& k, State& t, int64_t at, int64_t n) {
    k.adagrad({0.1f, 1e-10f, 0.01f}, &t.p[size_t(at)], &t.g[size_t(at)], &t.v[size_t(at)], n);
  });
  CHECK(worst(s.p, [](const State& t, size_t i) {
          const double d = t.g[i] + 0.01 * t.p[i];
          return t.p[i] - 0.1 * d / (std::sqrt(t.v[i] + d * d) + 1e-10);
        }) < 5e-7);
}
