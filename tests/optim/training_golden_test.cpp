// Ten training steps of whole networks against PyTorch: losses, parameters, buffers.
#include <doctest/doctest.h>

#include <cmath>

#include "fathom/backend/cpu/winograd_choice.h"
#include "fathom/fathom.h"
#include "fathom/graph/plan.h"
#include "tests/optim/golden_runs.h"

using namespace fathom;
using test::Golden;

namespace {

struct MnistMlp {
  nn::Linear hidden{784, 100};
  nn::BatchNorm norm{100};
  nn::Linear out{100, 10};
  Tensor operator()(const Tensor& x) const { return out(relu(norm(hidden(x)))); }
};
struct Xor {
  nn::Linear hidden{2, 2};
  nn::Linear out{2, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};
struct DigitsMlp {
  nn::Linear hidden{64, 32};
  nn::Linear out{32, 10};
  Tensor operator()(const Tensor& x) const { return out(relu(hidden(x))); }
};

/// The network of chapter 4 with fewer channels and without dropout.
struct CifarCnn {
  std::vector<nn::Conv2d> conv{block(3, 16, 1),  block(16, 16, 1), block(16, 24, 1),
                               block(24, 24, 1), block(24, 32, 0), block(32, 32, 0)};
  std::vector<nn::BatchNorm> norm{nn::BatchNorm(16), nn::BatchNorm(16), nn::BatchNorm(24),
                                  nn::BatchNorm(24), nn::BatchNorm(32), nn::BatchNorm(32)};
  nn::Linear out{128, 10};
  static nn::Conv2d block(std::int64_t in, std::int64_t out, std::int64_t padding) {
    return nn::Conv2d(in, out, 3, {.padding = padding});
  }
  Tensor operator()(const Tensor& x) const {
    Tensor y = reshape(x, {-1, 3, 32, 32});
    for (std::size_t i = 0; i < conv.size(); ++i) {
      y = gelu(norm[i](conv[i](y)));
      if (i % 2 == 1) y = max_pool2d(y, 2);
    }
    return out(flatten(y, 1));
  }
};

struct SentimentLstm {
  nn::EmbeddingBag embedding{200, 16};
  nn::LSTM rnn{16, 16};
  nn::Linear fc{16, 2};
  Tensor operator()(const Tensor& x) const { return fc(rnn(embedding(x)).output); }
};
struct SparseBag {
  nn::EmbeddingBag embedding{60, 4, {.mode = BagMode::sum, .padding_idx = 0}};
};

double largest_difference(const Tensor& a, const Tensor& b) {
  return max(abs(cast(a, DType::f64) - cast(b, DType::f64))).item() /
         (max(abs(cast(b, DType::f64))).item() + 1e-30);
}

template <class M, class Optimizer, class Loss>
void run(const Golden& golden, M net, Optimizer optimizer, Loss loss_fn,
         const std::vector<std::string>& noise, double weight_tolerance,
         double loss_tolerance = 1e-5) {
  nn::load_state(net, golden.initial(), "golden");
  const auto expected = golden["loss"].to_vector<float>();
  for (int step = 0; step < 10; ++step) {
    auto [loss, gradients] = value_and_grad(loss_fn)(net, step);
    optimizer.step(net, gradients);
    const double want = expected[static_cast<std::size_t>(step)];
    INFO("step ", step);
    CHECK(std::abs(loss.item() - want) <= loss_tolerance * std::abs(want));
  }
  for (const nn::NamedTensor& n : nn::named_tensors(net)) {
    bool skip = false;
    for (const std::string& name : noise) skip = skip || n.name == name;
    if (skip) continue;
    INFO(n.name);
    const Tensor& expected = golden["after." + n.name];  // of a large one the first rows
    const Tensor found = n.tensor.rank() > 0 ? n.tensor[range(0, expected.size(0))] : n.tensor;
    CHECK(largest_difference(found, expected) <= weight_tolerance);
  }
}

}  // namespace

TEST_CASE("ten steps of the MNIST network equal PyTorch's") {
  const Golden g("mnist_mlp");
  const Tensor x = cast(g["inputs"], DType::f32) / 255.0;
  const auto loss = [&](const MnistMlp& net, int step) {
    return cross_entropy(net(g.batch(x, step)), g.batch(g["labels"], step));
  };
  // The tolerance is four times what PyTorch's own single precision strays from double.
  run(g, MnistMlp{}, optim::Adam{.learning_rate = 1e-3}, loss, {"hidden.bias", "norm.running_mean"},
      4.4e-4);
}

TEST_CASE("ten steps of the XOR network equal PyTorch's") {
  const Golden g("xor");
  const auto loss = [&](const Xor& net, int step) {
    return mse_loss(net(g.batch(g["inputs"], step)), g.batch(g["targets"], step));
  };
  run(g, Xor{}, optim::Sgd{.learning_rate = 0.1}, loss, {}, 1e-6);
}

TEST_CASE("ten steps of the digits network equal PyTorch's") {
  for (const char* name : {"digits_mlp", "digits_mlp_nesterov"}) {
    INFO(name);
    const Golden g(name);
    const Tensor x = cast(g["inputs"], DType::f32) / 16.0;
    const auto loss = [&](const DigitsMlp& net, int step) {
      return cross_entropy(net(g.batch(x, step)), g.batch(g["labels"], step));
    };
    if (std::string(name) == "digits_mlp")
      run(g, DigitsMlp{}, optim::AdamW{.learning_rate = 0.01, .weight_decay = 0.1}, loss, {}, 2e-6);
    else
      run(g, DigitsMlp{}, optim::Sgd{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}, loss,
          {}, 2e-6);
  }
}

TEST_CASE("ten steps of a bag of words and an LSTM equal PyTorch's") {
  const Golden g("sentiment_lstm");
  const auto loss = [&](const SentimentLstm& net, int step) {
    return cross_entropy(net(g.batch(g["inputs"], step)), g.batch(g["labels"], step));
  };
  run(g, SentimentLstm{}, optim::Adam{.learning_rate = 0.01}, loss, {}, 1e-4);
}

TEST_CASE("ten steps by sparse gradients equal PyTorch's") {
  const auto check = [](const char* name, auto optimizer) {
    INFO(name);
    const Golden g(name);
    const auto loss = [&](const SparseBag& net, int step) {
      return cross_entropy(net.embedding(g.batch(g["inputs"], step)), g.batch(g["labels"], step));
    };
    run(g, SparseBag{}, optimizer, loss, {}, 2e-6);
  };
  check("sparse_bag_adam", optim::SparseAdam{.learning_rate = 0.01});
  check("sparse_bag_sgd", optim::Sgd{.learning_rate = 0.5});
  check("sparse_bag_momentum", optim::Sgd{.learning_rate = 0.5, .momentum = 0.9});
  check("sparse_bag_adagrad", optim::Adagrad{.learning_rate = 0.1});
}

TEST_CASE("ten steps of a convolutional network equal PyTorch's, by Winograd or not") {
  const Golden g("cifar10_cnn");
  const Tensor x = cast(g["inputs"], DType::f32) / 255.0;
  const auto loss = [&](const CifarCnn& net, int step) {
    return cross_entropy(net(g.batch(x, step)), g.batch(g["labels"], step));
  };
  std::vector<std::string> noise;  // what batch norm takes away again
  for (int i = 0; i < 6; ++i) {
    noise.push_back("conv." + std::to_string(i) + ".bias");
    noise.push_back("norm." + std::to_string(i) + ".running_mean");
  }
  for (const cpu::Winograd choice :
       {cpu::Winograd::off, cpu::Winograd::two, cpu::Winograd::four, cpu::Winograd::automatic}) {
    INFO(cpu::name(choice));
    cpu::set_winograd_for_test(choice);
    graph::clear_plan_cache();
    run(g, CifarCnn{}, optim::Adam{.learning_rate = 1e-4}, loss, noise, 1e-3, 1e-4);
  }
  graph::clear_plan_cache();
}
