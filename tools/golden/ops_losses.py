#!/usr/bin/env python3
"""Golden values and gradients of losses, distances and embeddings with every option, from PyTorch.

Usage: ops_losses.py [--check]

Writes tests/golden/ops/loss_*.safetensors and tests/golden/ops/embedding.safetensors, in the form of ops.py. Inputs beyond
the required ones are named in the attribute `optional`, in their order.
"""
import numpy as np
import torch
import torch.nn.functional as F
from torchvision.ops import sigmoid_focal_loss

from golden import Output, setup
from operations import OPS, Family, I, Pos, U, V


def options(a):
    return {key: value for key, value in a.items() if key != "optional"}


def with_optional(fn, required):
    """fn(*required, **options) where the inputs beyond the required ones are named by `optional`."""
    def run(a, *xs):
        return fn(*xs[:required], **dict(zip(a.get("optional", []), xs[required:])), **options(a))
    return run


def with_third(fn, name="weight"):
    return lambda a, x, y, *w: fn(x, y, **({name: w[0]} if w else {}), **a)


def with_cosine(a, *xs):
    return F.triplet_margin_with_distance_loss(
        *xs, distance_function=lambda p, q: 1 - F.cosine_similarity(p, q), **a)


for plain in ("smooth_l1_loss", "huber_loss", "kl_div", "poisson_nll_loss", "soft_margin_loss", "multilabel_margin_loss",
              "hinge_embedding_loss", "margin_ranking_loss", "cosine_embedding_loss", "triplet_margin_loss",
              "gaussian_nll_loss", "pairwise_distance"):
    OPS[plain] = lambda a, *xs, fn=getattr(F, plain): fn(*xs, **a)
for weighted in ("multi_margin_loss", "binary_cross_entropy", "multilabel_soft_margin_loss"):
    OPS[weighted] = with_third(getattr(F, weighted))
OPS["binary_cross_entropy_with_logits"] = with_optional(F.binary_cross_entropy_with_logits, 2)
OPS["linear_cross_entropy"] = with_optional(F.linear_cross_entropy, 3)
OPS["embedding_bag"] = with_optional(F.embedding_bag, 2)
OPS["ctc_loss"] = lambda a, x, *rest: F.ctc_loss(F.log_softmax(x, -1), *rest, **a)
OPS["sigmoid_focal_loss"] = lambda a, x, t: sigmoid_focal_loss(x, t, **a)
OPS["triplet_margin_with_cosine"] = with_cosine
OPS["cosine_similarity"] = lambda a, x, y: F.cosine_similarity(x, y, dim=a.get("axis", 1), eps=a.get("eps", 1e-8))
OPS["normalize"] = lambda a, x: F.normalize(x, p=a.get("p", 2.0), dim=a.get("axis", 1))
OPS["bilinear"] = lambda a, x, y, w, *b: F.bilinear(x, y, w, *b)

HOW = ("mean", "sum", "none")


def Sides(*shape):
    """Targets of -1 and 1."""
    count = int(np.prod(shape, dtype=np.int64))
    return V((np.arange(count) * 7 % 5 % 2 * 2 - 1).reshape(shape))


