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

/// Chebyshev's of the first kind.
Tensor chebyshev_polynomial_t(const Operand& x, std::int64_t n);
/// Chebyshev's of the second kind.
Tensor chebyshev_polynomial_u(const Operand& x, std::int64_t n);
/// Chebyshev's of the third kind.
Tensor chebyshev_polynomial_v(const Operand& x, std::int64_t n);
/// Chebyshev's of the fourth kind.
Tensor chebyshev_polynomial_w(const Operand& x, std::int64_t n);
/// Chebyshev's of the first kind, of 2 x - 1.
Tensor shifted_chebyshev_polynomial_t(const Operand& x, std::int64_t n);
/// Chebyshev's of the second kind, of 2 x - 1.
Tensor shifted_chebyshev_polynomial_u(const Operand& x, std::int64_t n);
/// Chebyshev's of the third kind, of 2 x - 1.
Tensor shifted_chebyshev_polynomial_v(const Operand& x, std::int64_t n);
/// Chebyshev's of the fourth kind, of 2 x - 1.
Tensor shifted_chebyshev_polynomial_w(const Operand& x, std::int64_t n);
/// Hermite's as physicists have them: leading coefficient 2^n.
Tensor hermite_polynomial_h(const Operand& x, std::int64_t n);
/// Hermite's with leading coefficient 1.
Tensor hermite_polynomial_he(const Operand& x, std::int64_t n);
/// Laguerre's.
Tensor laguerre_polynomial_l(const Operand& x, std::int64_t n);
/// Legendre's.
Tensor legendre_polynomial_p(const Operand& x, std::int64_t n);

}  // namespace fathom
