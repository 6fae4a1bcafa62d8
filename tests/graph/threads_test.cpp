// Tensors and plans among threads: building is per thread, evaluated tensors and plans are shared.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

#include "fathom/fathom.h"

using namespace fathom;

TEST_CASE("threads: a tensor that is not computed yet belongs to its thread") {
  const Tensor x = arange(10, DType::f32).eval();
  const Tensor lazy = exp(x);
  std::string text;
  std::thread([&] {
    try {
      (lazy + 1).eval();
    } catch (const UnsupportedError& e) {
      text = e.what();
    }
  }).join();
  const std::string problem = "this tensor is not computed yet and was built by another thread";
  CHECK(text.find(problem) != std::string::npos);
  CHECK(text.find("expected tensors that cross threads to be evaluated first") !=
        std::string::npos);
  CHECK(text.find("hint: call eval()") != std::string::npos);
  CHECK(text.find("threads_test.cpp") != std::string::npos);
  CHECK(lazy.data<float>()[0] == 1.f);
}

TEST_CASE("threads: an evaluated tensor and a plan serve all") {
  const Tensor w = (arange(64 * 64, DType::f32) / 4096).eval();
  const Tensor m = reshape(w, {64, 64}).eval();
  const auto model = [&](const Tensor& x) { return softmax(relu(matmul(x, m) + 1)); };
  const std::vector<float> wanted = model(m).to_vector<float>();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) wrong += model(m).to_vector<float>() != wanted;
    });
  for (std::thread& t : threads) t.join();
  CHECK(wrong == 0);
}

TEST_CASE("threads: the last handle of a pending tensor may go anywhere") {
  const std::size_t before = graph::context().pending_nodes;
  for (int i = 0; i < 100; ++i) {
    Tensor lazy = exp(arange(100, DType::f32)) * 2;
    std::thread([moved = std::move(lazy)]() mutable { moved = {}; }).join();
  }
  ones({2}).eval();  // an evaluation clears up
  CHECK(graph::context().pending_nodes <= before);
}

TEST_CASE("threads: a tensor outlives the thread that evaluated it") {
  Tensor made;
  std::thread([&] { made = (arange(1000, DType::f32) * 2).eval(); }).join();
  CHECK(made.data<float>()[999] == 1998.f);
  CHECK((made + 1).to_vector<float>()[1] == 3.f);
  // And unevaluated ones are dropped safely after their thread is gone.
  std::vector<Tensor> lazy(10);
  std::thread([&] {
    for (Tensor& t : lazy) t = exp(arange(10, DType::f32));
  }).join();
  lazy.clear();
  std::thread([] { CHECK(sum(ones({3})).item() == 3); }).join();
}

TEST_CASE("threads: training in several at once gives what one gives") {
  struct Net {
    Param w{linspace(-1, 1, 30)};
  };
  const auto train = [] {
    Net net;
    optim::Sgd sgd{.learning_rate = 0.1};
    for (int i = 0; i < 20; ++i) {
      auto [loss, g] =
          value_and_grad([](const Net& n, int) { return mean(square(tanh(n.w) - 0.5)); })(net, 0);
      sgd.step(net, g);
      loss.eval();
    }
    return net.w.to_vector<float>();
  };
  const auto wanted = train();
  std::vector<std::vector<float>> got(4);
  std::vector<std::thread> threads;
  for (auto& result : got) threads.emplace_back([&] { result = train(); });
  for (std::thread& t : threads) t.join();
  for (const auto& result : got) CHECK(result == wanted);
}
