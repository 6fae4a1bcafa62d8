// Shapes: reshaping, reordering, joining, splitting, padding.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults shape_faults() {
  return {
      fault<ShapeError>(
          "another number of elements",
          [] {
            reshape(zeros({2, 3}), {4, 2});
          },
          R"(reshape: the sizes differ
  x: f32 (2, 3)     shape: (4, 2)
  expected 6 elements, got 8
  in: @)"),
      fault<ShapeError>(
          "two extents to infer",
          [] {
            reshape(zeros({2, 3}), {-1, -1});
          },
          R"(reshape: two extents are -1
  expected extents of 0 and more, and at most one -1, which is inferred
  in: @)"),
      fault<ShapeError>(
          "an extent that cannot be inferred",
          [] {
            reshape(zeros({2, 3}), {4, -1});
          },
          R"(reshape: no extent fits the axis given as -1
  size: 6     the other extents: 4
  in: @)"),
      fault<ShapeError>(
          "an extent of nothing to infer",
          [] {
            reshape(zeros({0, 3}), {0, -1});
          },
          R"(reshape: no extent fits the axis given as -1
  size: 0     the other extents: 0
  in: @)"),
      fault<ShapeError>(
          "an order of too few axes",
          [] {
            permute(zeros({2, 3}), {0});
          },
          R"(permute: the order does not name every axis
  x: f32 (2, 3)     axes named: 1
  in: @)"),
      fault<IndexError>(
          "an order with an axis twice",
          [] {
            permute(zeros({2, 3}), {0, 0});
          },
          R"(permute: axis 0 is named twice
  in: @)"),
      fault<IndexError>(
          "the transpose of a vector", [] { transpose(zeros({3})); }, no_axis("transpose", -2, 1)),
      fault<IndexError>(
          "swapping an axis that is not there",
          [] {
            swapaxes(zeros({2, 3}), 0, 4);
          },
          no_axis("swapaxes", 4, 2)),
      fault<ShapeError>(
          "expand to another extent", [] { expand(zeros({2}), {3}); },
          R"(expand: the shape does not broadcast to the one asked for
  x: f32 (2,)     shape: (3,)
  in: @)"),
      fault<ShapeError>(
          "broadcast_to fewer axes",
          [] {
            broadcast_to(zeros({2, 3}), {3});
          },
          R"(broadcast_to: the shape does not broadcast to the one asked for
  x: f32 (2, 3)     shape: (3,)
  in: @)"),
      fault<ShapeError>(
          "broadcasting tensors that do not fit",
          [] {
            broadcast_tensors({zeros({2}), zeros({3})});
          },
          R"(broadcast_tensors: shapes do not broadcast
  the tensors before: (2,)     the next: f32 (3,)
  in: @)"),
      fault<ShapeError>(
          "an axis of extent 2 that was to be squeezed away",
          [] {
            squeeze(zeros({2, 1}), 0).item();
          },
          R"(item: the tensor does not have exactly one element
  tensor: f32 (2, 1)
  hint: reduce it, or read all elements by to_vector
  in: @)"),
      fault<IndexError>(
          "unsqueeze too far", [] { unsqueeze(zeros({2}), 3); }, no_axis("unsqueeze", 3, 2)),
      fault<IndexError>(
          "flatten from behind",
          [] {
            flatten(zeros({2, 3}), 1, 0);
          },
          R"(flatten: start lies behind end
  start: 1     end: 0
  in: @)"),
      fault<ShapeError>(
          "unflatten into another number",
          [] {
            unflatten(zeros({6}), 0, {4, 2});
          },
          R"(unflatten: the extents do not make up the axis
  x: f32 (6,)     axis: 0
  expected 6 elements, got 8
  in: @)"),
      fault<IndexError>(
          "movedim to an axis twice",
          [] {
            movedim(zeros({2, 3, 4}), {0, 1}, {2, 2});
          },
          R"(movedim: axis 1 to 2 names one twice
  in: @)"),
      fault<ShapeError>(
          "movedim of unlike lists",
          [] {
            movedim(zeros({2, 3}), {0, 1}, {0});
          },
          R"(movedim: not as many places as axes
  source: 2     destination: 1
  in: @)"),
      fault<IndexError>(
          "flip an axis that is not there", [] { flip(zeros({2}), {1}); }, no_axis("flip", 1, 1)),
      fault<IndexError>(
          "flipud of a scalar", [] { flipud(zeros({})); }, R"(flipud: axis 0 is out of range
  expected a tensor with axes, got a scalar
  in: @)"),
      fault<IndexError>(
          "fliplr of a vector", [] { fliplr(zeros({3})); }, no_axis("fliplr", 1, 1)),
      fault<IndexError>(
          "rot90 in one axis",
          [] {
            rot90(zeros({2, 2}), 1, 0, 0);
          },
          R"(rot90: axis 0 is named twice
  in: @)"),
      fault<ShapeError>(
          "roll by unlike lists",
          [] {
            roll(zeros({2, 3}), {1, 2}, {0});
          },
          R"(roll: not as many shifts as axes
  shifts: 2     axes: 1
  in: @)"),
      fault<ShapeError>(
          "repeat by too few counts",
          [] {
            repeat(zeros({2, 3}), {2});
          },
          R"(repeat: fewer counts than axes
  x: f32 (2, 3)     counts: 1
  hint: tile fills them up with 1
  in: @)"),
      fault<ValueError>(
          "a negative number of repeats", [] { repeat_interleave(zeros({2}), -1); },
          R"(repeat_interleave: negative count -1
  in: @)"),
      fault<ShapeError>(
          "repeats of another count",
          [] {
            repeat_interleave(zeros({3}), labels({1, 2}), 0);
          },
          R"(repeat_interleave: the counts do not fit
  x: f32 (3,)     repeats: i64 (2,)
  expected one count, or one for each of 3 slices
  in: @)"),
      fault<ValueError>(
          "tile by a negative count", [] { tile(zeros({2}), {-1}); }, R"(tile: negative count -1
  in: @)"),
      fault<ShapeError>(
          "padding more axes than there are",
          [] {
            pad(zeros({2}), {{1, 1}, {1, 1}});
          },
          R"(pad: more widths than axes
  x: f32 (2,)     widths: 2
  in: @)"),
      fault<ShapeError>(
          "cutting off more than there is",
          [] {
            pad(zeros({2}), {{-2, -1}});
          },
          R"(pad: negative widths cut more than axis 0 has
  x: f32 (2,)     widths: -2 and -1
  in: @)"),
      fault<ShapeError>(
          "reflecting further than the tensor reaches",
          [] {
            pad(zeros({1, 2}), {{0, 0}, {2, 0}}, PadMode::reflect);
          },
          R"(pad: axis 1 is too short for this mode
  x: f32 (1, 2)     widths: 2 and 0
  expected at least 3 elements
  in: @)"),
      fault<ShapeError>(
          "pixel_shuffle of too few channels",
          [] {
            pixel_shuffle(zeros({1, 3, 2, 2}), 2);
          },
          R"(pixel_shuffle: the channels do not divide
  x: f32 (1, 3, 2, 2)
  expected a multiple of 4
  in: @)"),
      fault<ShapeError>(
          "channel_shuffle by groups that do not divide",
          [] {
            channel_shuffle(zeros({1, 4, 2}), 3);
          },
          R"(channel_shuffle: the channels do not divide
  x: f32 (1, 4, 2)     groups: 3
  expected x (n, c, ...) with c a multiple of groups
  in: @)"),
      fault<ShapeError>(
          "unfold of windows too wide", [] { unfold(zeros({3}), 0, 4, 1); },
          R"(unfold: a window is longer than the axis
  x: f32 (3,)     size: 4
  in: @)"),
      fault<ShapeError>(
          "tril", [] { tril(zeros({3})); }, R"(tril: needs at least two axes
  x: f32 (3,)
  in: @)"),
      fault<IndexError>(
          "narrow", [] { narrow(zeros({5}), 0, 3, 3); },
          R"(narrow: 3 elements from 3 on leave the axis
  x: f32 (5,)     axis: 0
  in: @)"),
      fault<ShapeError>(
          "unflatten",
          [] {
            unflatten(zeros({2, 6}), 1, {4, -1});
          },
          R"(unflatten: the extents do not make up the axis
  x: f32 (2, 6)     axis: 1
  expected 6 elements, got 4 times the axis given as -1
  in: @)"),
      fault<ShapeError>(
          "expand -1",
          [] {
            expand(zeros({3}), {-1, 3});
          },
          R"(expand: -1 stands for an axis that x does not have
  x: (3,)
  in: @)"),
      fault<ShapeError>(
          "pixel_shuffle rank",
          [] {
            pixel_shuffle(zeros({6, 2}), 2);
          },
          R"(pixel_shuffle: needs channels, height and width
  x: f32 (6, 2)
  in: @)"),
      fault<ShapeError>(
          "pixel_unshuffle",
          [] {
            pixel_unshuffle(zeros({1, 3, 4}), 2);
          },
          R"(pixel_unshuffle: height and width do not divide
  x: f32 (1, 3, 4)
  expected multiples of 2
  in: @)"),
      fault<IndexError>(
          "diagonal", [] { diagonal(zeros({3})); }, R"(diagonal: second axis 1 is out of range
  expected an axis in [-1, 1) for a tensor of rank 1
  in: @)"),
      fault<IndexError>(
          "diagonal twice",
          [] {
            diagonal(zeros({3, 3}), 0, 1, -1);
          },
          R"(diagonal: axis -1 is named twice
  in: @)"),
      fault<ShapeError>(
          "diag",
          [] {
            diag(zeros({2, 2, 2}));
          },
          R"(diag: needs a vector or a matrix
  x: f32 (2, 2, 2)
  hint: diagonal and diag_embed take batches
  in: @)"),
      fault<ShapeError>(
          "diag_embed", [] { diag_embed(zeros({})); }, R"(diag_embed: a scalar has no axis
  x: f32 ()
  in: @)"),
      fault<ValueError>(
          "tril_indices", [] { tril_indices(-1, 2); }, R"(tril_indices: negative extent -1
  in: @)"),
      fault<ValueError>(
          "unfold step", [] { unfold(zeros({3}), 0, 2, 0); }, R"(unfold: size is 2, step is 0
  expected a size of 0 and more and a step of 1 and more
  in: @)"),
      fault<ShapeError>(
          "unfold columns",
          [] {
            unfold(zeros({1, 2, 3, 3}), {.kernel_size = {4, 2}});
          },
          R"(unfold: no window fits
  size: (3, 3)     windows: kernel_size=[4, 2], dilation=[1, 1], padding=[0, 0], stride=[1, 1]
  in: @)"),
      fault<ShapeError>(
          "unfold rank",
          [] {
            unfold(zeros({3, 3}), {.kernel_size = {2, 2}});
          },
          R"(unfold: needs pictures
  x: f32 (3, 3)
  expected x (n, c, h, w) or (c, h, w)
  in: @)"),
      fault<ValueError>(
          "fold stride",
          [] {
            fold(zeros({1, 4, 4}), {3, 3}, {.kernel_size = {2, 2}, .stride = {0, 1}});
          },
          R"(fold: the windows are kernel_size=[2, 2], dilation=[1, 1], padding=[0, 0], stride=[0, 1]
  expected padding of 0 and more, the rest 1 and more
  in: @)"),
      fault<ShapeError>(
          "fold",
          [] {
            fold(zeros({1, 4, 5}), {3, 3}, {.kernel_size = {2, 2}});
          },
          R"(fold: the columns do not fit the windows
  x: f32 (1, 4, 5)     windows: kernel_size=[2, 2], dilation=[1, 1], padding=[0, 0], stride=[1, 1]
  expected x (n, a multiple of 4, 4)
  in: @)"),
  };
}

}  // namespace fathom::test
