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

/// cross_entropy() with options kept.
using CrossEntropyLoss = detail::Loss<CrossEntropyOptions, cross_entropy>;
/// nll_loss() with options kept.
using NLLLoss = detail::Loss<NllLossOptions, nll_loss>;
/// focal_loss() with options kept.
using FocalLoss = detail::Loss<FocalLossOptions, focal_loss>;
/// multi_margin_loss() with options kept.
using MultiMarginLoss = detail::Loss<MultiMarginOptions, multi_margin_loss>;
/// binary_cross_entropy() with options kept.
using BCELoss = detail::Loss<BinaryCrossEntropyOptions, binary_cross_entropy>;
/// binary_cross_entropy_with_logits() with options kept.
using BCEWithLogitsLoss =
    detail::Loss<BinaryCrossEntropyWithLogitsOptions, binary_cross_entropy_with_logits>;
/// sigmoid_focal_loss() with options kept.
using SigmoidFocalLoss = detail::Loss<SigmoidFocalOptions, sigmoid_focal_loss>;
/// multilabel_soft_margin_loss() with options kept.
using MultiLabelSoftMarginLoss =
    detail::Loss<MultilabelSoftMarginOptions, multilabel_soft_margin_loss>;
/// tversky_loss() with options kept.
using TverskyLoss = detail::Loss<TverskyOptions, tversky_loss>;
/// dice_loss() with options kept.
using DiceLoss = detail::Loss<OverlapOptions, dice_loss>;
/// jaccard_loss() with options kept.
using JaccardLoss = detail::Loss<OverlapOptions, jaccard_loss>;
/// pinball_loss() with options kept.
using PinballLoss = detail::Loss<PinballOptions, pinball_loss>;
/// kl_div() with options kept.
using KLDivLoss = detail::Loss<KlDivOptions, kl_div>;
/// poisson_nll_loss() with options kept.
using PoissonNLLLoss = detail::Loss<PoissonNllOptions, poisson_nll_loss>;

/// l1_loss() with its reduction kept.
using L1Loss = detail::PlainLoss<l1_loss>;
/// mse_loss() with its reduction kept.
using MSELoss = detail::PlainLoss<mse_loss>;
/// soft_margin_loss() with its reduction kept.
using SoftMarginLoss = detail::PlainLoss<soft_margin_loss>;
/// multilabel_margin_loss() with its reduction kept.
using MultiLabelMarginLoss = detail::PlainLoss<multilabel_margin_loss>;

/// smooth_l1_loss() with options kept.
struct SmoothL1Loss {
  double beta = 1;
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& a, const Tensor& b, Where where = Where::current()) const {
    return smooth_l1_loss(Operand(a, where), b, reduction, beta);
  }
};
/// huber_loss() with options kept.
struct HuberLoss {
  double delta = 1;
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& a, const Tensor& b, Where where = Where::current()) const {
    return huber_loss(Operand(a, where), b, reduction, delta);
  }
};
/// hinge_embedding_loss() with options kept.
struct HingeEmbeddingLoss {
  double margin = 1;
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& x, const Tensor& target, Where where = Where::current()) const {
    return hinge_embedding_loss(Operand(x, where), target, margin, reduction);
  }
};
/// margin_ranking_loss() with options kept.
struct MarginRankingLoss {
  double margin = 0;
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& a, const Tensor& b, const Tensor& target,
                    Where where = Where::current()) const {
    return margin_ranking_loss(Operand(a, where), b, target, margin, reduction);
  }
};
/// cosine_embedding_loss() with options kept.
struct CosineEmbeddingLoss {
  double margin = 0;
  Reduction reduction = Reduction::mean;
  Tensor operator()(const Tensor& a, const Tensor& b, const Tensor& target,
                    Where where = Where::current()) const {
    return cosine_embedding_loss(Operand(a, where), b, target, margin, reduction);
  }
};
/// gaussian_nll_loss() with options kept.
struct GaussianNLLLoss {
  GaussianNllOptions options = {};
  Tensor operator()(const Tensor& x, const Tensor& target, const Tensor& variance,
                    Where where = Where::current()) const {
    return gaussian_nll_loss(Operand(x, where), target, variance, options);
  }
};
/// triplet_margin_loss() with options kept.
struct TripletMarginLoss {
  TripletMarginOptions options = {};
  Tensor operator()(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                    Where where = Where::current()) const {
    return triplet_margin_loss(Operand(anchor, where), positive, negative, options);
  }
};
/// triplet_margin_with_distance_loss() with options kept.
struct TripletMarginWithDistanceLoss {
  TripletDistanceOptions options = {};
  Tensor operator()(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                    Where where = Where::current()) const {
    return triplet_margin_with_distance_loss(Operand(anchor, where), positive, negative, options);
  }
};

}  // namespace fathom::nn
