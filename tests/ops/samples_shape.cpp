#include "fathom/ops/shape.h"

#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/reduce.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples shape_samples() {
  const SampleOptions exact{.exact = true};
  const SampleOptions smooth{.exact = true, .second = true};
  const SampleOptions flat{.exact = true, .gradient = false};
  return {
      {"reshape",
       [](In x) {
         return reshape(x[0], Shape{2, 6});
       },
       {real({3, 4})},
       exact},
      {"reshape/inferred",
       [](In x) {
         return reshape(x[0], {-1, 2});
       },
       {real({3, 4})},
       exact},
      {"reshape/to scalar", [](In x) { return reshape(x[0], Shape{}); }, {real({1, 1})}, exact},
      {"reshape/empty",
       [](In x) {
         return reshape(x[0], {0, 7});
       },
       {real({3, 0})},
       exact},
      {"reshape/of a transpose",
       [](In x) {
         return exp(reshape(transpose(x[0]), {6, 2}));
       },
       {real({3, 4})},
       smooth},
      {"reshape/then reduced",
       [](In x) {
         return max(reshape(permute(x[0], {2, 0, 1}), {5, 12}), 0);
       },
       {real({3, 4, 5})},
       exact},
      {"permute",
       [](In x) {
         return permute(x[0], {2, 0, 1});
       },
       {real({2, 3, 4})},
       smooth},
      {"permute/negative axes",
       [](In x) {
         return permute(x[0], {-1, 1, -3});
       },
       {real({2, 3, 4})},
       exact},
      {"permute/twice",
       [](In x) {
         return permute(permute(x[0], {1, 2, 0}), {2, 0, 1});
       },
       {real({2, 3, 4})},
       exact},
      {"permute/rank 5",
       [](In x) {
         return permute(x[0], {4, 2, 0, 3, 1});
       },
       {real({2, 3, 1, 2, 3})},
       exact},
      {"permute/u8",
       [](In x) {
         return permute(x[0], {1, 0});
       },
       {whole({70, 90}, 0, 255, DType::u8)},
       flat},
      {"transpose", [](In x) { return transpose(x[0]); }, {real({3, 5})}, exact},
      {"transpose/axes", [](In x) { return transpose(x[0], 0, -1); }, {real({2, 3, 4})}, exact},
      {"transpose/large",
       [](In x) { return transpose(x[0]); },
       {real({301, 257})},
       {.exact = true, .large = true}},
      {"expand",
       [](In x) {
         return expand(x[0], {4, 3, 5});
       },
       {real({3, 1})},
       smooth},
      {"expand/scalar",
       [](In x) {
         return expand(x[0], {3, 2});
       },
       {real({})},
       exact},
      {"expand/to nothing",
       [](In x) {
         return expand(x[0], {0, 2});
       },
       {real({1, 2})},
       exact},
      {"slice", [](In x) { return slice(x[0], 0, 1, 4); }, {real({6, 3})}, smooth},
      {"slice/step", [](In x) { return slice(x[0], 1, 1, 9, 3); }, {real({2, 10})}, exact},
      {"slice/backwards",
       [](In x) { return slice(x[0], -1, -1, -100, -2); },
       {real({2, 7})},
       exact},
      {"slice/negative", [](In x) { return slice(x[0], 0, -3, -1); }, {real({6})}, exact},
      {"slice/clipped", [](In x) { return slice(x[0], 0, 2, 100); }, {real({6})}, exact},
      {"slice/nothing", [](In x) { return slice(x[0], 0, 4, 2); }, {real({6, 2})}, exact},
      {"slice/of a slice",
       [](In x) { return slice(slice(x[0], 0, 5, 0, -1), 0, 1, 5, 2) * 2; },
       {real({6, 2})},
       exact},
      {"slice/of an expansion",
       [](In x) {
         return slice(expand(x[0], {4, 5}), 1, 1, 3) + 1;
       },
       {real({4, 1})},
       exact},
      {"slice/bool", [](In x) { return slice(x[0], 0, 0, 9, 2); }, {truth({9})}, flat},
      {"select", [](In x) { return select(x[0], 1, 2); }, {real({3, 4, 2})}, smooth},
      {"select/negative", [](In x) { return select(x[0], -1, -1); }, {real({3, 4})}, exact},
      {"flip",
       [](In x) {
         return flip(x[0], {0, 2});
       },
       {real({2, 3, 4})},
       smooth},
      {"flip/one axis", [](In x) { return flip(x[0], {-1}); }, {real({7})}, exact},
      {"flip/empty", [](In x) { return flip(x[0], {0}); }, {real({0, 2})}, exact},
      {"squeeze", [](In x) { return squeeze(x[0]); }, {real({1, 3, 1, 2})}, exact},
      {"squeeze/axis", [](In x) { return squeeze(x[0], -2); }, {real({1, 3, 1, 2})}, exact},
      {"squeeze/no such extent", [](In x) { return squeeze(x[0], 1); }, {real({1, 3})}, exact},
      {"unsqueeze", [](In x) { return unsqueeze(x[0], 1); }, {real({2, 3})}, exact},
      {"unsqueeze/last", [](In x) { return unsqueeze(x[0], -1); }, {real({2, 3})}, exact},
      {"flatten", [](In x) { return flatten(x[0]); }, {real({2, 3, 4})}, exact},
      {"flatten/some axes", [](In x) { return flatten(x[0], 1, -1); }, {real({2, 3, 4})}, exact},
      {"flatten/scalar", [](In x) { return flatten(x[0]); }, {real({})}, exact},
      {"concat",
       [](In x) {
         return concat({x[0], x[1]}, 0);
       },
       {real({2, 3}), real({4, 3})},
       smooth},
      {"concat/last axis",
       [](In x) {
         return concat({x[0], x[1], x[0]}, -1);
       },
       {real({2, 3}), real({2, 1})},
       exact},
      {"concat/promoted",
       [](In x) {
         return concat({x[0], x[1]});
       },
       {whole({3}, 0, 9), real({2})},
       exact},
      {"concat/with empty",
       [](In x) {
         return concat({x[0], x[1]});
       },
       {real({0, 2}), real({3, 2})},
       exact},
      {"concat/views",
       [](In x) {
         return concat({transpose(x[0]), expand(x[1], {4, 2})}, 1);
       },
       {real({3, 4}), real({2})},
       exact},
      {"concat/one", [](In x) { return concat({x[0]}, 0); }, {real({3})}, exact},
      {"concat/many",
       [](In x) {
         return concat({x[0], x[1], x[0], x[1], x[0], x[1], x[0]}, 1);
       },
       {real({3, 2, 2}), real({3, 1, 2})},
       exact},
      {"stack",
       [](In x) {
         return stack({x[0], x[1]}, 1);
       },
       {real({2, 3}), real({2, 3})},
       exact},
      {"stack/scalars",
       [](In x) {
         return stack({x[0], x[1]});
       },
       {real({}), real({})},
       exact},
      {"split",
       [](In x) {
         auto p = split(x[0], {2, 3, 1}, 1);
         return p[0] * p[2] + sum(p[1], 1, true);
       },
       {real({3, 6})},
       {.second = true}},
      {"split/with nothing",
       [](In x) {
         return split(x[0], {0, 4}, 0)[0];
       },
       {real({4, 2})},
       exact},
      {"pad",
       [](In x) {
         return pad(x[0], {{1, 2}, {0, 3}});
       },
       {real({2, 3})},
       smooth},
      {"pad/last axis",
       [](In x) {
         return pad(x[0], {{2, 1}}, -1.5);
       },
       {real({2, 3})},
       exact},
      {"pad/by a tensor",
       [](In x) {
         return pad(x[0], {{1, 1}, {1, 1}}, x[1]);
       },
       {real({2, 3}), real({})},
       {}},
      {"pad/empty",
       [](In x) {
         return pad(x[0], {{1, 1}}, 2);
       },
       {real({2, 0})},
       exact},
      {"pad/temporaries",
       [](In x) {
         return pad(x[0] * 2, {{1, 1}}, x[1] + 1);
       },
       {real({2, 3}), real({})},
       {}},
      {"select/of a temporary", [](In x) { return select(x[0] * 2, 0, 1); }, {real({2, 3})}, exact},
      {"split/of a temporary",
       [](In x) {
         auto p = split(x[0] * 2, {1, 2}, 1);
         return p[0] * p[1];
       },
       {real({2, 3})},
       exact},
      {"squeeze/of a temporary",
       [](In x) { return squeeze(unsqueeze(x[0] * 2, 0)) + squeeze(unsqueeze(x[0] * 2, 0), 0); },
       {real({2, 3})},
       exact},
      {"flatten/of a temporary", [](In x) { return flatten(x[0] * 2); }, {real({2, 3})}, exact},
      {"flip/of a temporary", [](In x) { return flip(x[0] * 2, {0}); }, {real({2, 3})}, exact},
      {"reshape/of a temporary",
       [](In x) {
         return reshape(x[0] * 2, {3, -1});
       },
       {real({2, 3})},
       exact},
      {"pad/i64",
       [](In x) {
         return pad(x[0], {{1, 1}}, 7);
       },
       {whole({3}, 0, 9)},
       flat},
      {"pad/views in and out",
       [](In x) {
         return slice(pad(transpose(x[0]), {{1, 1}, {2, 2}}), 1, 1, 5) * 3;
       },
       {real({3, 4})},
       exact},
      {"expand/folded everywhere",
       [](In x) {
         return matmul(expand(x[0], {3, 4}), transpose(slice(x[1], 0, 5, 0, -2)));
       },
       {real({4}), real({6, 4})},
       exact},
  };
}

}  // namespace fathom::test
