// The random numbers that reject candidates, or that need all of a row: each element reads a stream
// of Philox words of its own, so how often one is rejected changes no other.
#include <math.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "fathom/graph/host.h"
#include "fathom/graph/op.h"
#include "fathom/math/philox.h"
#include "fathom/math/random_key.h"
#include "fathom/ops/distributions.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;
using graph::HostCall;
using DrawKind = op::Draw::Kind;

namespace {

/// The words of one element. The counter's fourth word is not 0, so none of them is a word of
/// op::Random.
class Stream {
 public:
  Stream(std::uint64_t key, std::uint64_t element) : key_(key), element_(element) {}

  std::uint64_t bits() {
    if (next_ == 4) {
      words_ = philox::philox4x32(
          static_cast<std::uint32_t>(element_), static_cast<std::uint32_t>(element_ >> 32), call_++,
          1, static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32));
      next_ = 0;
    }
    const std::uint64_t high = words_.w[next_++];
    return high << 32 | words_.w[next_++];
  }
  /// (0, 1), the middles of 2^52 cells.
  double uniform() { return (static_cast<double>(bits() >> 12) + 0.5) * 0x1p-52; }
  double exponential() { return -std::log(uniform()); }
  double normal() {  // Box and Muller 1958
    const double radius = std::sqrt(2 * exponential());
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t key_, element_;
  std::uint32_t call_ = 0;
  philox::Words words_{};
  int next_ = 4;
};

std::int64_t integer(Stream& s, std::int64_t low, std::int64_t high) {
  // The high half of a product (Lemire 2019): the bias is below 2^-64 times the range.
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  const std::uint64_t offset =
      static_cast<std::uint64_t>(static_cast<unsigned __int128>(s.bits()) * range >> 64);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
}

double gamma(Stream& s, double concentration) {
  // Below 1: one more, times a power of a uniform number, in logarithms.
  const double boost = concentration < 1 ? -s.exponential() / concentration : 0;
  const double d = (concentration < 1 ? concentration + 1 : concentration) - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = s.normal();
    const double t = 1 + c * x;
    if (t <= 0) continue;
    const double v = t * t * t;
    if (std::log(s.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
      return d * v * std::exp(boost);
  }
}

double log_factorial(double n) {
  int sign;  // std::lgamma writes it to a global variable, which threads must not share
  return ::lgamma_r(n + 1, &sign);
}

double poisson(Stream& s, double rate) {
  if (rate < 10) {  // arrivals until time runs out
    double k = -1;
    for (double time = 0; time <= rate; ++k) time += s.exponential();
    return k;
  }
  const double b = 0.931 + 2.53 * std::sqrt(rate);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double edge = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = s.uniform() - 0.5;
    const double v = s.uniform();
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= edge) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <=
        k * std::log(rate) - rate - log_factorial(k))
      return k;
  }
}

double binomial(Stream& s, double n, double p) {
  if (p > 0.5) return n - binomial(s, n, 1 - p);
  if (p == 0) return 0;
  if (n * p < 10) {  // failures between successes
    const double log_failure = std::log1p(-p);
    double successes = -1;
    for (double trials = 0; trials <= n; ++successes)
      trials += std::floor(-s.exponential() / log_failure) + 1;
    return successes;
  }
  const double deviation = std::sqrt(n * p * (1 - p));
  const double b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double c = n * p + 0.5;
  const double edge = 0.92 - 4.2 / b;
  const double alpha = (2.83 + 5.1 / b) * deviation;
  const double mode = std::floor((n + 1) * p);
  const double log_odds = std::log(p / (1 - p));
  const double at_mode = log_factorial(mode) + log_factorial(n - mode);
  for (;;) {
    const double u = s.uniform() - 0.5;
    const double v = s.uniform();
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + c);
    if (k < 0 || k > n) continue;
    if (us >= 0.07 && v <= edge) return k;
    if (std::log(v * alpha / (a / (us * us) + b)) <=
        at_mode - log_factorial(k) - log_factorial(n - k) + (k - mode) * log_odds)
      return k;
  }
}

/// The standard normal distribution within [a, b] (Robert 1995: Simulation of truncated normal
/// variables).
double truncated_normal(Stream& s, double a, double b) {
  if (b < 0 || (b == 0 && a < 0)) return -truncated_normal(s, -b, -a);
  if (a <= 0 && b - a > 2.5) {
    for (;;)
      if (const double x = s.normal(); x >= a && x <= b) return x;
  }
  const double rate = (a + std::sqrt(a * a + 4)) / 2;
  const bool tail = a > 0 && b > a + 2 / rate;
  const double peak = std::max(a, 0.0);
  for (;;) {
    const double x = tail ? a + s.exponential() / rate : a + (b - a) * s.uniform();
    if (x > b) continue;
    const double distance = tail ? (x - rate) * (x - rate) : x * x - peak * peak;
    if (s.exponential() >= distance / 2) return x;
  }
}

