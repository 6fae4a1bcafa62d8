#include "benchmarks/workloads.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "benchmarks/timing.h"
#include "fathom/data/builtin.h"
#include "fathom/data/loader.h"
#include "fathom/fathom.h"

extern char** environ;

namespace fathom::benchmarks {
namespace {

std::vector<double> scaled(std::vector<double> values, double factor) {
  for (double& v : values) v *= factor;
  return values;
}
std::vector<double> rate(std::vector<double> seconds, double flops) {
  for (double& v : seconds) v = flops / v / 1e9;
  return seconds;
}

// ---- training

struct MnistNet {
  nn::Linear hidden{784, 100};
  nn::BatchNorm norm{100};
  nn::Linear out{100, 10};
  Tensor operator()(const Tensor& x) const { return out(relu(norm(hidden(x)))); }
};

/// One epoch: 600 shuffled batches of 100, Adam, loss and accuracy read at every step.
class MnistEpoch {
 public:
  explicit MnistEpoch(data::Dataset train)
      : train_(std::move(train)),
        loader_(data::loader(train_, {.batch_size = 100, .shuffle = true})) {}

  void run() {
    Tensor right;
    const auto loss_fn = [&right](const MnistNet& net, const data::Batch& b) {
      const Tensor scores = net(b.inputs);
      right = sum(argmax(scores, 1) == b.labels);
      return cross_entropy(scores, b.labels);
    };
    double loss_sum = 0;
    std::int64_t right_sum = 0;
    for (const data::Batch& batch : loader_) {
      auto [loss, gradients] = value_and_grad(loss_fn)(net_, batch);
      adam_.step(net_, gradients);
      loss_sum += loss.item();
      right_sum += right.item<std::int64_t>();
    }
    if (right_sum == 0 || loss_sum != loss_sum)
      throw std::runtime_error("the benchmark's network does not learn");
  }

 private:
  data::Dataset train_;
  data::Loader loader_;
  MnistNet net_;
  optim::Adam adam_{.learning_rate = 1e-3};
};

std::vector<double> mnist_mlp(const Settings&) {
  MnistEpoch epoch(data::mnist().train);
  return each([&] { epoch.run(); }, 2, 7, 1e3);
}

/// From the files on, as a program that starts: reading, unpacking, one epoch.
std::vector<double> mnist_mlp_book(const Settings&) {
  return each([] { MnistEpoch(data::mnist().train).run(); }, 1, 5, 1e3);
}

/// A process that keeps one core busy while it lives.
class BusyNeighbour {
 public:
  BusyNeighbour() : child_(fork()) {
    if (child_ != 0) return;
    for (;;) asm volatile("");
  }
  ~BusyNeighbour() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  BusyNeighbour(const BusyNeighbour&) = delete;
  BusyNeighbour& operator=(const BusyNeighbour&) = delete;

