#include "fathom/ops/linalg.h"

#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {

// Products are bit-equal: one chain of fused multiply-adds is the definition on every backend.
Samples linalg_samples() {
  const SampleOptions exact{.exact = true};
  const SampleOptions smooth{.exact = true, .second = true};
  const SampleOptions large{.exact = true, .large = true};
  return {
      {"matmul", [](In x) { return matmul(x[0], x[1]); }, {real({3, 4}), real({4, 5})}, smooth},
      {"matmul/transposed a", [](In x) { return matmul(transpose(x[0]), x[1]); }, {real({4, 3}), real({4, 5})}, exact},
      {"matmul/transposed b", [](In x) { return matmul(x[0], transpose(x[1])); }, {real({3, 4}), real({5, 4})}, exact},
      {"matmul/transposed both", [](In x) { return matmul(transpose(x[0]), transpose(x[1])); }, {real({4, 3}), real({5, 4})}, exact},
      {"matmul/batched", [](In x) { return matmul(x[0], x[1]); }, {real({2, 3, 4}), real({2, 4, 5})}, smooth},
      {"matmul/batch broadcast", [](In x) { return matmul(x[0], x[1]); }, {real({2, 1, 3, 4}), real({3, 4, 2})}, exact},
      {"matmul/batch on the right", [](In x) { return matmul(x[0], x[1]); }, {real({3, 4}), real({5, 4, 2})}, exact},
      {"matmul/batched, transposed", [](In x) { return matmul(transpose(x[0]), transpose(x[1])); }, {real({2, 4, 3}), real({5, 4})}, exact},
      {"matmul/vector and matrix", [](In x) { return matmul(x[0], x[1]); }, {real({4}), real({4, 5})}, exact},
      {"matmul/matrix and vector", [](In x) { return matmul(x[0], x[1]); }, {real({3, 4}), real({4})}, exact},
      {"matmul/two vectors", [](In x) { return matmul(x[0], x[1]); }, {real({7}), real({7})}, exact},
      {"matmul/batch and vector", [](In x) { return matmul(x[0], x[1]); }, {real({2, 3, 4}), real({4})}, exact},
      {"matmul/one element", [](In x) { return matmul(x[0], x[1]); }, {real({1, 1}), real({1, 1})}, exact},
      {"matmul/inner extent 0", [](In x) { return matmul(x[0], x[1]); }, {real({3, 0}), real({0, 2})}, exact},
      {"matmul/no rows", [](In x) { return matmul(x[0], x[1]); }, {real({0, 4}), real({4, 2})}, exact},
      {"matmul/odd", [](In x) { return matmul(x[0], x[1]); }, {real({17, 31}), real({31, 19})}, exact},
      {"matmul/f64", [](In x) { return matmul(x[0], x[1]); }, {{{5, 9}, DType::f64}, {{9, 3}, DType::f64}}, exact},
      {"matmul/of slices", [](In x) { return matmul(slice(x[0], 0, 0, 6, 2), slice(x[1], 1, 4, 0, -1)); }, {real({6, 4}), real({4, 5})}, exact},
      {"matmul/of expansions", [](In x) { return matmul(expand(x[0], {3, 4}), x[1]); }, {real({1, 4}), real({4, 2})}, exact},
      {"matmul/with epilogue", [](In x) { return relu(matmul(x[0], x[1]) + x[2]); }, {real({9, 16}), real({16, 20}), real({20})}, exact},
      {"matmul/squared", [](In x) { return matmul(x[0], x[0]); }, {real({5, 5})}, smooth},
      {"matmul/of temporaries", [](In x) { return matmul(x[0] + 1, x[1] * 2); }, {real({3, 4}), real({4, 2})}, exact},
      {"linear/of a temporary", [](In x) { return linear(x[0] + 1, x[1], x[2]); }, {real({2, 3, 4}), real({2, 4}), real({2})}, exact},
      {"matmul/large", [](In x) { return matmul(x[0], x[1]); }, {real({150, 210}), real({210, 170})}, large},
      {"matmul/large batch", [](In x) { return matmul(x[0], x[1]); }, {real({9, 33, 40}), real({9, 40, 50})}, large},
      {"linear", [](In x) { return linear(x[0], x[1], x[2]); }, {real({4, 3}), real({5, 3}), real({5})}, smooth},
      {"linear/no bias", [](In x) { return linear(x[0], x[1]); }, {real({4, 3}), real({5, 3})}, exact},
      {"linear/rank 3", [](In x) { return linear(x[0], x[1], x[2]); }, {real({2, 3, 4}), real({5, 4}), real({5})}, exact},
      {"linear/one row", [](In x) { return linear(x[0], x[1], x[2]); }, {real({3}), real({5, 3}), real({5})}, exact},
      {"linear/no rows", [](In x) { return linear(x[0], x[1], x[2]); }, {real({0, 3}), real({5, 3}), real({5})}, exact},
      {"linear/no features", [](In x) { return linear(x[0], x[1], x[2]); }, {real({4, 0}), real({5, 0}), real({5})}, exact},
      {"linear/then gelu", [](In x) { return gelu(linear(x[0], x[1], x[2])); }, {real({9, 16}), real({40, 16}), real({40})}, exact},
      {"linear/large", [](In x) { return relu(linear(x[0], x[1], x[2])); }, {real({100, 300}), real({130, 300}), real({130})}, large},
  };
}

}  // namespace fathom::test
