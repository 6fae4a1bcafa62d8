// Orthogonal polynomials of degree n, elementwise, as torch.special names them: by their
// recurrence, so that a polynomial of degree n is a graph of some n steps.
//
// Dtypes    floating; integers become f32
// Gradient  of all of them
// Errors    none: a negative degree gives 0, as PyTorch's
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"

namespace fathom {

/// Chebyshev's, of the first to the fourth kind.
Tensor chebyshev_polynomial_t(const Operand& x, std::int64_t n);
Tensor chebyshev_polynomial_u(const Operand& x, std::int64_t n);
Tensor chebyshev_polynomial_v(const Operand& x, std::int64_t n);
Tensor chebyshev_polynomial_w(const Operand& x, std::int64_t n);
/// The same of 2 x - 1.
Tensor shifted_chebyshev_polynomial_t(const Operand& x, std::int64_t n);
Tensor shifted_chebyshev_polynomial_u(const Operand& x, std::int64_t n);
Tensor shifted_chebyshev_polynomial_v(const Operand& x, std::int64_t n);
Tensor shifted_chebyshev_polynomial_w(const Operand& x, std::int64_t n);
/// Hermite's as physicists have them, and with leading coefficient 1.
Tensor hermite_polynomial_h(const Operand& x, std::int64_t n);
Tensor hermite_polynomial_he(const Operand& x, std::int64_t n);
Tensor laguerre_polynomial_l(const Operand& x, std::int64_t n);
Tensor legendre_polynomial_p(const Operand& x, std::int64_t n);

}  // namespace fathom
