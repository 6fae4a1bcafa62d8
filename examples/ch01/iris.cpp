// A 4-5-3 network tells three kinds of iris apart: from a CSV file to flowers it has not seen
//
// Chapter 1: the whole way of supervised learning on 150 flowers. Four lengths in, three classes
// out; 120 flowers to learn from, 30 to judge by. The loss and the test flowers are drawn to
// iris.svg.
#include <fathom/fathom.h>

#include <cstdio>

#include "fathom/figure/figure.h"

using namespace fathom;

struct Net {
  nn::Linear hidden{4, 5};
  nn::Linear out{5, 3};
  Tensor operator()(const Tensor& x) const { return out(relu(hidden(x))); }  // (B, 4) -> (B, 3)
};

int main() {
  // Text to tensors: the four lengths as numbers, the name of the kind as a class 0, 1 or 2.
  const io::CsvTable table = data::iris_table();
  const Tensor lengths = io::columns_to_f32(table, {0, 1, 2, 3});  // (150, 4), in cm
  const auto [kinds, names] = io::column_to_classes(table, 4);     // (150,)

  // The file is sorted by kind: shuffle it, then keep the last 30 flowers for the test.
  seed(1);
  const Tensor order = randperm(150, next_key());
  const Tensor x = lengths[order], y = kinds[order];
  const Tensor train_x = x[range(0, 120)], train_y = y[range(0, 120)];
  const Tensor test_x = x[range(120)], test_y = y[range(120)];

  Net net;
  optim::Sgd sgd{.learning_rate = 0.1, .momentum = 0.9};
  const auto loss_of = [](const Net& net, const Tensor& x, const Tensor& y) {
    return cross_entropy(net(x), y);
  };
  figure::Values train_loss, test_loss;
  for (int epoch = 1; epoch <= 50; ++epoch) {
    const auto [loss, gradients] = value_and_grad(loss_of)(net, train_x, train_y);
    sgd.step(net, gradients);
    train_loss.push_back(loss.item());
    test_loss.push_back(loss_of(net, test_x, test_y).item());
    if (epoch % 10 == 0)
      std::printf("epoch %2d  loss %.4f, of the test flowers %.4f\n", epoch, loss.item(),
                  test_loss.back());
  }

  const Tensor read = argmax(net(test_x), 1);  // (30,)
  const Tensor wrong = read != test_y;
  const auto confusion = metrics::confusion_matrix()(read, test_y).to_vector<int>();
  std::printf("\n%-15s  read as: setosa  versicolor  virginica\n", "is");
  for (std::size_t kind = 0; kind < 3; ++kind)
    std::printf("%-15s  %15d  %10d  %9d\n", names[kind].c_str(), confusion[3 * kind],
                confusion[3 * kind + 1], confusion[3 * kind + 2]);
  const int errors = sum(wrong).item<int>();
  std::printf("%d errors among 30 test flowers; the picture is iris.svg\n", errors);

  figure::Figure picture = figure::grid(1, 2);
  picture.axes(0, 0)
      .title("The loss while the network learns")
      .x_label("epoch")
      .y_label("cross entropy")
      .line(train_loss, {.label = "120 flowers it learns from"})
      .line(test_loss, {.label = "30 test flowers", .dashed = true});
  figure::Axes& flowers = picture.axes(0, 1);
  flowers.title("The test flowers").x_label("petal length (cm)").y_label("petal width (cm)");
  flowers.scatter_classes(test_x[{range(), 2}], test_x[{range(), 3}], test_y, {.names = names});
  if (errors > 0)
    flowers.scatter(test_x[wrong][{range(), 2}], test_x[wrong][{range(), 3}],
                    {.label = "read wrongly", .size = 11, .marker = figure::Marker::ring});
  picture.save("iris.svg");
  return errors <= 2 ? 0 : 1;
}
