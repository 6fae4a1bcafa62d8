// A transformer learns to copy: encoder, decoder, and a word at a time behind it
//
// Chapter 7. An argument sets the number of epochs, 20 by default. Draws transformer_copy.svg.
#include <fathom/fathom.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "fathom/figure/figure.h"

using namespace fathom;

constexpr std::int64_t words = 11, length = 10, size = 512, batch = 32, steps = 20;

struct Net {
  nn::Embedding source{words, size}, target{words, size};
  nn::Dropout drop{0.1};
  nn::Transformer transformer{{.d_model = size,
                               .nhead = 8,
                               .num_encoder_layers = 2,
                               .num_decoder_layers = 2,
                               .layer = {.batch_first = true}}};
  nn::Linear out{size, words};

  Tensor embed(const nn::Embedding& table, const Tensor& sequences) const {
    const Tensor positions = sinusoid_positions(sequences.shape()[1], size);
    return drop(table(sequences) * std::sqrt(static_cast<double>(size)) + positions);
  }
  Tensor encode(const Tensor& sequences) const {
    return transformer.encoder(embed(source, sequences));
  }
  /// Logits (B, T, words) of what follows each word so far, which sees none behind it.
  Tensor decode(const Tensor& memory, const Tensor& so_far) const {
    return out(transformer.decoder(embed(target, so_far), memory, {.causal = true}));
  }
};

/// Sequences that begin with word 1; 0 is none.
Tensor sequences(std::int64_t count, nn::Rng& rng) {
  const Tensor drawn = randint(1, words, {count, length - 1}, rng.next());
  return concat({ones({count, 1}, DType::i64), drawn}, 1).eval();
}

/// The likeliest word behind those so far, again and again.
Tensor greedy(const Net& net, const Tensor& source) {
  const Tensor memory = net.encode(source).eval();
  Tensor so_far = slice(source, 1, 0, 1);
  for (std::int64_t i = 1; i < length; ++i) {
    const Tensor last = select(net.decode(memory, so_far), 1, i - 1);
    so_far = concat({so_far, unsqueeze(argmax(last, -1), 1)}, 1).eval();
  }
  return so_far;
}

int main(int argc, char** argv) {
  const int epochs = argc > 1 ? std::atoi(argv[1]) : 20;
  seed(0);
  Net net;
  for (nn::Embedding* table : {&net.source, &net.target})
    table->weight = nn::init::xavier_uniform({words, size});
  nn::Rng rng;
  optim::Adam adam{.beta2 = 0.98};
  const optim::Schedule rate = optim::schedule::inverse_sqrt(6e-4, 60);
  const auto loss_fn = [](const Net& net, const Tensor& x) {
    const Tensor logits = net.decode(net.encode(x), slice(x, 1, 0, length - 1));
    return cross_entropy(reshape(logits, {-1, words}), flatten(slice(x, 1, 1, length)));
  };

  figure::Values losses;
  std::int64_t done = 0;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double sum_of_losses = 0;
    for (std::int64_t step = 0; step < steps; ++step) {
      const Tensor x = sequences(batch, rng);
      const auto scope = nn::training(rng);
      adam.learning_rate = rate(done++);
      const auto [loss, gradients] = value_and_grad(loss_fn)(net, x);
      adam.step(net, gradients);
      sum_of_losses += loss.item();
    }
    losses.push_back(sum_of_losses / static_cast<double>(steps));
    std::printf("epoch %2d  loss %.4f\n", epoch, losses.back());
    std::fflush(stdout);
  }

  const auto scope = nn::inference();
  const Tensor asked = sequences(20, rng), copied = greedy(net, asked);
  std::printf("a sequence   %s\nits copy     %s\n", to_string(select(asked, 0, 0)).c_str(),
              to_string(select(copied, 0, 0)).c_str());
  std::printf("of 20 new sequences %lld are copied without an error\n",
              static_cast<long long>(sum(all(asked == copied, 1)).item<std::int64_t>()));

  figure::Figure picture(1, 1, {.width = 560, .height = 360});
  picture.axes(0, 0).title("Loss of training").x_label("epoch").line(losses);
  picture.save("transformer_copy.svg");
  std::printf("drawn in transformer_copy.svg\n");
  return 0;
}
