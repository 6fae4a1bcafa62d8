// An LSTM learns Shakespeare letter by letter, and writes lines of its own
//
// Chapter 6. 32 readers go through the text side by side; each goes on with the state that it had
// at the end of its last 64 letters, but gradients end there: truncated backpropagation through
// time. Needs FATHOM_DATA (text/tinyshakespeare.txt in it). --epochs is 4 if not given, of
// all windows or --limit. Draws shakespeare_lstm.svg.
//
// Usage: [--epochs N] [--limit N] [--seed N]
#include <fathom/fathom.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "examples/arguments.h"
#include "examples/shakespeare.h"

using namespace fathom;

constexpr std::int64_t readers = 32, window = 64, hidden = 256;

struct Net {
  nn::Embedding letters;
  nn::LSTM lstm{64, hidden, {.batch_first = true}};
  nn::Linear out;
  explicit Net(std::int64_t count) : letters(count, 64), out(hidden, count) {}
  static constexpr auto members() {
    return fathom::members<&Net::letters, &Net::lstm, &Net::out>();
  }

  /// Scores (B, n, letters) of what follows each of n letters; the state moves on behind them.
  Tensor operator()(const Tensor& text, nn::RecurrentInputs& state) const {
    const nn::RecurrentOutputs r = lstm(letters(text), state);
    state = {.h0 = r.h_n, .c0 = r.c_n};
    return out(r.output);
  }
};

/// A text as columns of windows: each row is a reader's share, one letter longer than it is cut.
Tensor shares(const Tensor& text) {
  const std::int64_t windows = (text.size() - 1) / readers / window, share = windows * window;
  std::vector<Tensor> rows;
  for (std::int64_t r = 0; r < readers; ++r)
    rows.push_back(slice(text, 0, r * share, (r + 1) * share + 1));
  return stack(rows).eval();
}

int main(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv, {}, {"--epochs", "--limit", "--seed"});
  const int epochs = arguments.number("--epochs", 4), limit = arguments.number("--limit", 1 << 30);
  const auto chosen = static_cast<std::uint64_t>(arguments.number("--seed", 1));
  const examples::Letters letters = examples::shakespeare();
  const auto count = static_cast<std::int64_t>(letters.characters.size());
  seed(chosen);
  Net net(count);
  optim::Adam adam{.learning_rate = 4e-3};
  const nn::RecurrentInputs begin{.h0 = zeros({1, readers, hidden}),
                                  .c0 = zeros({1, readers, hidden})};
  nn::RecurrentInputs state;
  const auto loss_fn = [&](const Net& net, const Tensor& text) {
    const Tensor scores = net(slice(text, 1, 0, window), state);
    return cross_entropy(reshape(scores, {-1, count}), flatten(slice(text, 1, 1, window + 1)));
  };
  /// Calls step(window) for each window of all readers' shares, from the state of zeros on.
  const auto read = [&](const Tensor& text, const auto& step) {
    state = begin;
    double sum_of_losses = 0;
    const auto windows = std::min<std::int64_t>((text.size(1) - 1) / window, limit);
    for (std::int64_t w = 0; w < windows; ++w) {
      sum_of_losses += step(slice(text, 1, w * window, (w + 1) * window + 1).eval());
      state = {.h0 = stop_gradient(state.h0), .c0 = stop_gradient(state.c0)};
      if (w % 50 == 49)
        std::fprintf(stderr, "\r%lld of %lld windows ", static_cast<long long>(w + 1),
                     static_cast<long long>(windows));
    }
    std::fprintf(stderr, "\r");
    return sum_of_losses / static_cast<double>(windows);
  };

  const Tensor train = shares(letters.train), test = shares(letters.test);
  figure::Values losses, test_losses;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    losses.push_back(read(train, [&](const Tensor& text) {
      auto [loss, gradients] = value_and_grad(loss_fn)(net, text);
      optim::clip_gradient_norm(gradients, 1);
      adam.step(net, gradients);
      return loss.item();
    }));
    adam.learning_rate *= 0.6;
    const auto scope = nn::inference();
    test_losses.push_back(
        read(test, [&](const Tensor& text) { return loss_fn(net, text).item(); }));
    std::printf("epoch %d  loss %.3f, of unread text %.3f: %.2f bits a letter\n", epoch,
                losses.back(), test_losses.back(), test_losses.back() / std::log(2.0));
    std::fflush(stdout);
  }

  examples::write(letters, "ROMEO:\n", nn::RecurrentInputs{}, net, chosen);
  examples::draw_losses(losses, test_losses, "shakespeare_lstm.svg");
  return 0;
}
