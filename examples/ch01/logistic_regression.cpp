// One neuron tells two kinds of iris apart: probabilities, a straight border and the ROC curve
//
// Chapter 1: a weighted sum through the sigmoid is the probability of a class. Training raises the
// probability of what was seen. Drawn to logistic_regression.png: the probability over the plane
// of two lengths, and what every threshold on it would give.
#include <fathom/fathom.h>

#include <cstdio>

#include "fathom/figure/figure.h"

using namespace fathom;

struct Neuron {
  nn::Linear linear{2, 1};
  /// The logit: the logarithm of the odds.
  Tensor operator()(const Tensor& x) const { return squeeze(linear(x), 1); }  // (B, 2) -> (B,)
};

int main() {
  // Versicolor and virginica overlap; setosa, the first 50 rows, would be too easy.
  const io::CsvTable table = data::iris_table();
  const Tensor petals = io::columns_to_f32(table, {2, 3})[range(50)];  // (100, 2), in cm
  const Tensor middle = mean(petals, 0), spread = std_dev(petals, 0);
  const Tensor x = (petals - middle) / spread;
  const Tensor is_virginica = to(arange(100) >= 50, DType::f32);  // (100,)

  seed(0);
  Neuron neuron;
  optim::Sgd sgd{.learning_rate = 1};
  const auto loss_of = [](const Neuron& neuron, const Tensor& x, const Tensor& t) {
    return binary_cross_entropy_with_logits(neuron(x), t);
  };
  for (int step = 1; step <= 200; ++step) {
    const auto [loss, gradient] = value_and_grad(loss_of)(neuron, x, is_virginica);
    sgd.step(neuron, gradient);
    if (step == 1 || step % 50 == 0) std::printf("step %3d  loss %.4f\n", step, loss.item());
  }

  const Tensor probability = sigmoid(neuron(x));  // (100,)
  const Tensor said = to(probability > 0.5, DType::i64);
  const Tensor truth = to(is_virginica, DType::i64);
  const double accuracy = metrics::accuracy()(said, truth).item();
  const double area = metrics::roc_auc()(probability, truth).item();
  const auto weight = (neuron.linear.weight / spread).to_vector<double>();
  std::printf("log odds of virginica = %.2f length + %.2f width + constant\n", weight[0],
              weight[1]);
  std::printf("%.0f %% of 100 flowers right at the threshold 0.5; area under the ROC curve %.3f\n",
              100 * accuracy, area);
  std::printf("the picture is logistic_regression.png\n");

  figure::Figure picture = figure::grid(1, 2, {.width = 840, .height = 340});
  figure::Grid grid = figure::Grid::around(petals);
  grid.values = sigmoid(neuron((grid.points() - middle) / spread));
  picture.axes(0, 0)
      .title("What the neuron believes")
      .x_label("petal length (cm)")
      .y_label("petal width (cm)")
      .contour(grid, {.at = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1},
                      .lines = false,
                      .colormap = figure::Colormap::red_blue,
                      .fade = 0.5,
                      .bar_label = "probability of virginica"})
      .contour(grid, {.at = {0.5}, .filled = false, .color = figure::Color{}, .width = 1.5})
      .scatter_classes(petals, truth, {.names = {"versicolor", "virginica"}});
  const Tensor roc = metrics::roc_curve()(probability, truth);  // (3, points)
  picture.axes(0, 1)
      .title("Every threshold at once: the ROC curve")
      .x_label("share of versicolor taken for virginica")
      .y_label("share of virginica found")
      .line(
          {0, 1}, {0, 1},
          {.label = "guessing", .color = figure::Color{150, 150, 150}, .width = 1, .dashed = true})
      .line(roc[0], roc[1], {.label = "the neuron"});
  picture.save("logistic_regression.png", 1.4);
  return accuracy >= 0.9 ? 0 : 1;
}
