// Losses, distances and embeddings.
#include <algorithm>

#include <limits>

#include "fathom/fathom.h"
#include "fathom/ops/loss_ctc.h"
#include "tests/ops/golden_calls.h"

namespace fathom::test {
namespace {

Reduction loss_reduction(const json& a) {
  const std::string r = a.value("reduction", "mean");
  return r == "mean"   ? Reduction::mean
         : r == "sum"  ? Reduction::sum
         : r == "none" ? Reduction::none
                       : Reduction::batch_mean;
}
/// An input that a case may leave out; `weights` names the optional ones in order.
Tensor input(const X& x, const json& a, std::size_t required, const char* name) {
  const json names = a.value("optional", json::array());
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return x[required + i];
  return {};
}
Tensor third(const X& x) { return x.size() > 2 ? x[2] : Tensor(); }

/// The p of a norm: 2 by default.
double power(const json& a) { return a.contains("p") ? number_of(a["p"]) : 2; }

}  // namespace

void add_loss_calls(GoldenCalls& t) {
  t["cross_entropy"] = [](const X& x, const json& a) -> Y {
    return {cross_entropy(x[0], x[1],
                          {.weight = third(x),
                           .ignore_index = a.value("ignore_index", -100),
                           .label_smoothing = a.value("label_smoothing", 0.0),
                           .reduction = loss_reduction(a)})};
  };
  t["linear_cross_entropy"] = [](const X& x, const json& a) -> Y {
    return {linear_cross_entropy(x[0], x[1], x[2],
                                 {.linear_bias = input(x, a, 3, "linear_bias"),
                                  .weight = input(x, a, 3, "weight"),
                                  .ignore_index = a.value("ignore_index", -100),
                                  .label_smoothing = a.value("label_smoothing", 0.0),
                                  .reduction = loss_reduction(a)})};
  };
  t["nll_loss"] = [](const X& x, const json& a) -> Y {
    return {nll_loss(x[0], x[1],
                     {.weight = third(x),
                      .ignore_index = a.value("ignore_index", -100),
                      .reduction = loss_reduction(a)})};
  };
  t["ctc_loss"] = [](const X& x, const json& a) -> Y {
    return {ctc_loss(log_softmax(x[0], -1), x[1], x[2], x[3],
                     {.blank = a.value("blank", 0),
                      .reduction = loss_reduction(a),
                      .zero_infinity = a.value("zero_infinity", false)})};
  };
  t["multi_margin_loss"] = [](const X& x, const json& a) -> Y {
    return {multi_margin_loss(x[0], x[1],
                              {.p = a.value("p", 1.0),
                               .margin = a.value("margin", 1.0),
                               .weight = third(x),
                               .reduction = loss_reduction(a)})};
  };
  t["mse_loss"] = [](const X& x, const json& a) -> Y {
    return {mse_loss(x[0], x[1], loss_reduction(a))};
  };
  t["l1_loss"] = [](const X& x, const json& a) -> Y {
    return {l1_loss(x[0], x[1], loss_reduction(a))};
  };
  t["smooth_l1_loss"] = [](const X& x, const json& a) -> Y {
    return {smooth_l1_loss(x[0], x[1], loss_reduction(a), a.value("beta", 1.0))};
  };
  t["huber_loss"] = [](const X& x, const json& a) -> Y {
    return {huber_loss(x[0], x[1], loss_reduction(a), a.value("delta", 1.0))};
  };
  t["kl_div"] = [](const X& x, const json& a) -> Y {
    return {kl_div(x[0], x[1],
                   {.log_target = a.value("log_target", false), .reduction = loss_reduction(a)})};
  };
  t["poisson_nll_loss"] = [](const X& x, const json& a) -> Y {
    return {poisson_nll_loss(x[0], x[1],
                             {.log_input = a.value("log_input", true),
                              .full = a.value("full", false),
                              .epsilon = a.value("eps", 1e-8),
                              .reduction = loss_reduction(a)})};
  };
  t["gaussian_nll_loss"] = [](const X& x, const json& a) -> Y {
    return {gaussian_nll_loss(x[0], x[1], x[2],
                              {.full = a.value("full", false),
                               .epsilon = a.value("eps", 1e-6),
                               .reduction = loss_reduction(a)})};
  };
  t["binary_cross_entropy"] = [](const X& x, const json& a) -> Y {
    return {binary_cross_entropy(x[0], x[1], {.weight = third(x), .reduction = loss_reduction(a)})};
  };
  t["binary_cross_entropy_with_logits"] = [](const X& x, const json& a) -> Y {
    if (!a.contains("optional"))
      return {binary_cross_entropy_with_logits(
          x[0], x[1], {.pos_weight = third(x), .reduction = loss_reduction(a)})};
    return {binary_cross_entropy_with_logits(x[0], x[1],
                                             {.weight = input(x, a, 2, "weight"),
                                              .pos_weight = input(x, a, 2, "pos_weight"),
                                              .reduction = loss_reduction(a)})};
  };
  t["sigmoid_focal_loss"] = [](const X& x, const json& a) -> Y {
    return {sigmoid_focal_loss(x[0], x[1],
                               {.alpha = a.value("alpha", 0.25),
                                .gamma = a.value("gamma", 2.0),
                                .reduction = loss_reduction(a)})};
  };
  t["soft_margin_loss"] = [](const X& x, const json& a) -> Y {
    return {soft_margin_loss(x[0], x[1], loss_reduction(a))};
  };
  t["multilabel_soft_margin_loss"] = [](const X& x, const json& a) -> Y {
    return {multilabel_soft_margin_loss(x[0], x[1],
                                        {.weight = third(x), .reduction = loss_reduction(a)})};
  };
  t["multilabel_margin_loss"] = [](const X& x, const json& a) -> Y {
    return {multilabel_margin_loss(x[0], x[1], loss_reduction(a))};
  };
  t["hinge_embedding_loss"] = [](const X& x, const json& a) -> Y {
    return {hinge_embedding_loss(x[0], x[1], a.value("margin", 1.0), loss_reduction(a))};
  };
  t["margin_ranking_loss"] = [](const X& x, const json& a) -> Y {
    return {margin_ranking_loss(x[0], x[1], x[2], a.value("margin", 0.0), loss_reduction(a))};
  };
  t["cosine_embedding_loss"] = [](const X& x, const json& a) -> Y {
    return {cosine_embedding_loss(x[0], x[1], x[2], a.value("margin", 0.0), loss_reduction(a))};
  };
  t["triplet_margin_loss"] = [](const X& x, const json& a) -> Y {
    return {triplet_margin_loss(x[0], x[1], x[2],
                                {.margin = a.value("margin", 1.0),
                                 .p = a.value("p", 2.0),
                                 .epsilon = a.value("eps", 1e-6),
                                 .swap = a.value("swap", false),
                                 .reduction = loss_reduction(a)})};
  };
  t["triplet_margin_with_cosine"] = [](const X& x, const json& a) -> Y {
    const auto distance = [](const Tensor& p, const Tensor& q) {
      return 1 - cosine_similarity(p, q);
    };
    return {triplet_margin_with_distance_loss(x[0], x[1], x[2],
                                              {.distance = distance,
                                               .margin = a.value("margin", 1.0),
                                               .swap = a.value("swap", false),
                                               .reduction = loss_reduction(a)})};
  };
  t["pdist"] = [](const X& x, const json& a) -> Y { return {pdist(x[0], power(a))}; };
  t["renorm"] = [](const X& x, const json& a) -> Y {
    return {renorm(x[0], power(a), a["axis"], a["max_norm"])};
  };
  t["dist"] = [](const X& x, const json& a) -> Y { return {dist(x[0], x[1], power(a))}; };
  t["cosine_similarity"] = [](const X& x, const json& a) -> Y {
    return {cosine_similarity(x[0], x[1], a.value("axis", 1), a.value("eps", 1e-8))};
  };
  t["pairwise_distance"] = [](const X& x, const json& a) -> Y {
    return {
        pairwise_distance(x[0], x[1], power(a), a.value("eps", 1e-6), a.value("keepdim", false))};
  };
  t["normalize"] = [](const X& x, const json& a) -> Y {
    return {normalize(x[0], power(a), a.value("axis", 1))};
  };
  t["bilinear"] = [](const X& x, const json&) -> Y {
    return {bilinear(x[0], x[1], x[2], x.size() > 3 ? x[3] : Tensor())};
  };
  t["embedding_bag"] = [](const X& x, const json& a) -> Y {
    EmbeddingBagOptions o{.offsets = input(x, a, 2, "offsets"),
                          .per_sample_weights = input(x, a, 2, "per_sample_weights"),
                          .include_last_offset = a.value("include_last_offset", false)};
    const std::string mode = a.value("mode", "mean");
    o.mode = mode == "mean" ? BagMode::mean : mode == "sum" ? BagMode::sum : BagMode::max;
    if (a.contains("padding_idx")) o.padding_idx = a["padding_idx"].get<int>();
    return {embedding_bag(x[0], x[1], o)};
  };
}

}  // namespace fathom::test
