// Trains a small network on handwritten digits, draws how it learnt, and keeps the best weights.
#include <fathom/fathom.h>
#include <fathom/figure/figure.h>

#include <cstdio>

using namespace fathom;

// A model is a plain struct: its fields are its layers, and their names the names of its weights.
struct Net {
  nn::Linear hidden{64, 100};
  nn::Dropout dropout{0.2};
  nn::Linear out{100, 10};
  Tensor operator()(const Tensor& x) const {  // (B, 64) -> (B, 10)
    return out(dropout(relu(hidden(x))));
  }
};

void draw(const train::History& history, const std::string& path) {
  figure::Figure picture(1, 2);
  for (int i = 0; i < 2; ++i) {
    const std::string name = i == 0 ? "loss" : "accuracy";
    picture.axes(0, i)
        .title(name)
        .x_label("epoch")
        .line(history[name], {.label = "training"})
        .line(history["val_" + name], {.label = "test"});
  }
  picture.save(path);
}

int main() try {
  seed(0);  // the same seed gives the same bits, for any number of threads
  const data::Split digits = data::digits();
  Net net;
  const train::History history =
      train::fit(net, digits.train,
                 {.optimizer = optim::AdamW{.learning_rate = 1e-3},
                  .metrics = {metrics::accuracy()},
                  .validation = digits.test,
                  .epochs = 30,
                  .callbacks = {train::BestCheckpoint{.path = "model.safetensors"}}});
  draw(history, "learning.png");
  std::printf("read %.1f %% of the test digits; see learning.png and model.safetensors\n",
              100 * history["val_accuracy"].back());
  return 0;
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