/// Around 0, by a wrapped Cauchy number (Best and Fisher 1979: Efficient simulation of the von
/// Mises distribution).
double von_mises(Stream& s, double concentration) {
  const double tau = 1 + std::sqrt(1 + 4 * concentration * concentration);
  const double rho = (tau - std::sqrt(2 * tau)) / (2 * concentration);
  // Near 0 the difference cancels.
  const double r = concentration < 1e-5 ? 1 / concentration : (1 + rho * rho) / (2 * rho);
  for (;;) {
    const double z = std::cos(std::numbers::pi * s.uniform());
    const double f = (1 + r * z) / (r + z);
    const double c = concentration * (r - f);
    const double u = s.uniform();
    if (c * (2 - c) > u || std::log(c / u) + 1 >= c)
      return std::copysign(std::acos(f), s.uniform() - 0.5);
  }
}

/// Runs body(element) for every element of the result, in tasks of a fixed size.
template <class F> void for_elements(const HostCall& c, std::int64_t size, F&& body) {
  constexpr std::int64_t piece = 1024;
  c.parallel((size + piece - 1) / piece, [&](std::int64_t task) {
    const std::int64_t end = std::min(size, (task + 1) * piece);
    for (std::int64_t i = task * piece; i < end; ++i) body(i);
  });
}

[[noreturn]] void bad_parameter(const HostCall& c, const char* operation, double value,
                                const char* expected) {
  throw ValueError(graph::located({.operation = operation,
                                   .problem = "a parameter is " + graph::print_field(value),
                                   .expected = expected},
                                  c.origin));
}

void require_key(const char* operation, const Tensor& key) {
  if (key.rank() == 0 && key.dtype() == DType::i64) return;
  throw DTypeError({.operation = operation,
                    .problem = "the key is no rank-0 i64 tensor",
                    .received = {{"key", describe(key)}},
                    .hint = "use make_key or next_key"});
}

}  // namespace

