// The forward and backward sums of CTC over a path of states: blank, letter, blank, letter, ...,
// blank. Logarithms are kept in f64; their differences are small, so exp and log are of x's type.
#include "fathom/ops/ctc_loops.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/math/elementary.h"

namespace fathom::ops {

namespace {

constexpr double never = -std::numeric_limits<double>::infinity();

/// One sequence of a batch.
struct Ctc {
  const std::int64_t* target;
  std::int64_t letters, steps, blank;

  std::int64_t states() const { return 2 * letters + 1; }
  std::int64_t label(std::int64_t state) const { return state % 2 ? target[state / 2] : blank; }
  /// Whether the blank before this state may be left out: between two different letters.
  bool skips(std::int64_t state) const {
    return state % 2 && state > 1 && target[state / 2] != target[state / 2 - 1];
  }
};

template <class T> double add_logs(double a, double b, double c) {
  // NaN wins, so that it is not hidden.
  double most = a;
  for (const double x : {b, c})
    if (x > most || x != x) most = x;
  if (most == never) return never;
  const T sum = math::exp(static_cast<T>(a - most)) + math::exp(static_cast<T>(b - most)) +
                math::exp(static_cast<T>(c - most));
  return most + static_cast<double>(math::log(sum));
}

/// Log-probabilities of one sequence: those of step t begin at x + t * stride.
template <class T> struct Steps {
  const T* x;
  std::int64_t stride;
  double operator()(std::int64_t t, std::int64_t label) const {
    return static_cast<double>(x[t * stride + label]);
  }
};

/// alpha[t][s]: all ways to state s at step t, its label included. Returns the logarithm of the
/// target's probability.
template <class T>
double forward(const Ctc& ctc, const Steps<T>& p, std::vector<double>& alpha, bool keep) {
  const std::int64_t n = ctc.states();
  if (ctc.steps == 0) return ctc.letters == 0 ? 0 : never;
  const std::int64_t rows = keep ? ctc.steps : 2;
  alpha.assign(static_cast<std::size_t>(rows * n), never);
  for (std::int64_t s = 0; s < std::min<std::int64_t>(n, 2); ++s) alpha[s] = p(0, ctc.label(s));
  for (std::int64_t t = 1; t < ctc.steps; ++t) {
    const double* before = alpha.data() + (t - 1) % rows * n;
    double* now = alpha.data() + t % rows * n;
    for (std::int64_t s = 0; s < n; ++s)
      now[s] = add_logs<T>(before[s], s > 0 ? before[s - 1] : never,
                           ctc.skips(s) ? before[s - 2] : never) +
               p(t, ctc.label(s));
  }
  const double* last = alpha.data() + (ctc.steps - 1) % rows * n;
  return add_logs<T>(last[n - 1], n > 1 ? last[n - 2] : never, never);
}

/// dx -= scale * the share of the ways that tell `label` at step t, of all t.
template <class T>
void backward(const Ctc& ctc, const Steps<T>& p, const std::vector<double>& alpha, double total,
              double scale, T* dx) {
  const std::int64_t n = ctc.states();
  std::vector<double> after(static_cast<std::size_t>(n), never), now(after);
  for (std::int64_t t = ctc.steps - 1; t >= 0; --t) {
    if (t == ctc.steps - 1) {
      for (std::int64_t s = std::max<std::int64_t>(n - 2, 0); s < n; ++s) now[s] = 0;
    } else {
      // `after` has the ways from each state at step t + 1, its label included.
      for (std::int64_t s = 0; s < n; ++s)
        now[s] = add_logs<T>(after[s], s + 1 < n ? after[s + 1] : never,
                             s + 2 < n && ctc.skips(s + 2) ? after[s + 2] : never);
    }
    for (std::int64_t s = 0; s < n; ++s) {
      const std::int64_t label = ctc.label(s);
      const T share = math::exp(static_cast<T>(alpha[t * n + s] + now[s] - total));
      dx[t * p.stride + label] -= static_cast<T>(scale) * share;
      after[s] = now[s] + p(t, label);
    }
  }
}

[[noreturn]] void refuse(const graph::Origin& origin, const char* problem, std::int64_t value,
                         std::int64_t place, const std::string& expected) {
  ErrorInfo info = graph::position_error(value, place, 0, 1, origin);
  info.problem = problem;
  info.received = {{"value", std::to_string(value)}, {"at", std::to_string(place)}};
  info.expected = expected;
  throw ValueError(std::move(info));
}

/// The sequences of a batch, once their lengths and labels are known to be right. `first` is the
/// input that has the log-probabilities.
template <class A> std::vector<Ctc> sequences(const A& a, const graph::HostCall& c, int first) {
  const Shape& x = c.in_spec(first).shape;
  const auto* targets = c.in<std::int64_t>(first + 1);
  const Shape& target = c.in_spec(first + 1).shape;
  const auto *steps = c.in<std::int64_t>(first + 2), *letters = c.in<std::int64_t>(first + 3);
  std::vector<Ctc> out;
  std::int64_t at = 0;
  for (std::int64_t b = 0; b < x[1]; ++b) {
    if (steps[b] < 0 || steps[b] > x[0])
      refuse(c.origin, "an input length that is not there", steps[b], b,
             "0 to " + std::to_string(x[0]) + ", the steps of log_probs");
    if (!a.concatenated) at = b * target[1];
    const std::int64_t most = a.concatenated ? target[0] - at : target[1];
    if (letters[b] < 0 || letters[b] > most)
      refuse(c.origin, "a target length that is not there", letters[b], b,
             "0 to " + std::to_string(most) + ", what targets have");
    out.push_back({targets + at, letters[b], steps[b], a.blank});
    for (std::int64_t i = at; i < at + letters[b]; ++i) {
      if (targets[i] < 0 || targets[i] >= x[2])
        throw IndexError(graph::position_error(targets[i], i, 0, x[2], c.origin));
      if (targets[i] == a.blank)
        refuse(c.origin, "the blank is among targets", targets[i], i, "letters alone");
    }
    at += letters[b];
  }
  if (a.concatenated && at != target[0])
    refuse(c.origin, "targets are longer than their lengths", target[0], 0,
           std::to_string(at) + ", the sum of target_lengths");
  return out;
}

template <class F> void with_float(DType dtype, F&& f) {
  if (dtype == DType::f32)
    f(float());
  else
    f(double());
}

}  // namespace

void run_ctc_loss(const op::CtcLoss& a, const graph::HostCall& c) {
  const std::vector<Ctc> all = sequences(a, c, 0);
  const Shape& x = c.in_spec(0).shape;
  with_float(c.in_spec(0).dtype, [&]<class T>(T) {
    c.parallel(x[1], [&](std::int64_t b) {
      std::vector<double> alpha;
      const Steps<T> p{c.in<T>(0) + b * x[2], x[1] * x[2]};
      const double loss = -forward(all[static_cast<std::size_t>(b)], p, alpha, false);
      c.out<T>()[b] = a.zero_infinity && loss == -never ? T(0) : static_cast<T>(loss);
    });
  });
}

void run_ctc_loss_backward(const op::CtcLossBackward& a, const graph::HostCall& c) {
  const std::vector<Ctc> all = sequences(a, c, 1);
  const Shape& x = c.in_spec(1).shape;
  with_float(c.in_spec(1).dtype, [&]<class T>(T) {
    std::fill_n(c.out<T>(), x.size(), T(0));
    c.parallel(x[1], [&](std::int64_t b) {
      std::vector<double> alpha;
      const Ctc& ctc = all[static_cast<std::size_t>(b)];
      const Steps<T> p{c.in<T>(1) + b * x[2], x[1] * x[2]};
      const double total = forward(ctc, p, alpha, true);
      if (a.zero_infinity && total == never) return;
      backward(ctc, p, alpha, total, static_cast<double>(c.in<T>(0)[b]), c.out<T>() + b * x[2]);
    });
  });
}

}  // namespace fathom::ops
