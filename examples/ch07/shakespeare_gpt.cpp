// A small GPT learns Shakespeare letter by letter, and writes lines of its own
//
// Chapter 7. Four blocks of attention and feed-forward layers; each place predicts the next letter
// and sees those up to 64 before. Letters that it writes go through key-value caches. Needs
// FATHOM_DATA (text/tinyshakespeare.txt in it). --epochs is 5 if not given, of 300
// steps or --limit. Draws shakespeare_gpt.svg.
//
// Usage: [--epochs N] [--limit N] [--seed N]
#include <fathom/fathom.h>

#include <cmath>
#include <cstdio>

#include "examples/arguments.h"
#include "examples/shakespeare.h"

using namespace fathom;

constexpr std::int64_t size = 128, heads = 4, layers = 4, context = 64, batch = 32;

using Caches = std::vector<nn::KeyValueCache>;

struct Block {
  nn::LayerNorm norm1{size}, norm2{size};
  nn::Linear qkv{size, 3 * size, false}, proj{size, size, false};
  nn::Linear up{size, 4 * size, false}, down{4 * size, size, false};

  /// x (B, n, size), behind what the cache has if there is one.
  Tensor operator()(const Tensor& x, nn::KeyValueCache* cache) const {
    const std::int64_t rows = x.size(0), n = x.size(1);
    const Tensor all = reshape(qkv(norm1(x)), {rows, n, 3, heads, size / heads});
    const auto part = [&](std::int64_t i) { return transpose(select(all, 2, i), 1, 2); };
    // Queries and keys are rotated by their place: products tell the distance alone.
    const Tensor places = arange(n) + (cache ? cache->length() : 0);
    const auto placed = [&](const Tensor& t) {
      return rotate_positions(t, places, rotary_frequencies(size / heads));
    };
    Tensor seen;
    if (cache) {
      cache->append(placed(part(1)), part(2));
      seen = cache->attend(placed(part(0)), {.before = context - 1});
    } else {
      seen =
          scaled_dot_product_attention(placed(part(0)), placed(part(1)), part(2), {.causal = true});
    }
    const Tensor y = x + proj(reshape(transpose(seen, 1, 2), {rows, n, size}));
    return y + down(gelu(up(norm2(y))));
  }
};

struct Net {
  nn::Embedding letters;
  std::vector<Block> blocks{layers};
  nn::LayerNorm norm{size};
  explicit Net(std::int64_t count) : letters(count, size) {
    letters.weight = letters.weight * 0.02;
  }
  static constexpr auto members() {
    return fathom::members<&Net::letters, &Net::blocks, &Net::norm>();
  }

  /// Scores (B, n, letters) of what follows each of n letters.
  Tensor operator()(const Tensor& text, Caches* caches = nullptr) const {
    Tensor x = letters(text);
    for (std::size_t i = 0; i < blocks.size(); ++i)
      x = blocks[i](x, caches ? &(*caches)[i] : nullptr);
    return linear(norm(x), letters.weight);  // what reads letters tells them, too
  }
};

/// Windows of a text that begin at the given places, one letter longer than the context.
Tensor windows(const Tensor& text, const Tensor& starts) {
  return take(text, unsqueeze(starts, 1) + arange(context + 1)).eval();
}

int main(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv, {}, {"--epochs", "--limit", "--seed"});
  const int epochs = arguments.number("--epochs", 5), steps = arguments.number("--limit", 300);
  nn::Rng rng{.seed = static_cast<std::uint64_t>(arguments.number("--seed", 1))};
  const examples::Letters letters = examples::shakespeare();
  const auto count = static_cast<std::int64_t>(letters.characters.size());
  seed(rng.seed);
  Net net(count);
  optim::AdamW adam{.beta2 = 0.99, .weight_decay = 0.1};
  const optim::Schedule rate = optim::schedule::warm_up_cosine(3e-3, 100, epochs * steps);
  const auto loss_fn = [&](const Net& net, const Tensor& text) {
    const Tensor scores = net(slice(text, 1, 0, context));
    return cross_entropy(reshape(scores, {-1, count}), flatten(slice(text, 1, 1, context + 1)));
  };
  const Tensor test = windows(letters.test, arange(200) * (letters.test.size() / 200 - 1));

  figure::Values losses, test_losses;
  std::int64_t done = 0;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double sum_of_losses = 0;
    for (int step = 0; step < steps; ++step) {
      adam.learning_rate = rate(done++);
      const Tensor starts = randint(0, letters.train.size() - context, {batch}, rng.next());
      auto [loss, gradients] = value_and_grad(loss_fn)(net, windows(letters.train, starts));
      optim::clip_gradient_norm(gradients, 1);
      adam.step(net, gradients);
      sum_of_losses += loss.item();
      if (step % 50 == 49) std::fprintf(stderr, "\r%d of %d steps ", step + 1, steps);
    }
    std::fprintf(stderr, "\r");
    losses.push_back(sum_of_losses / steps);
    const auto scope = nn::inference();
    test_losses.push_back(loss_fn(net, test).item());
    std::printf("epoch %d  loss %.3f, of unread text %.3f: %.2f bits a letter\n", epoch,
                losses.back(), test_losses.back(), test_losses.back() / std::log(2.0));
    std::fflush(stdout);
  }

  examples::write(
      letters, "ROMEO:\n", Caches(layers, nn::KeyValueCache(512)),
      [&](const Tensor& text, Caches& caches) { return net(text, &caches); }, rng.seed);
  examples::draw_losses(losses, test_losses, "shakespeare_gpt.svg");
  return 0;
}
