// A small BERT learns to fill gaps in film reviews, then tells whether they praise or complain
//
// Chapter 7. Pre-training hides words, and the network tells which they were; fine-tuning puts a
// layer of two numbers on what it knows. The same network without pre-training shows what that is
// worth. Needs FATHOM_DATA (text/rt-polarity.pos and .neg in it: Rotten Tomatoes). --epochs of
// pre-training are 6 if not given; --limit batches of reviews take part, or all.
// Draws small_bert.svg.
//
// Usage: [--epochs N] [--limit N] [--seed N]
#include <fathom/fathom.h>

#include <algorithm>
#include <cstdio>

#include "examples/arguments.h"
#include "examples/ch07/reviews.h"
#include "fathom/figure/figure.h"

using namespace fathom;
using namespace examples;

constexpr std::int64_t size = 128, heads = 4, layers = 2, vocabulary = 4000, longest = 40;
constexpr std::int64_t batch = 32, told = 16;

struct Net {
  nn::Embedding words{vocabulary, size, {.padding_idx = pad_id}}, places{longest, size};
  nn::LayerNorm norm{size}, told_norm{size};
  nn::Dropout drop{0.1};
  nn::TransformerEncoder encoder{{size,
                                  heads,
                                  {.dim_feedforward = 2 * size,
                                   .activation = [](const Operand& x) { return gelu(x); },
                                   .batch_first = true}},
                                 layers};
  nn::Linear transform{size, size}, pooler{size, size}, sentiment{size, 2};
  Param word_bias = zeros({vocabulary});

  /// What each place knows: (B, L) -> (B, L, size).
  Tensor operator()(const Tensor& ids, const Tensor& present) const {
    const Tensor x = words(ids) + slice(places.weight, 0, 0, ids.size(1));
    return encoder(drop(norm(x)), {.key_padding = logical_not(present)});
  }
  /// Scores (n, vocabulary) of words at n places.
  Tensor tell(const Tensor& x) const {
    return linear(told_norm(gelu(transform(x))), words.weight, word_bias);
  }
  /// Scores (B, 2) of complaint and praise, from what the first place knows.
  Tensor judge(const Tensor& ids, const Tensor& present) const {
    return sentiment(drop(tanh(pooler(select((*this)(ids, present), 1, 0)))));
  }
};

/// Loss of the words that were hidden; a row has 16 at most, and places that count for nothing.
Tensor masked_loss(const Net& net, const data::TokenBatch& b) {
  const std::int64_t rows = b.ids.size(0), length = b.ids.size(1);
  const Tensor places = topk(cast(b.labels >= 0, DType::i32), told, 1).indices;
  const Tensor flat = flatten(places + reshape(arange(rows) * length, {-1, 1}));
  const Tensor x = embedding(flat, reshape(net(b.ids, b.present), {-1, size}));
  return cross_entropy(net.tell(x), take(b.labels, flat));
}

Tensor judged_loss(const Net& net, const ReviewRows& b) {
  return cross_entropy(net.judge(b.ids, b.present), b.labels);
}

/// One pass over all batches; returns the mean loss.
template <class B, class Loss>
double learnt_once(Net& net, optim::AdamW& adam, data::LoaderOf<B>& loader, nn::Rng& rng,
                   const Loss& loss_fn) {
  double sum_of_losses = 0;
  for (const B& batch : loader) {
    const auto scope = nn::training(rng);
    const auto [loss, gradients] = value_and_grad(loss_fn)(net, batch);
    adam.step(net, gradients);
    sum_of_losses += loss.item();
  }
  return sum_of_losses / static_cast<double>(loader.batches());
}

double accuracy(const Net& net, const ReviewRows& test) {
  const auto scope = nn::inference();
  std::int64_t right = 0;
  for (const ReviewRows& b : data::loader(data::rows(test), {.batch_size = 128}))
    right += sum(argmax(net.judge(b.ids, b.present), 1) == b.labels).item<std::int64_t>();
  return 100.0 * static_cast<double>(right) / static_cast<double>(test.labels.size());
}

/// Per cent of reviews judged rightly after each epoch.
figure::Values fine_tuned(const char* how, Net net, const ReviewRows& train, const ReviewRows& test,
                          std::uint64_t seed) {
  optim::AdamW adam{.learning_rate = 5e-4};
  nn::Rng rng{.seed = seed};
  figure::Values accuracies;
  data::LoaderOf<ReviewRows> loader(
      data::rows(train), {.batch_size = batch, .shuffle = true, .drop_last = true, .seed = seed});
  for (int epoch = 1; epoch <= 3; ++epoch) {
    const double loss = learnt_once(net, adam, loader, rng, judged_loss);
    accuracies.push_back(accuracy(net, test));
    std::printf("%-22s epoch %d  loss %.3f  %.1f %% of the test reviews\n", how, epoch, loss,
                accuracies.back());
    std::fflush(stdout);
  }
  return accuracies;
}

int main(int argc, char** argv) {
  const Arguments arguments(argc, argv, {}, {"--epochs", "--limit", "--seed"});
  const int epochs = arguments.number("--epochs", 6);
  nn::Rng rng{.seed = static_cast<std::uint64_t>(arguments.number("--seed", 1))};
  auto [learnt, kept] = reviews(vocabulary, longest);
  const auto limit = static_cast<std::size_t>(arguments.number("--limit", 1 << 20)) * batch;
  for (Reviews* part : {&learnt, &kept}) {
    part->ids.resize(std::min(part->ids.size(), limit));
    part->labels.resize(part->ids.size());
  }
  seed(rng.seed);
  Net net;
  for (nn::Embedding* table : {&net.words, &net.places}) table->weight = table->weight * 0.05;
  const Net fresh = net;
  optim::AdamW adam{.learning_rate = 1e-3};
  const data::MaskedLanguageCollator collator({.mask_id = mask_id,
                                               .vocabulary = vocabulary,
                                               .special_ids = {cls_id, sep_id},
                                               .padding = {.id = pad_id, .length = longest}});
  data::LoaderOf<data::TokenBatch> loader(
      data::token_source(learnt.ids, collator),
      {.batch_size = batch, .shuffle = true, .drop_last = true, .seed = rng.seed});
  figure::Values losses;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    losses.push_back(learnt_once(net, adam, loader, rng, masked_loss));
    std::printf("pre-training           epoch %d  loss of hidden words %.3f\n", epoch,
                losses.back());
    std::fflush(stdout);
  }

  const ReviewRows train = rows_of(learnt, longest), test = rows_of(kept, longest);
  figure::Figure picture(1, 2, {.width = 1000, .height = 380});
  picture.axes(0, 0).title("Loss of hidden words").x_label("epoch").line(losses);
  picture.axes(0, 1)
      .title("Test reviews judged rightly, %")
      .x_label("epoch")
      .line(fine_tuned("fine-tuning", net, train, test, rng.seed), {.label = "pre-trained"})
      .line(fine_tuned("without pre-training", fresh, train, test, rng.seed),
            {.label = "from scratch"});
  picture.save("small_bert.svg");
  std::printf("drawn in small_bert.svg\n");
  return 0;
}