def regression():
    f = Family()
    pair, target = (U(5, 7), U(5, 7)), dict(fixed=(1,))
    for how in HOW:
        f.add(f"smooth_l1_loss_{how}", "smooth_l1_loss", *pair, reduction=how, f64=True)
        f.add(f"smooth_l1_loss_beta_{how}", "smooth_l1_loss", *pair, reduction=how, beta=0.3)
        f.add(f"smooth_l1_loss_beta0_{how}", "smooth_l1_loss", *pair, reduction=how, beta=0.0)
        f.add(f"huber_loss_{how}", "huber_loss", *pair, reduction=how, f64=True)
        f.add(f"huber_loss_delta_{how}", "huber_loss", *pair, reduction=how, delta=0.4)
        f.add(f"poisson_nll_loss_{how}", "poisson_nll_loss", U(5, 7), Pos(5, 7), reduction=how, **target, f64=True)
        f.add(f"poisson_nll_loss_full_{how}", "poisson_nll_loss", U(5, 7), Pos(5, 7), reduction=how, full=True, **target)
        f.add(f"poisson_nll_loss_rate_{how}", "poisson_nll_loss", Pos(5, 7), Pos(5, 7), reduction=how, log_input=False,
              full=True, eps=1e-3, **target)
        f.add(f"gaussian_nll_loss_{how}", "gaussian_nll_loss", U(5, 7), U(5, 7), Pos(5, 7), reduction=how, f64=True)
        f.add(f"gaussian_nll_loss_full_{how}", "gaussian_nll_loss", U(5, 7), U(5, 7), Pos(5, 7), reduction=how, full=True)
        f.add(f"gaussian_nll_loss_rows_{how}", "gaussian_nll_loss", U(5, 7), U(5, 7), Pos(5, 1, low=0.5), reduction=how)
        f.add(f"gaussian_nll_loss_vector_{how}", "gaussian_nll_loss", U(5, 7), U(5, 7), Pos(5, low=0.01, high=0.2), reduction=how, eps=0.1)
    for how in HOW + ("batchmean",):
        f.add(f"kl_div_{how}", "kl_div", U(5, 7, low=-4, high=0), Pos(5, 7, high=1), reduction=how, **target, f64=True)
        f.add(f"kl_div_log_{how}", "kl_div", U(5, 7, low=-4, high=0), U(5, 7, low=-4, high=0), reduction=how,
              log_target=True, **target)
    f.add("kl_div_zeros", "kl_div", U(2, 3), V([[0, 1, 0], [0.5, 0, 0.5]]), reduction="sum", **target)
    f.add("smooth_l1_loss_empty", "smooth_l1_loss", U(0, 3), U(0, 3), reduction="sum")
    f.add("huber_loss_scalar", "huber_loss", U(), U(), reduction="mean")
    return f


def truth():
    f = Family()
    for how in HOW:
        shares = (U(5, 7, low=0.02, high=0.98), U(5, 7, low=0, high=1))
        logits = (U(5, 7, low=-6, high=6), U(5, 7, low=0, high=1))
        f.add(f"bce_{how}", "binary_cross_entropy", *shares, reduction=how, fixed=(1,), f64=True)
        f.add(f"bce_weight_{how}", "binary_cross_entropy", *shares, Pos(7), reduction=how, fixed=(1, 2))
        f.add(f"bce_logits_weight_{how}", "binary_cross_entropy_with_logits", *logits, Pos(7), reduction=how, fixed=(1, 2),
              optional=["weight"])
        f.add(f"bce_logits_both_{how}", "binary_cross_entropy_with_logits", *logits, Pos(5, 1), Pos(7), reduction=how,
              fixed=(1, 2, 3), optional=["weight", "pos_weight"], f64=True)
        f.add(f"focal_{how}", "sigmoid_focal_loss", *logits, reduction=how, fixed=(1,), f64=True)
        f.add(f"focal_no_alpha_{how}", "sigmoid_focal_loss", *logits, reduction=how, fixed=(1,), alpha=-1, gamma=1.5)
        f.add(f"soft_margin_{how}", "soft_margin_loss", U(5, 7), Sides(5, 7), reduction=how, fixed=(1,), f64=True)
        f.add(f"multilabel_soft_{how}", "multilabel_soft_margin_loss", U(5, 7), U(5, 7, low=0, high=1), reduction=how,
              fixed=(1,), f64=True)
        f.add(f"multilabel_soft_weight_{how}", "multilabel_soft_margin_loss", U(5, 7), U(5, 7, low=0, high=1), Pos(7),
              reduction=how, fixed=(1, 2))
        f.add(f"multilabel_{how}", "multilabel_margin_loss", U(3, 4), V([[3, 0, -1, 1], [-1, 0, 1, 2], [0, 1, 2, 3]], "i64"),
              reduction=how, f64=True)
        f.add(f"multilabel_one_{how}", "multilabel_margin_loss", U(4), V([3, 0, -1, 1], "i64"), reduction=how)
        f.add(f"hinge_{how}", "hinge_embedding_loss", U(5, 7), Sides(5, 7), reduction=how, fixed=(1,), f64=True)
        f.add(f"hinge_margin_{how}", "hinge_embedding_loss", U(5, 7), Sides(5, 7), reduction=how, fixed=(1,), margin=0.4)
    f.add("bce_certain", "binary_cross_entropy", V([0, 1, 0, 1, 0.5]), V([0, 0, 1, 1, 1]), reduction="none", fixed=(1,))
    f.add("bce_certain_target", "binary_cross_entropy", V([0, 1, 0.5]), V([0, 1, 1]), reduction="none")
    f.add("soft_margin_large", "soft_margin_loss", V([40, -40, 3]), V([-1, -1, 1]), reduction="none", fixed=(1,))
    return f


