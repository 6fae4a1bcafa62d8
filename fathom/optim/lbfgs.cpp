#include "fathom/optim/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"
#include "fathom/optim/line_search.h"
#include "fathom/optim/step.h"

namespace fathom::optim {
namespace detail {
namespace {

SmallVector<Param*, 32> moving(const Leaves& leaves) {
  SmallVector<Param*, 32> list;
  for (Param* p : leaves.params)
    if (p->defined() && !p->frozen) list.push_back(p);
  return list;
}

}  // namespace

Tensor flat(Visit visit, void* net) {
  const Leaves leaves(visit, net, net);
  std::vector<Tensor> parts;
  for (const Param* p : moving(leaves)) {
    if (!parts.empty() && p->dtype() != parts.front().dtype())
      throw DTypeError({.operation = "optim::Lbfgs",
                        .problem = "the parameters have different types",
                        .received = {{"first", graph::describe(parts.front())},
                                     {"another", graph::describe(*p)}}});
    parts.push_back(reshape(*p, {p->size()}));
  }
  if (parts.empty())
    throw ValueError({.operation = "optim::Lbfgs", .problem = "there is no parameter to move"});
  return concat(parts).eval();
}

Tensor flat_gradient(Visit visit, void* net, void* gradients, bool negate) {
  const Leaves leaves(visit, net, gradients);
  std::vector<Tensor> parts;
  for (std::size_t i = 0; i < leaves.params.size(); ++i) {
    const Param& p = *leaves.params[i];
    if (!p.defined() || p.frozen) continue;
    const Param& g = *leaves.gradients[i];
    parts.push_back(reshape(g.defined() ? Tensor(g) : zeros_like(p), {p.size()}));
  }
  const Tensor all = concat(parts);
  return (negate ? -all : all).eval();
}

void put_flat(Visit visit, void* net, const Tensor& x) {
  const Leaves leaves(visit, net, net);
  std::int64_t begin = 0;
  std::vector<Tensor> fresh;
  for (Param* p : moving(leaves)) {
    const std::int64_t end = begin + p->size();
    *p = reshape(slice(x, 0, begin, end), p->shape());
    fresh.push_back(*p);
    begin = end;
  }
  fathom::eval(fresh);
}

}  // namespace detail

namespace {

double dot(const Tensor& a, const Tensor& b) { return sum(a * b).item(); }
double largest(const Tensor& x) { return max(abs(x)).item(); }

/// The two-loop recursion: minus the inverse Hessian, as the history knows it, times the gradient.
Tensor direction(const Lbfgs::State& s, const Tensor& gradient) {
  const std::size_t n = s.changes.size();
  std::vector<double> inverse(n), alpha(n);
  Tensor q = -gradient;
  for (std::size_t i = n; i-- > 0;) {
    inverse[i] = 1 / dot(s.differences[i], s.changes[i]);
    alpha[i] = dot(s.changes[i], q) * inverse[i];
    q = q - s.differences[i] * alpha[i];
  }
  q = q * s.scale;
  for (std::size_t i = 0; i < n; ++i)
    q = q + s.changes[i] * (alpha[i] - dot(s.differences[i], q) * inverse[i]);
  return q.eval();
}

void remember(Lbfgs::State& s, const Tensor& gradient, std::int64_t history_size) {
  const Tensor difference = (gradient - s.gradient).eval();
  const Tensor change = (s.direction * s.length).eval();
  const double curvature = dot(difference, change);
  if (curvature <= 1e-10) return;
  if (static_cast<std::int64_t>(s.changes.size()) == history_size) {
    s.differences.erase(s.differences.begin());
    s.changes.erase(s.changes.begin());
  }
  s.differences.push_back(difference);
  s.changes.push_back(change);
  s.scale = curvature / dot(difference, difference);
}

void check(const Lbfgs& o) {
  constexpr const char* self = "optim::Lbfgs";
  require_positive_or_zero(self, "learning_rate", o.learning_rate);
  require_positive_or_zero(self, "tolerance_gradient", o.tolerance_gradient);
  require_positive_or_zero(self, "tolerance_change", o.tolerance_change);
  const auto number = [](std::int64_t n) { return static_cast<double>(n); };
  require_option(o.max_iterations >= 1, self, "max_iterations", number(o.max_iterations),
                 "at least 1");
  require_option(o.max_evaluations >= 0, self, "max_evaluations", number(o.max_evaluations),
                 "at least 0");
  require_option(o.history_size >= 1, self, "history_size", number(o.history_size), "at least 1");
}

}  // namespace

double Lbfgs::minimise(Tensor& x, Evaluate evaluate) {
  check(*this);
  const std::int64_t most_evaluations =
      max_evaluations > 0 ? max_evaluations : max_iterations * 5 / 4;
  detail::Evaluation now = evaluate(x);
  const double first_loss = now.loss;
  std::int64_t evaluations = 1;
  ++state.evaluations;
  if (largest(now.gradient) <= tolerance_gradient) return maximize ? -first_loss : first_loss;

  for (std::int64_t iteration = 1; iteration <= max_iterations; ++iteration) {
    const bool first = ++state.iterations == 1;
    if (!first) remember(state, now.gradient, history_size);
    state.direction = direction(state, now.gradient);
    state.gradient = now.gradient;
    const double loss_before = now.loss;
    state.length = learning_rate * (first ? std::min(1.0, 1 / sum(abs(now.gradient)).item()) : 1.0);
    const double slope = dot(now.gradient, state.direction);
    if (slope > -tolerance_change) break;

    std::int64_t spent = 0;
    const auto at = [&](double length) { return (x + state.direction * length).eval(); };
    if (line_search == LineSearch::strong_wolfe) {
      const auto along = [&](double length) {
        detail::Evaluation e = evaluate(at(length));
        return LinePoint{length, e.loss, dot(e.gradient, state.direction), std::move(e.gradient)};
      };
      LineSearchResult found =
          strong_wolfe({0, now.loss, slope, now.gradient}, state.length, along,
                       largest(state.direction), tolerance_change, most_evaluations - evaluations);
      state.length = found.point.length;
      now = {found.point.value, std::move(found.point.gradient)};
      spent = found.evaluations;
      x = at(state.length);
    } else {
      x = at(state.length);
      if (iteration < max_iterations) {  // the last move's loss would be looked at by nobody
        now = evaluate(x);
        spent = 1;
      }
    }
    evaluations += spent;
    state.evaluations += spent;
    if (evaluations >= most_evaluations || largest(now.gradient) <= tolerance_gradient ||
        largest(state.direction * state.length) <= tolerance_change ||
        std::abs(now.loss - loss_before) < tolerance_change)
      break;
  }
  return maximize ? -first_loss : first_loss;
}

std::vector<std::pair<std::string, Tensor>> Lbfgs::named_state() const {
  const auto counts = {state.iterations, state.evaluations};
  std::vector<std::pair<std::string, Tensor>> named = {
      {"counts", tensor(counts)}, {"numbers", tensor({state.length, state.scale})}};
  if (state.direction.defined()) {
    named.emplace_back("direction", state.direction);
    named.emplace_back("gradient", state.gradient);
  }
  for (std::size_t i = 0; i < state.changes.size(); ++i) {
    named.emplace_back("differences." + std::to_string(i), state.differences[i]);
    named.emplace_back("changes." + std::to_string(i), state.changes[i]);
  }
  return named;
}

void Lbfgs::load_state(std::span<const std::pair<std::string, Tensor>> tensors) {
  const std::map<std::string, Tensor> all(tensors.begin(), tensors.end());
  const auto find = [&](const std::string& name) {
    const auto found = all.find(name);
    if (found == all.end())
      throw FormatError({.operation = "optim::Lbfgs", .problem = "the state lacks " + name});
    return found->second;
  };
  State loaded;
  const std::vector<std::int64_t> counts = find("counts").to_vector<std::int64_t>();
  const std::vector<double> numbers = find("numbers").to_vector<double>();
  if (counts.size() != 2 || numbers.size() != 2)
    throw FormatError({.operation = "optim::Lbfgs", .problem = "the state has other numbers"});
  loaded.iterations = counts[0];
  loaded.evaluations = counts[1];
  loaded.length = numbers[0];
  loaded.scale = numbers[1];
  if (loaded.iterations > 0) {
    loaded.direction = find("direction");
    loaded.gradient = find("gradient");
  }
  for (std::size_t i = 0; all.contains("changes." + std::to_string(i)); ++i) {
    loaded.differences.push_back(find("differences." + std::to_string(i)));
    loaded.changes.push_back(find("changes." + std::to_string(i)));
  }
  state = std::move(loaded);
}

}  // namespace fathom::optim
