// Losses of class labels.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults class_loss_faults() {
  return {
      fault<ShapeError>(
          "labels for another batch",
          [] {
            cross_entropy(zeros({3, 2}), labels({0}));
          },
          R"(cross_entropy: logits and targets do not fit
  logits: f32 (3, 2)     target: i64 (1,)
  expected logits (batch, classes) and target (batch)
  in: @)"),
      fault<DTypeError>(
          "labels that are no integers",
          [] {
            cross_entropy(zeros({2, 3}), zeros({2}));
          },
          R"(cross_entropy: targets are class indices of type i64
  target: f32 (2,)
  hint: cast(target, DType::i64)
  in: @)"),
      fault<DTypeError>(
          "logits that are integers",
          [] {
            cross_entropy(zeros({2, 3}, DType::i64), labels({0, 1}));
          },
          R"(cross_entropy: logits are no floating-point numbers
  logits: i64 (2, 3)
  in: @)"),
      fault<IndexError>(
          "a label beyond the classes",
          [] {
            cross_entropy(zeros({2, 3}), labels({0, 7})).item();
          },
          no_element("cross_entropy", "target", 7, 1, 0, 3)),
      fault<IndexError>(
          "a negative label",
          [] {
            cross_entropy(zeros({2, 3}), labels({0, -1})).item();
          },
          no_element("cross_entropy", "target", -1, 1, 0, 3)),
      fault<IndexError>(
          "a label beyond the classes, in f64",
          [] {
            cross_entropy(zeros({2, 3}, DType::f64), labels({3, 0})).item();
          },
          no_element("cross_entropy", "target", 3, 0, 0, 3)),
      fault<ShapeError>(
          "class weights of another count",
          [] {
            cross_entropy(zeros({2, 3}), labels({0, 1}), {.weight = ones({2})});
          },
          R"(cross_entropy: the weight does not fit the classes
  classes: 3     weight: f32 (2,)
  expected one weight per class, of the logits' type f32
  in: @)"),
      fault<IndexError>(
          "a label beyond the classes, with weights",
          [] {
            cross_entropy(zeros({2, 3}), labels({0, 3}), {.weight = ones({3})}).item();
          },
          no_element("cross_entropy", "target", 3, 1, 0, 3)),
      fault<ValueError>(
          "smoothing of more than all",
          [] {
            cross_entropy(zeros({2, 3}), labels({0, 1}), {.label_smoothing = 1.5});
          },
          R"(cross_entropy: label_smoothing is 1.500000
  expected a number in [0, 1]
  in: @)"),
      fault<ValueError>(
          "cross entropy of logits that were never set",
          [] { cross_entropy(Tensor(), labels({0})); }, empty_operand("cross_entropy")),
      fault<ValueError>(
          "cross entropy of a target that was never set",
          [] {
            cross_entropy(zeros({2, 3}), Tensor());
          },
          empty_tensor("cross_entropy")),
      fault<ValueError>(
          "batch_mean of cross entropy",
          [] {
            cross_entropy(zeros({2, 3}), labels({0, 1}), {.reduction = Reduction::batch_mean});
          },
          R"(cross_entropy: Reduction::batch_mean is for kl_div alone
  hint: Reduction::mean
  in: @)"),
      fault<IndexError>(
          "nll_loss of a label beyond the classes",
          [] {
            nll_loss(zeros({2, 3}), labels({0, 3})).item();
          },
          no_element("nll_loss", "target", 3, 1, 0, 3)),
      fault<IndexError>(
          "nll_loss with weights of a negative label",
          [] {
            nll_loss(zeros({2, 3}), labels({-2, 0}), {.weight = ones({3})}).item();
          },
          no_element("nll_loss", "target", -2, 0, 0, 3)),
      fault<ShapeError>(
          "nll_loss of another batch",
          [] {
            nll_loss(zeros({2, 3}), labels({0, 1, 2}));
          },
          R"(nll_loss: logits and targets do not fit
  logits: f32 (2, 3)     target: i64 (3,)
  expected logits (batch, classes) and target (batch)
  in: @)"),
      fault<IndexError>(
          "focal_loss of a label beyond the classes",
          [] {
            focal_loss(zeros({2, 3}), labels({0, 5})).item();
          },
          no_element("focal_loss", "target", 5, 1, 0, 3)),
      fault<ShapeError>(
          "a loss of a linear layer of another width",
          [] {
            linear_cross_entropy(zeros({4, 8}), zeros({3, 7}), labels({0, 1, 2, 0}));
          },
          R"(linear_cross_entropy: the features of x do not fit the weight
  x: f32 (4, 8)     weight: f32 (3, 7)
  expected x.shape[-1] == weight.shape[1], got 8 and 7
  in: @)"),
      fault<ShapeError>(
          "a loss of a linear layer whose weight is a list",
          [] {
            linear_cross_entropy(zeros({4, 8}), zeros({8}), labels({0, 1, 2, 0}));
          },
          R"(linear_cross_entropy: the weight does not fit
  x: f32 (4, 8)     linear_weight: f32 (8,)
  expected x (in) or (B, in), and linear_weight (C, in) or, for a batch, (C, ..., in)
  in: @)"),
      fault<ShapeError>(
          "a loss of a linear layer with a bias of another width",
          [] {
            linear_cross_entropy(zeros({4, 8}), zeros({3, 8}), labels({0, 1, 2, 0}),
                                 {.linear_bias = zeros({2})});
          },
          R"(linear_cross_entropy: the bias does not fit the weight
  linear_weight: f32 (3, 8)     linear_bias: f32 (2,)
  expected a bias of shape (3,)
  in: @)"),
      fault<ShapeError>(
          "a loss of a linear layer for another batch",
          [] {
            linear_cross_entropy(zeros({4, 8}), zeros({3, 8}), labels({0, 1}));
          },
          R"(linear_cross_entropy: logits and targets do not fit
  logits: f32 (4, 3)     target: i64 (2,)
  expected logits (batch, classes) and target (batch)
  in: @)"),
      fault<IndexError>(
          "a label beyond the classes of a linear layer",
          [] {
            linear_cross_entropy(zeros({2, 8}), zeros({3, 8}), labels({0, 3})).item();
          },
          no_element("linear_cross_entropy", "target", 3, 1, 0, 3)),
      fault<ValueError>(
          "a loss of a linear layer with too much smoothing",
          [] {
            linear_cross_entropy(zeros({2, 8}), zeros({3, 8}), labels({0, 1}),
                                 {.label_smoothing = 2});
          },
          R"(linear_cross_entropy: label_smoothing is 2.000000
  expected a number in [0, 1]
  in: @)"),
      fault<ShapeError>(
          "class weights for another number of classes of a linear layer",
          [] {
            linear_cross_entropy(zeros({2, 8}), zeros({3, 8}), labels({0, 1}),
                                 {.weight = zeros({2})});
          },
          R"(linear_cross_entropy: the weight does not fit the classes
  classes: 3     weight: f32 (2,)
  expected one weight per class, of the logits' type f32
  in: @)"),
      fault<ValueError>(
          "a loss of a linear layer that was never set",
          [] {
            linear_cross_entropy(zeros({2, 8}), Tensor(), labels({0, 1}));
          },
          empty_tensor("linear_cross_entropy")),
      fault<ShapeError>(
          "the layer of such a loss, with inputs of another width",
          [] {
            nn::LinearCrossEntropyLoss(8, 3)(zeros({2, 7}), labels({0, 1}));
          },
          R"(linear_cross_entropy: the features of x do not fit the weight
  x: f32 (2, 7)     weight: f32 (3, 8)
  expected x.shape[-1] == weight.shape[1], got 7 and 8
  in: nn::LinearCrossEntropyLoss, @)"),
      fault<ValueError>(
          "the layer of such a loss without classes", [] { nn::LinearCrossEntropyLoss(8, 0); },
          R"(nn::LinearCrossEntropyLoss: classes is 0
  expected a positive number
  in: @)"),
  };
}

}  // namespace fathom::test