def classes():
    f = Family()
    soft = V([[0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]])
    for how in HOW:
        f.add(f"ce_positions_{how}", "cross_entropy", U(2, 5, 3), I(2, 3, high=5), Pos(5), reduction=how, fixed=(2,),
              label_smoothing=0.1, ignore_index=2, f64=True)
        f.add(f"ce_pictures_{how}", "cross_entropy", U(2, 5, 3, 2), I(2, 3, 2, high=5), reduction=how)
        f.add(f"linear_ce_{how}", "linear_cross_entropy", U(4, 3), U(5, 3), I(4, high=5), U(5), reduction=how,
              optional=["linear_bias"], label_smoothing=0.1, f64=True)
        f.add(f"linear_ce_positions_{how}", "linear_cross_entropy", U(4, 3), U(5, 2, 3), I(4, 2, high=5), Pos(5), reduction=how,
              optional=["weight"], ignore_index=1, fixed=(3,))
        f.add(f"linear_ce_one_{how}", "linear_cross_entropy", U(3), U(5, 3), V(2, "i64"), reduction=how)
        f.add(f"ce_one_{how}", "cross_entropy", U(5), V(2, "i64"), reduction=how, label_smoothing=0.3)
        f.add(f"ce_soft_{how}", "cross_entropy", U(3, 4), soft, reduction=how, fixed=(1,), f64=True)
        f.add(f"ce_soft_all_{how}", "cross_entropy", U(3, 4), soft, Pos(4), reduction=how, fixed=(1, 2), label_smoothing=0.2)
        f.add(f"ce_soft_positions_{how}", "cross_entropy", U(2, 3, 4), Pos(2, 3, 4), reduction=how, fixed=(1,))
        f.add(f"nll_positions_{how}", "nll_loss", U(2, 5, 3), I(2, 3, high=5), Pos(5), reduction=how, fixed=(2,),
              ignore_index=1, f64=True)
        f.add(f"nll_pictures_{how}", "nll_loss", U(2, 5, 3, 2), I(2, 3, 2, high=5), reduction=how)
        f.add(f"multi_margin_{how}", "multi_margin_loss", U(7, 5), I(7, high=5), reduction=how, f64=True)
        f.add(f"multi_margin_all_{how}", "multi_margin_loss", U(7, 5), I(7, high=5), Pos(5), reduction=how, fixed=(2,), p=2,
              margin=0.6)
    f.add("multi_margin_one", "multi_margin_loss", U(5), V(2, "i64"), reduction="mean")
    f.add("nll_one", "nll_loss", U(5), V(2, "i64"), reduction="mean")
    f.add("nll_all_ignored", "nll_loss", U(2, 3), V([-100, -100], "i64"), reduction="mean", grad=False)  # nan
    return f


def margin():
    f = Family()
    three = (U(5, 7), U(5, 7), U(5, 7))
    for how in HOW:
        f.add(f"ranking_{how}", "margin_ranking_loss", U(9), U(9), Sides(9), reduction=how, fixed=(2,), f64=True)
        f.add(f"ranking_margin_{how}", "margin_ranking_loss", U(9), U(9), Sides(9), reduction=how, fixed=(2,), margin=0.5)
        f.add(f"cosine_{how}", "cosine_embedding_loss", U(5, 7), U(5, 7), Sides(5), reduction=how, fixed=(2,), f64=True)
        f.add(f"cosine_margin_{how}", "cosine_embedding_loss", U(5, 7), U(5, 7), Sides(5), reduction=how, fixed=(2,), margin=-0.3)
        f.add(f"cosine_one_{how}", "cosine_embedding_loss", U(7), U(7), V(1), reduction=how, fixed=(2,))
        f.add(f"triplet_{how}", "triplet_margin_loss", *three, reduction=how, f64=True)
        f.add(f"triplet_all_{how}", "triplet_margin_loss", *three, reduction=how, margin=2.0, p=1.0, eps=1e-3, swap=True)
        f.add(f"triplet_p3_{how}", "triplet_margin_loss", *three, reduction=how, margin=3.0, p=3.0)
        f.add(f"triplet_distance_{how}", "triplet_margin_with_cosine", *three, reduction=how, margin=0.7, swap=True)
    f.add("cosine_similarity", "cosine_similarity", U(5, 7), U(5, 7), f64=True)
    f.add("cosine_similarity_axis", "cosine_similarity", U(3, 4, 5), U(4, 5), axis=-2)
    f.add("cosine_similarity_zero", "cosine_similarity", V([[0, 0], [1, 2]]), V([[1, 2], [2, 1]]), grad=False)
    f.add("pairwise_distance", "pairwise_distance", U(5, 7), U(5, 7), f64=True)
    for p in (0.0, 1.0, 3.0):
        f.add(f"pairwise_distance_p{p:g}", "pairwise_distance", U(5, 7), U(5, 7), p=p, grad=p != 0)
    f.add("pairwise_distance_kept", "pairwise_distance", U(5, 7), U(7), eps=1e-2, keepdim=True)
    f.add("normalize", "normalize", U(5, 7), f64=True)
    f.add("normalize_p1", "normalize", U(3, 4, 5), p=1.0, axis=-1)
    f.add("normalize_zero", "normalize", V([[0, 0], [3, 4]]))
    f.add("bilinear", "bilinear", U(5, 3), U(5, 4), U(6, 3, 4), U(6), f64=True)
    f.add("bilinear_rank3", "bilinear", U(2, 5, 3), U(2, 5, 4), U(6, 3, 4))
    return f


