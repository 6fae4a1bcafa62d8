// Speed of convolutions, forward and both backwards, and the share of the machine's measured peak;
// of 3x3 windows by Winograd's minimal filtering too, the weights transformed before, and how much
// faster than the direct sum. A star marks what a plan chooses.
//   conv_bench [avx2|avx512] [threads] [filter]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "fathom/backend/cpu/conv.h"
#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/backend/cpu/probe.h"
#include "fathom/backend/cpu/winograd_choice.h"

namespace {

using fathom::backend::ConvGeometry;
using Clock = std::chrono::steady_clock;

struct Layer {
  const char* name;
  std::int64_t batch, size, channels, outputs, kernel, stride, padding, groups;
};
constexpr Layer kLayers[] = {
    {"3>32@32 b50", 50, 32, 3, 32, 3, 1, 1, 1},
    {"32>32@32 b50", 50, 32, 32, 32, 3, 1, 1, 1},
    {"32>64@16 b50", 50, 16, 32, 64, 3, 1, 1, 1},
    {"64>64@16 b50", 50, 16, 64, 64, 3, 1, 1, 1},
    {"64>128@8 p0 b50", 50, 8, 64, 128, 3, 1, 0, 1},
    {"128>128@6 p0 b50", 50, 6, 128, 128, 3, 1, 0, 1},
    {"128>128@8 b50", 50, 8, 128, 128, 3, 1, 1, 1},
    {"3x3 64@56", 1, 56, 64, 64, 3, 1, 1, 1},
    {"3x3 64@56 b8", 8, 56, 64, 64, 3, 1, 1, 1},
    {"3x3 128@28", 1, 28, 128, 128, 3, 1, 1, 1},
    {"3x3 128@28 b8", 8, 28, 128, 128, 3, 1, 1, 1},
    {"3x3 128 s2@56", 1, 56, 128, 128, 3, 2, 1, 1},
    {"3x3 256@14", 1, 14, 256, 256, 3, 1, 1, 1},
    {"3x3 256@14 b8", 8, 14, 256, 256, 3, 1, 1, 1},
    {"3x3 512@7", 1, 7, 512, 512, 3, 1, 1, 1},
    {"3x3 512@7 b8", 8, 7, 512, 512, 3, 1, 1, 1},
    {"1x1 256>64@56", 1, 56, 256, 64, 1, 1, 0, 1},
    {"1x1 64>256@56", 1, 56, 64, 256, 1, 1, 0, 1},
    {"1x1 512>1024@28 s2", 1, 28, 512, 1024, 1, 2, 0, 1},
    {"7x7 s2 stem", 1, 224, 3, 64, 7, 2, 3, 1},
    {"3x3 3>16@224 s2", 1, 224, 3, 16, 3, 2, 1, 1},
    {"dw 3x3 16@112 s2", 1, 112, 16, 16, 3, 2, 1, 16},
    {"dw 3x3 88@28", 1, 28, 88, 88, 3, 1, 1, 88},
    {"dw 5x5 96@28 s2", 1, 28, 96, 96, 5, 2, 2, 96},
    {"dw 5x5 240@14", 1, 14, 240, 240, 5, 1, 2, 240},
    {"dw 5x5 576@7", 1, 7, 576, 576, 5, 1, 2, 576},
};

/// Aligned as tensors are.
struct Memory {
  explicit Memory(std::int64_t n)
      : data(static_cast<float*>(
            std::aligned_alloc(64, (static_cast<std::size_t>(n) * 4 + 127) / 64 * 64))) {
    for (std::int64_t i = 0; i < n; ++i)
      data[i] = static_cast<float>((i * 7919) % 1013) / 1013.0F - 0.5F;
  }
  ~Memory() { std::free(data); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  float* data;
};

/// The best of many, in seconds: other work on the machine only adds.
template <class F> double seconds(F&& f) {
  f();
  double best = 1e9, total = 0;
  for (int i = 0; i < 400 && (total < 0.4 || i < 5); ++i) {
    const auto start = Clock::now();
    f();
    const double took = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::min(best, took);
    total += took;
  }
  return best;
}

ConvGeometry geometry_of(const Layer& l) {
  ConvGeometry g;
  g.batch = l.batch;
  g.channels = l.channels;
  g.outputs = l.outputs;
  g.groups = l.groups;
  const std::int64_t out = (l.size + 2 * l.padding - l.kernel) / l.stride + 1;
  g.in = {1, l.size, l.size};
  g.out = {1, out, out};
  g.kernel = {1, l.kernel, l.kernel};
  g.stride = {1, l.stride, l.stride};
  g.low = {0, l.padding, l.padding};
  return g;
}

/// Times of one direction with tiles of `side`, of which `direct` is the direct sum's.
void measure_winograd(const ConvGeometry& g, bool backward, int side, double direct,
                      const Memory& x, const Memory& w, const Memory& y) {
  using namespace fathom::cpu;
  const WinogradConv conv =
      backward ? WinogradConv::backward_input(g, side) : WinogradConv::forward(g, side);
  const Memory transformed(winograd_weight_size(conv));
  const Memory scratch(static_cast<std::int64_t>(winograd_scratch(conv) / 4) + 1);
  const double weight = seconds([&] { winograd_transform_weight(conv, w.data, transformed.data); });
  const double all = seconds(
      [&] { winograd_conv(conv, x.data, transformed.data, nullptr, y.data, scratch.data); });
  const auto chosen = choose_winograd(g, backward);
  std::printf("  F(%dx%d)%c %9.1f us %4.2fx, weight %7.1f us", side, side,
              chosen && chosen->side == side ? '*' : ' ', all * 1e6, direct / all, weight * 1e6);
}

void measure(const Layer& l, double peak) {
  const ConvGeometry g = geometry_of(l);
  const std::int64_t weights = l.outputs * g.group_channels() * g.taps();
  const Memory x(g.batch * g.in_positions() * g.channels), w(weights);
  const Memory y(g.batch * g.out_positions() * g.outputs);
  const std::size_t bytes = std::max({fathom::cpu::conv_scratch<float>(g),
                                      fathom::cpu::conv_backward_input_scratch<float>(g),
                                      fathom::cpu::conv_backward_weight_scratch<float>(g)});
  const Memory scratch(static_cast<std::int64_t>(bytes / 4) + 1);
  const Memory dx(g.batch * g.in_positions() * g.channels), dw(weights);
  using fathom::cpu::conv;
  const double times[] = {
      seconds([&] {
        conv<float>(g, x.data, {w.data, nullptr}, false, y.data, scratch.data);
      }),
      seconds([&] {
        fathom::cpu::conv_backward_input<float>(g, y.data, w.data, dx.data, scratch.data);
      }),
      seconds([&] {
        fathom::cpu::conv_backward_weight<float>(g, x.data, y.data, dw.data, scratch.data);
      })};
  const double flops = 2.0 * static_cast<double>(g.batch * g.out_positions() * weights);
  std::printf("%-20s", l.name);
  for (const double t : times)
    std::printf("  %9.1f us %6.1f GF/s %5.1f%%", t * 1e6, flops / t * 1e-9, 100 * flops / t / peak);
  std::printf("\n");
  if (!fathom::cpu::WinogradConv::serves(g)) return;
  for (const bool backward : {false, true}) {
    std::printf("  %-18s", backward ? "backward" : "forward");
    for (const int side : {2, 4})
      measure_winograd(g, backward, side, times[backward], backward ? y : x, w, backward ? dx : y);
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  using namespace fathom::cpu;
  if (argc > 1) set_isa_for_test(std::strcmp(argv[1], "avx2") == 0 ? Isa::avx2 : Isa::avx512);
  set_threads(argc > 2 ? std::atoi(argv[2]) : 1);
  const double peak = measured_peak_gflops(threads()) * 1e9;
  std::printf("%s, %d threads: peak %.1f GF/s; forward, backward to the input, to the weight\n",
              std::string(name(isa())).c_str(), threads(), peak * 1e-9);
  for (const Layer& l : kLayers)
    if (argc < 4 || std::strstr(l.name, argv[3])) measure(l, peak);
}
