// Layers beyond what the golden files show: randomness, modes, names, errors with the module's
// path.
#include <doctest/doctest.h>

#include <cmath>

#include "fathom/fathom.h"
#include "tests/contains.h"

using namespace fathom;
using test::contains;

namespace {

double mean_of(const Tensor& x) { return mean(x).item(); }
double deviation_of(const Tensor& x) { return std_dev(x).item(); }

template <class E, class F> std::string error_of(F call) {
  try {
    call();
  } catch (const E& e) {
    return e.what();
  }
  return "";
}

struct Chain {
  nn::Linear hidden{4, 3};
  nn::PReLU activation;
  nn::GroupNorm norm{3, 3};
  nn::Sequential tail{nn::ReLU(), nn::Dropout(0.5), nn::Flatten()};
  Tensor operator()(const Tensor& x) const { return tail(norm(activation(hidden(x)))); }
};

}  // namespace

TEST_CASE("dropouts drop the right share and keep what they promise") {
  nn::Rng rng{1, 0};
  const auto scope = nn::training(rng);
  const Tensor x = full({64, 32, 20}, 1.0).eval();
  const auto share = [](const Tensor& y) { return mean_of(cast(y == 0, DType::f32)); };
  CHECK(std::abs(share(nn::Dropout(0.3)(x)) - 0.3) < 0.01);
  const Tensor whole = nn::Dropout1d(0.3)(x).eval();
  CHECK(std::abs(share(whole) - 0.3) < 0.05);
  const Tensor first = slice(whole, 2, 0, 1);
  CHECK(all(whole == first).item<bool>());  // channels go as a whole
  const Tensor single = nn::Dropout1d(0.5)(select(x, 0, 0)).eval();
  CHECK(all(single == slice(single, 1, 0, 1)).item<bool>());
  const Tensor pictures = nn::Dropout2d(0.5)(reshape(x, {64, 32, 4, 5}));
  CHECK(std::abs(mean_of(pictures) - 1) < 0.1);
  CHECK(nn::Dropout3d(0.5)(reshape(x, {8, 8, 32, 4, 5})).shape() == Shape{8, 8, 32, 4, 5});

  const Tensor normal = randn({200, 500}).eval();
  const Tensor alpha = nn::AlphaDropout(0.3)(normal).eval();
  CHECK(std::abs(mean_of(alpha)) < 0.02);
  CHECK(std::abs(deviation_of(alpha) - 1) < 0.02);
  CHECK(nn::FeatureAlphaDropout(0.2)(x).shape() == x.shape());
  const Tensor noise = (nn::GaussianNoise(0.5)(x) - x).eval();
  CHECK(std::abs(mean_of(noise)) < 0.01);
  CHECK(std::abs(deviation_of(noise) - 0.5) < 0.01);
  const Tensor leaky = nn::RReLU{0.1, 0.5}(-x).eval();
  CHECK(std::abs(mean_of(leaky) + 0.3) < 0.01);
  CHECK(min(leaky).item() >= -0.5);
  CHECK(max(leaky).item() <= -0.1);

  const auto off = nn::inference();
  CHECK(nn::Dropout(0.3)(x).same_as(x));
  CHECK(nn::AlphaDropout(0.3)(x).same_as(x));
  CHECK(nn::GaussianNoise(0.5)(x).same_as(x));
}

TEST_CASE("gumbel softmax samples by the logits") {
  const Tensor logits = expand(log(tensor<float>({0.2, 0.3, 0.5})), {20000, 3});
  const Tensor hard = gumbel_softmax(logits, next_key(), 1, true);
  const std::vector<float> shares = mean(hard, 0).to_vector<float>();
  CHECK(std::abs(shares[0] - 0.2) < 0.01);
  CHECK(std::abs(shares[2] - 0.5) < 0.01);
  CHECK(max(abs(sum(gumbel_softmax(logits, next_key(), 0.5), 1) - 1)).item() < 1e-5);
}

TEST_CASE("embeddings take a table that exists, and leave the padding alone") {
  const Tensor table = randn({5, 3}).eval();
  const nn::Embedding layer = nn::Embedding::from_pretrained(table);
  CHECK(layer.weight.frozen);
  CHECK(!nn::Embedding::from_pretrained(table, false).weight.frozen);
  CHECK(layer(tensor<std::int64_t>({4, 0})).shape() == Shape{2, 3});
  const nn::Embedding padded(4, 2, {.padding_idx = -1});
  CHECK(*padded.options.padding_idx == 3);
  CHECK(sum(abs(select(padded.weight, 0, 3))).item() == 0);
  CHECK(sum(abs(select(padded.weight, 0, 2))).item() > 0);
  CHECK(contains(error_of<IndexError>([] { nn::Embedding(4, 2, {.padding_idx = 4}); }),
                 "nn::Embedding: padding_idx 4 is out of range"));
  CHECK(contains(error_of<ShapeError>([&] { nn::Embedding::from_pretrained(select(table, 0, 0)); }),
                 "nn::Embedding: no table of vectors"));
  nn::EmbeddingBag bag = nn::EmbeddingBag::from_pretrained(table, true, {.mode = BagMode::max});
  CHECK(bag(tensor<std::int64_t>({{0, 1}, {2, 2}})).shape() == Shape{2, 3});
  CHECK(contains(error_of<ValueError>([&] {
                   bag(tensor<std::int64_t>({1, 2}));
                 }),
                 "embedding_bag: an index of one axis needs offsets of one axis"));
}