namespace graph {

template <> struct Rules<op::Draw> {
  static constexpr std::string_view name = "random_draw";
  static Specs infer(const op::Draw& a, Inputs in) {
    require_key("random_draw", in[0]);
    return Spec{a.kind == DrawKind::integer ? DType::i64 : DType::f32, a.shape};
  }
  static void run(const op::Draw& a, const HostCall& c) {
    const std::uint64_t key = site_key(*c.in<std::uint64_t>(0), a.site);
    const float* p = c.inputs.size() > 1 ? c.in<float>(1) : nullptr;
    const float* q = c.inputs.size() > 2 ? c.in<float>(2) : nullptr;
    for_elements(c, a.shape.size(), [&](std::int64_t i) {
      Stream s(key, static_cast<std::uint64_t>(i));
      double y = 0;
      switch (a.kind) {
        case DrawKind::integer:
          c.out<std::int64_t>()[i] = integer(s, a.low, a.high);
          return;
        case DrawKind::gamma:
          if (!(p[i] > 0) || std::isinf(p[i]))
            bad_parameter(c, "random_gamma", p[i], "a positive concentration");
          y = gamma(s, p[i]);
          break;
        case DrawKind::poisson:
          if (!(p[i] >= 0) || std::isinf(p[i]))
            bad_parameter(c, "random_poisson", p[i], "a rate of 0 or more");
          y = poisson(s, p[i]);
          break;
        case DrawKind::binomial:
          if (!(p[i] >= 0) || std::isinf(p[i]) || p[i] != std::floor(p[i]))
            bad_parameter(c, "random_binomial", p[i], "a whole count of 0 or more");
          if (!(q[i] >= 0 && q[i] <= 1))
            bad_parameter(c, "random_binomial", q[i], "a probability in [0, 1]");
          y = binomial(s, p[i], q[i]);
          break;
        case DrawKind::truncated_normal:
          y = truncated_normal(s, p[i], q[i]);
          break;
        case DrawKind::von_mises:
          if (!(p[i] > 0) || std::isinf(p[i]))
            bad_parameter(c, "random_von_mises", p[i], "a positive concentration");
          y = von_mises(s, p[i]);
          break;
      }
      c.out<float>()[i] = static_cast<float>(y);
    });
  }
};

template <> struct Rules<op::Shuffle> {
  static constexpr std::string_view name = "randperm";
  static Specs infer(const op::Shuffle& a, Inputs in) {
    require_key("randperm", in[0]);
    return Spec{DType::i64, Shape{a.n}};
  }
  static void run(const op::Shuffle& a, const HostCall& c) {
    // Fisher and Yates (Knuth, volume 2, algorithm P), from one stream.
    std::int64_t* y = c.out<std::int64_t>();
    Stream s(*c.in<std::uint64_t>(0), 0);
    for (std::int64_t i = 0; i < a.n; ++i) {
      const std::int64_t j = integer(s, 0, i + 1);
      y[i] = y[j];
      y[j] = i;
    }
  }
};

template <> struct Rules<op::Multinomial> {
  static constexpr std::string_view name = "multinomial";
  static Specs infer(const op::Multinomial& a, Inputs in) {
    require_key("multinomial", in[1]);
    return Spec{DType::i64, in[0].shape().with(in[0].rank() - 1, a.count)};
  }
  static void run(const op::Multinomial& a, const HostCall& c) {
    const std::int64_t n = c.in_spec(0).shape.back();
    const std::uint64_t key = *c.in<std::uint64_t>(1);
    const std::int64_t rows = n == 0 ? 0 : c.in_spec(0).shape.size() / n;
    c.parallel(rows, [&](std::int64_t row) {
      const double* w = c.in<double>(0) + row * n;
      std::int64_t* y = c.out<std::int64_t>() + row * a.count;
      std::int64_t positive = 0;
      for (std::int64_t i = 0; i < n; ++i) {
        if (!(w[i] >= 0) || std::isinf(w[i]))
          bad_parameter(c, "multinomial", w[i], "finite weights of 0 or more");
        positive += w[i] > 0;
      }
      if (positive < (a.replacement ? 1 : a.count))
        throw ValueError(located({.operation = {},
                                  .problem = std::to_string(a.count) + " draws from " +
                                             std::to_string(positive) + " positive weights",
                                  .hint = a.replacement ? "" : "pass replacement = true"},
                                 c.origin));
      if (a.replacement)
        with_replacement(w, n, key, row, y, a.count);
      else
        without_replacement(w, n, key, row, y, a.count);
    });
  }

 private:
  static void with_replacement(const double* w, std::int64_t n, std::uint64_t key, std::int64_t row,
                               std::int64_t* y, std::int64_t count) {
    std::vector<double> total(static_cast<std::size_t>(n));
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) total[static_cast<std::size_t>(i)] = sum += w[i];
    for (std::int64_t k = 0; k < count; ++k) {
      Stream s(key, static_cast<std::uint64_t>(row * count + k));
      const double at = s.uniform() * sum;
      auto found = std::upper_bound(total.begin(), total.end(), at);
      // Rounded up to the sum itself: the last class that has a weight.
      if (found == total.end()) found = std::lower_bound(total.begin(), total.end(), sum);
      y[k] = found - total.begin();
    }
  }
  /// The smallest waiting times, each exponential with its weight as the rate.
  static void without_replacement(const double* w, std::int64_t n, std::uint64_t key,
                                  std::int64_t row, std::int64_t* y, std::int64_t count) {
    std::vector<std::pair<double, std::int64_t>> times;
    for (std::int64_t i = 0; i < n; ++i)
      if (w[i] > 0)
        times.emplace_back(
            Stream(key, static_cast<std::uint64_t>(row * n + i)).exponential() / w[i], i);
    std::partial_sort(times.begin(), times.begin() + count, times.end());
    for (std::int64_t k = 0; k < count; ++k) y[k] = times[static_cast<std::size_t>(k)].second;
  }
};

template <> constinit const OpDef OpEntry<op::Draw>::def = make_op_def<op::Draw>();
template <> constinit const OpDef OpEntry<op::Shuffle>::def = make_op_def<op::Shuffle>();
template <> constinit const OpDef OpEntry<op::Multinomial>::def = make_op_def<op::Multinomial>();

}  // namespace graph

Tensor randperm(std::int64_t n, const Tensor& key, Where where) {
  const graph::CallScope call("randperm", where);
  if (n < 0)
    ops::fail<ValueError>({.problem = "n is " + std::to_string(n), .expected = "0 and more"},
                          where);
  return graph::apply(op::Shuffle{n}, {key}, where);
}

Tensor multinomial(const Operand& weights, std::int64_t count, const Tensor& key,
                   bool replacement) {
  const graph::CallScope call("multinomial", weights.where());
  const Tensor w = ops::as_tensor(weights, DType::f64);
  if (w.rank() == 0 || count < 1)
    ops::fail<ValueError>({.operation = "multinomial",
                           .problem = w.rank() == 0 ? "the weights are a scalar"
                                                    : "count is " + std::to_string(count),
                           .expected = "weights (..., n) and at least one draw"},
                          weights.where());
  return graph::apply(op::Multinomial{count, replacement}, {stop_gradient(w), key},
                      weights.where());
}

}  // namespace fathom
