// A translator between two notations: dates as people write them become ISO 8601
//
// Chapter 7. A GRU reads a date letter by letter in both directions, another writes the ISO date
// and looks back by Luong's attention; a beam search finds the likeliest. --epochs is 8 if not
// given, of 100 steps or --limit. Draws date_translator.svg: where it looks.
//
// Usage: [--epochs N] [--limit N] [--seed N]
#include <fathom/fathom.h>

#include <cstdio>

#include "examples/arguments.h"
#include "examples/ch07/dates.h"
#include "fathom/figure/figure.h"

using namespace fathom;

using namespace examples;

constexpr std::int64_t batch = 64, size = 128;

struct Net {
  static constexpr auto signs = 44;
  nn::Embedding source{signs, 32}, target{signs, 32};
  nn::GRU encoder{32, size / 2, {.batch_first = true, .bidirectional = true}};
  nn::Linear bridge{size, size};
  nn::GRU decoder{32, size, {.batch_first = true}};
  nn::LuongAttention attention{size, size};
  nn::Linear combine{2 * size, size}, out{size, signs};

  /// What was read, and how far the decoder is.
  struct State {
    nn::Memory memory;
    nn::RecurrentInputs decoder;
  };
  State encode(const Dates& dates) const {
    const auto read = encoder(source(dates.read), {.lengths = dates.lengths});
    const Tensor both = reshape(transpose(read.h_n, 0, 1), {-1, size});
    return {attention.remember(read.output, dates.lengths),
            {.h0 = unsqueeze(tanh(bridge(both)), 0)}};
  }
  /// Scores (B, n, signs) of what follows each of n characters, and where it looks for it.
  nn::AttentionOutput decode(const Tensor& tokens, State& state) const {
    const auto written = decoder(target(tokens), state.decoder);
    state.decoder.h0 = written.h_n;
    const auto [context, weights] = attention(written.output, state.memory);
    return {out(tanh(combine(concat({context, written.output}, 2)))), weights};
  }
};

/// The best of `beams` for each date.
std::vector<std::string> translated(const Net& net, const Dates& dates, std::int64_t beams) {
  const auto scope = nn::inference();
  const auto step = [&](const Tensor& tokens, Net::State& state) {
    return net.decode(tokens, state).y;
  };
  std::vector<std::string> results;
  for (const auto& best :
       generate::sequences({dates.texts.size(), {1}}, net.encode(dates), step,
                           {.max_new_tokens = 12, .stop_tokens = {2}, .num_beams = beams})) {
    std::string& text = results.emplace_back();
    for (const std::int64_t token : best.front().tokens)
      if (token > 2) text += characters[static_cast<std::size_t>(token)];
  }
  return results;
}

int main(int argc, char** argv) {
  const Arguments arguments(argc, argv, {}, {"--epochs", "--limit", "--seed"});
  const int epochs = arguments.number("--epochs", 8), steps = arguments.number("--limit", 100);
  nn::Rng rng{.seed = static_cast<std::uint64_t>(arguments.number("--seed", 1))};
  seed(rng.seed);
  Net net;
  optim::Adam adam{.learning_rate = 3e-3};
  const auto loss_fn = [](const Net& net, const Dates& dates) {
    Net::State state = net.encode(dates);
    const Tensor scores = net.decode(slice(dates.written, 1, 0, 11), state).y;  // teacher forcing
    return cross_entropy(reshape(scores, {-1, Net::signs}),
                         flatten(slice(dates.written, 1, 1, 12)));
  };
  const Dates test = drawn(500, true, rng);
  const auto right = [&](std::int64_t beams) {
    const std::vector<std::string> results = translated(net, test, beams);
    std::int64_t count = 0;
    for (std::size_t i = 0; i < results.size(); ++i) count += results[i] == test.texts[i].iso;
    return static_cast<double>(count) / 5;
  };
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double sum_of_losses = 0;
    adam.learning_rate = 3e-3 * (epoch > epochs / 2 ? 0.3 : 1);
    for (int step = 0; step < steps; ++step) {
      const auto [loss, gradients] = value_and_grad(loss_fn)(net, drawn(batch, false, rng));
      adam.step(net, gradients);
      sum_of_losses += loss.item();
    }
    std::printf("epoch %2d  loss %.4f  %.1f %% of 500 new dates are right\n", epoch,
                sum_of_losses / steps, right(1));
    std::fflush(stdout);
  }
  std::printf("with 4 beams %.1f %%\n", right(4));

  std::vector<Date> shown;
  for (std::int64_t form = 0; form < forms; ++form) shown.push_back(date(12170 + 3 * form, form));
  const Dates asked = rows_of(shown);
  const std::vector<std::string> results = translated(net, asked, 4);
  for (std::size_t i = 0; i < results.size(); ++i)
    std::printf("%-45s %s\n", shown[i].written.c_str(), results[i].c_str());

  const auto scope = nn::inference();
  Net::State state = net.encode(asked);
  const Tensor weights = net.decode(slice(asked.written, 1, 0, 11), state).weights;
  const auto letters = [](const std::string& text) {
    std::vector<std::string> names;
    for (const char c : text) names.emplace_back(1, c);
    return names;
  };
  figure::Figure picture(2, 1, {.width = 900, .height = 700});
  for (int i = 0; i < 2; ++i) {
    const std::size_t form = i == 0 ? 1 : 5;
    const auto width = static_cast<std::int64_t>(shown[form].written.size());
    picture.axes(i, 0)
        .title("Where it looks while it writes " + shown[form].iso)
        .heat_map(weights[{static_cast<std::int64_t>(form), range(0, 10), range(0, width)}],
                  {.row_names = letters(shown[form].iso),
                   .column_names = letters(shown[form].written),
                   .show_values = false});
  }
  picture.save("date_translator.svg");
  std::printf("drawn in date_translator.svg\n");
  return 0;
}
