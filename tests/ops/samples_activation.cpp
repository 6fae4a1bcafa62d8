#include "fathom/ops/activation.h"
#include "fathom/ops/creation.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples activation_samples() {
  const SampleOptions smooth{.second = true};
  const SampleOptions flat{.gradient = false};
  const Tensor key = make_key(5, 6);
  Samples rows = {
      {"leaky_relu/of a view", [](In x) { return leaky_relu(x[0] * 2, 0.3); }, {real({3, 5})}, {}},
      {"prelu", [](In x) { return prelu(x[0], x[1]); }, {real({2, 3, 4}), real({3})}, {}},
      {"prelu/one weight", [](In x) { return prelu(x[0], x[1]); }, {real({5}), real({1})}, {}},
      {"rrelu", [](In x) { return rrelu(x[0]); }, {real({3, 5})}, {}},
      {"rrelu/random",
       [=](In x) { return rrelu(x[0], 0.1, 0.9, key, 3); },
       {real({3, 5})},
       {.exact = true}},
      {"elu/another alpha", [](In x) { return elu(x[0], 0.7); }, {real({3, 5})}, {}},
      {"selu", [](In x) { return selu(x[0]); }, {real({3, 5})}, {}},
      {"celu", [](In x) { return celu(x[0], 0.7); }, {real({3, 5})}, {}},
      {"hardtanh", [](In x) { return hardtanh(x[0], -0.5, 1); }, {real({3, 5})}, {}},
      {"relu6", [](In x) { return relu6(x[0] * 5); }, {real({3, 5})}, {}},
      {"hardsigmoid", [](In x) { return hardsigmoid(x[0] * 3); }, {real({3, 5})}, {}},
      {"hardswish", [](In x) { return hardswish(x[0] * 3); }, {real({3, 5})}, {}},
      {"softplus/beta", [](In x) { return softplus(x[0], 3, 4); }, {real({3, 5})}, {}},
      {"gelu", [](In x) { return gelu(x[0]); }, {real({3, 5})}, smooth},
      {"mish", [](In x) { return mish(x[0]); }, {real({3, 5})}, smooth},
      {"log_sigmoid", [](In x) { return log_sigmoid(x[0] * 9); }, {real({3, 5})}, smooth},
      {"softshrink", [](In x) { return softshrink(x[0], 0.4); }, {real({3, 5})}, {}},
      {"hardshrink", [](In x) { return hardshrink(x[0], 0.4); }, {real({3, 5})}, {}},
      {"tanhshrink", [](In x) { return tanhshrink(x[0]); }, {real({3, 5})}, smooth},
      {"softsign", [](In x) { return softsign(x[0]); }, {real({3, 5})}, {}},
      {"threshold", [](In x) { return threshold(x[0], 0.3, -7); }, {real({3, 5})}, {}},
      {"threshold/integers", [](In x) { return threshold(x[0], 3, -7); }, {whole({9}, 0, 9)}, flat},
      {"softmin", [](In x) { return softmin(x[0], 0); }, {real({3, 5})}, smooth},
      {"gumbel_softmax", [=](In x) { return gumbel_softmax(x[0], key, 0.7); }, {real({3, 5})}, {}},
      {"gumbel_softmax/hard",
       [=](In x) { return gumbel_softmax(x[0], key, 0.7, true, 0, 2); },
       {real({3, 5})},
       flat},
      {"glu", [](In x) { return glu(x[0]); }, {real({3, 6})}, smooth},
      {"glu/axis 0", [](In x) { return glu(x[0], 0); }, {real({4, 3, 2})}, {}},
      {"swiglu", [](In x) { return swiglu(x[0]); }, {real({3, 6})}, smooth},
      {"geglu", [](In x) { return geglu(x[0], -2); }, {real({4, 3})}, smooth},
      {"selu/large", [](In x) { return selu(x[0]); }, {real({300, 130})}, {.large = true}},
  };
  // One argument each: of special numbers, nothing, a scalar and integers.
  using Function = Tensor (*)(const Operand&);
  const std::pair<const char*, Function> plain[] = {
      {"relu6", relu6},       {"gelu", gelu},
      {"mish", mish},         {"log_sigmoid", log_sigmoid},
      {"selu", selu},         {"tanhshrink", tanhshrink},
      {"softsign", softsign},
  };
  for (const auto& [name, function] : plain) {
    const auto call = [function = function](In x) { return function(x[0]); };
    const std::string n = name;
    rows.push_back({n + "/special", call, {special({5, 7})}, flat});
    rows.push_back({n + "/empty", call, {real({0, 3})}, {}});
    rows.push_back({n + "/scalar", call, {real({})}, {}});
    rows.push_back({n + "/integers", call, {whole({7}, -5, 9)}, flat});
  }
  return rows;
}

}  // namespace fathom::test