 private:
  pid_t child_;
};

std::vector<double> mnist_mlp_busy(const Settings&) {
  MnistEpoch epoch(data::mnist().train);
  epoch.run();
  const BusyNeighbour neighbour;
  return each([&] { epoch.run(); }, 1, 7, 1e3);
}

struct XorNet {
  nn::Linear hidden{2, 2};
  nn::Linear out{2, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};

std::vector<double> xor_step(const Settings&) {
  XorNet net;
  optim::Sgd sgd{.learning_rate = 0.1};
  const Tensor x = tensor<float>({{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  const Tensor y = tensor<float>({{0}, {1}, {1}, {0}});
  const auto loss_fn = [](const XorNet& net, const Tensor& x, const Tensor& y) {
    return mse_loss(net(x), y);
  };
  const auto steps = [&] {
    for (int i = 0; i < 2000; ++i) {
      auto [loss, gradients] = value_and_grad(loss_fn)(net, x, y);
      sgd.step(net, gradients);
      loss.item();
    }
  };
  return each(steps, 3, 15, 1e6 / 2000);
}

// ---- products and rows

std::vector<double> product(const Shape& left, const Shape& right, bool transpose_left,
                            bool transpose_right, double flops) {
  const Tensor a = randn(left).eval();
  const Tensor b = randn(right).eval();
  return rate(
      short_work([&] {
        matmul(transpose_left ? transpose(a) : a, transpose_right ? transpose(b) : b).eval();
      }),
      flops);
}

Workload matmul_row(std::string name, std::int64_t m, std::int64_t k, std::int64_t n,
                    bool ta = false, bool tb = false) {
  const double flops = 2.0 * static_cast<double>(m * k * n);
  const Shape left = ta ? Shape{k, m} : Shape{m, k};
  const Shape right = tb ? Shape{n, k} : Shape{k, n};
  const double bytes = m == 1 ? 4.0 * static_cast<double>(k * n) : 0;
  return {std::move(name), "GF/s", flops, bytes,
          [=](const Settings&) { return product(left, right, ta, tb, flops); }};
}

std::vector<double> six_operations(const Settings&) {
  const Shape shape{1 << 20};
  const Tensor x = randn(shape).eval(), w = randn(shape).eval(), b = randn(shape).eval(),
               s = randn(shape).eval();
  return scaled(short_work([&] { relu(gelu_tanh(x * w + b) * s + x).eval(); }), 1e3);
}

/// Forward and backward of a function of rows, the result and the gradients computed.
std::vector<double> rows(
    const std::function<Tensor(const Tensor&, const Tensor&, const Tensor&)>& forward,
    bool affine) {
  const Tensor x = randn({4096, 512}).eval(), up = randn({4096, 512}).eval();
  const Tensor w = randn({512}).eval(), b = randn({512}).eval();
  const std::vector<Tensor> wrt = affine ? std::vector<Tensor>{x, w, b} : std::vector<Tensor>{x};
  return scaled(short_work([&] {
                  Tensor y = forward(x, w, b);
                  std::vector<Tensor> all = gradients(y.rank() > 0 ? sum(y * up) : y, wrt);
                  all.push_back(std::move(y));
                  eval(all);
                }),
                1e3);
}

std::vector<double> rows_softmax(const Settings&) {
  return rows([](const Tensor& x, const Tensor&, const Tensor&) { return softmax(x, -1); }, false);
}
std::vector<double> rows_layer_norm(const Settings&) {
  return rows([](const Tensor& x, const Tensor& w, const Tensor& b) { return layer_norm(x, w, b); },
              true);
}
std::vector<double> rows_cross_entropy(const Settings&) {
  const Tensor labels = cast(floor(rand({4096}) * 512), DType::i64).eval();
  return rows(
      [labels](const Tensor& x, const Tensor&, const Tensor&) { return cross_entropy(x, labels); },
      false);
}

/// Forward and backward of a layer on 2^20 numbers, the result and the gradients computed.
std::vector<double> layer_work(const std::vector<Tensor>& wrt,
                               const std::function<Tensor()>& forward) {
  const Tensor up = randn(forward().shape()).eval();
  return scaled(short_work([&] {
                  Tensor y = forward();
                  std::vector<Tensor> all = gradients(sum(y * up), wrt);
                  all.push_back(std::move(y));
                  eval(all);
                }),
                1e3);
}

Workload layer_row(const std::string& name) {
  const auto samples = [name](const Settings&) {
    const auto channels = [](std::int64_t n) {
      return std::pair{randn({n}).eval(), randn({n}).eval()};
    };
    if (name == "layer_gelu") {
      const Tensor x = randn({1 << 20}).eval();
      return layer_work({x}, [=] { return gelu(x); });
    }
    if (name == "layer_dropout") {
      const Tensor x = randn({1 << 20}).eval();
      return layer_work({x}, [=] { return dropout(x, 0.1, next_key(), 0); });
    }
    if (name == "layer_embedding") {
      const Tensor table = randn({10000, 256}).eval();
      const Tensor index = cast(floor(rand({4096}) * 10000), DType::i64).eval();
      return layer_work({table}, [=] { return embedding(index, table); });
    }
    if (name == "layer_layer_norm") {
      const Tensor x = randn({2048, 512}).eval();
      const auto [w, b] = channels(512);
      return layer_work({x, w, b}, [=, w = w, b = b] { return layer_norm(x, w, b); });
    }
    const Tensor x = randn({16, 64, 32, 32}).eval();
    const auto [w, b] = channels(64);
    if (name == "layer_batch_norm")
      return layer_work({x, w, b}, [=, w = w, b = b] { return batch_norm(x, w, b).y; });
    return layer_work({x, w, b}, [=, w = w, b = b] { return group_norm(x, 8, w, b); });
  };
  return {name, "ms", 0, 5.0 * 4 * (1 << 20), samples};
}

/// An optimizer's update of one tensor, the gradient as it stands.
template <class Optimizer> std::vector<double> update(const Shape& shape) {
  struct One {
    Param p;
  } net{zeros(shape).eval()}, gradient{randn(shape).eval()};
  Optimizer optimizer;
  return short_work([&] { optimizer.step(net, gradient); }, 15);
}

/// An update beyond the caches: parameter, gradient and two moments are read, all but the gradient
/// written.
template <class Optimizer> Workload update_row(std::string name, std::int64_t size) {
  return {std::move(name),
          "ms",
          0,
          7.0 * 4 * static_cast<double>(size),
          [=](const Settings&) { return scaled(update<Optimizer>({size}), 1e3); },
          true};
}

std::vector<double> cold_start(const Settings& s) {
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  return each(
      [&] {
        pid_t child;
        const char* argv[] = {s.program.c_str(), "bench", "--first-result", nullptr};
        if (posix_spawn(&child, s.program.c_str(), &quiet, nullptr, const_cast<char**>(argv),
                        environ) != 0)
          throw std::runtime_error("cannot start " + s.program);
        int status = 0;
        waitpid(child, &status, 0);
        if (status != 0) throw std::runtime_error(s.program + " failed");
      },
      3, 25, 1e3);
}

}  // namespace

const std::vector<Workload>& workloads() {
  constexpr double epoch_flops = 600.0 * 2 * 2 * (100.0 * 784 * 100 + 1.5 * 100 * 100 * 10);
  constexpr double matrix = 4.0 * 4096 * 512;
  static const std::vector<Workload> list = [=] {
    std::vector<Workload> rows = {
        {"mnist_mlp", "ms", epoch_flops, 0, mnist_mlp},
        {"mnist_mlp_book", "ms", epoch_flops, 0, mnist_mlp_book},
        {"mnist_mlp_busy", "ms", epoch_flops, 0, mnist_mlp_busy},
        {"xor_step", "us", 0, 0, xor_step},
        matmul_row("gemm_256", 256, 256, 256),
        matmul_row("gemm_512", 512, 512, 512),
        matmul_row("gemm_1024", 1024, 1024, 1024),
        matmul_row("gemm_2048", 2048, 2048, 2048),
        matmul_row("gemm_100x784x100", 100, 784, 100),
        matmul_row("gemm_100x784x100_dw", 784, 100, 100, true, false),
        matmul_row("gemm_100x784x100_dx", 100, 100, 784, false, true),
        matmul_row("gemm_64x512x512", 64, 512, 512),
        matmul_row("gemv_1x4096x4096", 1, 4096, 4096, false, true),
        {"elementwise_1M_6ops", "ms", 0, 5.0 * 4 * (1 << 20), six_operations},
        {"rows_softmax", "ms", 0, 5 * matrix, rows_softmax},
        {"rows_layer_norm", "ms", 0, 5 * matrix, rows_layer_norm},
        {"rows_cross_entropy", "ms", 0, 3 * matrix, rows_cross_entropy},
        layer_row("layer_layer_norm"),
        layer_row("layer_group_norm"),
        layer_row("layer_batch_norm"),
        layer_row("layer_gelu"),
        layer_row("layer_dropout"),
        layer_row("layer_embedding"),
        {"adam_100x784", "us", 0, 0,
         [](const Settings&) {
           return scaled(update<optim::Adam>({100, 784}), 1e6);
         }},
        update_row<optim::Adam>("adam_32M", 32 << 20),
        update_row<optim::AdamW>("adamw_32M", 32 << 20),
        {"cold_start", "ms", 0, 0, cold_start},
    };
    for (Workload& row : picture_workloads()) rows.push_back(std::move(row));
    for (Workload& row : sequence_workloads()) rows.push_back(std::move(row));
    for (Workload& row : text_workloads()) rows.push_back(std::move(row));
    return rows;
  }();
  return list;
}

}  // namespace fathom::benchmarks
