#include "fathom/ops/reduce.h"

#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples reduce_samples() {
  const SampleOptions exact{.exact = true};
  const SampleOptions flat{.exact = true, .gradient = false};
  const SampleOptions smooth{.second = true};
  Samples samples{
      {"sum", [](In x) { return sum(x[0]); }, {real({3, 5})}, smooth},
      {"sum/axis 0", [](In x) { return sum(x[0], 0); }, {real({7, 5})}, {}},
      {"sum/last axis", [](In x) { return sum(x[0], -1); }, {real({7, 65})}, {}},
      {"sum/middle, kept", [](In x) { return sum(x[0], 1, true); }, {real({3, 4, 5})}, {}},
      {"sum/outer axes",
       [](In x) {
         return sum(x[0], {0, -1});
       },
       {real({3, 4, 5})},
       {}},
      {"sum/scalar", [](In x) { return sum(x[0]); }, {real({})}, {}},
      {"sum/empty", [](In x) { return sum(x[0], 1); }, {real({3, 0})}, {}},
      {"sum/no rows", [](In x) { return sum(x[0], 1); }, {real({0, 3})}, {}},
      {"sum/i32", [](In x) { return sum(x[0], 0); }, {whole({5, 3}, -9, 9, DType::i32)}, flat},
      {"sum/u8", [](In x) { return sum(x[0]); }, {whole({500}, 0, 255, DType::u8)}, flat},
      {"sum/bool", [](In x) { return sum(x[0], -1); }, {truth({3, 70})}, flat},
      {"sum/f64", [](In x) { return sum(x[0], 0); }, {{{70, 3}, DType::f64}}, {}},
      {"sum/transposed", [](In x) { return sum(transpose(x[0]), -1); }, {real({40, 6})}, {}},
      {"sum/of a product",
       [](In x) { return sum(x[0] * x[1], 1); },
       {real({5, 200}), real({200})},
       {}},
      {"sum/large", [](In x) { return sum(x[0]); }, {real({300, 301})}, {.large = true}},
      {"sum/large rows", [](In x) { return sum(x[0], 1); }, {real({300, 301})}, {.large = true}},
      {"sum/large columns", [](In x) { return sum(x[0], 0); }, {real({300, 301})}, {.large = true}},
      {"mean", [](In x) { return mean(x[0]); }, {real({3, 5})}, smooth},
      {"mean/axis", [](In x) { return mean(x[0], 1, true); }, {real({3, 5, 2})}, {}},
      {"mean/of nothing", [](In x) { return mean(x[0], 0); }, {real({0, 3})}, {.gradient = false}},
      {"mean/of a temporary", [](In x) { return mean(x[0] * x[0], 1); }, {real({3, 5})}, {}},
      {"var/of a temporary", [](In x) { return var(exp(x[0]), 1); }, {real({3, 5})}, {}},
      {"std_dev/of a temporary", [](In x) { return std_dev(x[0] * 2); }, {real({3, 5})}, {}},
      {"std_dev/of equals",
       [](In x) { return std_dev(x[0] * 0 + 1, 1); },
       {real({3, 5})},
       {.tolerance = 2e-6}},
      {"logsumexp/of a temporary", [](In x) { return logsumexp(x[0] * 2, 0); }, {real({3, 5})}, {}},
      {"any/of a temporary", [](In x) { return any(x[0] > 1.5, 1); }, {real({3, 5})}, flat},
      {"all/of a temporary", [](In x) { return all(x[0] - x[0], 1); }, {real({3, 5})}, flat},
      {"var", [](In x) { return var(x[0]); }, {real({3, 5})}, smooth},
      {"var/biased", [](In x) { return var(x[0], -1, 0, true); }, {real({3, 5})}, smooth},
      {"var/of one", [](In x) { return var(x[0], 0); }, {real({1, 3})}, {.gradient = false}},
      {"std_dev", [](In x) { return std_dev(x[0], 0); }, {real({6, 3})}, smooth},
      {"prod", [](In x) { return prod(x[0], 1); }, {real({3, 4})}, smooth},
      {"prod/with zeros",
       [](In x) { return prod(x[0] * cast(x[1], x[0].dtype()), 1); },
       {real({6, 3}), truth({6, 3})},
       {}},
      {"prod/i64", [](In x) { return prod(x[0]); }, {whole({9}, 1, 5)}, flat},
      {"prod/empty", [](In x) { return prod(x[0], 0); }, {real({0, 2})}, {}},
      {"max", [](In x) { return max(x[0]); }, {real({3, 5})}, exact},
      {"max/axis 0", [](In x) { return max(x[0], 0); }, {real({67, 5})}, exact},
      {"max/last axis, kept", [](In x) { return max(x[0], -1, true); }, {real({3, 67})}, exact},
      {"max/i32", [](In x) { return max(x[0], 1); }, {whole({3, 9}, -9, 9, DType::i32)}, flat},
      {"max/u8", [](In x) { return max(x[0]); }, {whole({99}, 0, 255, DType::u8)}, flat},
      {"max/bool", [](In x) { return max(x[0], 0); }, {truth({3, 4})}, flat},
      {"max/special", [](In x) { return max(x[0], 0); }, {special({20, 3})}, flat},
      {"max/infinities",
       [](In x) { return max(where(x[0] > 0, x[0], -1e30 / 1e-30), 1); },
       {real({30, 2})},
       flat},
      {"max/no rows", [](In x) { return max(x[0], 1); }, {real({0, 3})}, exact},
      {"min", [](In x) { return min(x[0]); }, {real({3, 5})}, exact},
      {"min/axes",
       [](In x) {
         return min(x[0], {0, 2});
       },
       {real({3, 4, 5})},
       exact},
      {"min/special", [](In x) { return min(x[0], -1); }, {special({3, 20})}, flat},
      {"min/i8", [](In x) { return min(x[0], 0); }, {whole({40, 3}, -100, 100, DType::i8)}, flat},
      {"argmax", [](In x) { return argmax(x[0]); }, {real({4, 70})}, flat},
      {"argmax/axis 0, kept", [](In x) { return argmax(x[0], 0, true); }, {real({40, 6})}, flat},
      {"argmax/ties", [](In x) { return argmax(x[0], 1); }, {whole({20, 30}, 0, 3)}, flat},
      {"argmax/special", [](In x) { return argmax(x[0], 0); }, {special({20, 3})}, flat},
      {"argmax/bool", [](In x) { return argmax(x[0]); }, {truth({5, 6})}, flat},
      {"argmax/rank 3", [](In x) { return argmax(x[0], 1); }, {real({3, 4, 5})}, flat},
      {"argmin", [](In x) { return argmin(x[0], -2); }, {real({4, 7})}, flat},
      {"argmin/ties", [](In x) { return argmin(x[0]); }, {whole({5, 9}, 0, 2, DType::i32)}, flat},
      {"argmin/special", [](In x) { return argmin(x[0]); }, {special({3, 20})}, flat},
      {"any", [](In x) { return any(x[0], 0); }, {truth({2, 9})}, flat},
      {"any/numbers", [](In x) { return any(x[0], -1); }, {whole({9, 2}, 0, 2)}, flat},
      {"any/empty", [](In x) { return any(x[0]); }, {real({0})}, flat},
      {"all", [](In x) { return all(x[0], 0); }, {truth({2, 9})}, flat},
      {"all/numbers", [](In x) { return all(x[0], -1, true); }, {whole({9, 2}, 0, 2)}, flat},
      {"all/empty", [](In x) { return all(x[0]); }, {real({0})}, flat},
      {"logsumexp", [](In x) { return logsumexp(x[0], -1); }, {real({4, 6})}, smooth},
      {"logsumexp/all, kept",
       [](In x) { return logsumexp(x[0], {}, true); },
       {real({4, 6}, 50, 120)},
       {}},
      {"logsumexp/special",
       [](In x) { return logsumexp(x[0], 1); },
       {special({7, 3})},
       {.gradient = false}},
      {"logsumexp/of nothing", [](In x) { return logsumexp(x[0], 0); }, {real({0, 3})}, flat},
  };
  return samples;
}

}  // namespace fathom::test
