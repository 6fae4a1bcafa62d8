// Writing into parts: what stands at positions, diagonals and slices.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults scatter_faults() {
  return {
      fault<ValueError>(
          "a sum by index_reduce",
          [] {
            index_reduce(zeros({3, 2}), 0, labels({0}), zeros({1, 2}), ScatterReduction::sum);
          },
          R"(index_reduce: the reduction is a sum
  expected prod, mean, amax or amin
  hint: index_add adds
  in: @)"),
      fault<ShapeError>(
          "index_reduce of another width",
          [] {
            index_reduce(zeros({3, 2}), 0, labels({0}), zeros({1, 3}), ScatterReduction::amax);
          },
          R"(index_reduce: the source does not fit
  x: f32 (3, 2)     index: i64 (1,)     source: f32 (1, 3)
  expected a source of shape (1, 2)
  in: @)"),
      fault<ShapeError>(
          "index_reduce by a matrix",
          [] {
            index_reduce(zeros({3, 2}), 0, zeros({1, 1}, DType::i64), zeros({1, 2}),
                         ScatterReduction::amax);
          },
          R"(index_reduce: the index has more than one axis
  index: i64 (1, 1)
  in: @)"),
      fault<IndexError>(
          "index_reduce beyond the end",
          [] {
            index_reduce(zeros({3, 2}), 0, labels({3}), zeros({1, 2}), ScatterReduction::mean)
                .eval();
          },
          R"(index_reduce: index 3 is out of range
  element: (0)
  expected a number in [0, 3)
  in: @)"),
      fault<DTypeError>(
          "index_reduce at positions of floats",
          [] {
            index_reduce(zeros({3, 2}), 0, zeros({1}), zeros({1, 2}), ScatterReduction::prod);
          },
          R"(index_reduce: the index is not i64 or i32
  index: f32 (1,)
  in: @)"),
      fault<IndexError>(
          "index_reduce along no axis",
          [] { index_reduce(zeros({3}), 1, labels({0}), zeros({1}), ScatterReduction::prod); },
          no_axis("index_reduce", 1, 1)),
      fault<ShapeError>(
          "a slice of another shape",
          [] {
            select_scatter(zeros({3, 2}), zeros({3}), 0, 1);
          },
          R"(select_scatter: the source does not fit
  x: f32 (3, 2)     source: f32 (3,)
  expected a source of shape (2,)
  in: @)"),
      fault<IndexError>(
          "a slice beyond the end",
          [] {
            select_scatter(zeros({3, 2}), zeros({2}), 0, 3);
          },
          R"(select_scatter: position 3 is out of range
  x: a tensor of shape (3, 2)
  expected positions in [-3, 3) on axis 0
  in: @)"),
      fault<IndexError>(
          "a slice of no axis",
          [] {
            select_scatter(zeros({3, 2}), zeros({2}), 2, 0);
          },
          no_axis("select_scatter", 2, 2)),
      fault<ValueError>(
          "a slice that was never set",
          [] {
            select_scatter(zeros({3, 2}), Tensor(), 0, 1);
          },
          empty_operand("select_scatter")),
      fault<ShapeError>(
          "a diagonal of another length",
          [] {
            diagonal_scatter(zeros({3, 2}), zeros({3}));
          },
          R"(diagonal_scatter: the source does not fit
  x: f32 (3, 2)     source: f32 (3,)
  expected a source of shape (2,)
  in: @)"),
      fault<IndexError>(
          "the diagonal of a list", [] { diagonal_scatter(zeros({3}), zeros({3})); },
          R"(diagonal_scatter: second axis 1 is out of range
  expected an axis in [-1, 1) for a tensor of rank 1
  in: @)"),
      fault<IndexError>(
          "a diagonal of one axis twice",
          [] {
            diagonal_scatter(zeros({3, 3}), zeros({3}), 0, 1, 1);
          },
          R"(diagonal_scatter: axis 1 is named twice
  in: @)"),
      fault<IndexError>(
          "a diagonal over no axis",
          [] {
            diagonal_scatter(zeros({3, 3}), zeros({3}), 0, 0, 2);
          },
          R"(diagonal_scatter: second axis 2 is out of range
  expected an axis in [-2, 2) for a tensor of rank 2
  in: @)"),
      fault<ShapeError>(
          "a diagonal beside the matrix",
          [] {
            diagonal_scatter(zeros({3, 3}), zeros({1}), 3);
          },
          R"(diagonal_scatter: the source does not fit
  x: f32 (3, 3)     source: f32 (1,)
  expected a source of shape (0,)
  in: @)"),
      fault<DTypeError>(
          "places of floats",
          [] {
            unravel_index(zeros({2}), {3, 4});
          },
          R"(unravel_index: the index is not i64 or i32
  index: f32 (2,)
  in: @)"),
      fault<ShapeError>(
          "places in nothing",
          [] {
            unravel_index(labels({0}), {3, 0});
          },
          R"(unravel_index: the shape has no elements
  shape: (3, 0)
  expected extents of 1 and more
  in: @)"),
      fault<ValueError>(
          "places that were never set",
          [] {
            unravel_index(Tensor(), {3, 4});
          },
          empty_operand("unravel_index")),
  };
}

}  // namespace fathom::test
