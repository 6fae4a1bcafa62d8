// The losses of fathom/ops/loss_*.h beyond cross entropy, squares and absolute differences.
#include "fathom/ops/creation.h"
#include "fathom/ops/distance.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/loss.h"
#include "fathom/ops/loss_ctc.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples more_loss_samples() {
  const auto none = Reduction::none;
  const auto total = Reduction::sum;
  const SampleOptions smooth{.second = true};
  const SampleOptions loose{.tolerance = 1e-5};
  const Input x = real({3, 4}), y = real({3, 4}), share = real({3, 4}, 0.05, 0.95);
  const auto sides = [](const Tensor& t) { return where(t, 1.0, -1.0); };
  return {
      {"cross_entropy/positions",
       [](In x) { return cross_entropy(x[0], x[1]); },
       {real({2, 5, 3}), whole({2, 3}, 0, 5)},
       smooth},
      {"cross_entropy/pictures, weighted",
       [=](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .reduction = none}); },
       {real({2, 5, 3, 2}), whole({2, 3, 2}, 0, 5), real({5}, 0.5, 2)},
       {}},
      {"cross_entropy/one row",
       [](In x) { return cross_entropy(x[0], x[1]); },
       {real({5}), whole({}, 0, 5)},
       smooth},
      {"cross_entropy/probabilities",
       [](In x) { return cross_entropy(x[0], softmax(x[1], 1), {.label_smoothing = 0.1}); },
       {real({4, 5}), real({4, 5})},
       smooth},
      {"cross_entropy/probabilities of positions",
       [=](In x) {
         return cross_entropy(x[0], softmax(x[1], 1), {.weight = x[2], .reduction = none});
       },
       {real({2, 5, 3}), real({2, 5, 3}), real({5}, 0.5, 2)},
       {}},
      {"linear_cross_entropy",
       [](In x) {
         return linear_cross_entropy(x[0], x[1], x[2],
                                     {.linear_bias = x[3], .label_smoothing = 0.1});
       },
       {real({4, 3}), real({5, 3}), whole({4}, 0, 5), real({5})},
       {}},
      {"linear_cross_entropy/positions",
       [](In x) { return linear_cross_entropy(x[0], x[1], x[2], {.reduction = Reduction::none}); },
       {real({4, 3}), real({5, 2, 3}), whole({4, 2}, 0, 5)},
       {}},
      {"nll_loss/positions, weighted, ignored",
       [](In x) { return nll_loss(x[0], x[1], {.weight = x[2], .ignore_index = 1}); },
       {real({2, 4, 3}), whole({2, 3}, 0, 4), real({4}, 0.5, 2)},
       {}},
      {"focal_loss",
       [](In x) { return focal_loss(x[0], x[1]); },
       {real({6, 5}), whole({6}, 0, 5)},
       smooth},
      {"focal_loss/all options",
       [=](In x) {
         return focal_loss(x[0], x[1],
                           {.weight = x[2], .gamma = 1.5, .ignore_index = 2, .reduction = none});
       },
       {real({2, 5, 3}), whole({2, 3}, 0, 5), real({5}, 0.5, 2)},
       loose},
      {"multi_margin_loss",
       [](In x) { return multi_margin_loss(x[0], x[1]); },
       {real({6, 5}), whole({6}, 0, 5)},
       {}},
      {"multi_margin_loss/all options",
       [=](In x) {
         return multi_margin_loss(x[0], x[1],
                                  {.p = 2, .margin = 0.7, .weight = x[2], .reduction = none});
       },
       {real({6, 5}), whole({6}, 0, 5), real({5}, 0.5, 2)},
       {}},
      {"multi_margin_loss/one row",
       [](In x) { return multi_margin_loss(x[0], x[1]); },
       {real({5}), whole({}, 0, 5)},
       {}},
      {"smooth_l1_loss", [](In x) { return smooth_l1_loss(x[0], x[1]); }, {x, y}, {}},
      {"smooth_l1_loss/beta",
       [=](In x) { return smooth_l1_loss(x[0], x[1], none, 0.5); },
       {real({3, 4}), real({4})},
       {}},
      {"smooth_l1_loss/beta 0",
       [=](In x) { return smooth_l1_loss(x[0], x[1], total, 0); },
       {x, y},
       {}},
      {"huber_loss", [](In x) { return huber_loss(x[0], x[1]); }, {x, y}, {}},
      {"huber_loss/delta", [=](In x) { return huber_loss(x[0], x[1], none, 0.5); }, {x, y}, {}},
      {"pinball_loss", [](In x) { return pinball_loss(x[0], x[1]); }, {x, y}, {}},
      {"pinball_loss/of each, as scikit-learn",
       [=](In x) { return pinball_loss(x[0], x[1], {.quantile = 0.9, .reduction = none}); },
       {given({4}, {1, 2.5, -1, 0.5}), given({4}, {2, 1, -1.5, 0.75})},
       {},
       {0.9, 0.15, 0.05, 0.225}},
      {"kl_div", [](In x) { return kl_div(log_softmax(x[0]), softmax(x[1])); }, {x, y}, smooth},
      {"kl_div/logarithms, by rows",
       [](In x) {
         return kl_div(log_softmax(x[0]), log_softmax(x[1]),
                       {.log_target = true, .reduction = Reduction::batch_mean});
       },
       {x, y},
       smooth},
      {"kl_div/zeros",
       [=](In x) { return kl_div(x[0], cast(x[1], x[0].dtype()), {.reduction = none}); },
       {x, truth({3, 4})},
       {}},
      {"poisson_nll_loss", [](In x) { return poisson_nll_loss(x[0], x[1]); }, {x, y}, smooth},
      {"poisson_nll_loss/all options",
       [=](In x) {
         return poisson_nll_loss(
             x[0], x[1], {.log_input = false, .full = true, .epsilon = 1e-3, .reduction = none});
       },
       {real({3, 4}, 0.5, 3), real({3, 4}, 0.1, 4)},
       loose},
      {"gaussian_nll_loss",
       [](In x) { return gaussian_nll_loss(x[0], x[1], x[2]); },
       {x, y, real({3, 4}, 0.5, 2)},
       smooth},
      {"gaussian_nll_loss/all options",
       [=](In x) {
         return gaussian_nll_loss(x[0], x[1], x[2],
                                  {.full = true, .epsilon = 0.1, .reduction = none});
       },
       {x, y, real({3}, 0.5, 2)},
       {}},
      {"binary_cross_entropy",
       [](In x) { return binary_cross_entropy(x[0], x[1]); },
       {share, share},
       {.tolerance = 5e-6, .second = true}},
      {"binary_cross_entropy/weighted",
       [=](In x) { return binary_cross_entropy(x[0], x[1], {.weight = x[2], .reduction = none}); },
       {share, share, real({4}, 0.5, 2)},
       loose},
      {"binary_cross_entropy/certain",
       [=](In x) {
         return binary_cross_entropy(cast(x[0], DType::f32), x[1], {.reduction = none});
       },
       {truth({8}), truth({8})},
       {.gradient = false}},
      {"binary_cross_entropy_with_logits/weights",
       [=](In x) {
         return binary_cross_entropy_with_logits(
             x[0] * 9, x[1], {.weight = x[2], .pos_weight = x[3], .reduction = none});
       },
       {x, share, real({3, 1}, 0.5, 2), real({4}, 0.5, 2)},
       loose},
      {"sigmoid_focal_loss",
       [](In x) { return sigmoid_focal_loss(x[0], x[1]); },
       {x, share},
       smooth},
      {"sigmoid_focal_loss/no alpha",
       [=](In x) {
         return sigmoid_focal_loss(x[0], x[1], {.alpha = -1, .gamma = 1.5, .reduction = total});
       },
       {x, share},
       loose},
      {"soft_margin_loss",
       [=](In x) { return soft_margin_loss(x[0], sides(x[1])); },
       {x, truth({3, 4})},
       {}},
      {"multilabel_soft_margin_loss",
       [](In x) { return multilabel_soft_margin_loss(x[0], x[1]); },
       {x, share},
       smooth},
      {"multilabel_soft_margin_loss/weighted",
       [=](In x) {
         return multilabel_soft_margin_loss(x[0], x[1], {.weight = x[2], .reduction = none});
       },
       {x, share, real({4}, 0.5, 2)},
       {}},
      {"multilabel_margin_loss",
       [](In x) { return multilabel_margin_loss(x[0], x[1]); },
       {real({7, 4}), whole({7, 4}, -1, 4)},
       {}},
      {"multilabel_margin_loss/one row",
       [=](In x) { return multilabel_margin_loss(x[0], x[1], none); },
       {real({4}), whole({4}, -1, 4)},
       {}},
      {"tversky_loss",
       [](In x) { return tversky_loss(x[0], x[1], {.alpha = 0.3, .beta = 0.7}); },
       {share, share},
       smooth},
      {"dice_loss",
       [=](In x) { return dice_loss(x[0], x[1], {.smooth = 0.1, .reduction = none}); },
       {real({2, 3, 4}, 0, 1), truth({2, 3, 4})},
       {}},
      {"jaccard_loss", [](In x) { return jaccard_loss(x[0], x[1]); }, {share, share}, {}},
      {"hinge_embedding_loss",
       [=](In x) { return hinge_embedding_loss(x[0], sides(x[1]), 0.7); },
       {x, truth({3, 4})},
       {}},
      {"margin_ranking_loss",
       [=](In x) { return margin_ranking_loss(x[0], x[1], sides(x[2]), 0.3); },
       {real({9}), real({9}), truth({9})},
       {}},
      {"cosine_embedding_loss",
       [=](In x) { return cosine_embedding_loss(x[0], x[1], sides(x[2]), 0.1); },
       {real({5, 4}), real({5, 4}), truth({5})},
       loose},
      {"cosine_embedding_loss/one pair",
       [=](In x) { return cosine_embedding_loss(x[0], x[1], sides(x[2]), 0.1, none); },
       {real({4}), real({4}), truth({})},
       loose},
      {"triplet_margin_loss",
       [](In x) { return triplet_margin_loss(x[0], x[1], x[2]); },
       {x, y, real({3, 4})},
       loose},
      {"triplet_margin_loss/all options",
       [=](In x) {
         return triplet_margin_loss(
             x[0], x[1], x[2],
             {.margin = 0.5, .p = 1, .epsilon = 1e-3, .swap = true, .reduction = none});
       },
       {x, y, real({3, 4})},
       loose},
      {"triplet_margin_with_distance_loss",
       [](In x) {
         return triplet_margin_with_distance_loss(
             x[0], x[1], x[2], {.distance = [](const Tensor& a, const Tensor& b) {
               return 1 - cosine_similarity(a, b);
             }});
       },
       {x, y, real({3, 4})},
       loose},
      {"contrastive_loss",
       [](In x) { return contrastive_loss(x[0], x[1], x[2], 3); },
       {x, y, truth({3})},
       loose},
      {"info_nce_loss",
       [](In x) { return info_nce_loss(x[0], x[1]); },
       {x, y},
       {.tolerance = 1e-5, .second = true}},
      {"info_nce_loss/negatives",
       [=](In x) {
         return info_nce_loss(x[0], x[1],
                              {.temperature = 0.5, .negatives = x[2], .reduction = none});
       },
       {x, y, real({6, 4})},
       loose},
      // T 5, B 2, C 4: the second sequence has four steps and two letters.
      {"ctc_loss",
       [](In x) {
         return ctc_loss(log_softmax(x[0], -1), x[1], tensor({5, 4}), tensor({3, 2}));
       },
       {real({5, 2, 4}), given({2, 3}, {1, 1, 3, 2, 3, 0}, DType::i64)},
       {}},
      {"ctc_loss/all options",
       [=](In x) {
         return ctc_loss(log_softmax(x[0], -1), x[1], tensor({5, 1}), tensor({3, 2}),
                         {.blank = 3, .reduction = none, .zero_infinity = true});
       },
       {real({5, 2, 4}), given({5}, {1, 0, 1, 2, 2}, DType::i64)},
       {}},
      {"nt_xent_loss", [](In x) { return nt_xent_loss(x[0], x[1]); }, {x, y}, loose},
  };
}

}  // namespace fathom::test
