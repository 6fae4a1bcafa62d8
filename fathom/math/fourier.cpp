#include "fathom/math/fourier.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <unsupported/Eigen/FFT>
#include <vector>

namespace fathom::math {
namespace {

template <class T> using Row = std::vector<std::complex<T>>;

// Eigen's transform costs n times each prime factor of n: beyond this one, the chirp is faster.
constexpr std::int64_t largest_factor = 61;

std::int64_t largest_prime_factor(std::int64_t n) {
  std::int64_t largest = 1;
  for (std::int64_t p = 2; p * p <= n; ++p)
    for (; n % p == 0; n /= p) largest = p;
  return n > 1 ? n : largest;
}

template <class T> Row<T> transform(const Row<T>& x, bool inverse) {
  Eigen::FFT<T> fft;
  fft.SetFlag(Eigen::FFT<T>::Unscaled);
  Row<T> y(x.size());
  const auto n = static_cast<Eigen::Index>(x.size());
  if (inverse)
    fft.inv(y.data(), x.data(), n);
  else
    fft.fwd(y.data(), x.data(), n);
  return y;
}

/// Any length as a convolution with a chirp, of a length that is a power of two (Bluestein 1970).
/// The chirp is made in f64, and so is the convolution: its error stays below that of f32.
Row<double> chirp_transform(const Row<double>& x, bool inverse) {
  const auto n = static_cast<std::int64_t>(x.size());
  std::int64_t padded = 1;
  while (padded < 2 * n - 1) padded *= 2;
  Row<double> chirp(x.size());
  for (std::int64_t j = 0; j < n; ++j) {
    // j^2 modulo 2 n, in steps, so that the angle stays exact.
    const auto square = static_cast<std::int64_t>(static_cast<unsigned __int128>(j) *
                                                  static_cast<unsigned __int128>(j) %
                                                  static_cast<unsigned __int128>(2 * n));
    const double angle = M_PI * static_cast<double>(square) / static_cast<double>(n);
    chirp[static_cast<std::size_t>(j)] = {std::cos(angle),
                                          inverse ? std::sin(angle) : -std::sin(angle)};
  }
  Row<double> a(static_cast<std::size_t>(padded));
  Row<double> b(a.size());
  for (std::size_t j = 0; j < x.size(); ++j) {
    a[j] = x[j] * chirp[j];
    b[j] = std::conj(chirp[j]);
    if (j > 0) b[b.size() - j] = b[j];
  }
  a = transform(a, false);
  b = transform(b, false);
  for (std::size_t j = 0; j < a.size(); ++j) a[j] *= b[j];
  a = transform(a, true);
  a.resize(x.size());
  for (std::size_t j = 0; j < a.size(); ++j) a[j] *= chirp[j] / static_cast<double>(padded);
  return a;
}

}  // namespace

template <class T> void fourier(std::int64_t n, bool inverse, const T* x, T* y) {
  const auto* from = reinterpret_cast<const std::complex<T>*>(x);
  auto* to = reinterpret_cast<std::complex<T>*>(y);
  if (n == 1) {
    *to = *from;
  } else if (largest_prime_factor(n) <= largest_factor) {
    const Row<T> row = transform(Row<T>(from, from + n), inverse);
    std::copy(row.begin(), row.end(), to);
  } else {
    const Row<double> row = chirp_transform(Row<double>(from, from + n), inverse);
    for (std::int64_t i = 0; i < n; ++i)
      to[i] = static_cast<std::complex<T>>(row[static_cast<std::size_t>(i)]);
  }
}
template void fourier(std::int64_t, bool, const float*, float*);
template void fourier(std::int64_t, bool, const double*, double*);

}  // namespace fathom::math
