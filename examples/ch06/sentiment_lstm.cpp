// Is a review of a film good or bad? Bags of words, an LSTM, and sentences of your own
//
// Chapter 6. Words become vectors, a review is their mean, an LSTM walks over the reviews of a
// batch as it would over time, and a linear layer decides. Needs FATHOM_DATA (text/ in it). With
// --ask it judges the lines that you type, until an empty one. Draws sentiment_lstm.svg.
//
// Usage: [--epochs N] [--seed N] [--data imdb|rotten_tomatoes] [--ask]
#include <fathom/fathom.h>

#include <cstdio>

#include "examples/arguments.h"
#include "fathom/data/sequences.h"
#include "fathom/data/texts.h"
#include "fathom/figure/figure.h"
#include "fathom/text/words.h"

using namespace fathom;

struct Net {
  nn::EmbeddingBag embedding;
  nn::LSTM rnn{64, 64};
  nn::Linear fc{64, 2};
  explicit Net(std::int64_t words) : embedding(words, 64, {.include_last_offset = true}) {}
  /// Logits (B, 2) of the reviews of a batch, which are one sequence to the LSTM.
  Tensor operator()(const data::Bags& reviews) const {
    return fc(rnn(embedding(reviews.tokens, reviews.offsets)).output);
  }
  static constexpr auto members() {
    return fathom::members<&Net::embedding, &Net::rnn, &Net::fc>();
  }
};

/// The words that a network knows, and a text as their numbers.
struct Reader {
  text::Vocab vocab;
  static std::vector<text::Words> words_of(const std::vector<std::string>& texts) {
    std::vector<text::Words> all;
    for (const std::string& text : texts) all.push_back(text::basic_english(text));
    return all;
  }
  /// Batches whose ids are padded to few lengths, for each of which a plan is made once.
  data::Source<data::Bags> operator()(const data::Texts& texts) const {
    std::vector<data::Ids> ids;
    for (const text::Words& words : words_of(texts.texts)) ids.push_back(vocab.ids(words));
    return data::bags(std::move(ids), texts.labels, {.multiple = 2048});
  }
};

double accuracy(const Net& net, const data::Source<data::Bags>& reviews) {
  const auto scope = nn::inference();
  std::int64_t right = 0;
  for (const data::Bags& batch : data::loader(reviews, {.batch_size = 64}))
    right += sum(argmax(net(batch), 1) == batch.labels).item<std::int64_t>();
  return static_cast<double>(right) / static_cast<double>(reviews.size);
}

void judge(const Net& net, const Reader& reader, const std::string& text) {
  const auto scope = nn::inference();
  const data::Texts one{
      .name = "", .texts = {text}, .labels = zeros({1}, DType::i64), .class_names = {}};
  for (const data::Bags& batch : data::loader(reader(one), {.batch_size = 1})) {
    const double good = select(softmax(net(batch)), 1, 1).item();
    std::printf("%5.1f %% positive  %s\n", 100 * good, text.c_str());
  }
}

int main(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv, {"--ask"}, {"--epochs", "--seed", "--data"});
  const int epochs = arguments.number("--epochs", 10);
  const auto chosen = static_cast<std::uint64_t>(arguments.number("--seed", 1));
  const auto [train, test] =
      arguments.text("--data", "imdb") == "imdb" ? data::imdb() : data::rotten_tomatoes();
  const std::vector<text::Words> words = Reader::words_of(train.texts);
  const Reader reader{text::Vocab(words, {.specials = {"<unk>"}, .default_index = 0})};
  const auto reviews = reader(train), others = reader(test);
  seed(chosen);
  Net net(static_cast<std::int64_t>(reader.vocab.size()));
  std::printf("%lld reviews to learn from, %lld others; %lld words\n",
              static_cast<long long>(reviews.size), static_cast<long long>(others.size),
              static_cast<long long>(reader.vocab.size()));

  optim::Adam adam;
  const auto loss_fn = [](const Net& net, const data::Bags& batch) {
    return cross_entropy(net(batch), batch.labels);
  };
  figure::Values losses, accuracies;
  data::LoaderOf<data::Bags> loader(reviews, {.batch_size = 64, .shuffle = true, .seed = chosen});
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double sum_of_losses = 0;
    for (const data::Bags& batch : loader) {
      const auto [loss, gradients] = value_and_grad(loss_fn)(net, batch);
      adam.step(net, gradients);
      sum_of_losses += loss.item();
    }
    losses.push_back(sum_of_losses / static_cast<double>(loader.batches()));
    accuracies.push_back(100 * accuracy(net, others));
    std::printf("epoch %d  loss %.4f  accuracy on the others %.2f %%\n", epoch, losses.back(),
                accuracies.back());
    std::fflush(stdout);
  }

  for (const char* text :
       {"A wonderful film, one of the best that I have ever seen.",
        "Boring from the first minute to the last: a waste of time.",
        "The actors are great, but the story is awful and makes no sense.",
        "I did not expect much, and was surprised how funny and touching it is."})
    judge(net, reader, text);
  if (arguments.has("--ask")) {
    std::printf("What do you think of a film? (an empty line ends)\n");
    char line[4096];
    while (std::fgets(line, sizeof line, stdin)) {
      std::string text = line;
      while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
      if (text.empty()) break;
      judge(net, reader, text);
    }
  }

  figure::Figure picture(1, 2, {.width = 1000, .height = 400});
  picture.axes(0, 0).title("Loss of training").x_label("epoch").line(losses);
  picture.axes(0, 1).title("Accuracy on other reviews, %").x_label("epoch").line(accuracies);
  picture.save("sentiment_lstm.svg");
  std::printf("drawn in sentiment_lstm.svg\n");
  return 0;
}
