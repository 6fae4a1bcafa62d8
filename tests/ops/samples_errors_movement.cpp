// Wrong calls of the operations that move elements: turned, repeated, joined, cut into windows.
#include "fathom/core/error.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/diagonal.h"
#include "fathom/ops/join.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/windows.h"
#include "tests/ops/samples.h"

namespace fathom::test {

std::vector<ErrorCase> movement_error_cases() {
  const auto f = [](const Shape& s) { return zeros(s); };
  const std::string here = "in: samples_errors_movement.cpp:";
  return {
      throws<IndexError>("narrow", [=] { narrow(f({5}), 0, 3, 3); },
                         {"narrow: 3 elements from 3 on leave the axis", "f32 (5,)", here}),
      throws<ShapeError>("unflatten",
                         [=] {
                           unflatten(f({2, 6}), 1, {4, -1});
                         },
                         {"unflatten: the extents do not make up the axis", "f32 (2, 6)",
                          "6 elements, got 4 times", here}),
      throws<ShapeError>("expand -1",
                         [=] {
                           expand(f({3}), {-1, 3});
                         },
                         {"expand: -1 stands for an axis that x does not have", "(3,)", here}),
      throws<ShapeError>("broadcast_tensors",
                         [=] {
                           broadcast_tensors({f({2}), f({3})});
                         },
                         {"broadcast_tensors: shapes do not broadcast", "(2,)", "f32 (3,)", here}),
      throws<ShapeError>(
          "movedim",
          [=] {
            movedim(f({2, 3}), {0, 1}, {1});
          },
          {"movedim: not as many places as axes", "source: 2", "destination: 1", here}),
      throws<IndexError>("movedim twice",
                         [=] {
                           movedim(f({2, 3}), {0, 1}, {1, -1});
                         },
                         {"movedim: axis 1 to -1 names one twice", here}),
      throws<IndexError>("fliplr", [=] { fliplr(f({3})); }, {"flip: axis 1 is out of range"}),
      throws<IndexError>("rot90",
                         [=] {
                           rot90(f({2, 3}), 1, 0, -2);
                         },
                         {"rot90: axis -2 is named twice", here}),
      throws<ShapeError>("roll",
                         [=] {
                           roll(f({2, 3}), {1}, {0, 1});
                         },
                         {"roll: not as many shifts as axes", "shifts: 1     axes: 2", here}),
      throws<ShapeError>("repeat",
                         [=] {
                           repeat(f({2, 3}), {2});
                         },
                         {"repeat: fewer counts than axes", "f32 (2, 3)", "hint: tile", here}),
      throws<ValueError>("tile", [=] { tile(f({2}), {-1}); }, {"tile: negative count -1", here}),
      throws<ShapeError>("repeat_interleave",
                         [=] {
                           repeat_interleave(f({3}), tensor<std::int64_t>({1, 2}), 0);
                         },
                         {"repeat_interleave: the counts do not fit", "f32 (3,)", "i64 (2,)",
                          "one for each of 3 slices", here}),
      throws<ValueError>("repeat_interleave negative", [=] { repeat_interleave(f({3}), -2); },
                         {"repeat_interleave: negative count -2", here}),
      throws<ShapeError>(
          "pixel_shuffle",
          [=] {
            pixel_shuffle(f({6, 2, 2}), 2);
          },
          {"pixel_shuffle: the channels do not divide", "f32 (6, 2, 2)", "a multiple of 4", here}),
      throws<ShapeError>("pixel_shuffle rank",
                         [=] {
                           pixel_shuffle(f({6, 2}), 2);
                         },
                         {"pixel_shuffle: needs channels, height and width", "f32 (6, 2)", here}),
      throws<ShapeError>(
          "pixel_unshuffle",
          [=] {
            pixel_unshuffle(f({1, 3, 4}), 2);
          },
          {"pixel_unshuffle: height and width do not divide", "multiples of 2", here}),
      throws<ShapeError>("channel_shuffle",
                         [=] {
                           channel_shuffle(f({1, 4, 2}), 3);
                         },
                         {"channel_shuffle: the channels do not divide", "groups: 3", here}),
      throws<ValueError>("split by 0", [=] { split(f({3}), 0); },
                         {"split: the length is 0", "f32 (3,)", here}),
      throws<ValueError>("chunk", [=] { chunk(f({3}), 0); },
                         {"chunk: the count is 0", "at least 1 piece", here}),
      throws<ValueError>("tensor_split", [=] { tensor_split(f({3}), -1); },
                         {"tensor_split: the count is -1", here}),
      throws<IndexError>("unbind", [=] { unbind(f({})); },
                         {"unbind: axis 0 is out of range", "got a scalar", here}),
      throws<ShapeError>("meshgrid",
                         [=] {
                           meshgrid({f({2}), f({2, 2})});
                         },
                         {"meshgrid: needs vectors", "f32 (2, 2)", here}),
      throws<ShapeError>("cartesian_prod", [=] { cartesian_prod({}); },
                         {"cartesian_prod: no vectors", here}),
      throws<ShapeError>("combinations",
                         [=] {
                           combinations(f({2, 2}));
                         },
                         {"combinations: needs a vector", "f32 (2, 2)", here}),
      throws<ShapeError>("hstack",
                         [=] {
                           hstack({f({2, 3}), f({3, 3})});
                         },
                         {"concat: part 1 does not fit", here}),
      throws<IndexError>("diagonal", [=] { diagonal(f({3})); },
                         {"diagonal: second axis 1 is out of range", here}),
      throws<IndexError>("diagonal twice",
                         [=] {
                           diagonal(f({3, 3}), 0, 1, -1);
                         },
                         {"diagonal: axis -1 is named twice", here}),
      throws<ShapeError>("diag",
                         [=] {
                           diag(f({2, 2, 2}));
                         },
                         {"diag: needs a vector or a matrix", "f32 (2, 2, 2)", "hint", here}),
      throws<ShapeError>("diag_embed", [=] { diag_embed(f({})); },
                         {"diag_embed: a scalar has no axis", here}),
      throws<ValueError>("tril_indices", [=] { tril_indices(-1, 2); },
                         {"tril_indices: negative extent -1"}),
      throws<ShapeError>("pad reflect",
                         [=] {
                           pad(f({2, 3}), {{0, 3}}, PadMode::reflect);
                         },
                         {"pad: axis 1 is too short for this mode", "f32 (2, 3)", "widths: 0 and 3",
                          "at least 4 elements", here}),
      throws<ShapeError>("pad circular",
                         [=] {
                           pad(f({2}), {{3, 0}}, PadMode::circular);
                         },
                         {"pad: axis 0 is too short", "at least 3 elements", here}),
      throws<ShapeError>("pad replicate",
                         [=] {
                           pad(f({0}), {{1, 0}}, PadMode::replicate);
                         },
                         {"pad: axis 0 is too short", "at least 1 elements", here}),
      throws<ShapeError>("unfold", [=] { unfold(f({3}), 0, 4, 1); },
                         {"unfold: a window is longer than the axis", "size: 4", here}),
      throws<ValueError>("unfold step", [=] { unfold(f({3}), 0, 2, 0); },
                         {"unfold: size is 2, step is 0", here}),
      throws<ShapeError>("unfold columns",
                         [=] {
                           unfold(f({1, 2, 3, 3}), {.kernel_size = {4, 2}});
                         },
                         {"unfold: no window fits", "size: (3, 3)", "kernel_size=[4, 2]", here}),
      throws<ShapeError>("unfold rank",
                         [=] {
                           unfold(f({3, 3}), {.kernel_size = {2, 2}});
                         },
                         {"unfold: needs pictures", "f32 (3, 3)", here}),
      throws<ValueError>("fold stride",
                         [=] {
                           fold(f({1, 4, 4}), {3, 3}, {.kernel_size = {2, 2}, .stride = {0, 1}});
                         },
                         {"fold: the windows are", "stride=[0, 1]", here}),
      throws<ShapeError>("fold",
                         [=] {
                           fold(f({1, 4, 5}), {3, 3}, {.kernel_size = {2, 2}});
                         },
                         {"fold: the columns do not fit the windows", "f32 (1, 4, 5)",
                          "x (n, a multiple of 4, 4)", here}),
      throws<ShapeError>("vander",
                         [=] {
                           vander(f({2, 2}));
                         },
                         {"vander: needs a vector", "f32 (2, 2)", here}),
      throws<ValueError>("arange away", [=] { arange(5, 2); },
                         {"arange: step 1 does not lead from 5 to 2", "expected", here}),
      throws<ValueError>("arange below 0", [=] { arange(-3); },
                         {"arange: step 1 does not lead from 0 to -3", here}),
      throws<ShapeError>("uneven planes",
                         [=] {
                           tensor<float>({{{1}, {2}}, {{3}}});
                         },
                         {"tensor: planes of different heights", "the first: 2     another: 1"}),
      throws<ValueError>("to_vector of a fraction",
                         [=] {
                           tensor({1.f, 2.5f}).to_vector<std::int64_t>();
                         },
                         {"to_vector: i64 cannot hold 2.5", "f32 (2,)", "element: 1", "hint"}),
      throws<ValueError>("to_vector out of range",
                         [=] { tensor<std::int64_t>({-1}).to_vector<std::uint8_t>(); },
                         {"to_vector: u8 cannot hold -1", "i64 (1,)", "element: 0"}),
      throws<ValueError>("hsplit",
                         [=] {
                           hsplit(f({2, 5}), 2);
                         },
                         {"hsplit: 2 pieces of an axis of extent 5", "f32 (2, 5)", "hint", here}),
      throws<ShapeError>("dsplit",
                         [=] {
                           dsplit(f({2, 5}), 2);
                         },
                         {"dsplit: too few axes", "f32 (2, 5)", "3 axes", here}),
      throws<ShapeError>("block_diag",
                         [=] {
                           block_diag({f({2}), f({1, 2, 2})});
                         },
                         {"block_diag: needs matrices", "f32 (1, 2, 2)", here}),
  };
}

}  // namespace fathom::test