def ctc():
    """Of logits, so that gradients are those behind log_softmax."""
    f = Family()
    inputs, letters = V([12, 9, 7, 12], "i64"), V([4, 0, 3, 6], "i64")
    padded, flat = I(4, 6, low=1, high=6), I(13, low=1, high=6)
    repeats = V([[1, 1, 2, 2, 3, 3], [0, 0, 0, 0, 0, 0], [2, 2, 2, 0, 0, 0], [5, 1, 5, 1, 5, 5]], "i64")
    for how in HOW:
        f.add(f"ctc_{how}", "ctc_loss", U(12, 4, 6), padded, inputs, letters, reduction=how, f64=True)
        f.add(f"ctc_flat_{how}", "ctc_loss", U(12, 4, 6), flat, inputs, letters, reduction=how, f64=True)
        f.add(f"ctc_repeats_{how}", "ctc_loss", U(12, 4, 6), repeats, inputs, letters, reduction=how, zero_infinity=True)
        f.add(f"ctc_blank_{how}", "ctc_loss", U(12, 4, 6), I(4, 6, high=5), inputs, letters, reduction=how, blank=5)
        f.add(f"ctc_one_{how}", "ctc_loss", U(12, 6), I(5, low=1, high=6), V(11, "i64"), V(5, "i64"), reduction=how)
        short = (U(12, 4, 6), padded, V([12, 0, 2, 12], "i64"), letters)
        f.add(f"ctc_infinite_{how}", "ctc_loss", *short, reduction=how, grad=False)
        f.add(f"ctc_zero_infinity_{how}", "ctc_loss", *short, reduction=how, zero_infinity=True, f64=True)
    f.add("ctc_long", "ctc_loss", U(150, 2, 12, low=-6, high=6), I(2, 40, low=1, high=12), V([150, 120], "i64"),
          V([40, 31], "i64"), reduction="mean")
    return f


def embedding():
    f = Family()
    flat, offsets = V([1, 2, 4, 5, 4, 3, 2, 9], "i64"), V([0, 3, 3, 5], "i64")
    for mode in ("mean", "sum", "max"):
        f.add(f"bag_{mode}", "embedding_bag", I(3, 4, high=10), U(10, 3), mode=mode, f64=True)
        f.add(f"bag_{mode}_offsets", "embedding_bag", flat, U(10, 3), offsets, mode=mode, optional=["offsets"])
        f.add(f"bag_{mode}_last", "embedding_bag", flat, U(10, 3), V([0, 3, 3, 8], "i64"), mode=mode,
              include_last_offset=True, optional=["offsets"])
        f.add(f"bag_{mode}_padding", "embedding_bag", V([[1, 4, 2], [4, 4, 4]], "i64"), U(10, 3), mode=mode, padding_idx=4)
    f.add("bag_weights", "embedding_bag", I(3, 4, high=10), U(10, 3), U(3, 4), mode="sum", optional=["per_sample_weights"])
    f.add("bag_weights_offsets", "embedding_bag", flat, U(10, 3), offsets, U(8), mode="sum",
          optional=["offsets", "per_sample_weights"])
    return f


def main():
    setup()
    out = Output("ops_losses.py", "ops")
    for make in (regression, truth, classes, margin, ctc):
        family = make()
        out.write("loss_" + make.__name__, family.tensors, cases=family.cases)
    family = embedding()
    out.write("embedding", family.tensors, cases=family.cases)
    out.close()


if __name__ == "__main__":
    main()
