// fathom/math: errors against double precision over sampled bit patterns, special values, and the
// same bits from scalar code and from both vector widths.
#include "fathom/math/wide.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "tests/backend/cpu/isas.h"
#include "tests/kernels/math_loops.h"

using namespace fathom::cpu;
namespace math = fathom::math;

namespace {

struct Truth {
  double (*f)(double);
  double worst;                                            ///< ulp allowed
  double limit = std::numeric_limits<double>::infinity();  ///< largest |x| compared
};

const std::map<std::string, Truth> kTruth = {
    {"exp", {[](double x) { return std::exp(x); }, 1.0}},
    {"exp2", {[](double x) { return std::exp2(x); }, 1.0}},
    {"expm1", {[](double x) { return std::expm1(x); }, 1.5}},
    {"log", {[](double x) { return std::log(x); }, 1.0}},
    {"log2", {[](double x) { return std::log2(x); }, 1.6}},
    {"log1p", {[](double x) { return std::log1p(x); }, 1.5}},
    {"tanh", {[](double x) { return std::tanh(x); }, 1.4}},
    {"erf", {[](double x) { return std::erf(x); }, 1.0}},
    {"sigmoid", {[](double x) { return 1 / (1 + std::exp(-x)); }, 2.4}},
    {"sin", {[](double x) { return std::sin(x); }, 1.5, 0x1p50}},
    {"cos", {[](double x) { return std::cos(x); }, 1.5, 0x1p50}},
    {"sqrt", {[](double x) { return std::sqrt(x); }, 0.5}},
    {"log10", {[](double x) { return std::log10(x); }, 0.51}},
    {"tan", {[](double x) { return std::tan(x); }, 0.51, 0x1p50}},
    {"asin", {[](double x) { return std::asin(x); }, 0.51}},
    {"acos", {[](double x) { return std::acos(x); }, 0.51}},
    {"atan", {[](double x) { return std::atan(x); }, 0.51}},
    {"sinh", {[](double x) { return std::sinh(x); }, 0.51}},
    {"cosh", {[](double x) { return std::cosh(x); }, 0.51}},
    {"asinh", {[](double x) { return std::asinh(x); }, 0.51}},
    {"acosh", {[](double x) { return std::acosh(x); }, 0.51}},
    {"atanh", {[](double x) { return std::atanh(x); }, 0.51}},
    {"sinc", {[](double x) { return math::sinc(x); }, 0.51, 0x1p22}},
};

/// Bit patterns over all floats, and a fine grid where the functions bend.
std::vector<float> inputs() {
  std::vector<float> x = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 1.0f, -1.0f, 1e-45f, -1e-45f};
  for (uint64_t u = 0; u < 0x100000000u; u += 15013) x.push_back(math::from_bits(uint32_t(u)));
  for (int i = -300000; i < 300000; ++i) x.push_back(float(i) * 4e-4f);
  return x;
}

bool same(float a, float b) {
  return std::memcmp(&a, &b, 4) == 0 || (std::isnan(a) && std::isnan(b));
}

double ulps(float got, double want) {
  int e = 0;
  std::frexp(want, &e);
  return std::fabs(got - want) / std::ldexp(1.0, std::max(e - 24, -149));
}

}  // namespace

TEST_CASE("math: errors in ulp and special values") {
  const std::vector<float> x = inputs();
  std::vector<float> y(x.size());
  for (const auto& [name, run] : scalar::math_loops.unary) {
    if (!name || !kTruth.count(name)) continue;
    const Truth& truth = kTruth.at(name);
    run(x.data(), y.data(), int64_t(x.size()));
    double worst = 0;
    float worst_at = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      if (std::fabs(x[i]) > truth.limit && std::isfinite(x[i])) {
        CHECK((std::fabs(y[i]) <= 1.0f || std::string(name) == "tan"));
        continue;
      }
      const double want = truth.f(x[i]);
      const float rounded = float(want);
      const bool edge = !std::isfinite(rounded) || want == 0;
      if (edge && !same(y[i], rounded)) FAIL_CHECK(name << "(" << x[i] << ") = " << y[i]);
      if (!edge && ulps(y[i], want) > worst) worst = ulps(y[i], want), worst_at = x[i];
    }
    INFO(name << ": " << worst << " ulp at " << worst_at);
    CHECK(worst <= truth.worst);
  }
}

TEST_CASE("math: gelu") {
  for (float x = -12; x < 12; x += 0.001f) {
    const double u = std::sqrt(2 / M_PI) * (x + 0.044715 * std::pow(double(x), 3));
    const double t = x / (1 + std::exp(-2 * u)), e = 0.5 * x * std::erfc(-x / M_SQRT2);
    CHECK(std::fabs(math::gelu_tanh(x) - t) <= 1.5e-7 * std::max(1.0, std::fabs(t)));
    CHECK(std::fabs(x * math::gelu_gate(x) - e) <= 1.5e-7 * std::max(1.0, std::fabs(e)));
  }
}

TEST_CASE("math: pow") {
  std::vector<float> special = {0.0f,   -0.0f,   1.0f,      -1.0f,    2.0f,     -2.0f,
                                0.5f,   -0.5f,   3.0f,      -3.0f,    INFINITY, NAN,
                                1e-40f, -1e-40f, -INFINITY, 1e30f,    -1e30f,   -8388609.0f,
                                1e-20f, 127.5f,  -149.0f,   16777216, 0.99f,    8388609.0f};
  for (int i = 0; i < 700; ++i) special.push_back(math::from_bits(uint32_t(i) * 6132517u));
  double worst = 0;
  for (float x : special) {
    for (float y : special) {
      const double want = std::pow(double(x), double(y));
      const float got = math::pow(x, y);
      if (std::isfinite(float(want)) && float(want) != 0) {
        worst = std::max(worst, ulps(got, want));
      } else if (!same(got, float(want))) {
        FAIL_CHECK("pow(" << x << ", " << y << ") = " << got << ", not " << want);
      }
    }
  }
  CHECK(worst <= 0.51);
}

TEST_CASE("math: vectors give the bits of scalars") {
  const std::vector<float> x = inputs();
  const int64_t n = int64_t(x.size());
  std::vector<float> a(x.size()), b(x.size());
  for (const MathLoops* loops : runnable(avx2::math_loops, avx512::math_loops)) {
    for (size_t k = 0; loops->unary[k].name; ++k) {
      scalar::math_loops.unary[k].run(x.data(), a.data(), n);
      loops->unary[k].run(x.data(), b.data(), n);
      int64_t different = 0;
      for (size_t i = 0; i < x.size(); ++i) different += !same(a[i], b[i]);
      INFO(loops->unary[k].name);
      CHECK(different == 0);
    }
    int64_t different = 0;
    scalar::math_loops.pow(x.data(), x.data() + n / 2, a.data(), n / 2);
    loops->pow(x.data(), x.data() + n / 2, b.data(), n / 2);
    for (int64_t i = 0; i < n / 2; ++i) different += !same(a[size_t(i)], b[size_t(i)]);
    CHECK(different == 0);
  }
}
