// Too large a network on too few rows: weight decay, dropout and early stopping against overfitting
//
// Chapter 3. 120 handwritten digits, some with a wrong label, and a network that can learn them all
// by heart: the training loss falls to nothing while the loss on other digits rises. Each remedy
// keeps it from doing so in its own way. Writes regularization.svg.
#include <fathom/fathom.h>

#include <cstdio>

#include "fathom/figure/figure.h"

using namespace fathom;

struct Net {
  nn::Linear first{64, 256}, second{256, 256}, out{256, 10};
  nn::Dropout dropout{0.0};
  Tensor operator()(const Tensor& x) const {  // (B, 64) -> (B, 10)
    const Tensor h = dropout(relu(first(x)));
    return out(dropout(relu(second(h))));
  }
};

struct Remedy {
  const char* name;
  double weight_decay = 0, dropout = 0;
  bool stop_early = false;
};

/// 120 rows of the training part; every tenth gets another label.
data::Dataset few_rows(const data::Dataset& all) {
  data::Dataset few = data::stratified_split(all, {120, static_cast<double>(all.size() - 120)})[0];
  std::vector<std::int64_t> labels = few.labels.to_vector<std::int64_t>();
  for (std::size_t i = 0; i < labels.size(); i += 10) labels[i] = (labels[i] + 1) % 10;
  few.labels = Tensor::from(labels);
  return few;
}

int main() {
  const data::Split digits = data::digits();
  const data::Dataset few = few_rows(digits.train);
  const std::vector<data::Dataset> held_out = data::random_split(digits.test, {0.5, 0.5});
  const Remedy remedies[] = {
      {.name = "nothing"},
      {.name = "weight decay", .weight_decay = 1},
      {.name = "dropout", .dropout = 0.5},
      {.name = "early stopping", .stop_early = true},
      {.name = "all three", .weight_decay = 1, .dropout = 0.5, .stop_early = true}};
  figure::Figure picture(1, 2, {.width = 1000, .height = 420});
  figure::Axes& training =
      picture.axes(0, 0).title("Training rows").x_label("epoch").y_label("loss");
  figure::Axes& validation = picture.axes(0, 1).title("Other rows").x_label("epoch");
  training.y_range(0, 2.5).legend(figure::LegendPlace::top_right);
  validation.y_range(0, 2.5).legend(figure::LegendPlace::none);

  std::printf("%-15s %7s %14s %14s %14s\n", "", "epochs", "training loss", "loss of others",
              "test accuracy");
  for (const Remedy& remedy : remedies) {
    seed(0);
    Net net;
    net.dropout = nn::Dropout(remedy.dropout);
    train::FitOptions<Net, data::Batch> options{
        .optimizer = optim::AdamW{.learning_rate = 1e-3, .weight_decay = remedy.weight_decay},
        .validation = held_out[0],
        .epochs = 120,
        .batch_size = 24,
        .verbose = train::Verbose::silent};
    if (remedy.stop_early)
      options.callbacks = {train::EarlyStopping{.patience = 10, .restore_best = true}};
    const train::History h = train::fit(net, few, options);
    training.line(h["loss"], {.label = remedy.name});
    validation.line(h["val_loss"], {.label = remedy.name});
    const train::Values test =
        train::evaluate(net, held_out[1], {.metrics = {metrics::accuracy()}});
    std::printf("%-15s %7zu %14.4f %14.4f %12.1f %%\n", remedy.name, h.epochs.size(),
                h["loss"].back(), h["val_loss"].back(), 100 * *train::find(test, "accuracy"));
  }
  picture.save("regularization.svg");
  std::printf("drawn in regularization.svg\n");
  return 0;
}
