// Indexing: parts of tensors, positions that are data, masks.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults indexing_faults() {
  return {
      fault<IndexError>(
          "select beyond the end", [] { select(zeros({3}), 0, 9); },
          R"(select: index 9 is out of range
  x: f32 (3,)
  expected an index in [-3, 3)
  in: @)"),
      fault<IndexError>(
          "a position beyond the end",
          [] {
            zeros({3, 2})[{5}];
          },
          R"(index: position 5 is out of range
  x: a tensor of shape (3, 2)
  expected positions in [-3, 3) on axis 0
  in: @)"),
      fault<IndexError>(
          "a negative position before the start",
          [] {
            zeros({3, 2})[{0, -3}];
          },
          R"(index: position -3 is out of range
  x: a tensor of shape (3, 2)
  expected positions in [-2, 2) on axis 1
  in: @)"),
      fault<IndexError>(
          "more indices than axes",
          [] {
            zeros({3})[{0, 0}];
          },
          R"(index: too many indices
  x: a tensor of shape (3,)
  expected at most 1, got 2
  in: @)"),
      fault<IndexError>(
          "two ellipses",
          [] {
            zeros({3, 3})[{ellipsis, 0, ellipsis}];
          },
          R"(index: more than one ellipsis
  x: a tensor of shape (3, 3)
  in: @)"),
      fault<ValueError>(
          "a range of step 0", [] { zeros({3})[{range(none, none, 0)}]; }, R"(index: the step is 0
  x: a tensor of shape (3,)
  in: @)"),
      fault<DTypeError>(
          "an index tensor of floats", [] { zeros({3})[{zeros({2})}]; },
          R"(index: the index is not i64 or i32
  index: f32 (2,)
  in: @)"),
      fault<IndexError>(
          "an index tensor beyond the end",
          [] {
            const Tensor part = zeros({3})[{labels({0, 3})}];
            part.eval();
          },
          no_element("index", "index", 3, 1, -3, 3)),
      fault<IndexError>(
          "a mask of another shape", [] { zeros({3})[{ones({2}, DType::boolean)}]; },
          R"(index: the mask bool (2,) does not fit axis 0
  x: a tensor of shape (3,)
  in: @)"),
      fault<ShapeError>(
          "index tensors that do not broadcast",
          [] {
            zeros({3, 3})[{labels({0, 1}), labels({0, 1, 2})}];
          },
          R"(index: the index tensors do not broadcast
  one: i64 (2,)     another: i64 (3,)
  in: @)"),
      fault<ShapeError>(
          "a value that does not fit the place",
          [] {
            with(zeros({3, 2}), {0}, zeros({3}));
          },
          R"(with: the value does not fit what it replaces
  value: f32 (3,)     replaced: shape (2,)
  in: @)"),
      fault<IndexError>(
          "writing beyond the end", [] { with(zeros({3}), {4}, 1.0); },
          R"(with: position 4 is out of range
  x: a tensor of shape (3,)
  expected positions in [-3, 3) on axis 0
  in: @)"),
      fault<ValueError>(
          "a slice of step 0", [] { slice(zeros({3}), 0, 0, 1, 0); }, R"(slice: the step is 0
  in: @)"),
      fault<IndexError>(
          "narrow beyond the end", [] { narrow(zeros({3}), 0, 2, 2); },
          R"(narrow: 2 elements from 2 on leave the axis
  x: f32 (3,)     axis: 0
  in: @)"),
      fault<IndexError>(
          "take beyond the end", [] { take(zeros({3}), labels({3}), 0).eval(); },
          no_element("take", "index", 3, 0, 0, 3)),
      fault<IndexError>(
          "a flat take beyond the end",
          [] {
            take(zeros({2, 2}), labels({4})).eval();
          },
          no_element("take", "index", 4, 0, -4, 4)),
      fault<DTypeError>(
          "positions that are no integers", [] { take(zeros({3}), zeros({2}), 0); },
          R"(take: the index is not i64 or i32
  index: f32 (2,)
  in: @)"),
      fault<IndexError>(
          "index_select beyond the end",
          [] {
            index_select(zeros({3, 2}), 0, labels({1, 3})).eval();
          },
          no_element("index_select", "index", 3, 1, 0, 3)),
      fault<ShapeError>(
          "index_select by a matrix",
          [] {
            index_select(zeros({3}), 0, zeros({1, 1}, DType::i64));
          },
          R"(index_select: the index has more than one axis
  index: i64 (1, 1)
  hint: take(x, index, axis) puts the index's axes in the axis's place
  in: @)"),
      fault<IndexError>(
          "gather beyond the end",
          [] {
            gather(zeros({2, 3}), 1, tensor<std::int64_t>({{0, 3}, {0, 0}})).eval();
          },
          no_element("gather", "index", 3, 1, 0, 3)),
      fault<ShapeError>(
          "gather by an index that is too large",
          [] {
            gather(zeros({2, 3}), 1, zeros({4, 1}, DType::i64));
          },
          R"(gather: the index does not fit
  x: f32 (2, 3)     index: (4, 1)
  expected an index of the same rank that is no larger off axis 1
  in: @)"),
      fault<ShapeError>(
          "take_along of another rank",
          [] {
            take_along(zeros({2, 3}), labels({0}), 1);
          },
          R"(take_along: the index does not fit
  x: f32 (2, 3)     index: i64 (1,)
  expected equal extents on all axes but axis 1
  in: @)"),
      fault<IndexError>(
          "scatter beyond the end",
          [] {
            scatter(zeros({3}), 0, labels({1, 3}), 1.0).eval();
          },
          no_element("scatter", "index", 3, 1, 0, 3)),
      fault<ShapeError>(
          "scatter of too few values",
          [] {
            scatter(zeros({3}), 0, labels({0, 1}), zeros({1}));
          },
          R"(scatter: the index does not fit
  x: f32 (1,)     index: (2,)
  expected an index of the same rank that is no larger
  in: @)"),
      fault<IndexError>(
          "scatter_add beyond the end",
          [] { scatter_add(zeros({3}), 0, labels({-1}), zeros({1})).eval(); },
          no_element("scatter_add", "index", -1, 0, 0, 3)),
      fault<ShapeError>(
          "index_add of another width",
          [] {
            index_add(zeros({3, 2}), 0, labels({0}), zeros({1, 3}));
          },
          R"(index_add: the source does not fit
  x: f32 (3, 2)     index: i64 (1,)     source: f32 (1, 3)
  expected a source of shape (1, 2)
  in: @)"),
      fault<IndexError>(
          "index_add beyond the end",
          [] {
            index_add(zeros({3, 2}), 0, labels({3}), zeros({1, 2})).eval();
          },
          no_element("index_add", "index", 3, 0, 0, 3)),
      fault<IndexError>(
          "index_fill beyond the end", [] { index_fill(zeros({3}), 0, labels({3}), 1).eval(); },
          no_element("index_fill", "index", 3, 0, -3, 3)),
      fault<ShapeError>(
          "put of another count",
          [] {
            put(zeros({3}), labels({0, 1}), zeros({3}));
          },
          R"(put: the counts differ
  index: i64 (2,)     source: f32 (3,)
  in: @)"),
      fault<IndexError>(
          "put beyond the end", [] { put(zeros({3}), labels({3}), zeros({1})).eval(); },
          no_element("put", "index", 3, 0, -3, 3)),
      fault<DTypeError>(
          "a mask that is no truth", [] { masked_fill(zeros({2}), zeros({2}), 1); },
          R"(masked_fill: the mask is not bool
  mask: f32 (2,)
  hint: compare it: mask != 0
  in: @)"),
      fault<ShapeError>(
          "a mask that does not broadcast",
          [] { masked_select(zeros({2}), ones({3}, DType::boolean)); },
          R"(masked_select: shapes do not broadcast
  x: f32 (2,)     mask: bool (3,)
  in: @)"),
      fault<ShapeError>(
          "too few values for a mask",
          [] { masked_scatter(zeros({3}), ones({3}, DType::boolean), zeros({2})); },
          R"(masked_scatter: the source has too few elements
  source: f32 (2,)
  expected 3 elements, as many as the mask has true places
  in: @)"),
      fault<DTypeError>(
          "one_hot of floats", [] { one_hot(zeros({2}), 3); },
          R"(one_hot: the index is not i64 or i32
  index: f32 (2,)
  in: @)"),
      fault<ValueError>(
          "one_hot of no class", [] { one_hot(labels({0}), 0); }, R"(one_hot: there are 0 classes
  expected at least 1, or -1 for as many as the index needs
  in: @)"),
      fault<IndexError>(
          "one_hot of a class too high",
          [] {
            one_hot(labels({0, 3, 1}), 3).eval();
          },
          R"(one_hot: index 3 is out of range
  element: (1)
  expected a number in [0, 3)
  in: @)"),
      fault<IndexError>(
          "one_hot of a negative class",
          [] {
            one_hot(labels({0, -1})).eval();
          },
          R"(one_hot: index -1 is out of range
  element: (1)
  expected a number in [0, 1)
  in: @)"),
      fault<ValueError>(
          "one_hot of a tensor that was never set", [] { one_hot(Tensor(), 2); },
          empty_operand("one_hot")),
      fault<IndexError>(
          "an index tensor beyond the end, inside of a loss",
          [] {
            value_and_grad([](const Tensor& x) { return sum(take(x, labels({7}), 0)); })(zeros({3}))
                .loss.item();
          },
          no_element("take", "index", 7, 0, 0, 3)),
      fault<IndexError>(
          "slice axis", [] { slice(zeros({3}), 1, 0, 1); }, no_axis("slice", 1, 1)),
      fault<IndexError>(
          "take on the reference",
          [] {
            const DeviceScope scope(Device::reference);
            take(zeros({5, 2}), labels({0, 4, 5}), 0).eval();
          },
          no_element("take", "index", 5, 2, 0, 5)),
      fault<IndexError>(
          "take axis", [] { take(zeros({5}), labels({0}), 1); }, no_axis("take", 1, 1)),
      fault<IndexError>(
          "take_along",
          [] {
            take_along(zeros({2, 3}), reshape(labels({0, 1, 2, 3}), {2, 2}), 1).eval();
          },
          no_element("take_along", "index", 3, 3, 0, 3)),
      fault<IndexError>(
          "gather on the reference",
          [] {
            const DeviceScope scope(Device::reference);
            gather(zeros({2}), 0, labels({2})).eval();
          },
          no_element("gather", "index", 2, 0, 0, 2)),
      fault<ShapeError>(
          "scatter",
          [] {
            scatter(zeros({3}), 0, zeros({2, 2}, DType::i64), zeros({2, 2}));
          },
          R"(scatter: the index does not fit
  x: f32 (3,)     index: (2, 2)
  expected an index of the same rank that is no larger off axis 0
  in: @)"),
      fault<IndexError>(
          "scatter_add on the reference",
          [] {
            const DeviceScope scope(Device::reference);
            scatter_add(zeros({3}), 0, labels({-1}), 1).eval();
          },
          no_element("scatter_add", "index", -1, 0, 0, 3)),
      fault<ShapeError>(
          "index_copy",
          [] {
            index_copy(zeros({3}), 0, zeros({1, 1}, DType::i64), zeros({1}));
          },
          R"(index_copy: the index has more than one axis
  index: i64 (1, 1)
  in: @)"),
      fault<ShapeError>(
          "index_fill", [] { index_fill(zeros({3}), 0, labels({1}), zeros({1})); },
          R"(index_fill: the value has axes
  value: f32 (1,)
  in: @)"),
      fault<DTypeError>(
          "masked_fill", [] { masked_fill(zeros({3}), zeros({3}, DType::i64), 0); },
          R"(masked_fill: the mask is not bool
  mask: i64 (3,)
  hint: compare it: mask != 0
  in: @)"),
  };
}

}  // namespace fathom::test
