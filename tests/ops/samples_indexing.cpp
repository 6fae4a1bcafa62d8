#include "fathom/ops/indexing.h"

#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/masked.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples indexing_samples() {
  const SampleOptions exact{.exact = true};
  const SampleOptions smooth{.exact = true, .second = true};
  const SampleOptions flat{.exact = true, .gradient = false};
  const Tensor mask = tensor({true, false, true, true});
  const Tensor mask2 = tensor({{true, false, true}, {false, false, true}});
  return {
      {"index",
       [](In x) {
         return index(x[0], {1, range(1, 4)});
       },
       {real({3, 5})},
       smooth},
      {"index/subscript",
       [](In x) {
         return x[0][{range(), -1}];
       },
       {real({3, 5})},
       exact},
      {"index/one position", [](In x) { return x[0][2]; }, {real({3, 5})}, exact},
      {"index/all positions",
       [](In x) {
         return x[0][{1, 2}];
       },
       {real({3, 5})},
       smooth},
      {"index/nothing named", [](In x) { return x[0][{}]; }, {real({3})}, exact},
      {"index/scalar", [](In x) { return x[0][{ellipsis}]; }, {real({})}, exact},
      {"index/scalar, new axis",
       [](In x) {
         return x[0][{newaxis, ellipsis, newaxis}];
       },
       {real({})},
       exact},
      {"index/backwards",
       [](In x) {
         return x[0][{ellipsis, range(none, none, -2)}];
       },
       {real({2, 7})},
       smooth},
      {"index/open ends",
       [](In x) {
         return x[0][{range(2), range(none, 3), range(-3, none)}];
       },
       {real({4, 5, 6})},
       exact},
      {"index/empty ranges",
       [](In x) {
         return x[0][{range(3, 1), range(9, 12)}];
       },
       {real({4, 5})},
       exact},
      {"index/new axes",
       [](In x) {
         return x[0][{newaxis, 1, newaxis, range(none, none, 2), newaxis}];
       },
       {real({2, 5})},
       exact},
      {"index/tensor",
       [](In x) { return x[0][x[1]]; },
       {real({4, 3}), whole({2, 5}, -4, 4)},
       smooth},
      {"index/tensor on the last axis",
       [](In x) {
         return x[0][{ellipsis, x[1]}];
       },
       {real({2, 3, 4}), whole({5}, -4, 4, DType::i32)},
       smooth},
      {"index/two tensors",
       [](In x) {
         return x[0][{x[1], x[2]}];
       },
       {real({4, 3, 2}), whole({5}, 0, 4), whole({5}, -3, 3)},
       smooth},
      {"index/tensors broadcast",
       [](In x) {
         return x[0][{range(), x[1], x[2]}];
       },
       {real({2, 4, 3}), whole({2, 1}, 0, 4), whole({3}, 0, 3)},
       exact},
      {"index/tensors apart",
       [](In x) {
         return x[0][{x[1], range(none, none, -1), x[2]}];
       },
       {real({4, 3, 5}), whole({2}, 0, 4), whole({2}, 0, 5)},
       smooth},
      {"index/position and tensor apart",
       [](In x) {
         return x[0][{1, range(), x[1]}];
       },
       {real({4, 3, 5}), whole({2}, 0, 5)},
       exact},
      {"index/position and tensor together",
       [](In x) {
         return x[0][{range(), 1, x[1]}];
       },
       {real({2, 3, 5}), whole({4}, 0, 5)},
       exact},
      {"index/tensors around a new axis",
       [](In x) {
         return x[0][{range(), x[1], newaxis, x[1]}];
       },
       {real({2, 3, 5}), whole({4}, 0, 3)},
       exact},
      {"index/no positions",
       [](In x) { return x[0][x[1]]; },
       {real({4, 3}), whole({0}, 0, 1)},
       exact},
      {"index/mask", [=](In x) { return x[0][mask]; }, {real({4, 2})}, smooth},
      {"index/mask of two axes",
       [=](In x) {
         return x[0][{range(), mask2}];
       },
       {real({2, 2, 3})},
       exact},
      {"index/mask and tensor",
       [=](In x) {
         return x[0][{mask, x[1]}];
       },
       {real({4, 5}), whole({3}, 0, 5)},
       exact},
      {"index/mask of a scalar", [](In x) { return x[0][tensor(true)]; }, {real({2, 3})}, exact},
      {"index/false of a scalar",
       [](In x) { return x[0][{tensor(false)}]; },
       {real({2, 3})},
       exact},
      {"index/u8",
       [=](In x) {
         return x[0][{mask, range(1, none, 2)}];
       },
       {whole({4, 5}, 0, 99, DType::u8)},
       flat},
      {"with",
       [](In x) {
         return with(x[0], {1, range(1, 3)}, x[1]);
       },
       {real({3, 5}), real({2})},
       smooth},
      {"with/number",
       [](In x) { return with(x[0], {range(none, none, -2)}, 7); },
       {real({5, 2})},
       exact},
      {"with/broadcast",
       [](In x) {
         return with(x[0], {range(), range(4, none, -2)}, x[1]);
       },
       {real({3, 5}), real({1, 3, 1})},
       smooth},
      {"with/all",
       [](In x) { return with(x[0], {ellipsis}, x[1]); },
       {real({2, 3}), real({3})},
       exact},
      {"with/nothing",
       [](In x) { return with(x[0], {range(2, 2)}, x[1]); },
       {real({5}), real({})},
       exact},
      {"with/tensor",
       [](In x) { return with(x[0], {x[1]}, x[2]); },
       {real({5, 2}), whole({4}, -5, 5), real({4, 2})},
       smooth},
      {"with/two tensors",
       [](In x) {
         return with(x[0], {x[1], range(), x[2]}, x[3]);
       },
       {real({4, 2, 3}), whole({6}, 0, 4), whole({6}, 0, 3), real({2})},
       exact},
      {"with/mask", [=](In x) { return with(x[0], {mask}, 0); }, {real({4, 2})}, exact},
      {"with/mask, tensor",
       [=](In x) { return with(x[0], {mask}, x[1]); },
       {real({4, 2}), real({3, 2})},
       smooth},
      {"with/integers", [](In x) { return with(x[0], {0}, 300.7); }, {whole({3, 2}, 0, 9)}, flat},
      {"index_put",
       [](In x) { return index_put(x[0], {x[1]}, x[2]); },
       {real({5}), whole({4}, 0, 5), real({4})},
       exact},
      {"index_put/added",
       [](In x) {
         return index_put(x[0], {x[1], x[2]}, x[3], true);
       },
       {real({3, 4}), whole({9}, 0, 3), whole({9}, -4, 4), real({9})},
       smooth},
      {"index_put/added to a range",
       [](In x) { return index_put(x[0], {range(1, 3)}, x[1], true); },
       {real({5, 2}), real({2})},
       exact},
      {"select_scatter",
       [](In x) { return select_scatter(x[0], x[1], 1, -2); },
       {real({3, 4, 2}), real({3, 2})},
       smooth},
      {"slice_scatter",
       [](In x) { return slice_scatter(x[0], x[1], -1, 1, none, 2); },
       {real({2, 6}), real({2, 3})},
       smooth},
      {"slice_scatter/whole",
       [](In x) { return slice_scatter(x[0], x[1]); },
       {real({2}), real({2})},
       exact},
      {"diagonal_scatter",
       [](In x) { return diagonal_scatter(x[0], x[1]); },
       {real({3, 4}), real({3})},
       smooth},
      {"diagonal_scatter/above",
       [](In x) { return diagonal_scatter(x[0], x[1], 2, -1, 0); },
       {real({5, 2, 3}), real({2, 3})},
       exact},
      {"diagonal_scatter/below",
       [](In x) { return diagonal_scatter(x[0], x[1], -1, 1, 2); },
       {real({2, 4, 3}), real({2, 3})},
       exact},
      {"masked_fill",
       [=](In x) { return masked_fill(x[0], mask, x[1]); },
       {real({3, 4}), real({})},
       smooth},
      {"masked_fill/number",
       [](In x) { return masked_fill(x[0], x[0] > 0, -1); },
       {real({3, 4})},
       exact},
      {"masked_fill/integers",
       [=](In x) { return masked_fill(x[0], mask, 2.9); },
       {whole({4}, 0, 9)},
       flat},
      {"masked_select", [=](In x) { return masked_select(x[0], mask); }, {real({3, 4})}, smooth},
      {"masked_select/broadcast",
       [=](In x) { return masked_select(x[0], mask2); },
       {real({2, 1})},
       exact},
      {"masked_select/nothing",
       [](In x) { return masked_select(x[0], x[0] > 9); },
       {real({3, 4})},
       exact},
      {"masked_scatter",
       [=](In x) { return masked_scatter(x[0], mask2, x[1]); },
       {real({2, 3}), real({2, 2})},
       smooth},
      {"nonzero", [](In x) { return nonzero(x[0] > 0); }, {real({3, 4, 2})}, flat},
      {"nonzero/integers", [](In x) { return nonzero(x[0]); }, {whole({9}, -1, 2)}, flat},
      {"nonzero/scalar", [](In x) { return nonzero(x[0]); }, {real({})}, flat},
      {"nonzero/empty", [](In x) { return nonzero(x[0]); }, {real({2, 0})}, flat},
      {"argwhere", [](In x) { return argwhere(x[0]); }, {truth({3, 5})}, flat},
      {"where/positions", [](In x) { return fathom::where(x[0])[1]; }, {truth({3, 5})}, flat},
  };
}

}  // namespace fathom::test
