// The rows about recurrent networks: training steps of a classifier of sequences.
#include "benchmarks/timing.h"
#include "benchmarks/workloads.h"
#include "fathom/fathom.h"
#include "fathom/nn/recurrent.h"

namespace fathom::benchmarks {
namespace {

template <class Layer> struct SequenceClassifier {
  Layer layer{64, 64, {.batch_first = true}};
  nn::Linear out{64, 2};
  Tensor operator()(const Tensor& x) const { return out(select(layer(x).output, 1, -1)); }
};

/// A training step with Adam of 64 sequences of 200 vectors; the loss is read.
template <class Layer> std::vector<double> classifier_step(const Settings&) {
  SequenceClassifier<Layer> net;
  const Tensor x = randn({64, 200, 64}).eval();
  const Tensor labels = cast(floor(rand({64}) * 2), DType::i64).eval();
  optim::Adam adam;
  const auto loss_fn = [](const SequenceClassifier<Layer>& net, const Tensor& x,
                          const Tensor& labels) { return cross_entropy(net(x), labels); };
  const auto step = [&] {
    auto [loss, gradients] = value_and_grad(loss_fn)(net, x, labels);
    adam.step(net, gradients);
    loss.item();
  };
  return each(step, 3, 15, 1e3);
}

/// Of a step, products alone: forward by x and h, backward by h and by both weights.
constexpr double product_flops(double gates) { return 2.0 * 64 * 200 * 64 * 64 * gates * 5; }

}  // namespace

std::vector<Workload> recurrent_workloads() {
  return {{"lstm_classifier", "ms", product_flops(4), 0, classifier_step<nn::LSTM>},
          {"gru_classifier", "ms", product_flops(3), 0, classifier_step<nn::GRU>}};
}

}  // namespace fathom::benchmarks
