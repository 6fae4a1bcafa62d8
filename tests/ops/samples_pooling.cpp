#include "fathom/ops/elementwise.h"
#include "fathom/ops/pooling.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {

/// Both outputs as one, so that each is compared.
Tensor both(const IndexedResult& y) { return y.values + 1e-2 * cast(y.indices, y.values.dtype()); }

Samples max_samples(const SampleOptions& smooth, const SampleOptions& exact,
                    const SampleOptions& large) {
  const SampleOptions flat{.exact = true, .gradient = false};
  return {
      {"max_pool1d", [](In x) { return max_pool1d(x[0], 2); }, {real({2, 3, 7})}, smooth},
      {"max_pool2d",
       [](In x) { return max_pool2d(x[0], 3, {.stride = 2, .padding = 1}); },
       {real({2, 2, 7, 8})},
       smooth},
      {"max_pool2d/no batch, ceiling, dilated",
       [](In x) {
         return max_pool2d(x[0], {2, 3}, {.stride = 2, .dilation = {2, 1}, .ceil_mode = true});
       },
       {real({3, 6, 8})},
       exact},
      {"max_pool2d/side by side",
       [](In x) { return max_pool2d(x[0], 1); },
       {real({1, 2, 3, 3})},
       exact},
      {"max_pool2d/stride 3",
       [](In x) { return max_pool2d(x[0], 2, {.stride = 3}); },
       {real({1, 2, 8, 9})},
       exact},
      {"max_pool2d/special",
       [](In x) { return max_pool2d(x[0], 2, {.stride = 1}); },
       {special({1, 2, 5, 5})},
       {.exact = true, .gradient = false}},
      {"max_pool2d/f64",
       [](In x) { return max_pool2d(x[0], 3, {.stride = 1}); },
       {{{1, 2, 5, 6}, DType::f64}},
       smooth},
      {"max_pool2d/u8",
       [](In x) { return max_pool2d(x[0], 2); },
       {whole({1, 2, 4, 6}, 0, 200, DType::u8)},
       flat},
      {"max_pool2d/i8",
       [](In x) { return max_pool2d(x[0], 3, {.stride = 2}); },
       {whole({2, 5, 7}, -100, 100, DType::i8)},
       flat},
      {"max_pool2d/i64",
       [](In x) { return max_pool2d(x[0], 2, {.padding = 1}); },
       {whole({2, 5, 7}, -100, 100)},
       flat},
      {"max_pool2d/i32",
       [](In x) { return max_pool2d(x[0], 2); },
       {whole({2, 5, 7}, -100, 100, DType::i32)},
       flat},
      {"max_pool2d/nothing", [](In x) { return max_pool2d(x[0], 2); }, {real({0, 2, 4, 4})}, exact},
      {"max_pool2d/large",
       [](In x) { return max_pool2d(x[0], 3, {.stride = 2, .padding = 1}); },
       {real({3, 17, 41, 67})},
       large},
      {"max_pool3d",
       [](In x) { return max_pool3d(x[0], 2, {.stride = 1}); },
       {real({1, 2, 3, 4, 3})},
       smooth},
      {"max_pool1d_with_indices",
       [](In x) { return both(max_pool1d_with_indices(x[0], 3)); },
       {real({2, 3, 9})},
       smooth},
      {"max_pool2d_with_indices",
       [](In x) { return both(max_pool2d_with_indices(x[0], 3, {.stride = 2, .padding = 1})); },
       {real({2, 2, 7, 8})},
       smooth},
      {"max_pool2d_with_indices/equals",
       [](In x) {
         return cast(max_pool2d_with_indices(x[0], 3, {.stride = 1}).indices, DType::f32);
       },
       {whole({2, 6, 6}, 0, 2)},
       flat},
      {"max_pool3d_with_indices",
       [](In x) { return both(max_pool3d_with_indices(x[0], 3, {.stride = 2, .padding = 1})); },
       {real({2, 4, 5, 4})},
       smooth},
      {"adaptive_max_pool1d",
       [](In x) { return adaptive_max_pool1d(x[0], 3); },
       {real({2, 3, 7})},
       smooth},
      {"adaptive_max_pool2d",
       [](In x) {
         return adaptive_max_pool2d(x[0], {3, -1});
       },
       {real({2, 7, 4})},
       smooth},
      {"adaptive_max_pool3d",
       [](In x) { return adaptive_max_pool3d(x[0], 2); },
       {real({1, 1, 3, 4, 3})},
       smooth},
      {"adaptive_max_pool1d_with_indices",
       [](In x) { return both(adaptive_max_pool1d_with_indices(x[0], 3)); },
       {real({2, 3, 7})},
       smooth},
      {"adaptive_max_pool2d_with_indices",
       [](In x) {
         return both(adaptive_max_pool2d_with_indices(x[0], {3, 5}));
       },
       {real({2, 7, 4})},
       smooth},
      {"adaptive_max_pool3d_with_indices",
       [](In x) { return both(adaptive_max_pool3d_with_indices(x[0], 2)); },
       {real({1, 1, 3, 4, 3})},
       smooth},
      {"max_unpool1d",
       [](In x) { return max_unpool1d(x[0], x[1], 2); },
       {real({2, 2}), given({2, 2}, {1, 2, 0, 3}, DType::i64)},
       smooth},
      {"max_unpool2d",
       [](In x) { return max_unpool2d(x[0], x[1], 2, {.output_size = PerAxis<2>(5, 4)}); },
       {real({1, 1, 2, 2}), given({1, 1, 2, 2}, {0, 7, 9, 18}, DType::i64)},
       smooth},
      {"max_unpool3d",
       [](In x) { return max_unpool3d(x[0], x[1], 2); },
       {real({1, 1, 1, 1, 2}), given({1, 1, 1, 1, 2}, {5, 2}, DType::i64)},
       smooth},
  };
}

