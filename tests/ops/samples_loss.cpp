#include "fathom/ops/loss.h"

#include "fathom/ops/elementwise.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples loss_samples() {
  const auto none = Reduction::none;
  const auto total = Reduction::sum;
  const SampleOptions smooth{.second = true};
  return {
      {"cross_entropy", [](In x) { return cross_entropy(x[0], x[1]); }, {real({6, 5}), whole({6}, 0, 5)}, smooth},
      {"cross_entropy/none", [=](In x) { return cross_entropy(x[0], x[1], {.reduction = none}); }, {real({6, 5}), whole({6}, 0, 5)}, smooth},
      {"cross_entropy/sum", [=](In x) { return cross_entropy(x[0], x[1], {.reduction = total}); }, {real({6, 131}), whole({6}, 0, 131)}, {}},
      {"cross_entropy/smoothed", [](In x) { return cross_entropy(x[0], x[1], {.label_smoothing = 0.2}); }, {real({6, 5}), whole({6}, 0, 5)}, smooth},
      {"cross_entropy/ignored", [](In x) { return cross_entropy(x[0], x[1], {.ignore_index = 1}); }, {real({9, 3}), whole({9}, 0, 3)}, smooth},
      {"cross_entropy/ignored, smoothed", [](In x) { return cross_entropy(x[0], x[1], {.ignore_index = -1, .label_smoothing = 0.1}); }, {real({9, 3}), whole({9}, -1, 3)}, smooth},
      {"cross_entropy/weighted", [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2]}); }, {real({6, 4}), whole({6}, 0, 4), real({4}, 0.5, 2)}, {}},
      {"cross_entropy/weighted, all options", [=](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .ignore_index = 2, .label_smoothing = 0.1, .reduction = none}); }, {real({9, 4}), whole({9}, 0, 4), real({4}, 0.5, 2)}, {}},
      {"cross_entropy/far from 0", [](In x) { return cross_entropy(x[0] * 50 + 1000, x[1]); }, {real({6, 5}), whole({6}, 0, 5)}, {.gradient = false}},
      {"cross_entropy/one class", [](In x) { return cross_entropy(x[0], x[1]); }, {real({3, 1}), whole({3}, 0, 1)}, {}},
      {"cross_entropy/of a view", [](In x) { return cross_entropy(transpose(x[0]), x[1]); }, {real({5, 6}), whole({6}, 0, 5)}, {}},
      {"cross_entropy/no rows", [=](In x) { return cross_entropy(x[0], x[1], {.reduction = total}); }, {real({0, 5}), whole({0}, 0, 5)}, {}},
      {"cross_entropy/large", [](In x) { return cross_entropy(x[0], x[1]); }, {real({300, 130}), whole({300}, 0, 130)}, {.large = true}},
      {"nll_loss", [](In x) { return nll_loss(x[0], x[1]); }, {real({6, 5}), whole({6}, 0, 5)}, {}},
      {"nll_loss/none", [=](In x) { return nll_loss(log_softmax(x[0]), x[1], none); }, {real({6, 5}), whole({6}, 0, 5)}, smooth},
      {"mse_loss", [](In x) { return mse_loss(x[0], x[1]); }, {real({3, 4}), real({3, 4})}, smooth},
      {"mse_loss/none", [=](In x) { return mse_loss(x[0], x[1], none); }, {real({3, 4}), real({3, 4})}, {}},
      {"mse_loss/sum, broadcast", [=](In x) { return mse_loss(x[0], x[1], total); }, {real({3, 4}), real({4})}, {}},
      {"mse_loss/against a number", [](In x) { return mse_loss(x[0], 0.5); }, {real({3, 4})}, smooth},
      {"mse_loss/temporaries", [](In x) { return mse_loss(x[0] * 2, x[1] + 1); }, {real({3, 4}), real({3, 4})}, {}},
      {"mse_loss/integers", [](In x) { return mse_loss(x[0], x[1]); }, {whole({5}, 0, 9), whole({5}, 0, 9)}, {.gradient = false}},
      {"mse_loss/large", [](In x) { return mse_loss(x[0], x[1]); }, {real({300, 130}), real({300, 130})}, {.large = true}},
      {"l1_loss", [](In x) { return l1_loss(x[0], x[1]); }, {real({3, 4}), real({3, 4})}, {}},
      {"l1_loss/none", [=](In x) { return l1_loss(x[0], x[1], none); }, {real({3, 4}), real({4})}, {}},
      {"l1_loss/temporaries", [](In x) { return l1_loss(x[0] * 2, x[1] + 1); }, {real({3, 4}), real({3, 4})}, {}},
      {"binary_cross_entropy_with_logits/temporaries", [](In x) { return binary_cross_entropy_with_logits(x[0] * 2, sigmoid(x[1])); }, {real({3, 4}), real({3, 4})}, {}},
      {"binary_cross_entropy_with_logits", [](In x) { return binary_cross_entropy_with_logits(x[0], x[1]); }, {real({3, 4}), real({3, 4}, 0, 1)}, smooth},
      {"binary_cross_entropy_with_logits/none", [=](In x) { return binary_cross_entropy_with_logits(x[0] * 40, x[1], none); }, {real({20}), real({20}, 0, 1)}, {}},
      {"binary_cross_entropy_with_logits/truth", [=](In x) { return binary_cross_entropy_with_logits(x[0], cast(x[1], x[0].dtype()), total); }, {real({20}), truth({20})}, {}},
  };
}

}  // namespace fathom::test