TEST_CASE("embeddings shorten what they read, not the table") {
  const Tensor table = tensor<float>({{3, 4}, {0.6, 0.8}, {0, 0}});
  const nn::Embedding layer =
      nn::Embedding::from_pretrained(table, false, {.max_norm = 2.5, .scale_grad_by_freq = true});
  const Tensor index = tensor<std::int64_t>({0, 1, 0, 2});
  const Tensor read = tensor<float>({{1.5, 2}, {0.6, 0.8}, {1.5, 2}, {0, 0}});
  CHECK(max(abs(layer(index) - read)).item() < 1e-6);
  CHECK(equal(layer.weight, table));
  const auto loss = [&](const nn::Embedding& net) { return sum(net(index)); };
  CHECK(equal(value_and_grad(loss)(layer).gradients.weight, ones({3, 2})));
}

TEST_CASE("batch norm's plain average of statistics") {
  nn::BatchNorm norm(2, {.momentum = {}});
  const auto scope = nn::training();
  Tensor total = zeros({2});
  for (int i = 1; i <= 3; ++i) {
    const Tensor x = randn({8, 2}).eval();
    total = total + mean(x, 0);
    norm(x);
    CHECK(max(abs(norm.running_mean.value - total / i)).item() < 1e-6);
  }
  CHECK(norm.num_batches_tracked.value.item<std::int64_t>() == 3);
}

TEST_CASE("a buffer stands in expressions as a tensor does") {
  const Buffer mean = tensor({1.F, 2.F});
  CHECK((0.5 * mean + mean).to_vector<float>() == std::vector<float>{1.5F, 3});
  CHECK(sum(mean).item() == 3);
}

TEST_CASE("names of parameters are torch's") {
  std::vector<std::string> names;
  for (const nn::NamedTensor& t : nn::named_tensors(Chain())) names.push_back(t.name);
  CHECK(names == std::vector<std::string>{"hidden.weight", "hidden.bias", "activation.weight",
                                          "norm.weight", "norm.bias"});
}

TEST_CASE("errors of layers name the module and the user's line") {
  const Chain net;
  const auto loss = [](const Chain& n, const Tensor& x) { return sum(n(x)); };
  const std::string groups = error_of<ShapeError>([&] {
    value_and_grad([](const Chain& n, const Tensor& x) { return sum(n.norm(x)); })(
        net, zeros({2, 6, 5}));
  });
  CHECK(contains(groups, "group_norm: weight does not fit x"));
  CHECK(contains(groups, "in: net.norm (nn::GroupNorm), layers_test.cpp:"));
  const std::string random = error_of<ValueError>([&] {
    value_and_grad(loss)(net, zeros({2, 4}));
  });
  CHECK(contains(random, "net.tail.1 (nn::Dropout)"));
  CHECK(
      contains(error_of<ValueError>([] { nn::GroupNorm(2, 3); }), "nn::GroupNorm: 2 groups of 3"));
  CHECK(contains(error_of<ValueError>([] { nn::AlphaDropout(-1); }),
                 "nn::AlphaDropout: probability"));
  CHECK(contains(error_of<ValueError>([] { nn::PReLU(0); }), "nn::PReLU: num_parameters is 0"));
  CHECK(contains(error_of<ShapeError>([] { nn::Softmax2d()(zeros({2, 3})); }), "nn::Softmax2d"));
  CHECK(contains(error_of<ShapeError>([] {
                   nn::GLU()(zeros({2, 3}));
                 }),
                 "glu: the axis cannot be halved"));
  CHECK(contains(error_of<ShapeError>([] {
                   nn::Unflatten{1, {2, 2}}(zeros({2, 3}));
                 }),
                 "nn::Unflatten"));
  CHECK(contains(error_of<ShapeError>([] {
                   nn::LayerNorm(Shape{4})(zeros({2, 3}));
                 }),
                 "layer_norm: x does not end in the normalized shape"));
}

TEST_CASE("layers that move elements") {
  const Tensor x = reshape(arange(0, 48), {1, 8, 2, 3});
  const Tensor big = nn::PixelShuffle{2}(x);
  CHECK(big.shape() == Shape{1, 2, 4, 6});
  // Row 0 of channel 0 takes turns between channels 0 and 1 of the input.
  CHECK(slice(select(flatten(big, 1), 0, 0), 0, 0, 6).to_vector<float>() ==
        std::vector<float>{0, 6, 1, 7, 2, 8});
  CHECK(all(nn::PixelUnshuffle{2}(big) == x).item<bool>());
  const Tensor mixed = nn::ChannelShuffle{2}(reshape(arange(0, 4), {1, 4, 1, 1}));
  CHECK(flatten(mixed).to_vector<float>() == std::vector<float>{0, 2, 1, 3});
  CHECK(nn::Unflatten{-1, {2, 3}}(zeros({4, 6})).shape() == Shape{4, 2, 3});
  CHECK(nn::Flatten{0, 1}(zeros({4, 6, 2})).shape() == Shape{24, 2});
  CHECK(nn::Identity()(x).same_as(x));
}

TEST_CASE("losses as values") {
  const Tensor x = randn({4, 3}).eval();
  const Tensor t = tensor<std::int64_t>({0, 2, 1, 1});
  CHECK(nn::CrossEntropyLoss{{.label_smoothing = 0.1}}(x, t).item() ==
        cross_entropy(x, t, {.label_smoothing = 0.1}).item());
  CHECK(nn::MSELoss{Reduction::sum}(x, x + 1).item() == doctest::Approx(12));
  CHECK(nn::HuberLoss{.delta = 0.5}(x, x + 1).item() == doctest::Approx(0.375));
}
