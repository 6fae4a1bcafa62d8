// Joining and splitting tensors.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults join_faults() {
  return {
      fault<ShapeError>(
          "concat of nothing", [] { concat({}); }, R"(concat: no parts
  expected at least one tensor
  in: @)"),
      fault<ShapeError>(
          "concat of unlike parts",
          [] {
            concat({zeros({2, 3}), zeros({2, 4})}, 0);
          },
          R"(concat: part 1 does not fit the first
  part 0: f32 (2, 3)     part 1: f32 (2, 4)
  expected equal extents on all axes but axis 0
  in: @)"),
      fault<ShapeError>(
          "concat of unlike ranks",
          [] {
            concat({zeros({2, 3}), zeros({3})});
          },
          R"(concat: part 1 does not fit the first
  part 0: f32 (2, 3)     part 1: f32 (3,)
  expected equal extents on all axes but axis 0
  in: @)"),
      fault<IndexError>(
          "concat along no axis",
          [] {
            concat({zeros({2}), zeros({2})}, 1);
          },
          no_axis("concat", 1, 1)),
      fault<ValueError>(
          "concat with a tensor that was never set",
          [] {
            concat({zeros({2}), Tensor()});
          },
          empty_tensor("concat")),
      fault<ShapeError>(
          "stack of unlike parts",
          [] {
            stack({zeros({2}), zeros({3})});
          },
          R"(stack: part 1 does not fit the first
  part 0: f32 (1, 2)     part 1: f32 (1, 3)
  expected equal extents on all axes but axis 0
  in: @)"),
      fault<ShapeError>(
          "hstack of unlike heights",
          [] {
            hstack({zeros({2, 3}), zeros({3, 3})});
          },
          R"(hstack: part 1 does not fit the first
  part 0: f32 (2, 3)     part 1: f32 (3, 3)
  expected equal extents on all axes but axis 1
  in: @)"),
      fault<ShapeError>(
          "vstack of unlike widths",
          [] {
            vstack({zeros({2}), zeros({3})});
          },
          R"(vstack: part 1 does not fit the first
  part 0: f32 (1, 2)     part 1: f32 (1, 3)
  expected equal extents on all axes but axis 0
  in: @)"),
      fault<ShapeError>(
          "split that does not add up",
          [] {
            split(zeros({5}), {2, 2});
          },
          R"(split: the lengths do not add up to the axis
  x: f32 (5,)     sum of lengths: 4
  in: @)"),
      fault<ValueError>(
          "split_evenly into parts of nothing", [] { split_evenly(zeros({5}), 0); },
          R"(split_evenly: the length is 0
  x: f32 (5,)
  in: @)"),
      fault<ValueError>(
          "no chunks", [] { chunk(zeros({4}), 0); }, R"(chunk: the count is 0
  expected at least 1 piece
  in: @)"),
      fault<ValueError>(
          "tensor_split into no parts", [] { tensor_split(zeros({4}), 0); },
          R"(tensor_split: the count is 0
  expected at least 1 piece
  in: @)"),
      fault<ShapeError>(
          "a grid of matrices",
          [] {
            meshgrid({zeros({2, 2}), zeros({3})});
          },
          R"(meshgrid: needs vectors
  one of them: f32 (2, 2)
  in: @)"),
      fault<ValueError>(
          "combinations of a negative number", [] { combinations(zeros({3}), -1); },
          R"(combinations: r is -1
  in: @)"),
      fault<IndexError>(
          "concat scalars",
          [] {
            concat({zeros({}), zeros({})});
          },
          R"(concat: axis 0 is out of range
  expected a tensor with axes, got a scalar
  in: @)"),
      fault<ValueError>(
          "split negative",
          [] {
            split(zeros({5}), {-1, 6});
          },
          R"(split: negative length -1
  in: @)"),
      fault<IndexError>(
          "unbind", [] { unbind(zeros({})); }, R"(unbind: axis 0 is out of range
  expected a tensor with axes, got a scalar
  in: @)"),
      fault<ShapeError>(
          "cartesian_prod", [] { cartesian_prod({}); }, R"(cartesian_prod: no vectors
  in: @)"),
      fault<ShapeError>(
          "combinations",
          [] {
            combinations(zeros({2, 2}));
          },
          R"(combinations: needs a vector
  x: f32 (2, 2)
  in: @)"),
      fault<ValueError>(
          "columns in pieces that do not divide them",
          [] {
            hsplit(zeros({2, 5}), 2);
          },
          R"(hsplit: 2 pieces of an axis of extent 5
  x: f32 (2, 5)
  expected a count that divides it
  hint: tensor_split makes uneven pieces
  in: @)"),
      fault<ShapeError>(
          "columns of a number", [] { hsplit(zeros({}), 1); }, R"(hsplit: too few axes
  x: f32 ()
  expected 1 axis or more
  in: @)"),
      fault<ValueError>(
          "columns in no pieces",
          [] {
            hsplit(zeros({2, 4}), 0);
          },
          R"(hsplit: the count is 0
  expected at least 1 piece
  in: @)"),
      fault<ShapeError>(
          "planes of a matrix",
          [] {
            dsplit(zeros({2, 4}), 2);
          },
          R"(dsplit: too few axes
  x: f32 (2, 4)
  expected 3 axes or more
  in: @)"),
      fault<ShapeError>(
          "planes of a matrix at positions",
          [] {
            dsplit(zeros({2, 4}), {1, 2});
          },
          R"(dsplit: too few axes
  x: f32 (2, 4)
  expected 3 axes or more
  in: @)"),
      fault<ShapeError>(
          "blocks of cubes",
          [] {
            block_diag({zeros({2, 2}), zeros({2, 2, 2})});
          },
          R"(block_diag: needs matrices
  one of them: f32 (2, 2, 2)
  in: @)"),
      fault<ShapeError>(
          "no blocks", [] { block_diag({}); }, R"(block_diag: no matrices
  in: @)"),
      fault<ValueError>(
          "blocks that were never set",
          [] {
            block_diag({zeros({2, 2}), Tensor()});
          },
          empty_tensor("block_diag")),
  };
}

}  // namespace fathom::test
