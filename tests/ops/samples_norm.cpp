#include "fathom/ops/norm.h"

#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples norm_samples() {
  const SampleOptions smooth{.second = true};
  const SampleOptions flat{.gradient = false};
  return {
      {"softmax", [](In x) { return softmax(x[0]); }, {real({4, 7})}, smooth},
      {"softmax/axis 0", [](In x) { return softmax(x[0], 0); }, {real({4, 7})}, smooth},
      {"softmax/middle axis", [](In x) { return softmax(x[0], -2); }, {real({2, 5, 3})}, {}},
      {"softmax/scalar", [](In x) { return softmax(x[0]); }, {real({})}, {}},
      {"softmax/one class", [](In x) { return softmax(x[0]); }, {real({4, 1})}, {}},
      {"softmax/odd rows", [](In x) { return softmax(x[0]); }, {real({3, 131}, -9, 9)}, {}},
      {"softmax/far from 0", [](In x) { return softmax(x[0] + 1000); }, {real({3, 5})}, flat},
      {"softmax/masked", [](In x) { return softmax(where(x[1], x[0], -1e30 / 1e-30)); }, {real({9, 5}), truth({9, 5})}, flat},
      {"softmax/empty", [](In x) { return softmax(x[0]); }, {real({0, 3})}, {}},
      {"softmax/no classes", [](In x) { return softmax(x[0]); }, {real({3, 0})}, {}},
      {"softmax/integers", [](In x) { return softmax(x[0]); }, {whole({3, 4}, 0, 5)}, flat},
      {"softmax/special", [](In x) { return softmax(x[0]); }, {special({9, 7})}, flat},
      {"softmax/large", [](In x) { return softmax(x[0]); }, {real({300, 150})}, {.large = true}},
      {"log_softmax", [](In x) { return log_softmax(x[0]); }, {real({4, 7})}, smooth},
      {"log_softmax/axis 1", [](In x) { return log_softmax(x[0], 1); }, {real({2, 5, 3})}, smooth},
      {"log_softmax/far apart", [](In x) { return log_softmax(x[0] * 100); }, {real({3, 5})}, flat},
      {"log_softmax/large", [](In x) { return log_softmax(x[0]); }, {real({300, 150})}, {.large = true}},
      {"layer_norm", [](In x) { return layer_norm(x[0], x[1], x[2]); }, {real({4, 9}), real({9}), real({9})}, {.tolerance = 5e-6, .second = true}},
      {"layer_norm/rank 3", [](In x) { return layer_norm(x[0], x[1], x[2], 0.1); }, {real({2, 3, 33}), real({33}), real({33})}, {.tolerance = 5e-6}},
      {"layer_norm/one row", [](In x) { return layer_norm(x[0], x[1], x[2]); }, {real({70}), real({70}), real({70})}, {.tolerance = 5e-6}},
      {"layer_norm/no rows", [](In x) { return layer_norm(x[0], x[1], x[2]); }, {real({0, 4}), real({4}), real({4})}, {}},
      {"layer_norm/large", [](In x) { return layer_norm(x[0], x[1], x[2]); }, {real({300, 130}), real({130}), real({130})}, {.tolerance = 5e-6, .large = true}},
      {"batch_norm", [](In x) { return batch_norm(x[0], x[1], x[2]).y; }, {real({8, 3}), real({3}), real({3})}, {.tolerance = 5e-6, .second = true}},
      {"batch_norm/positions", [](In x) { return batch_norm(x[0], x[1], x[2], {}, {}, 0.1, 1e-3).y; }, {real({2, 3, 4, 5}), real({3}), real({3})}, {.tolerance = 5e-6}},
      {"batch_norm/many channels", [](In x) { return batch_norm(x[0], x[1], x[2]).y; }, {real({20, 100}), real({100}), real({100})}, {.tolerance = 2e-5}},
      {"batch_norm/running mean", [](In x) { return batch_norm(x[0], x[1], x[1], x[1], x[2]).running_mean; }, {real({8, 3}), real({3}), real({3}, 0.5, 1)}, flat},
      {"batch_norm/running variance", [](In x) { return batch_norm(x[0], x[1], x[1], x[1], x[2], 0.3).running_variance; }, {real({4, 3, 5}), real({3}), real({3}, 0.5, 1)}, flat},
      {"batch_norm/large", [](In x) { return batch_norm(x[0], x[1], x[2]).y; }, {real({300, 130}), real({130}), real({130})}, {.tolerance = 2e-5, .large = true}},
      {"batch_norm_inference", [](In x) { return batch_norm_inference(x[0], x[1], x[2], x[3], x[4]); },
       {real({4, 3}), real({3}), real({3}, 0.5, 2), real({3}), real({3})}, {.second = true}},
      {"batch_norm_inference/positions", [](In x) { return batch_norm_inference(x[0], x[1], x[2], x[3], x[4], 0.1); },
       {real({2, 3, 4}), real({3}), real({3}, 0.5, 2), real({3}), real({3})}, {}},
  };
}

}  // namespace fathom::test
