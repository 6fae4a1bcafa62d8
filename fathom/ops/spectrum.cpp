#include "fathom/ops/spectrum.h"

#include <cmath>
#include <numbers>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/special.h"

namespace fathom {

using graph::describe;

namespace {

/// f of each sample's place in [0, 1]: computed in f64 and rounded.
template <class F>
Tensor window_of(const char* operation, std::int64_t n, bool periodic, DType dtype,
                 const Where& where, F f) {
  const graph::CallScope call(operation, where);
  if (n < 0)
    throw ValueError({.operation = operation,
                      .problem = "n is " + std::to_string(n),
                      .expected = "a number of samples"});
  if (!is_floating(dtype))
    throw DTypeError({.operation = operation,
                      .problem = "a window holds fractions",
                      .received = {{"dtype", std::string(name(dtype))}},
                      .expected = "a floating-point type"});
  if (n < 2) return ones({n}, dtype);
  return cast(f(arange(n, DType::f64) / static_cast<double>(periodic ? n : n - 1)), dtype);
}
Tensor wave(const Tensor& place, double turns) {
  return cos(place * (2 * std::numbers::pi * turns));
}

/// What both directions make of their options.
struct Frames {
  std::int64_t size, hop;
  Tensor window;  // of a whole frame

  template <class Options>
  Frames(const char* operation, std::int64_t n_fft, const Options& o, DType dtype,
         const std::source_location& where)
      : size(n_fft), hop(o.hop_length == 0 ? n_fft / 4 : o.hop_length) {
    const std::int64_t width = o.win_length == 0 ? n_fft : o.win_length;
    if (n_fft < 1 || hop < 1 || width < 1 || width > n_fft)
      ops::fail<ValueError>({.operation = operation,
                             .problem = "the lengths do not fit",
                             .received = {{"n_fft", std::to_string(n_fft)},
                                          {"hop_length", std::to_string(hop)},
                                          {"win_length", std::to_string(width)}},
                             .expected = "positive ones, and a window no longer than n_fft"},
                            where);
    if (o.window.defined() && o.window.shape() != Shape{width})
      ops::fail<ShapeError>(
          {.operation = operation,
           .problem = "the window is not win_length long",
           .received = {{"window", describe(o.window)}, {"win_length", std::to_string(width)}}},
          where);
    window = o.window.defined() ? cast(o.window, dtype) : ones({width}, dtype);
    const std::int64_t left = (n_fft - width) / 2;
    window = pad(window, {{left, n_fft - width - left}});
  }
};

}  // namespace

Tensor hann_window(std::int64_t n, bool periodic, DType dtype, Where where) {
  return window_of("hann_window", n, periodic, dtype, where,
                   [](const Tensor& t) { return 0.5 - 0.5 * wave(t, 1); });
}
Tensor hamming_window(std::int64_t n, bool periodic, double alpha, double beta, DType dtype,
                      Where where) {
  return window_of("hamming_window", n, periodic, dtype, where,
                   [&](const Tensor& t) { return alpha - beta * wave(t, 1); });
}
Tensor blackman_window(std::int64_t n, bool periodic, DType dtype, Where where) {
  return window_of("blackman_window", n, periodic, dtype, where,
                   [](const Tensor& t) { return 0.42 - 0.5 * wave(t, 1) + 0.08 * wave(t, 2); });
}
Tensor bartlett_window(std::int64_t n, bool periodic, DType dtype, Where where) {
  return window_of("bartlett_window", n, periodic, dtype, where,
                   [](const Tensor& t) { return 1 - abs(2 * t - 1); });
}
Tensor kaiser_window(std::int64_t n, bool periodic, double beta, DType dtype, Where where) {
  return window_of("kaiser_window", n, periodic, dtype, where, [&](const Tensor& t) {
    return i0(beta * sqrt(maximum(1 - square(2 * t - 1), 0))) / i0(ops::scalar(beta, DType::f64));
  });
}

Tensor stft(const Operand& operand, std::int64_t n_fft, const StftOptions& o) {
  const std::source_location where = operand.where();
  const graph::CallScope call("stft", where);
  ops::require_floating("stft", operand);
  Tensor x = ops::as_tensor(operand);
  if (x.rank() < 1 || x.rank() > 2)
    ops::fail<ShapeError>({.operation = "stft",
                           .problem = "x is no signal",
                           .received = {{"x", describe(x)}},
                           .expected = "x (length) or (B, length)"},
                          where);
  const Frames frames("stft", n_fft, o, x.dtype(), where);
  if (o.center) x = pad(Operand(x, where), {{n_fft / 2, n_fft / 2}}, o.pad_mode);
  const Tensor parts = unfold(Operand(x, where), -1, n_fft, frames.hop) * frames.window;
  const fft::Norm norm = o.normalized ? fft::Norm::ortho : fft::Norm::backward;
  const Tensor spectra =
      o.onesided ? fft::rfft(parts, 0, -1, norm) : fft::fft(complex(parts, 0), 0, -1, norm);
  return transpose(spectra, -3, -2);
}

Tensor istft(const Operand& operand, std::int64_t n_fft, const IstftOptions& o) {
  const std::source_location where = operand.where();
  const graph::CallScope call("istft", where);
  ops::require_floating("istft", operand);
  Tensor z = ops::as_tensor(operand);
  const std::int64_t frequencies = o.onesided ? n_fft / 2 + 1 : n_fft;
  if (z.rank() < 3 || z.rank() > 4 || z.size(-1) != 2 || z.size(-3) != frequencies ||
      z.size(-2) == 0)
    ops::fail<ShapeError>({.operation = "istft",
                           .problem = "z is no spectrum of frames",
                           .received = {{"z", describe(z)}},
                           .expected = "z (" + std::to_string(frequencies) +
                                       ", frames, 2), or with a batch axis in front"},
                          where);
  const bool single = z.rank() == 3;
  if (single) z = unsqueeze(z, 0);
  const Frames frames("istft", n_fft, o, z.dtype(), where);
  const fft::Norm norm = o.normalized ? fft::Norm::ortho : fft::Norm::backward;
  const Tensor turned = transpose(z, -3, -2);
  // Of both sides the second is that of a real signal, whatever it holds, as PyTorch has it.
  const Tensor half = o.onesided ? turned : slice(turned, -2, 0, n_fft / 2 + 1);
  const Tensor parts = fft::irfft(half, n_fft, -1, norm);
  const std::int64_t count = z.size(-2), whole = n_fft + frames.hop * (count - 1);
  const auto overlapped = [&](const Tensor& t) {  // (rows, frames, n_fft) -> (rows, whole)
    return flatten(
        fold(transpose(t), {1, whole}, {.kernel_size = {1, n_fft}, .stride = {1, frames.hop}}), 1);
  };
  const std::int64_t start = o.center ? n_fft / 2 : 0;
  const std::int64_t stop = o.length > 0 ? start + o.length : whole - start;
  const std::int64_t covered = std::min(stop, whole);
  // The windows' squares where they overlap; built anew for the check, which evaluates them, or the
  // gradient would not find what they were made of.
  const auto weights = [&] {
    const Tensor window = Frames("istft", n_fft, o, z.dtype(), where).window;
    return slice(overlapped(expand(square(window), {1, count, n_fft})), 1, start, covered);
  };
  if (covered <= start || min(weights()).item() < 1e-11)
    ops::fail<ValueError>({.operation = "istft",
                           .problem = "the windows leave a sample uncovered",
                           .hint = "a shorter hop_length, or center"},
                          where);
  const Tensor signal = slice(overlapped(parts * frames.window), 1, start, covered) / weights();
  const Tensor full = pad(signal, {{0, stop - covered}});
  return single ? select(full, 0, 0) : full;
}

}  // namespace fathom