Samples average_samples(const SampleOptions& smooth, const SampleOptions& large) {
  return {
      {"avg_pool1d", [](In x) { return avg_pool1d(x[0], 2); }, {real({2, 3, 7})}, smooth},
      {"avg_pool2d",
       [](In x) { return avg_pool2d(x[0], 3, {.stride = 2, .padding = 1}); },
       {real({2, 2, 7, 8})},
       smooth},
      {"avg_pool2d/no batch, ceiling, inside",
       [](In x) {
         return avg_pool2d(
             x[0], {2, 3},
             {.stride = 2, .padding = {1, 1}, .ceil_mode = true, .count_include_pad = false});
       },
       {real({3, 6, 8})},
       smooth},
      {"avg_pool2d/divisor",
       [](In x) { return avg_pool2d(x[0], 2, {.stride = 3, .divisor_override = 3}); },
       {real({1, 2, 8, 9})},
       smooth},
      {"avg_pool2d/f64",
       [](In x) { return avg_pool2d(x[0], 3, {.stride = 1}); },
       {{{1, 2, 5, 6}, DType::f64}},
       smooth},
      {"avg_pool2d/nothing",
       [](In x) { return avg_pool2d(x[0], 2); },
       {real({0, 2, 4, 4})},
       smooth},
      {"avg_pool2d/large",
       [](In x) { return avg_pool2d(x[0], 3, {.stride = 2, .padding = 1}); },
       {real({3, 17, 41, 67})},
       large},
      {"avg_pool3d",
       [](In x) { return avg_pool3d(x[0], 2, {.stride = 1}); },
       {real({1, 2, 3, 4, 3})},
       smooth},
      {"lp_pool1d",
       [](In x) { return lp_pool1d(x[0], 2, 3, {.stride = 2}); },
       {real({2, 7}, 0.2, 2)},
       smooth},
      {"lp_pool2d",
       [](In x) { return lp_pool2d(x[0], 3, 2); },
       {real({1, 1, 4, 5}, 0.2, 2)},
       {.tolerance = 5e-6, .second = true}},
      {"lp_pool3d",
       [](In x) { return lp_pool3d(x[0], 2, 2, {.ceil_mode = true}); },
       {real({1, 3, 3, 2}, 0.2, 2)},
       smooth},
      {"adaptive_avg_pool1d",
       [](In x) { return adaptive_avg_pool1d(x[0], 3); },
       {real({2, 3, 7})},
       smooth},
      {"adaptive_avg_pool2d",
       [](In x) {
         return adaptive_avg_pool2d(x[0], {3, -1});
       },
       {real({2, 7, 4})},
       smooth},
      {"adaptive_avg_pool2d/one",
       [](In x) { return adaptive_avg_pool2d(x[0], 1); },
       {real({2, 3, 4, 4})},
       smooth},
      {"adaptive_avg_pool3d",
       [](In x) { return adaptive_avg_pool3d(x[0], 2); },
       {real({1, 1, 3, 4, 3})},
       smooth},
  };
}

}  // namespace

Samples pooling_samples() {
  const SampleOptions smooth{.second = true};
  Samples all =
      max_samples({.exact = true, .second = true}, {.exact = true}, {.exact = true, .large = true});
  for (const Sample& s : average_samples(smooth, {.large = true})) all.push_back(s);
  return all;
}

}  // namespace fathom::test
