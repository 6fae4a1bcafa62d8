// Short-time Fourier transforms and the windows that go with them, as torch names them. Complex
// numbers are as in fft.h: a last axis of 2.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"
#include "fathom/ops/fft.h"
#include "fathom/ops/windows.h"

namespace fathom {

/// Windows of n samples; `periodic` ones are for spectra (as if n + 1 samples were made and the
/// last dropped), the others symmetric. Shapes: (n). Dtypes: floating. Errors: ValueError for n <
/// 0; DTypeError. (1 - cos(2 pi k / n)) / 2 (von Hann).
Tensor hann_window(std::int64_t n, bool periodic = true, DType dtype = DType::f32,
                   Where where = Where::current());
/// alpha - beta cos(2 pi k / n).
Tensor hamming_window(std::int64_t n, bool periodic = true, double alpha = 0.54, double beta = 0.46,
                      DType dtype = DType::f32, Where where = Where::current());
/// 0.42 - cos(2 pi k / n) / 2 + 0.08 cos(4 pi k / n).
Tensor blackman_window(std::int64_t n, bool periodic = true, DType dtype = DType::f32,
                       Where where = Where::current());
/// A triangle: 1 - |2 k / n - 1|.
Tensor bartlett_window(std::int64_t n, bool periodic = true, DType dtype = DType::f32,
                       Where where = Where::current());
/// I0(beta sqrt(1 - (2 k / n - 1)^2)) / I0(beta) (Kaiser 1980).
Tensor kaiser_window(std::int64_t n, bool periodic = true, double beta = 12.0,
                     DType dtype = DType::f32, Where where = Where::current());

/// Options of stft().
struct StftOptions {
  std::int64_t hop_length = 0;  ///< samples between frames; 0: n_fft / 4
  std::int64_t win_length = 0;  ///< of the window; 0: n_fft
  Tensor window;                ///< (win_length), in the middle of a frame; ones if undefined
  bool center = true;           ///< frame t is centred at sample t hop_length, by padding
  PadMode pad_mode = PadMode::reflect;
  bool normalized = false;  ///< scaled by 1 / sqrt(n_fft)
  bool onesided = true;     ///< of real signals the first n_fft / 2 + 1 frequencies
};
/// Spectra of overlapping frames of a signal, torch.stft. Shapes: (length) or (B, length) ->
/// (frequencies, frames, 2) or (B, ...). Gradient: by the signal and the window. Errors:
/// ShapeError, ValueError for lengths that do not fit.
Tensor stft(const Operand& x, std::int64_t n_fft, const StftOptions& options = {});

/// Options of istft(), those of the stft() that it undoes.
struct IstftOptions {
  std::int64_t hop_length = 0;
  std::int64_t win_length = 0;
  Tensor window;
  bool center = true;  ///< the padding is cut off again
  bool normalized = false;
  bool onesided = true;
  std::int64_t length = 0;  ///< of the signal; 0: what the frames give
};
/// The signal whose stft is z, by least squares (Griffin and Lim 1984), torch.istft. Evaluates the
/// window. Shapes: (frequencies, frames, 2) or (B, ...) -> (length) or (B, length). Errors:
/// ShapeError, ValueError, also where windows leave a sample uncovered.
Tensor istft(const Operand& z, std::int64_t n_fft, const IstftOptions& options = {});

}  // namespace fathom
