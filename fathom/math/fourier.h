// The discrete Fourier transform of one row, by Eigen's mixed-radix transform (after kissfft).
#pragma once
#include <cstdint>

namespace fathom::math {

/// y[k] = sum over j of x[j] exp(-+ 2 pi i j k / n), not scaled; - forward, + if `inverse`. Each
/// element is a pair of numbers, real and imaginary part.
template <class T> void fourier(std::int64_t n, bool inverse, const T* x, T* y);

}  // namespace fathom::math
