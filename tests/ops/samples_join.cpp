#include "fathom/ops/join.h"

#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {
/// Joins pieces again with a sign for each, so that a check sees every piece.
Tensor alternating(const std::vector<Tensor>& parts, int axis) {
  std::vector<Tensor> signed_parts;
  for (std::size_t i = 0; i < parts.size(); ++i)
    signed_parts.push_back(parts[i] * (i % 2 == 0 ? 1.0 : -2.0));
  return concat(signed_parts, axis);
}
}  // namespace

Samples join_samples() {
  const SampleOptions exact{.exact = true};
  const SampleOptions smooth{.exact = true, .second = true};
  const SampleOptions flat{.exact = true, .gradient = false};
  return {
      {"hstack",
       [](In x) {
         return hstack({x[0], x[1]});
       },
       {real({2, 3}), real({2, 1})},
       smooth},
      {"hstack/vectors",
       [](In x) {
         return hstack({x[0], x[1]});
       },
       {real({2}), real({})},
       exact},
      {"vstack",
       [](In x) {
         return vstack({x[0], x[1]});
       },
       {real({3}), real({2, 3})},
       exact},
      {"dstack",
       [](In x) {
         return dstack({x[0], x[1]});
       },
       {real({2, 3}), real({2, 3})},
       exact},
      {"column_stack",
       [](In x) {
         return column_stack({x[0], x[1]});
       },
       {real({3}), real({3, 2})},
       exact},
      {"split/by length",
       [](In x) { return alternating(split(x[0], 3, 1), 1); },
       {real({2, 7})},
       smooth},
      {"split_evenly",
       [](In x) { return alternating(split_evenly(x[0], 2), 0); },
       {real({5})},
       exact},
      {"split/nothing", [](In x) { return alternating(split(x[0], 0), 0); }, {real({0, 2})}, exact},
      {"chunk", [](In x) { return alternating(chunk(x[0], 3), 0); }, {real({7, 2})}, exact},
      {"chunk/fewer",
       [](In x) { return alternating(chunk(x[0], 4, -1), -1); },
       {real({2, 5})},
       exact},
      {"tensor_split",
       [](In x) { return alternating(tensor_split(x[0], 3), 0); },
       {real({7})},
       exact},
      {"tensor_split/positions",
       [](In x) {
         return alternating(tensor_split(x[0], {1, 3, 3, -2, 9}, 1), 1);
       },
       {real({2, 7})},
       exact},
      {"unbind",
       [](In x) { return unbind(x[0])[1] * unbind(x[0], -1)[2]; },
       {real({3, 3})},
       smooth},
      {"hsplit", [](In x) { return alternating(hsplit(x[0], 2), 1); }, {real({2, 4, 3})}, smooth},
      {"hsplit/vector",
       [](In x) {
         return alternating(hsplit(x[0], {1, -1}), 0);
       },
       {real({5})},
       smooth},
      {"vsplit", [](In x) { return alternating(vsplit(x[0], 3), 0); }, {real({3, 2})}, smooth},
      {"vsplit/positions",
       [](In x) {
         return alternating(vsplit(x[0], {1, 2}), 0);
       },
       {real({3, 2})},
       smooth},
      {"dsplit", [](In x) { return alternating(dsplit(x[0], 2), 2); }, {real({2, 1, 4})}, smooth},
      {"dsplit/positions",
       [](In x) {
         return alternating(dsplit(x[0], {0, 3}), 2);
       },
       {real({2, 1, 4})},
       smooth},
      {"block_diag",
       [](In x) {
         return block_diag({x[0], x[1], x[2], x[3]});
       },
       {real({2, 3}), real({}), real({2}), real({0, 1})},
       smooth},
      {"meshgrid",
       [](In x) {
         return meshgrid({x[0], x[1]})[0] * x[1];
       },
       {real({3}), real({4})},
       smooth},
      {"meshgrid/xy",
       [](In x) {
         return meshgrid({x[0], x[1], x[2]}, GridOrder::xy)[2];
       },
       {real({3}), real({4}), real({2})},
       exact},
      {"meshgrid/numbers",
       [](In x) {
         return meshgrid({x[0], x[1]})[1];
       },
       {real({}), real({2})},
       exact},
      {"cartesian_prod",
       [](In x) {
         return cartesian_prod({x[0], x[1], x[2]});
       },
       {real({2}), real({3}), real({2})},
       exact},
      {"cartesian_prod/one", [](In x) { return cartesian_prod({x[0]}); }, {whole({3}, 0, 9)}, flat},
      {"cartesian_prod/empty",
       [](In x) {
         return cartesian_prod({x[0], x[1]});
       },
       {real({2}), real({0})},
       exact},
      {"combinations", [](In x) { return combinations(x[0]); }, {real({4})}, smooth},
      {"combinations/replaced",
       [](In x) { return combinations(x[0], 3, true); },
       {real({3})},
       exact},
      {"combinations/too few", [](In x) { return combinations(x[0], 3); }, {real({2})}, exact},
  };
}

}  // namespace fathom::test
