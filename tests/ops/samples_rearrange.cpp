#include "fathom/ops/rearrange.h"

#include "fathom/ops/creation.h"
#include "fathom/ops/diagonal.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/windows.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples rearrange_samples() {
  const SampleOptions exact{.exact = true};
  const SampleOptions smooth{.exact = true, .second = true};
  const SampleOptions flat{.exact = true, .gradient = false};
  return {
      {"narrow", [](In x) { return narrow(x[0], 1, 1, 3); }, {real({2, 5})}, smooth},
      {"narrow/from the end", [](In x) { return narrow(x[0], 0, -2, 2); }, {real({5})}, exact},
      {"narrow/nothing", [](In x) { return narrow(x[0], 0, 5, 0); }, {real({5, 2})}, exact},
      {"unflatten",
       [](In x) {
         return unflatten(x[0], 1, {2, 3});
       },
       {real({2, 6})},
       smooth},
      {"unflatten/inferred",
       [](In x) {
         return unflatten(x[0], -1, {3, -1, 2});
       },
       {real({2, 12})},
       exact},
      {"ravel", [](In x) { return ravel(x[0]); }, {real({2, 3})}, exact},
      {"ravel/scalar", [](In x) { return ravel(x[0]); }, {real({})}, exact},
      {"broadcast_to",
       [](In x) {
         return broadcast_to(x[0], {4, 2, 3});
       },
       {real({2, 1})},
       smooth},
      {"expand/as it is",
       [](In x) {
         return expand(x[0], {5, -1, 4});
       },
       {real({3, 1})},
       smooth},
      {"broadcast_tensors",
       [](In x) {
         return broadcast_tensors({x[0], x[1]})[0] * x[1];
       },
       {real({3, 1}), real({4})},
       smooth},
      {"atleast_1d", [](In x) { return atleast_1d(x[0]); }, {real({})}, exact},
      {"atleast_2d", [](In x) { return atleast_2d(x[0]); }, {real({3})}, exact},
      {"atleast_3d", [](In x) { return atleast_3d(x[0]); }, {real({3})}, exact},
      {"atleast_3d/matrix", [](In x) { return atleast_3d(x[0]); }, {real({3, 2})}, exact},
      {"atleast_3d/rank 4", [](In x) { return atleast_3d(x[0]); }, {real({1, 1, 3, 2})}, exact},
      {"squeeze/axes",
       [](In x) {
         return squeeze(x[0], {0, -1, 1});
       },
       {real({1, 3, 1})},
       exact},
      {"movedim", [](In x) { return movedim(x[0], 0, -1); }, {real({2, 3, 4})}, smooth},
      {"movedim/several",
       [](In x) {
         return movedim(x[0], {0, -1}, {2, 0});
       },
       {real({2, 3, 4, 2})},
       exact},
      {"swapaxes", [](In x) { return swapaxes(x[0], 0, -1); }, {real({2, 3, 4})}, exact},
      {"fliplr", [](In x) { return fliplr(x[0]); }, {real({2, 3})}, exact},
      {"flipud", [](In x) { return flipud(x[0]); }, {real({3})}, exact},
      {"rot90", [](In x) { return rot90(x[0]); }, {real({2, 3})}, smooth},
      {"rot90/half", [](In x) { return rot90(x[0], 2); }, {real({2, 3, 2})}, exact},
      {"rot90/backwards", [](In x) { return rot90(x[0], -1, 1, -1); }, {real({2, 3, 4})}, exact},
      {"rot90/not at all", [](In x) { return rot90(x[0], 8); }, {real({2, 3})}, exact},
      {"roll",
       [](In x) {
         return roll(x[0], {1, -2}, {0, 1});
       },
       {real({3, 5})},
       smooth},
      {"roll/flat", [](In x) { return roll(x[0], 4); }, {real({2, 3})}, exact},
      {"roll/around", [](In x) { return roll(x[0], {-13}, {-1}); }, {real({2, 5})}, exact},
      {"roll/scalar", [](In x) { return roll(x[0], 3); }, {real({})}, exact},
      {"roll/empty", [](In x) { return roll(x[0], {1}, {0}); }, {real({0, 3})}, exact},
      {"roll/bool", [](In x) { return roll(x[0], {2}, {0}); }, {truth({5})}, flat},
      {"repeat",
       [](In x) {
         return repeat(x[0], {2, 3});
       },
       {real({2, 2})},
       smooth},
      {"repeat/more axes",
       [](In x) {
         return repeat(x[0], {2, 1, 2});
       },
       {real({3, 2})},
       exact},
      {"repeat/none",
       [](In x) {
         return repeat(x[0], {0, 2});
       },
       {real({3, 2})},
       exact},
      {"repeat/scalar", [](In x) { return repeat(x[0], {3}); }, {real({})}, exact},
      {"repeat/rank 8",
       [](In x) {
         return repeat(x[0], {1, 2, 1, 1, 1, 2, 1, 1});
       },
       {real({1, 2, 1, 2, 1, 2, 1, 1})},
       exact},
      {"tile", [](In x) { return tile(x[0], {2}); }, {real({2, 3})}, smooth},
      {"tile/i32",
       [](In x) {
         return tile(x[0], {2, 2});
       },
       {whole({3}, 0, 9, DType::i32)},
       flat},
      {"repeat_interleave",
       [](In x) { return repeat_interleave(x[0], 3, 1); },
       {real({2, 3})},
       smooth},
      {"repeat_interleave/flat",
       [](In x) { return repeat_interleave(x[0], 2); },
       {real({2, 3})},
       exact},
      {"repeat_interleave/own counts",
       [](In x) {
         return repeat_interleave(x[0], tensor<std::int64_t>({2, 0, 3}), 0);
       },
       {real({3, 2})},
       exact},
      {"repeat_interleave/one count",
       [](In x) { return repeat_interleave(x[0], tensor<std::int64_t>({2}), -1); },
       {real({3, 2})},
       exact},
      {"pixel_shuffle", [](In x) { return pixel_shuffle(x[0], 2); }, {real({2, 8, 3, 2})}, smooth},
      {"pixel_shuffle/no batch",
       [](In x) { return pixel_shuffle(x[0], 3); },
       {real({9, 2, 2})},
       exact},
      {"pixel_unshuffle",
       [](In x) { return pixel_unshuffle(x[0], 2); },
       {real({2, 1, 2, 4, 6})},
       smooth},
      {"channel_shuffle",
       [](In x) { return channel_shuffle(x[0], 3); },
       {real({2, 6, 2, 2})},
       exact},
      {"diagonal", [](In x) { return diagonal(x[0]); }, {real({4, 3})}, smooth},
      {"diagonal/above", [](In x) { return diagonal(x[0], 1); }, {real({3, 3})}, exact},
      {"diagonal/below, axes",
       [](In x) { return diagonal(x[0], -1, 2, 0); },
       {real({3, 2, 4})},
       smooth},
      {"diagonal/outside", [](In x) { return diagonal(x[0], 5); }, {real({3, 3})}, exact},
      {"diagonal/empty", [](In x) { return diagonal(x[0]); }, {real({0, 3})}, exact},
      {"diag_embed", [](In x) { return diag_embed(x[0]); }, {real({2, 3})}, smooth},
      {"diag_embed/axes", [](In x) { return diag_embed(x[0], -1, 0, 2); }, {real({2, 3})}, smooth},
      {"diag_embed/empty", [](In x) { return diag_embed(x[0], 1); }, {real({0})}, exact},
      {"diag", [](In x) { return diag(x[0], 1); }, {real({3})}, exact},
      {"diag/of a matrix", [](In x) { return diag(x[0], -1); }, {real({3, 4})}, exact},
      {"diagflat", [](In x) { return diagflat(x[0]); }, {real({2, 2})}, exact},
      {"tril_indices", [](In) { return tril_indices(4, 3, -1); }, {}, flat},
      {"tril_indices/far", [](In) { return tril_indices(3, 3, -5, DType::i32); }, {}, flat},
      {"triu_indices", [](In) { return triu_indices(3, 4, 1); }, {}, flat},
      {"tril", [](In x) { return tril(x[0]); }, {real({4, 4})}, smooth},
      {"tril/above", [](In x) { return tril(x[0], 1); }, {real({2, 3, 5})}, exact},
      {"tril/below", [](In x) { return tril(x[0], -2); }, {real({5, 3})}, exact},
      {"tril/of a temporary", [](In x) { return tril(x[0] + 1); }, {real({3, 3})}, exact},
      {"triu", [](In x) { return triu(x[0]); }, {real({4, 4})}, exact},
      {"triu/integers", [](In x) { return triu(x[0], 1); }, {whole({3, 3}, 1, 9)}, flat},
      {"triu/empty", [](In x) { return triu(x[0]); }, {real({0, 4})}, exact},
      {"pad/cut",
       [](In x) {
         return pad(x[0], {{-1, 2}, {1, -2}}, 0.5);
       },
       {real({3, 4})},
       smooth},
      {"pad/reflect",
       [](In x) {
         return pad(x[0], {{2, 3}}, PadMode::reflect);
       },
       {real({2, 5})},
       smooth},
      {"pad/reflect, two axes",
       [](In x) {
         return pad(x[0], {{1, 0}, {2, 1}}, PadMode::reflect);
       },
       {real({2, 3, 4})},
       exact},
      {"pad/replicate",
       [](In x) {
         return pad(x[0], {{1, 2}, {3, 0}}, PadMode::replicate);
       },
       {real({2, 3})},
       smooth},
      {"pad/circular",
       [](In x) {
         return pad(x[0], {{1, 2}, {3, 3}}, PadMode::circular);
       },
       {real({2, 3})},
       smooth},
      {"pad/circular, cut",
       [](In x) {
         return pad(x[0], {{-1, 2}}, PadMode::circular);
       },
       {whole({6}, 0, 9)},
       flat},
      {"unfold", [](In x) { return unfold(x[0], 0, 3, 2); }, {real({8})}, smooth},
      {"unfold/middle axis", [](In x) { return unfold(x[0], 1, 2, 1); }, {real({2, 4, 3})}, smooth},
      {"unfold/of nothing", [](In x) { return unfold(x[0], 0, 0, 1); }, {real({3})}, exact},
      {"unfold/columns",
       [](In x) {
         return unfold(x[0], {.kernel_size = {2, 3}, .padding = {1, 0}, .stride = {2, 1}});
       },
       {real({2, 2, 5, 4})},
       smooth},
      {"unfold/columns, dilated",
       [](In x) {
         return unfold(x[0], {.kernel_size = {2, 2}, .dilation = {2, 1}});
       },
       {real({3, 4, 4})},
       exact},
      {"fold",
       [](In x) {
         return fold(x[0], {4, 5}, {.kernel_size = {2, 2}, .stride = {2, 1}});
       },
       {real({1, 8, 8})},
       smooth},
      {"fold/padded",
       [](In x) {
         return fold(x[0], {3, 3}, {.kernel_size = {3, 3}, .padding = {1, 1}});
       },
       {real({18, 9})},
       exact},
  };
}

}  // namespace fathom::test
