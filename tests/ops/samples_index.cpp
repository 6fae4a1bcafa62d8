#include "fathom/ops/index.h"

#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples index_samples() {
  const SampleOptions exact{.exact = true};
  const SampleOptions smooth{.exact = true, .second = true};
  const SampleOptions flat{.exact = true, .gradient = false};
  return {
      {"take", [](In x) { return take(x[0], x[1]); }, {real({5, 3}), whole({4}, 0, 5)}, smooth},
      {"take/axis 1", [](In x) { return take(x[0], x[1], 1); }, {real({2, 5, 3}), whole({7}, 0, 5)}, exact},
      {"take/last axis", [](In x) { return take(x[0], x[1], -1); }, {real({2, 5}), whole({3}, 0, 5)}, exact},
      {"take/matrix of positions", [](In x) { return take(x[0], x[1]); }, {real({9, 4}), whole({2, 3}, 0, 9)}, smooth},
      {"take/one position", [](In x) { return take(x[0], x[1]); }, {real({9, 4}), whole({}, 0, 9)}, exact},
      {"take/i32", [](In x) { return take(x[0], x[1]); }, {real({5}), whole({8}, 0, 5, DType::i32)}, exact},
      {"take/no positions", [](In x) { return take(x[0], x[1]); }, {real({5, 2}), whole({0}, 0, 5)}, exact},
      {"take/integers", [](In x) { return take(x[0], x[1], 1); }, {whole({3, 5}, 0, 9, DType::i8), whole({4}, 0, 5)}, flat},
      {"take/computed positions", [](In x) { return take(x[0], cast(x[1] * 2, DType::i64)) * 2; }, {real({5, 2}), whole({3}, 0, 3)}, exact},
      {"take/of a view", [](In x) { return take(transpose(x[0]), slice(x[1], 0, 5, 0, -1), 1); }, {real({5, 3}), whole({6}, 0, 5)}, exact},
      {"take/large", [](In x) { return take(x[0], x[1]); }, {real({100, 33}), whole({700}, 0, 100)}, {.exact = true, .large = true}},
      {"take_along", [](In x) { return take_along(x[0], x[1], 1); }, {real({3, 5}), whole({3, 2}, 0, 5)}, smooth},
      {"take_along/axis 0", [](In x) { return take_along(x[0], x[1], 0); }, {real({5, 3}), whole({7, 3}, 0, 5)}, exact},
      {"take_along/rank 3", [](In x) { return take_along(x[0], x[1], -2); }, {real({2, 4, 3}), whole({2, 5, 3}, 0, 4)}, exact},
      {"take_along/i32", [](In x) { return take_along(x[0], x[1], 0); }, {real({5}), whole({2}, 0, 5, DType::i32)}, exact},
      {"take_along/empty", [](In x) { return take_along(x[0], x[1], 1); }, {real({3, 5}), whole({3, 0}, 0, 5)}, exact},
      {"take_along/integers", [](In x) { return take_along(x[0], x[1], 1); }, {truth({3, 5}), whole({3, 4}, 0, 5)}, flat},
      {"one_hot", [](In x) { return one_hot(x[0], 4); }, {whole({5}, 0, 4)}, flat},
      {"one_hot/matrix, i64", [](In x) { return one_hot(x[0], 3, DType::i64); }, {whole({2, 2}, 0, 3, DType::i32)}, flat},
      {"one_hot/outside is all zeros", [](In x) { return one_hot(x[0], 2); }, {whole({9}, -1, 4)}, flat},
      {"tril", [](In x) { return tril(x[0]); }, {real({4, 4})}, smooth},
      {"tril/above", [](In x) { return tril(x[0], 1); }, {real({2, 3, 5})}, exact},
      {"tril/below", [](In x) { return tril(x[0], -2); }, {real({5, 3})}, exact},
      {"tril/of a temporary", [](In x) { return tril(x[0] + 1); }, {real({3, 3})}, exact},
      {"triu", [](In x) { return triu(x[0]); }, {real({4, 4})}, exact},
      {"triu/integers", [](In x) { return triu(x[0], 1); }, {whole({3, 3}, 1, 9)}, flat},
      {"triu/empty", [](In x) { return triu(x[0]); }, {real({0, 4})}, exact},
  };
}

}  // namespace fathom::test
