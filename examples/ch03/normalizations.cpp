// Batch, layer, group and RMS norm: the same deep network with each, in large and in tiny batches
//
// Chapter 3. A norm brings activations to mean 0 and deviation 1 before a learnt scale and shift.
// Batch norm measures over the rows of a batch, the others within each row, so they do not mind
// small batches. All networks start from the same weights. --epochs are 20 if not given, half as
// many with the batches of other sizes. Writes normalizations.svg.
//
// Usage: [--epochs N]
#include <fathom/fathom.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "examples/arguments.h"
#include "fathom/figure/figure.h"

using namespace fathom;

constexpr int depth = 8, width = 64;

struct Block {
  nn::Linear linear{width, width};
  nn::Layer norm;
  Tensor operator()(const Tensor& x) const { return relu(norm(linear(x))); }
};
struct Net {
  std::vector<Block> blocks;
  nn::Linear out{width, 10};
  Tensor operator()(const Tensor& x) const {  // (B, 64) -> (B, 10)
    Tensor h = x;
    for (const Block& block : blocks) h = block(h);
    return out(h);
  }
};

struct Kind {
  const char* name;
  nn::Layer norm;
};

Net make(const nn::Layer& norm) {
  seed(0);
  Net net;
  for (int i = 0; i < depth; ++i) net.blocks.push_back({.norm = norm});
  return net;
}

struct Outcome {
  train::History history;
  double accuracy;
};

Outcome train_with(const Kind& kind, const data::Split& digits, std::int64_t batch_size,
                   train::AnyOptimizer<Net> optimizer, std::int64_t epochs) {
  Net net = make(kind.norm);
  train::History history = train::fit(net, digits.train,
                                      {.optimizer = std::move(optimizer),
                                       .epochs = epochs,
                                       .batch_size = batch_size,
                                       .drop_last = true,
                                       .callbacks = {train::TerminateOnNan{}},
                                       .verbose = train::Verbose::silent});
  const Tensor scores = train::predict(net, digits.test);
  return {std::move(history), metrics::accuracy()(scores, digits.test.labels).item()};
}

int main(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv, {}, {"--epochs"});
  const int epochs = arguments.number("--epochs", 20), fewer = std::max(epochs / 2, 1);
  const data::Split digits = data::digits();
  const std::vector<Kind> kinds = {
      {"no norm", nn::Identity()},          {"batch norm", nn::BatchNorm(width)},
      {"layer norm", nn::LayerNorm(width)}, {"group norm, 8 groups", nn::GroupNorm(8, width)},
      {"RMS norm", nn::RMSNorm(width)},
  };
  const std::vector<std::int64_t> batch_sizes = {2, 4, 8, 32, 128};

  figure::Figure picture(1, 2, {.width = 980, .height = 400});
  figure::Axes& curves = picture.axes(0, 0)
                             .title("Batches of 32 rows, SGD")
                             .x_label("epoch")
                             .y_label("training loss")
                             .log_y();
  figure::Axes& sizes =
      picture.axes(0, 1)
          .title("Batches of other sizes, Adam, " + std::to_string(fewer) + " epochs")
          .x_label("rows in a batch")
          .y_label("test accuracy, %")
          .log_x()
          .legend(figure::LegendPlace::bottom_right);
  std::printf("%-22s %10s  test accuracy by rows in a batch\n%-22s %10s", "", "loss after", "",
              (std::to_string(epochs) + " epochs").c_str());
  for (const std::int64_t rows : batch_sizes) std::printf(" %8lld", static_cast<long long>(rows));
  std::printf("\n");
  for (const Kind& kind : kinds) {
    const Outcome long_run =
        train_with(kind, digits, 32, optim::Sgd{.learning_rate = 0.05}, epochs);
    curves.line(long_run.history["loss"], {.label = kind.name});
    std::printf("%-22s %10.4f", kind.name, long_run.history["loss"].back());
    figure::Values x, y;
    for (const std::int64_t rows : batch_sizes) {
      x.push_back(static_cast<double>(rows));
      y.push_back(100 * train_with(kind, digits, rows, optim::Adam{}, fewer).accuracy);
      std::printf(" %6.1f %%", y.back());
    }
    std::printf("\n");
    sizes.line(x, y, {.label = kind.name, .marker = figure::Marker::circle});
  }
  picture.save("normalizations.svg");
  std::printf("drawn in normalizations.svg\n");
  return 0;
}
