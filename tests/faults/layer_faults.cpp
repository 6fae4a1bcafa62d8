// Layers: how they are made, what they are called with, where they stand in a model.
#include "fathom/nn/state.h"
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

struct TwoLayers {
  nn::Linear hidden{8, 4};
  nn::Linear out{4, 3};
};
struct Deep {
  nn::Sequential blocks{nn::Linear(8, 8), nn::Linear(6, 2)};
};
struct Block {
  std::vector<nn::Linear> layers{nn::Linear(4, 4), nn::Linear(5, 4)};
};
struct Nested {
  Block first, second;
};
struct Words {
  nn::Embedding table{10, 4};
  nn::LayerNorm norm{4};
};

/// The loss of a model by its part: f(model) is called on x.
template <class M, class F> void apply_part(const F& part, const Tensor& x) {
  value_and_grad([&](const M& m, const Tensor& inputs) { return sum(part(m, inputs)); })(M(), x)
      .loss.item();
}

}  // namespace

Faults layer_faults() {
  return {
      // how they are made
      fault<ValueError>(
          "a layer without outputs", [] { nn::Linear(784, 0); }, R"(nn::Linear: out_features is 0
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "a layer of negative inputs", [] { nn::Linear(-1, 2); }, R"(nn::Linear: in_features is -1
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "a bilinear layer without inputs", [] { nn::Bilinear(2, 0, 3); },
          R"(nn::Bilinear: in2_features is 0
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "dropout of more than all", [] { nn::Dropout(1.5); }, R"(nn::Dropout: probability is 1.5
  expected a number in [0, 1]
  in: @)"),
      fault<ValueError>(
          "dropout of NaN", [] { nn::Dropout2d(std::numeric_limits<double>::quiet_NaN()); },
          R"(nn::Dropout2d: probability is nan
  expected a number in [0, 1]
  in: @)"),
      fault<ValueError>(
          "alpha dropout of less than none", [] { nn::AlphaDropout(-0.1); },
          R"(nn::AlphaDropout: probability is -0.1
  expected a number in [0, 1]
  in: @)"),
      fault<ValueError>(
          "batch norm of no features", [] { nn::BatchNorm(0); }, R"(nn::BatchNorm: features is 0
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "layer norm of no features",
          [] {
            nn::LayerNorm({4, 0});
          },
          R"(nn::LayerNorm: features is 0
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "rms norm of no features", [] { nn::RMSNorm(0); }, R"(nn::RMSNorm: features is 0
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "groups that do not divide", [] { nn::GroupNorm(3, 4); },
          R"(nn::GroupNorm: 3 groups of 4 channels
  expected groups that divide the channels
  in: @)"),
      fault<ValueError>(
          "instance norm of negative features", [] { nn::InstanceNorm(-4); },
          R"(nn::InstanceNorm: features is -4
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "prelu of no parameters", [] { nn::PReLU(0); }, R"(nn::PReLU: num_parameters is 0
  expected a positive number
  in: @)"),
      fault<ShapeError>(
          "the fans of a vector", [] { nn::init::fans({3}); },
          R"(nn::init::fans: the shape does not fit
  shape: (3,)
  expected a weight (out, in, ...)
  in: @)"),
      fault<ShapeError>(
          "kaiming for a vector", [] { nn::init::kaiming_uniform({3}); },
          R"(nn::init::kaiming_uniform: the shape does not fit
  shape: (3,)
  expected a weight (out, in, ...)
  in: @)"),
      fault<ShapeError>(
          "xavier for a scalar", [] { nn::init::xavier_normal({}); },
          R"(nn::init::xavier_normal: the shape does not fit
  shape: ()
  expected a weight (out, in, ...)
  in: @)"),
      fault<ShapeError>(
          "the identity for a cube",
          [] {
            nn::init::eye({2, 2, 2});
          },
          R"(nn::init::eye: the shape does not fit
  shape: (2, 2, 2)
  expected two axes
  in: @)"),
      fault<ShapeError>(
          "dirac for a matrix",
          [] {
            nn::init::dirac({2, 2});
          },
          R"(nn::init::dirac: the shape does not fit
  shape: (2, 2)
  expected a convolution's weight of three to five axes
  in: @)"),
      fault<ValueError>(
          "dirac of groups that do not divide",
          [] {
            nn::init::dirac({3, 2, 3}, 2);
          },
          R"(nn::init::dirac: 2 groups
  shape: (3, 2, 3)
  expected groups that divide the outputs
  in: @)"),
      // what they are called with
      fault<ShapeError>(
          "a layer of another width",
          [] {
            nn::Linear(8, 4)(zeros({5, 7}));
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (5, 7)     weight: f32 (4, 8)
  expected x.shape[-1] == weight.shape[1], got 7 and 8
  in: nn::Linear, @)"),
      fault<ValueError>(
          "a layer on a tensor that was never set", [] { nn::Linear(8, 4)(Tensor()); },
          R"(linear: an operand is an empty tensor
  hint: a default-constructed Tensor holds nothing until it is assigned
  in: nn::Linear, @)"),
      fault<DTypeError>(
          "a layer on integers", [] { nn::Linear(3, 4)(arange(3)); },
          R"(linear: needs two operands of one floating-point type
  a: i64 (1, 3)     b: f32 (4, 3)
  hint: cast one of them
  in: nn::Linear, @)"),
      fault<ShapeError>(
          "a bilinear layer on unlike batches",
          [] {
            nn::Bilinear(2, 3, 4)(zeros({5, 2}), zeros({6, 3}));
          },
          R"(bilinear: operands do not fit
  a: f32 (5, 2)     b: f32 (6, 3)     weight: f32 (4, 2, 3)
  expected a (..., m), b (..., n), weight (out, m, n)
  in: nn::Bilinear, @)"),
      fault<ShapeError>(
          "batch norm of other channels",
          [] {
            nn::BatchNorm(4)(zeros({2, 3}));
          },
          R"(batch_norm_inference: mean does not fit x
  x: f32 (2, 3)     mean: f32 (4,)
  expected f32 (3,)
  in: nn::BatchNorm, @)"),
      fault<ShapeError>(
          "layer norm of another width",
          [] {
            nn::LayerNorm(4)(zeros({2, 3}));
          },
          R"(layer_norm: x does not end in the normalized shape
  x: f32 (2, 3)     normalized: (4,)
  expected x of shape (..., normalized)
  in: nn::LayerNorm, @)"),
      fault<ShapeError>(
          "group norm of other channels",
          [] {
            nn::GroupNorm(2, 4)(zeros({2, 6, 3}));
          },
          R"(group_norm: weight does not fit x
  x: f32 (2, 6, 3)     weight: f32 (4,)
  expected f32 (6,)
  in: nn::GroupNorm, @)"),
      fault<ShapeError>(
          "instance norm of a matrix",
          [] {
            nn::InstanceNorm(4)(zeros({2, 4}));
          },
          R"(instance_norm: one value per channel has no variance
  x: f32 (2, 4)
  expected x of shape (B, C, ...) with several positions
  in: nn::InstanceNorm, @)"),
      fault<ShapeError>(
          "dropout of channels that there are not",
          [] {
            nn::Dropout2d(0.5)(zeros({2, 3}));
          },
          R"(nn::Dropout2d: x has 2 axes
  x: f32 (2, 3)
  expected 4 or 3 axes
  in: nn::Dropout2d, @)"),
      fault<ShapeError>(
          "nn::Unflatten into another number",
          [] {
            nn::Unflatten{.dim = 1, .unflattened_size = {2, 2}}(zeros({3, 5}));
          },
          R"(nn::Unflatten: x does not fit
  x: f32 (3, 5)
  expected an axis with as many elements as unflattened_size
  in: nn::Unflatten, @)"),
      fault<ShapeError>(
          "pixel shuffle of too few channels",
          [] {
            nn::PixelShuffle{2}(zeros({1, 3, 2, 2}));
          },
          R"(nn::PixelShuffle: x does not fit
  x: f32 (1, 3, 2, 2)
  expected x (B, C r^2, H, W)
  in: nn::PixelShuffle, @)"),
      fault<IndexError>(
          "softmax along an axis that is not there",
          [] {
            nn::Softmax{.dim = 2}(zeros({3, 2}));
          },
          R"(softmax: axis 2 is out of range
  expected an axis in [-2, 2) for a tensor of rank 2
  in: nn::Softmax, @)"),
      // where they stand
      fault<ShapeError>(
          "a layer of another width in a model",
          [] {
            apply_part<TwoLayers>([](const TwoLayers& n, const Tensor& x) { return n.hidden(x); },
                                  zeros({5, 7}));
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (5, 7)     weight: f32 (4, 8)
  expected x.shape[-1] == weight.shape[1], got 7 and 8
  in: net.hidden (nn::Linear), @)"),
      fault<ShapeError>(
          "a layer inside of a list",
          [] {
            apply_part<Deep>([](const Deep& n, const Tensor& x) { return n.blocks(x); },
                             zeros({2, 8}));
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (2, 8)     weight: f32 (2, 6)
  expected x.shape[-1] == weight.shape[1], got 8 and 6
  in: net.blocks.1 (nn::Linear), @)"),
      fault<ShapeError>(
          "a layer in a vector in a struct",
          [] {
            apply_part<Nested>(
                [](const Nested& n, const Tensor& x) { return n.second.layers[1](x); },
                zeros({2, 4}));
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (2, 4)     weight: f32 (4, 5)
  expected x.shape[-1] == weight.shape[1], got 4 and 5
  hint: the weight is stored (out, in)
  in: net.second.layers.1 (nn::Linear), @)"),
      fault<IndexError>(
          "a token beyond the table in a model",
          [] {
            apply_part<Words>([](const Words& n, const Tensor& x) { return n.table(x); },
                              labels({3, 12}));
          },
          R"(embedding: index 12 is out of range
  element: 1
  expected a number in [0, 10)
  in: net.table (nn::Embedding), @)"),
      fault<ShapeError>(
          "a norm of another width in a model",
          [] {
            apply_part<Words>([](const Words& n, const Tensor& x) { return n.norm(x); },
                              zeros({2, 5}));
          },
          R"(layer_norm: x does not end in the normalized shape
  x: f32 (2, 5)     normalized: (4,)
  expected x of shape (..., normalized)
  in: net.norm (nn::LayerNorm), @)"),
      fault<ShapeError>(
          "a list of layers outside of a loss",
          [] {
            nn::Sequential{nn::Linear(8, 8), nn::Linear(6, 2)}(zeros({2, 8}));
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (2, 8)     weight: f32 (2, 6)
  expected x.shape[-1] == weight.shape[1], got 8 and 6
  in: nn::Linear, @)"),
      fault<ShapeError>(
          "a list in a list",
          [] {
            const nn::Sequential inner{nn::Linear(8, 8), relu, nn::Linear(6, 2)};
            nn::Sequential{inner, nn::Linear(2, 2)}(zeros({2, 8}));
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (2, 8)     weight: f32 (2, 6)
  expected x.shape[-1] == weight.shape[1], got 8 and 6
  in: nn::Linear, @)"),
      fault<ShapeError>(
          "a summary with inputs that do not fit",
          [] {
            nn::summary(nn::Linear(8, 4), Shape{2, 7});
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (2, 7)     weight: f32 (4, 8)
  expected x.shape[-1] == weight.shape[1], got 7 and 8
  in: nn::Linear, @)"),
      fault<ValueError>(
          "dropout without a key",
          [] {
            const nn::Dropout drop(0.5);
            value_and_grad([&](const Tensor& x) { return sum(drop(x)); })(ones({2, 8}));
          },
          R"(nn::Dropout: no random key while training
  hint: open a scope around the step: auto scope = nn::training(rng)
  in: nn::Dropout, @)"),
      fault<FormatError>(
          "stored tensors of another model",
          [] {
            TwoLayers net;
            const std::vector<std::pair<std::string, Tensor>> state{
                {"hidden.weight", zeros({4, 7})}, {"extra", zeros({1})}};
            nn::load_state(net, state, "state.safetensors");
          },
          R"(load: the tensors do not fit the model
  file: state.safetensors
  expected the model's own names and shapes:
    mismatched hidden.weight: f32 (4, 7), the model has f32 (4, 8)
    unexpected extra: f32 (1,)
    missing hidden.bias: f32 (4,)
    missing out.bias: f32 (3,)
    missing out.weight: f32 (3, 4)
  in: @)"),
      fault<ShapeError>(
          "layer_norm",
          [] {
            layer_norm(zeros({2, 3}), zeros({2}), zeros({3}));
          },
          R"(layer_norm: weight does not fit x
  x: f32 (2, 3)     weight: f32 (2,)
  expected f32 (3,)
  in: @)"),
      fault<DTypeError>(
          "layer_norm of integers",
          [] {
            layer_norm(zeros({2, 3}, DType::i64), zeros({3}), zeros({3}));
          },
          R"(layer_norm: needs floating-point numbers
  x: i64 (2, 3)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<ShapeError>(
          "batch_norm",
          [] {
            batch_norm(zeros({4, 3}), zeros({4}), zeros({3}));
          },
          R"(batch_norm: weight does not fit x
  x: f32 (4, 3)     weight: f32 (4,)
  expected f32 (3,)
  in: @)"),
      fault<ShapeError>(
          "batch_norm of one",
          [] {
            batch_norm(zeros({1, 3}), zeros({3}), zeros({3}));
          },
          R"(batch_norm: one value per channel has no variance
  x: f32 (1, 3)
  expected more than one value per channel in training
  hint: use a larger batch, or inference mode
  in: @)"),
      fault<ShapeError>(
          "batch_norm rank", [] { batch_norm(zeros({3}), zeros({3}), zeros({3})); },
          R"(batch_norm: x has no channel axis
  x: f32 (3,)
  expected x of shape (B, C) or (B, C, ...)
  in: @)"),
      fault<ShapeError>(
          "batch_norm_inference",
          [] {
            batch_norm_inference(zeros({4, 3}), zeros({3}), zeros({3}), zeros({2}), zeros({3}));
          },
          R"(batch_norm_inference: weight does not fit x
  x: f32 (4, 3)     weight: f32 (2,)
  expected f32 (3,)
  in: @)"),
      fault<ShapeError>(
          "batch_norm_inference statistics",
          [] {
            batch_norm_inference(zeros({4, 3}), zeros({2}), zeros({2}), zeros({3}), zeros({3}));
          },
          R"(batch_norm_inference: mean does not fit x
  x: f32 (4, 3)     mean: f32 (2,)
  expected f32 (3,)
  in: @)"),
  };
}

}  // namespace fathom::test
