// Losses, but those of class labels.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults loss_faults() {
  return {
      fault<IndexError>(
          "multi_margin_loss of a label beyond the classes",
          [] {
            multi_margin_loss(zeros({2, 3}), labels({3, 0})).item();
          },
          no_element("multi_margin_loss", "target", 3, 0, 0, 3)),
      fault<ValueError>(
          "multi_margin_loss of power 3",
          [] {
            multi_margin_loss(zeros({2, 3}), labels({0, 0}), {.p = 3});
          },
          R"(multi_margin_loss: p is 3.000000
  expected 1 or 2
  in: @)"),
      fault<IndexError>(
          "multilabel_margin_loss of a label beyond the classes",
          [] {
            multilabel_margin_loss(zeros({1, 3}), tensor<std::int64_t>({{0, 3, -1}})).item();
          },
          R"(multilabel_margin_loss: target 3 is out of range
  element: (0, 1)
  expected a class, or -1 at the end
  in: @)"),
      fault<DTypeError>(
          "multilabel_margin_loss of float labels",
          [] {
            multilabel_margin_loss(zeros({1, 3}), zeros({1, 3}));
          },
          R"(multilabel_margin_loss: targets are lists of class indices of type i64
  x: f32 (1, 3)     target: f32 (1, 3)
  expected x (B, C) or (C), and an i64 target of that shape
  in: @)"),
      fault<ValueError>(
          "binary_cross_entropy of a probability above 1",
          [] {
            binary_cross_entropy(tensor({0.5f, 1.5f}), tensor({1.f, 0.f})).item();
          },
          R"(binary_cross_entropy: probability 1.5 is out of range
  element: (1)
  expected a number in [0, 1]
  in: @)"),
      fault<ValueError>(
          "binary_cross_entropy of a probability above 1, in half precision",
          [] {
            const Tensor p = cast(tensor({0.5f, 1.5f}), DType::bf16);
            binary_cross_entropy(p, zeros({2}, DType::bf16)).item<float>();
          },
          R"(binary_cross_entropy: probability 1.5 is out of range
  element: (1)
  expected a number in [0, 1]
  in: @)"),
      fault<ValueError>(
          "binary_cross_entropy of logits",
          [] {
            const Tensor losses = binary_cross_entropy(tensor({{-3.f, 0.5f}}), tensor({{1.f, 0.f}}),
                                                       {.reduction = Reduction::none});
            losses.eval();
          },
          R"(binary_cross_entropy: probability -3 is out of range
  element: (0, 0)
  expected a number in [0, 1]
  in: @)"),
      fault<ValueError>(
          "binary_cross_entropy of a probability above 1, in a gradient",
          [] {
            value_and_grad([](const Tensor& x) { return binary_cross_entropy(x, ones({2})); })(
                tensor({0.5f, 2.f}))
                .gradients.eval();
          },
          R"(binary_cross_entropy: probability 2 is out of range
  element: (1)
  expected a number in [0, 1]
  in: @)"),
      fault<ShapeError>(
          "binary_cross_entropy of unlike shapes",
          [] {
            binary_cross_entropy(zeros({2}), zeros({2, 1}));
          },
          R"(binary_cross_entropy: the shapes differ
  x: f32 (2,)     target: f32 (2, 1)
  expected a target for each element of x
  in: @)"),
      fault<ShapeError>(
          "binary_cross_entropy_with_logits of unlike shapes",
          [] { binary_cross_entropy_with_logits(zeros({2}), zeros({3})); },
          R"(binary_cross_entropy_with_logits: the shapes differ
  x: f32 (2,)     target: f32 (3,)
  expected a target for each element of x
  in: @)"),
      fault<ShapeError>(
          "a pos_weight that does not fit",
          [] {
            binary_cross_entropy_with_logits(zeros({2, 3}), zeros({2, 3}),
                                             {.pos_weight = ones({2})});
          },
          R"(binary_cross_entropy_with_logits: shapes do not broadcast
  a: f32 (2,)     b: f32 (2, 3)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<ShapeError>(
          "mse_loss of shapes that do not broadcast",
          [] {
            mse_loss(zeros({2, 3}), zeros({2}));
          },
          R"(mse_loss: shapes do not broadcast
  prediction: f32 (2, 3)     target: f32 (2,)
  in: @)"),
      fault<ShapeError>(
          "l1_loss of shapes that do not broadcast",
          [] {
            l1_loss(zeros({2, 3}), zeros({2}));
          },
          R"(l1_loss: shapes do not broadcast
  a: f32 (2, 3)     b: f32 (2,)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<ValueError>(
          "huber_loss of delta 0", [] { huber_loss(zeros({2}), zeros({2}), Reduction::mean, 0); },
          R"(huber_loss: delta is 0
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "smooth_l1_loss of a negative beta",
          [] { smooth_l1_loss(zeros({2}), zeros({2}), Reduction::mean, -1); },
          R"(smooth_l1_loss: beta is -1
  expected a number that is not negative
  in: @)"),
      fault<ValueError>(
          "mse_loss of a tensor that was never set", [] { mse_loss(Tensor(), zeros({2})); },
          empty_operand("mse_loss")),
      fault<ValueError>(
          "batch_mean of mse_loss", [] { mse_loss(zeros({2}), zeros({2}), Reduction::batch_mean); },
          R"(mse_loss: Reduction::batch_mean is for kl_div alone
  hint: Reduction::mean
  in: @)"),
      fault<ShapeError>(
          "gaussian_nll_loss of variances that do not fit",
          [] {
            gaussian_nll_loss(zeros({2, 3}), zeros({2, 3}), ones({4}));
          },
          R"(gaussian_nll_loss: the variance does not fit x
  x: f32 (2, 3)     variance: f32 (4,)
  expected x's shape, or with a last axis of 1, or without that axis
  in: @)"),
      fault<ValueError>(
          "gaussian_nll_loss of a negative variance",
          [] {
            gaussian_nll_loss(zeros({2}), zeros({2}), tensor({1.f, -1.f})).item();
          },
          R"(gaussian_nll_loss: variance -1 is out of range
  element: (1)
  expected numbers of 0 and more
  in: @)"),
      fault<ShapeError>(
          "cosine_embedding_loss of unlike vectors",
          [] {
            cosine_embedding_loss(zeros({2, 3}), zeros({2, 4}), ones({2}));
          },
          R"(cosine_embedding_loss: shapes do not broadcast
  a: f32 (2, 3)     b: f32 (2, 4)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<ShapeError>(
          "triplet_margin_loss of unlike vectors",
          [] {
            triplet_margin_loss(zeros({2, 3}), zeros({2, 3}), zeros({2, 4}));
          },
          R"(triplet_margin_loss: shapes do not broadcast
  a: f32 (2, 3)     b: f32 (2, 4)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<ShapeError>(
          "margin_ranking_loss of unlike shapes",
          [] { margin_ranking_loss(zeros({2}), zeros({3}), ones({2})); },
          R"(margin_ranking_loss: shapes do not broadcast
  a: f32 (2,)     b: f32 (3,)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<ShapeError>(
          "dice_loss of a scalar", [] { dice_loss(0.5, 1.0); }, R"(dice_loss: there is no batch axis
  probability: f32 ()
  expected probabilities and targets (B, ...)
  in: @)"),
      fault<ShapeError>(
          "contrastive_loss of unlike batches",
          [] {
            contrastive_loss(zeros({2, 3}), zeros({2, 3}), ones({3}));
          },
          R"(contrastive_loss: shapes do not broadcast
  a: f32 (3,)     b: f32 (2,)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<ValueError>(
          "info_nce_loss at temperature 0",
          [] {
            info_nce_loss(ones({2, 3}), ones({2, 3}), {.temperature = 0});
          },
          R"(info_nce_loss: temperature is 0
  expected a positive number
  in: @)"),
      fault<ShapeError>(
          "nt_xent_loss of unlike views",
          [] {
            nt_xent_loss(zeros({2, 3}), zeros({3, 3}));
          },
          R"(nt_xent_loss: the vectors do not pair up
  a: f32 (2, 3)     b: f32 (3, 3)
  expected two matrices (B, D) of one shape
  in: @)"),
  };
}

}  // namespace fathom::test
