// Wrong calls of the operations that read and write at positions.
#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/indexing.h"
#include "fathom/ops/loss.h"
#include "fathom/ops/masked.h"
#include "fathom/ops/scatter.h"
#include "tests/ops/samples.h"

namespace fathom::test {

std::vector<ErrorCase> index_error_cases() {
  const auto f = [](const Shape& s) { return zeros(s); };
  const auto i = [](const Shape& s) { return zeros(s, DType::i64); };
  const auto at = [](std::initializer_list<std::int64_t> v) { return tensor(v); };
  const std::string here = "in: samples_errors_index.cpp:";
  return {
      throws<IndexError>("take flat",
                         [=] {
                           take(f({2, 2}), at({1, -5})).eval();
                         },
                         {"index: index -5 is out of range", "position in the index: 1",
                          "expected indices in [-4, 4)", here}),
      throws<ShapeError>(
          "index_select",
          [=] {
            index_select(f({3}), 0, i({2, 2}));
          },
          {"index_select: the index has more than one axis", "i64 (2, 2)", "hint: take", here}),
      throws<ShapeError>(
          "gather",
          [=] {
            gather(f({2, 3}), 1, i({3, 3}));
          },
          {"gather: the index does not fit", "f32 (2, 3)", "(3, 3)", "no larger off axis 1", here}),
      throws<IndexError>("gather on the reference",
                         [=] {
                           const DeviceScope scope(Device::reference);
                           gather(f({2}), 0, at({2})).eval();
                         },
                         {"take_along: index 2 is out of range", "[0, 2)", here}),
      throws<DTypeError>("one_hot of floats", [=] { one_hot(f({2})); },
                         {"one_hot: the index is not i64 or i32", "f32 (2,)"}),
      throws<ShapeError>("scatter",
                         [=] {
                           scatter(f({3}), 0, i({2, 2}), f({2, 2}));
                         },
                         {"scatter: the index does not fit", "f32 (3,)", "(2, 2)", here}),
      throws<ShapeError>("scatter source", [=] { scatter(f({3}), 0, i({4}), f({3})); },
                         {"scatter: the index does not fit", "f32 (3,)", "(4,)", here}),
      throws<IndexError>(
          "scatter index",
          [=] {
            scatter(f({3}), 0, at({0, 3}), 1).eval();
          },
          {"last_writer: index 3 is out of range", "position in the index: 1", "[0, 3)", here}),
      throws<IndexError>("scatter_add index", [=] { scatter_add(f({3}), 0, at({-1}), 1).eval(); },
                         {"scatter: index -1 is out of range", "[0, 3)", here}),
      throws<IndexError>("scatter_add on the reference",
                         [=] {
                           const DeviceScope scope(Device::reference);
                           scatter_add(f({3}), 0, at({-1}), 1).eval();
                         },
                         {"scatter: index -1 is out of range", "[0, 3)", here}),
      throws<ShapeError>("index_add",
                         [=] {
                           index_add(f({3, 2}), 0, at({0, 1}), f({3, 2}));
                         },
                         {"index_add: the source does not fit", "f32 (3, 2)", "i64 (2,)",
                          "a source of shape (2, 2)", here}),
      throws<IndexError>("index_add index",
                         [=] {
                           index_add(f({3}), 0, at({0, 4}), f({2})).eval();
                         },
                         {"index_add: index 4 is out of range", "[0, 3)", here}),
      throws<ShapeError>("index_copy",
                         [=] {
                           index_copy(f({3}), 0, i({1, 1}), f({1}));
                         },
                         {"index_copy: the index has more than one axis", here}),
      throws<ShapeError>("index_fill", [=] { index_fill(f({3}), 0, at({1}), f({1})); },
                         {"index_fill: the value has axes", "f32 (1,)", here}),
      throws<ShapeError>("put",
                         [=] {
                           put(f({3}), at({1, 2}), f({3}));
                         },
                         {"put: the counts differ", "i64 (2,)", "f32 (3,)", here}),
      throws<IndexError>(
          "index position",
          [=] {
            f({2, 3})[{1, 3}];
          },
          {"index: position 3 is out of range", "(2, 3)", "[-3, 3) on axis 1", here}),
      throws<IndexError>("index too many",
                         [=] {
                           f({2, 3})[{0, range(), 0}];
                         },
                         {"index: too many indices", "at most 2, got 3", here}),
      throws<IndexError>("index ellipses",
                         [=] {
                           f({2, 3})[{ellipsis, ellipsis}];
                         },
                         {"index: more than one ellipsis", here}),
      throws<ValueError>("index step", [=] { index(f({3}), {range(none, none, 0)}); },
                         {"index: the step is 0", here}),
      throws<IndexError>(
          "index tensor",
          [=] {
            f({3})[at({0, -4})].eval();
          },
          {"index: index -4 is out of range", "position in the index: 1", "[-3, 3)", here}),
      throws<DTypeError>("index by floats", [=] { f({3})[f({2})]; },
                         {"index: the index is not i64 or i32", "f32 (2,)", here}),
      throws<ShapeError>(
          "index tensors",
          [=] {
            f({3, 3})[{at({0, 1}), at({0, 1, 2})}];
          },
          {"index: the index tensors do not broadcast", "i64 (2,)", "i64 (3,)", here}),
      throws<IndexError>("index mask",
                         [=] {
                           f({3, 2})[zeros({2}, DType::boolean)];
                         },
                         {"index: the mask bool (2,) does not fit axis 0", "(3, 2)", here}),
      throws<ShapeError>(
          "with",
          [=] {
            with(f({3, 4}), {range(), range(0, 2)}, f({3}));
          },
          {"with: the value does not fit what it replaces", "f32 (3,)", "shape (3, 2)", here}),
      throws<DTypeError>("masked_fill", [=] { masked_fill(f({3}), i({3}), 0); },
                         {"masked_fill: the mask is not bool", "i64 (3,)", "hint", here}),
      throws<ShapeError>("masked_select",
                         [=] { masked_select(f({3}), zeros({2}, DType::boolean)); },
                         {"masked_select: shapes do not broadcast", "f32 (3,)", "bool (2,)", here}),
      throws<ShapeError>(
          "masked_scatter", [=] { masked_scatter(f({3}), ones({3}, DType::boolean), f({2})); },
          {"masked_scatter: the source has too few elements", "f32 (2,)", "3 elements", here}),
      throws<ValueError>("index_reduce",
                         [=] { index_reduce(f({3}), 0, i({2}), f({2}), ScatterReduction::sum); },
                         {"index_reduce: the reduction is a sum", "amax", "hint", here}),
      throws<ShapeError>("select_scatter",
                         [=] {
                           select_scatter(f({3, 4}), f({3}), 0, 1);
                         },
                         {"select_scatter: the source does not fit", "f32 (3,)", "(4,)", here}),
      throws<IndexError>("select_scatter position",
                         [=] {
                           select_scatter(f({3, 4}), f({4}), 0, 3);
                         },
                         {"3", here}),
      throws<ShapeError>("diagonal_scatter",
                         [=] {
                           diagonal_scatter(f({3, 4}), f({4}));
                         },
                         {"diagonal_scatter: the source does not fit", "f32 (4,)", "(3,)", here}),
      throws<IndexError>("unravel_index",
                         [=] {
                           unravel_index(full({1}, 6, DType::i64), {2, 3})[0].eval();
                         },
                         {"6", here}),
      throws<ShapeError>("linear_cross_entropy",
                         [=] {
                           linear_cross_entropy(f({2, 3}), f({5}), i({2}));
                         },
                         {"linear_cross_entropy: the weight does not fit", "f32 (5,)", here}),
  };
}

}  // namespace fathom::test
