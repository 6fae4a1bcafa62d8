#include "fathom/ops/polynomials.h"

#include <utility>

#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"

namespace fathom {

namespace {

/// p_0 = 1, p_1 = first(x), p_(k+1) = next(k, x, p_k, p_(k-1)).
template <class First, class Next>
Tensor recurrence(const Operand& x, std::int64_t n, First first, Next next) {
  return ops::rounded_once(x, [&](const Tensor& t) {
    if (n < 0) return zeros_like(t);
    Tensor before = ones_like(t);
    if (n == 0) return before;
    Tensor p = first(t);
    for (std::int64_t k = 1; k < n; ++k) {
      Tensor following = next(static_cast<double>(k), t, p, before);
      before = std::exchange(p, std::move(following));
    }
    return p;
  });
}

/// All four kinds of Chebyshev's have one recurrence; they start as slope x + offset.
Tensor chebyshev(const Operand& x, std::int64_t n, double slope, double offset) {
  return recurrence(
      x, n, [&](const Tensor& t) { return slope * t + offset; },
      [](double, const Tensor& t, const Tensor& p, const Tensor& before) {
        return 2 * t * p - before;
      });
}
template <class F> Tensor shifted(const Operand& x, F polynomial) {
  return ops::rounded_once(x, [&](const Tensor& t) { return polynomial(2 * t - 1); });
}

}  // namespace

Tensor chebyshev_polynomial_t(const Operand& x, std::int64_t n) { return chebyshev(x, n, 1, 0); }
Tensor chebyshev_polynomial_u(const Operand& x, std::int64_t n) { return chebyshev(x, n, 2, 0); }
Tensor chebyshev_polynomial_v(const Operand& x, std::int64_t n) { return chebyshev(x, n, 2, -1); }
Tensor chebyshev_polynomial_w(const Operand& x, std::int64_t n) { return chebyshev(x, n, 2, 1); }
Tensor shifted_chebyshev_polynomial_t(const Operand& x, std::int64_t n) {
  return shifted(x, [&](const Tensor& t) { return chebyshev_polynomial_t(t, n); });
}
Tensor shifted_chebyshev_polynomial_u(const Operand& x, std::int64_t n) {
  return shifted(x, [&](const Tensor& t) { return chebyshev_polynomial_u(t, n); });
}
Tensor shifted_chebyshev_polynomial_v(const Operand& x, std::int64_t n) {
  return shifted(x, [&](const Tensor& t) { return chebyshev_polynomial_v(t, n); });
}
Tensor shifted_chebyshev_polynomial_w(const Operand& x, std::int64_t n) {
  return shifted(x, [&](const Tensor& t) { return chebyshev_polynomial_w(t, n); });
}
Tensor hermite_polynomial_h(const Operand& x, std::int64_t n) {
  return recurrence(
      x, n, [](const Tensor& t) { return 2 * t; },
      [](double k, const Tensor& t, const Tensor& p, const Tensor& before) {
        return 2 * t * p - 2 * k * before;
      });
}
Tensor hermite_polynomial_he(const Operand& x, std::int64_t n) {
  return recurrence(
      x, n, [](const Tensor& t) { return t; },
      [](double k, const Tensor& t, const Tensor& p, const Tensor& before) {
        return t * p - k * before;
      });
}
Tensor laguerre_polynomial_l(const Operand& x, std::int64_t n) {
  return recurrence(
      x, n, [](const Tensor& t) { return 1 - t; },
      [](double k, const Tensor& t, const Tensor& p, const Tensor& before) {
        return ((2 * k + 1 - t) * p - k * before) / (k + 1);
      });
}
Tensor legendre_polynomial_p(const Operand& x, std::int64_t n) {
  return recurrence(
      x, n, [](const Tensor& t) { return t; },
      [](double k, const Tensor& t, const Tensor& p, const Tensor& before) {
        return ((2 * k + 1) * t * p - k * before) / (k + 1);
      });
}

}  // namespace fathom
