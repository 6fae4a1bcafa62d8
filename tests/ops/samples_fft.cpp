#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/fft.h"
#include "fathom/ops/spectrum.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {

using namespace fft;
constexpr SampleOptions smooth{.tolerance = 1e-5, .second = true};
constexpr SampleOptions plain{.tolerance = 1e-5};

template <class F>
Sample row(const std::string& name, const Shape& shape, F f, SampleOptions options = plain) {
  return {name, [f](In x) { return f(x[0]); }, {real(shape)}, options};
}

}  // namespace

Samples fft_samples() {
  const Norm ortho = Norm::ortho, forward = Norm::forward;
  Samples all{
      row(
          "fft", {3, 8, 2}, [](auto& x) { return fft::fft(x); }, smooth),
      row("fft/odd, axis 0", {5, 2, 2}, [](auto& x) { return fft::fft(x, 0, 0); }),
      row("fft/one", {1, 2}, [](auto& x) { return fft::fft(x); }),
      row("fft/no rows", {0, 4, 2}, [](auto& x) { return fft::fft(x); }),
      row("fft/cut", {2, 9, 2}, [=](auto& x) { return fft::fft(x, 6, 1, ortho); }),
      row("fft/padded", {2, 5, 2}, [=](auto& x) { return fft::fft(x, 12, -1, forward); }),
      row("fft/prime", {67, 2}, [](auto& x) { return fft::fft(x); }),
      row("fft/large prime", {3, 509, 2}, [](auto& x) { return fft::fft(x); },
          {.tolerance = 1e-5, .large = true}),
      row("fft/large", {5, 480, 2}, [](auto& x) { return fft::fft(x); },
          {.tolerance = 1e-5, .large = true}),
      row(
          "ifft", {3, 6, 2}, [](auto& x) { return ifft(x); }, smooth),
      row("ifft/ortho", {7, 3, 2}, [=](auto& x) { return ifft(x, 0, 0, ortho); }),
      row("ifft/prime", {67, 2}, [](auto& x) { return ifft(x); }),
      row(
          "rfft", {3, 8}, [](auto& x) { return rfft(x); }, smooth),
      row("rfft/odd", {7, 2}, [=](auto& x) { return rfft(x, 0, 0, ortho); }),
      row("rfft/cut", {2, 7}, [](auto& x) { return rfft(x, 5); }),
      row(
          "irfft", {3, 5, 2}, [](auto& x) { return irfft(x); }, smooth),
      row("irfft/odd", {3, 5, 2}, [=](auto& x) { return irfft(x, 9, -1, forward); }),
      row("irfft/padded", {3, 4, 2}, [](auto& x) { return irfft(x, 12); }),
      row("irfft/to one", {2, 2}, [](auto& x) { return irfft(x, 1); }),
      row(
          "hfft", {5, 2}, [](auto& x) { return hfft(x); }, smooth),
      row(
          "ihfft", {2, 6}, [](auto& x) { return ihfft(x); }, smooth),
      row(
          "fftn", {2, 3, 4, 2}, [](auto& x) { return fftn(x); }, smooth),
      row("fftn/lengths", {2, 3, 4, 2},
          [=](auto& x) {
            return fftn(x, {4, 3}, {}, ortho);
          }),
      row("ifftn", {2, 3, 4, 2},
          [](auto& x) {
            return ifftn(x, {}, {0, 2});
          }),
      row(
          "rfftn", {2, 3, 4}, [](auto& x) { return rfftn(x); }, smooth),
      row(
          "irfftn", {2, 3, 4, 2}, [](auto& x) { return irfftn(x); }, smooth),
      row("irfftn/lengths", {3, 4, 2},
          [](auto& x) {
            return irfftn(x, {5, 7});
          }),
      row("fft2", {2, 3, 4, 2}, [](auto& x) { return fft2(x); }),
      row("ifft2", {3, 4, 2}, [](auto& x) { return ifft2(x); }),
      row("rfft2", {3, 4},
          [](auto& x) {
            return rfft2(x, {4, 6});
          }),
      row("irfft2", {3, 4, 2},
          [=](auto& x) {
            return irfft2(x, {}, {1, 0}, ortho);
          }),
      row(
          "hfftn", {3, 4, 2}, [](auto& x) { return hfftn(x); }, smooth),
      row("hfft2", {2, 3, 3, 2},
          [=](auto& x) {
            return hfft2(x, {4, 5}, {0, 2}, ortho);
          }),
      row("ihfftn", {3, 4}, [](auto& x) { return ihfftn(x); }),
      row("ihfft2", {2, 3, 4},
          [](auto& x) {
            return ihfft2(x, {2, 6});
          }),
      row("fftshift", {4, 5}, [](auto& x) { return fftshift(x); }),
      row("fftshift/axis", {4, 5, 2}, [](auto& x) { return fftshift(x, {1}); }),
      row("ifftshift", {4, 5}, [](auto& x) { return ifftshift(x); }),
      {"fftfreq", [](In) { return fftfreq(7, 0.5); }, {}, {}},
      {"fftfreq/even", [](In) { return fftfreq(8); }, {}, {}},
      {"rfftfreq", [](In) { return rfftfreq(7, 2); }, {}, {}},
      {"complex", [](In x) { return complex(x[0], x[1]); }, {real({3, 1}), real({4})}, {}},
      {"complex/of a number", [](In x) { return complex(x[0], 0); }, {real({3})}, {}},
      {"complex_mul",
       [](In x) { return complex_mul(x[0], x[1]); },
       {real({3, 1, 2}), real({4, 2})},
       smooth},
      row(
          "stft", {2, 20}, [](auto& x) { return stft(x, 8); }, smooth),
      {"stft/window",
       [](In x) {
         return stft(x[0], 8,
                     {.hop_length = 3, .win_length = 5, .window = x[1], .onesided = false});
       },
       {real({21}), real({5})},
       {}},
      {"istft",
       [](In x) { return istft(x[0], 8, {.window = x[1]}); },
       {real({2, 5, 4, 2}), real({8}, 0.5, 1)},
       {}},
      {"hann_window", [](In) { return hann_window(9); }, {}, {}},
      {"hamming_window", [](In) { return hamming_window(9, false); }, {}, {}},
      {"blackman_window", [](In) { return blackman_window(8); }, {}, {}},
      {"bartlett_window", [](In) { return bartlett_window(8, false); }, {}, {}},
      {"kaiser_window", [](In) { return kaiser_window(8); }, {}, {}},
      {"polar", [](In x) { return polar(x[0], x[1]); }, {real({3, 1}), real({4})}, smooth},
      row("complex_angle", {3, 4, 2}, [](auto& x) { return complex_angle(x); }),
      row("conj", {3, 2}, [](auto& x) { return conj(x); }),
      row("real_part", {3, 2}, [](auto& x) { return real_part(x); }),
      row("imaginary_part", {3, 2}, [](auto& x) { return imaginary_part(x); }),
      row(
          "complex_abs", {3, 2}, [](auto& x) { return complex_abs(x); }, smooth),
  };
  const std::size_t narrow = all.size();
  for (std::size_t i = 0; i < narrow; i += 3) {
    Sample wide = all[i];
    if (wide.inputs.empty()) continue;
    wide.name += ", f64";
    for (Input& in : wide.inputs) in.dtype = DType::f64;
    all.push_back(wide);
  }
  return all;
}

}  // namespace fathom::test
