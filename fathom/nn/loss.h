// Losses as values with their options, as torch.nn has them: CrossEntropyLoss{{.label_smoothing =
// 0.1}}(logits, target). The functions of ops/loss.h do the work.
#pragma once
#include "fathom/nn/linear.h"
#include "fathom/ops/loss.h"

namespace fathom::nn {

namespace detail {
/// A loss function of predictions and targets with an options struct.
template <class Options, auto function> struct Loss {
  Options options = {};
  Tensor operator()(const Tensor& prediction, const Tensor& target,
                    Where where = Where::current()) const {
    return function(Operand(prediction, where), target, options);
  }
};
/// One whose only option is the reduction.
template <auto function> struct PlainLoss {
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& prediction, const Tensor& target,
                    Where where = Where::current()) const {
    return function(Operand(prediction, where), target, reduction);
  }
};
}  // namespace detail

using CrossEntropyLoss = detail::Loss<CrossEntropyOptions, cross_entropy>;
using NLLLoss = detail::Loss<NllLossOptions, nll_loss>;
using FocalLoss = detail::Loss<FocalLossOptions, focal_loss>;
using MultiMarginLoss = detail::Loss<MultiMarginOptions, multi_margin_loss>;
using BCELoss = detail::Loss<BinaryCrossEntropyOptions, binary_cross_entropy>;
using BCEWithLogitsLoss =
    detail::Loss<BinaryCrossEntropyWithLogitsOptions, binary_cross_entropy_with_logits>;
using SigmoidFocalLoss = detail::Loss<SigmoidFocalOptions, sigmoid_focal_loss>;
using MultiLabelSoftMarginLoss =
    detail::Loss<MultilabelSoftMarginOptions, multilabel_soft_margin_loss>;
using TverskyLoss = detail::Loss<TverskyOptions, tversky_loss>;
using DiceLoss = detail::Loss<OverlapOptions, dice_loss>;
using JaccardLoss = detail::Loss<OverlapOptions, jaccard_loss>;
using PinballLoss = detail::Loss<PinballOptions, pinball_loss>;
using KLDivLoss = detail::Loss<KlDivOptions, kl_div>;
using PoissonNLLLoss = detail::Loss<PoissonNllOptions, poisson_nll_loss>;

using L1Loss = detail::PlainLoss<l1_loss>;
using MSELoss = detail::PlainLoss<mse_loss>;
using SoftMarginLoss = detail::PlainLoss<soft_margin_loss>;
using MultiLabelMarginLoss = detail::PlainLoss<multilabel_margin_loss>;

struct SmoothL1Loss {
  double beta = 1;
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& a, const Tensor& b, Where where = Where::current()) const {
    return smooth_l1_loss(Operand(a, where), b, reduction, beta);
  }
};
struct HuberLoss {
  double delta = 1;
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& a, const Tensor& b, Where where = Where::current()) const {
    return huber_loss(Operand(a, where), b, reduction, delta);
  }
};
struct HingeEmbeddingLoss {
  double margin = 1;
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& x, const Tensor& target, Where where = Where::current()) const {
    return hinge_embedding_loss(Operand(x, where), target, margin, reduction);
  }
};
struct MarginRankingLoss {
  double margin = 0;
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& a, const Tensor& b, const Tensor& target,
                    Where where = Where::current()) const {
    return margin_ranking_loss(Operand(a, where), b, target, margin, reduction);
  }
};
struct CosineEmbeddingLoss {
  double margin = 0;
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& a, const Tensor& b, const Tensor& target,
                    Where where = Where::current()) const {
    return cosine_embedding_loss(Operand(a, where), b, target, margin, reduction);
  }
};
struct GaussianNLLLoss {
  GaussianNllOptions options = {};
  Tensor operator()(const Tensor& x, const Tensor& target, const Tensor& variance,
                    Where where = Where::current()) const {
    return gaussian_nll_loss(Operand(x, where), target, variance, options);
  }
};
struct TripletMarginLoss {
  TripletMarginOptions options = {};
  Tensor operator()(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                    Where where = Where::current()) const {
    return triplet_margin_loss(Operand(anchor, where), positive, negative, options);
  }
};
struct TripletMarginWithDistanceLoss {
  TripletDistanceOptions options = {};
  Tensor operator()(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                    Where where = Where::current()) const {
    return triplet_margin_with_distance_loss(Operand(anchor, where), positive, negative, options);
  }
};

}  // namespace fathom::nn
