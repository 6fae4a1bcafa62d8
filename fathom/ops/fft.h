// Discrete Fourier transforms, as torch.fft names them, and numbers of two parts.
//
// There is no complex element type: complex numbers are real tensors with a last axis of 2, real
// and imaginary part (torch.view_as_real). Axes count without it: axis -1 of a complex (a, b, 2) is
// the one of extent b. By Eigen's transform; lengths with a large prime factor by Bluestein's.
//
// Options   n (lengths): the input is cut or padded with zeros to it; 0 leaves it as it is.
// Dtypes    f32, f64.
// Gradient  of all of them, themselves differentiable.
// Errors    ShapeError for a complex operand without its last axis, ValueError for a length of 0.
#pragma once
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Not scaled, over the last axis of complex numbers.
struct Fourier {
  bool inverse;
};
}  // namespace op

/// Real and imaginary part as one complex tensor. Shapes: (...), (...) -> (..., 2).
Tensor complex(const Operand& real, const Operand& imaginary);
/// The parts. Shapes: (..., 2) -> (...).
Tensor real_part(const Operand& z);
/// The imaginary part. Shapes: (..., 2) -> (...).
Tensor imaginary_part(const Operand& z);
/// Elementwise, operands broadcast.
Tensor complex_mul(const Operand& a, const Operand& b);
/// The complex conjugate.
Tensor conj(const Operand& z);
/// magnitude (cos angle + i sin angle).
Tensor polar(const Operand& magnitude, const Operand& angle);
/// The angle in [-pi, pi]: (..., 2) -> (...).
Tensor complex_angle(const Operand& z);
/// The magnitude: (..., 2) -> (...). The gradient at 0 is 0.
Tensor complex_abs(const Operand& z);

namespace fft {

/// Which direction is scaled: the inverse by 1/n, both by 1/sqrt(n), or the forward one by 1/n.
enum class Norm { backward, ortho, forward };

/// Complex to complex.
Tensor fft(const Operand& x, std::int64_t n = 0, int axis = -1, Norm norm = Norm::backward);
/// The inverse of fft.
Tensor ifft(const Operand& x, std::int64_t n = 0, int axis = -1, Norm norm = Norm::backward);
/// Real to the first n/2 + 1 complex ones; the others are their conjugates.
Tensor rfft(const Operand& x, std::int64_t n = 0, int axis = -1, Norm norm = Norm::backward);
/// Back to n real numbers; without n, to 2 (m - 1) for m complex ones.
Tensor irfft(const Operand& x, std::int64_t n = 0, int axis = -1, Norm norm = Norm::backward);
/// As rfft and irfft with the directions' signs swapped: spectra that are real.
Tensor hfft(const Operand& x, std::int64_t n = 0, int axis = -1, Norm norm = Norm::backward);
/// The inverse of hfft.
Tensor ihfft(const Operand& x, std::int64_t n = 0, int axis = -1, Norm norm = Norm::backward);

/// Over several axes, all by default; real transforms halve the last one named.
Tensor fftn(const Operand& x, const std::vector<std::int64_t>& n = {},
            const std::vector<int>& axes = {}, Norm norm = Norm::backward);
/// ifft over several axes.
Tensor ifftn(const Operand& x, const std::vector<std::int64_t>& n = {},
             const std::vector<int>& axes = {}, Norm norm = Norm::backward);
/// rfft over several axes; the last one named is halved.
Tensor rfftn(const Operand& x, const std::vector<std::int64_t>& n = {},
             const std::vector<int>& axes = {}, Norm norm = Norm::backward);
/// irfft over several axes.
Tensor irfftn(const Operand& x, const std::vector<std::int64_t>& n = {},
              const std::vector<int>& axes = {}, Norm norm = Norm::backward);
/// Over the last two axes.
Tensor fft2(const Operand& x, const std::vector<std::int64_t>& n = {},
            const std::vector<int>& axes = {-2, -1}, Norm norm = Norm::backward);
/// ifft over the last two axes.
Tensor ifft2(const Operand& x, const std::vector<std::int64_t>& n = {},
             const std::vector<int>& axes = {-2, -1}, Norm norm = Norm::backward);
/// rfft over the last two axes.
Tensor rfft2(const Operand& x, const std::vector<std::int64_t>& n = {},
             const std::vector<int>& axes = {-2, -1}, Norm norm = Norm::backward);
/// irfft over the last two axes.
Tensor irfft2(const Operand& x, const std::vector<std::int64_t>& n = {},
              const std::vector<int>& axes = {-2, -1}, Norm norm = Norm::backward);

/// As rfftn and irfftn with the directions' signs swapped.
Tensor hfftn(const Operand& x, const std::vector<std::int64_t>& n = {},
             const std::vector<int>& axes = {}, Norm norm = Norm::backward);
/// The inverse of hfftn.
Tensor ihfftn(const Operand& x, const std::vector<std::int64_t>& n = {},
              const std::vector<int>& axes = {}, Norm norm = Norm::backward);
/// hfft over the last two axes.
Tensor hfft2(const Operand& x, const std::vector<std::int64_t>& n = {},
             const std::vector<int>& axes = {-2, -1}, Norm norm = Norm::backward);
/// ihfft over the last two axes.
Tensor ihfft2(const Operand& x, const std::vector<std::int64_t>& n = {},
              const std::vector<int>& axes = {-2, -1}, Norm norm = Norm::backward);

/// The frequencies of fft's results, in cycles per unit for samples that are d apart: 0, 1, ..., -1
/// over n d. Shapes: (n).
Tensor fftfreq(std::int64_t n, double d = 1);
/// Those of rfft: 0, 1, ..., n/2 over n d.
Tensor rfftfreq(std::int64_t n, double d = 1);
/// Frequency 0 moved to the middle of the axes (all by default), and back. Any real tensor; of a
/// complex one name the axes, counted with the last.
Tensor fftshift(const Operand& x, const std::vector<int>& axes = {});
/// Undoes fftshift.
Tensor ifftshift(const Operand& x, const std::vector<int>& axes = {});

}  // namespace fft
}  // namespace fathom
