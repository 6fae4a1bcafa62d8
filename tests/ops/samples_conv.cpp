#include "fathom/ops/conv.h"

#include "tests/ops/samples.h"

namespace fathom::test {

// Outputs and gradients by the input are bit-equal: one chain of fused multiply-adds is the
// definition on every backend. Gradients by the weight are sums of several chains, and what the CPU
// computes by Winograd's minimal filtering is another sum.
Samples conv_samples() {
  const SampleOptions exact{.exact = true};
  const SampleOptions smooth{.exact = true, .second = true};
  const SampleOptions large{.exact = true, .large = true};
  const auto conv_1d = [](const ConvOptions<1>& o) {
    return [o](In x) { return conv1d(x[0], x[1], x.size() > 2 ? x[2] : Tensor(), o); };
  };
  const auto conv_2d = [](const ConvOptions<2>& o) {
    return [o](In x) { return conv2d(x[0], x[1], x.size() > 2 ? x[2] : Tensor(), o); };
  };
  const auto conv_3d = [](const ConvOptions<3>& o) {
    return [o](In x) { return conv3d(x[0], x[1], x.size() > 2 ? x[2] : Tensor(), o); };
  };
  const auto transposed_1d = [](const ConvTransposeOptions<1>& o) {
    return [o](In x) { return conv_transpose1d(x[0], x[1], x.size() > 2 ? x[2] : Tensor(), o); };
  };
  const auto transposed_2d = [](const ConvTransposeOptions<2>& o) {
    return [o](In x) { return conv_transpose2d(x[0], x[1], x.size() > 2 ? x[2] : Tensor(), o); };
  };
  const auto transposed_3d = [](const ConvTransposeOptions<3>& o) {
    return [o](In x) { return conv_transpose3d(x[0], x[1], x.size() > 2 ? x[2] : Tensor(), o); };
  };
  return {
      {"conv1d", conv_1d({}), {real({2, 3, 7}), real({4, 3, 3}), real({4})}, smooth},
      {"conv1d/stride, padding, dilation",
       conv_1d({.stride = 2, .padding = 3, .dilation = 2}),
       {real({2, 3, 8}), real({4, 3, 3})},
       exact},
      {"conv1d/same",
       conv_1d({.padding = ConvPadding::same}),
       {real({1, 2, 5}), real({3, 2, 4})},
       exact},
      {"conv2d", conv_2d({}), {real({2, 3, 5, 6}), real({4, 3, 3, 2}), real({4})}, smooth},
      {"conv2d/padding",
       conv_2d({.padding = 1}),
       {real({2, 2, 4, 5}), real({3, 2, 3, 3}), real({3})},
       smooth},
      {"conv2d/stride",
       conv_2d({.stride = 2, .padding = 1}),
       {real({2, 2, 5, 6}), real({3, 2, 3, 3})},
       smooth},
      {"conv2d/stride above the kernel",
       conv_2d({.stride = {3, 2}, .padding = {0, 1}}),
       {real({1, 2, 7, 6}), real({3, 2, 2, 1})},
       exact},
      {"conv2d/dilation",
       conv_2d({.padding = {2, 1}, .dilation = {2, 3}}),
       {real({1, 2, 5, 7}), real({2, 2, 3, 2})},
       exact},
      {"conv2d/same",
       conv_2d({.padding = ConvPadding::same, .dilation = {1, 2}}),
       {real({1, 2, 4, 5}), real({2, 2, 2, 4})},
       exact},
      {"conv2d/groups",
       conv_2d({.padding = 1, .groups = 2}),
       {real({2, 4, 4, 3}), real({6, 2, 3, 3}), real({6})},
       smooth},
      {"conv2d/depthwise",
       conv_2d({.stride = {1, 2}, .padding = 1, .groups = 5}),
       {real({2, 5, 4, 4}), real({5, 1, 3, 3}), real({5})},
       smooth},
      {"conv2d/depthwise, two filters a channel",
       conv_2d({.padding = 1, .groups = 3}),
       {real({1, 3, 4, 4}), real({6, 1, 3, 3})},
       exact},
      {"conv2d/one tap", conv_2d({}), {real({2, 3, 4, 4}), real({5, 3, 1, 1}), real({5})}, smooth},
      {"conv2d/one tap, stride",
       conv_2d({.stride = 2}),
       {real({2, 3, 5, 4}), real({5, 3, 1, 1})},
       exact},
      {"conv2d/one picture", conv_2d({.padding = 1}), {real({2, 4, 5}), real({3, 2, 3, 3})}, exact},
      {"conv2d/no pictures", conv_2d({}), {real({0, 2, 4, 5}), real({3, 2, 3, 3})}, exact},
      {"conv2d/kernel of the padding alone",
       conv_2d({.padding = 3}),
       {real({1, 1, 1, 2}), real({2, 1, 3, 3})},
       exact},
      {"conv2d/many channels",
       conv_2d({.padding = 1}),
       {real({2, 19, 12, 11}), real({37, 19, 3, 4}), real({37})},
       large},
      {"conv2d/by Winograd",
       conv_2d({.padding = 1}),
       {real({2, 19, 12, 11}), real({37, 19, 3, 3}), real({37})},
       {.large = true}},
      {"conv2d/many channels, stride",
       conv_2d({.stride = 2, .padding = 3}),
       {real({2, 3, 33, 31}), real({65, 3, 7, 7}), real({65})},
       large},
      {"conv2d/wide depthwise",
       conv_2d({.padding = 2, .groups = 35}),
       {real({2, 35, 13, 9}), real({35, 1, 5, 5})},
       large},
      {"conv3d", conv_3d({}), {real({1, 2, 3, 4, 4}), real({3, 2, 2, 3, 2}), real({3})}, smooth},
      {"conv3d/stride, padding, groups",
       conv_3d({.stride = {1, 2, 1}, .padding = 1, .groups = 2}),
       {real({1, 4, 3, 4, 3}), real({4, 2, 3, 3, 3})},
       exact},
      {"conv_transpose1d",
       transposed_1d({}),
       {real({2, 3, 5}), real({3, 4, 3}), real({4})},
       smooth},
      {"conv_transpose2d",
       transposed_2d({.stride = 2, .padding = 1, .output_padding = 1}),
       {real({2, 3, 3, 4}), real({3, 2, 3, 3}), real({2})},
       smooth},
      {"conv_transpose2d/groups, dilation",
       transposed_2d({.stride = {2, 1}, .groups = 2, .dilation = {1, 2}}),
       {real({1, 4, 3, 3}), real({4, 3, 2, 3})},
       exact},
      {"conv_transpose2d/one picture",
       transposed_2d({}),
       {real({2, 3, 3}), real({2, 3, 2, 2})},
       exact},
      {"conv_transpose3d",
       transposed_3d({.stride = 2}),
       {real({1, 2, 2, 2, 2}), real({2, 3, 2, 2, 2}), real({3})},
       exact},
  };
}

}  // namespace fathom::test
