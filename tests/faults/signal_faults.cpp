// Fourier transforms, spectra over time, windows.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults signal_faults() {
  return {
      fault<IndexError>(
          "a Fourier transform along no axis", [] { fft::rfft(zeros({4}), {}, 2); },
          no_axis("fft.rfft", 2, 1)),
      fault<ShapeError>(
          "fft of real numbers", [] { fft::fft(zeros({3})); }, R"(fft.fft: x is not complex
  x: f32 (3,)
  expected a last axis of 2: real and imaginary part
  hint: complex(x, 0) for real numbers
  in: @)"),
      fault<ValueError>(
          "fft of nothing", [] { fft::rfft(zeros({0})); }, R"(fft.rfft: length 0
  expected at least 1
  in: @)"),
      fault<ShapeError>(
          "fftn lengths",
          [] {
            fft::rfftn(zeros({3, 3}), {2}, {0, 1});
          },
          R"(fft.rfftn: 1 lengths for 2 axes
  in: @)"),
      fault<ShapeError>(
          "the spectra of a picture",
          [] {
            stft(zeros({2, 3, 64}), 16);
          },
          R"(stft: x is no signal
  x: f32 (2, 3, 64)
  expected x (length) or (B, length)
  in: @)"),
      fault<DTypeError>(
          "the spectra of integers", [] { stft(zeros({64}, DType::i64), 16); },
          R"(stft: needs floating-point numbers
  x: i64 (64,)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<ValueError>(
          "spectra of no samples", [] { stft(zeros({64}), 0); }, R"(stft: the lengths do not fit
  n_fft: 0     hop_length: 0     win_length: 0
  expected positive ones, and a window no longer than n_fft
  in: @)"),
      fault<ValueError>(
          "frames that go backwards", [] { stft(zeros({64}), 16, {.hop_length = -4}); },
          R"(stft: the lengths do not fit
  n_fft: 16     hop_length: -4     win_length: 16
  expected positive ones, and a window no longer than n_fft
  in: @)"),
      fault<ValueError>(
          "a window longer than its frame", [] { stft(zeros({64}), 16, {.win_length = 32}); },
          R"(stft: the lengths do not fit
  n_fft: 16     hop_length: 4     win_length: 32
  expected positive ones, and a window no longer than n_fft
  in: @)"),
      fault<ShapeError>(
          "a window of another length", [] { stft(zeros({64}), 16, {.window = hann_window(8)}); },
          R"(stft: the window is not win_length long
  window: f32 (8,)     win_length: 16
  in: @)"),
      fault<ShapeError>(
          "frames longer than the signal", [] { stft(zeros({8}), 16, {.center = false}); },
          R"(stft: a window is longer than the axis
  x: f32 (8,)     size: 16
  in: @)"),
      fault<ShapeError>(
          "reflecting more than the signal has", [] { stft(zeros({8}), 64); },
          R"(stft: axis 0 is too short for this mode
  x: f32 (8,)     widths: 32 and 32
  expected at least 33 elements
  in: @)"),
      fault<ShapeError>(
          "a signal from real spectra",
          [] {
            istft(zeros({9, 5}), 16);
          },
          R"(istft: z is no spectrum of frames
  z: f32 (9, 5)
  expected z (9, frames, 2), or with a batch axis in front
  in: @)"),
      fault<ShapeError>(
          "a signal from too few frequencies",
          [] {
            istft(zeros({8, 5, 2}), 16);
          },
          R"(istft: z is no spectrum of frames
  z: f32 (8, 5, 2)
  expected z (9, frames, 2), or with a batch axis in front
  in: @)"),
      fault<ShapeError>(
          "a signal from no frames",
          [] {
            istft(zeros({9, 0, 2}), 16);
          },
          R"(istft: z is no spectrum of frames
  z: f32 (9, 0, 2)
  expected z (9, frames, 2), or with a batch axis in front
  in: @)"),
      fault<ValueError>(
          "windows with gaps between",
          [] {
            istft(zeros({9, 5, 2}), 16, {.hop_length = 20});
          },
          R"(istft: the windows leave a sample uncovered
  hint: a shorter hop_length, or center
  in: @)"),
      fault<ValueError>(
          "a window of fewer samples than none", [] { hann_window(-1); }, R"(hann_window: n is -1
  expected a number of samples
  in: @)"),
      fault<DTypeError>(
          "a window of integers", [] { kaiser_window(8, true, 12, DType::i64); },
          R"(kaiser_window: a window holds fractions
  dtype: i64
  expected a floating-point type
  in: @)"),
  };
}

}  // namespace fathom::test
