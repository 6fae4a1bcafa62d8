// Ten training steps of the networks of chapters 6 and 7 against PyTorch; bits for any threads.
#include <doctest/doctest.h>

#include <cmath>

#include "fathom/backend/cpu/pool.h"
#include "tests/optim/golden_runs.h"

using namespace fathom;
using test::Golden;

namespace {

constexpr std::int64_t words = 20;

Tensor flat(const Tensor& scores) { return reshape(scores, {-1, scores.size(-1)}); }
/// All but the last, and all but the first word of sequences.
Tensor before(const Tensor& text) { return slice(text, 1, 0, text.size(1) - 1); }
Tensor behind(const Tensor& text) { return flatten(slice(text, 1, 1, text.size(1))); }

struct ShakespeareLstm {
  nn::Embedding letters{words, 12};
  nn::LSTM lstm{12, 24, {.batch_first = true}};
  nn::Linear out{24, words};
};

struct GptBlock {
  nn::LayerNorm norm1{24}, norm2{24};
  nn::Linear qkv{24, 72, false}, proj{24, 24, false}, up{24, 96, false}, down{96, 24, false};
  Tensor operator()(const Tensor& x) const {
    const std::int64_t rows = x.size(0), n = x.size(1);
    const Tensor all = reshape(qkv(norm1(x)), {rows, n, 3, 2, 12});
    const auto part = [&](std::int64_t i) { return transpose(select(all, 2, i), 1, 2); };
    const auto placed = [&](std::int64_t i) {
      return rotate_positions(part(i), arange(n), rotary_frequencies(12));
    };
    const Tensor seen =
        scaled_dot_product_attention(placed(0), placed(1), part(2), {.causal = true});
    const Tensor y = x + proj(reshape(transpose(seen, 1, 2), {rows, n, 24}));
    return y + down(gelu(up(norm2(y))));
  }
};
struct ShakespeareGpt {
  nn::Embedding letters{words, 24};
  std::vector<GptBlock> blocks{2};
  nn::LayerNorm norm{24};
  Tensor operator()(const Tensor& text) const {
    Tensor x = letters(text);
    for (const GptBlock& block : blocks) x = block(x);
    return linear(norm(x), letters.weight);
  }
};

struct DateTranslator {
  nn::Embedding source{words, 10}, target{words, 10};
  nn::GRU encoder{10, 8, {.batch_first = true, .bidirectional = true}};
  nn::Linear bridge{16, 16};
  nn::GRU decoder{10, 16, {.batch_first = true}};
  nn::LuongAttention attention{16, 16};
  nn::Linear combine{32, 16}, out{16, words};
  Tensor operator()(const Tensor& read, const Tensor& lengths, const Tensor& written) const {
    const auto memory = encoder(source(read), {.lengths = lengths});
    const Tensor both = reshape(transpose(memory.h_n, 0, 1), {-1, 16});
    const Tensor y = decoder(target(written), {.h0 = unsqueeze(tanh(bridge(both)), 0)}).output;
    const Tensor context = attention(y, attention.remember(memory.output, lengths)).y;
    return out(tanh(combine(concat({context, y}, 2))));
  }
};

struct SmallBert {
  nn::Embedding words{::words, 24}, places{10, 24};
  nn::LayerNorm norm{24}, told_norm{24};
  nn::TransformerEncoder encoder{{24,
                                  2,
                                  {.dim_feedforward = 48,
                                   .dropout = 0,
                                   .activation = [](const Operand& x) { return gelu(x); },
                                   .batch_first = true}},
                                 2};
  nn::Linear transform{24, 24}, pooler{24, 24}, sentiment{24, 2};
  Param word_bias = zeros({::words});
  Tensor operator()(const Tensor& ids, const Tensor& lengths) const {
    const Tensor absent = arange(ids.size(1)) >= unsqueeze(lengths, 1);
    return encoder(norm(words(ids) + places.weight), {.key_padding = absent});
  }
};

struct TransformerCopy {
  nn::Embedding source{words, 24}, target{words, 24};
  nn::Transformer transformer{
      {.d_model = 24,
       .nhead = 2,
       .num_encoder_layers = 1,
       .num_decoder_layers = 1,
       .layer = {.dim_feedforward = 48, .dropout = 0, .batch_first = true}}};
  nn::Linear out{24, words};
  static Tensor embed(const nn::Embedding& table, const Tensor& x) {
    return table(x) * std::sqrt(24.0) + sinusoid_positions(x.size(1), 24);
  }
  Tensor operator()(const Tensor& x, const Tensor& so_far) const {
    return out(transformer.decoder(embed(target, so_far), transformer.encoder(embed(source, x)),
                                   {.causal = true}));
  }
};

/// Ten steps of loss(net, step) on 1, 2, 3 and 8 threads: PyTorch's losses, and equal bits.
template <class M, class Optimizer, class Loss>
void run(const Golden& golden, const M& begin, const Optimizer& optimizer, const Loss& loss_fn,
         double clip = 0) {
  const auto wanted = golden["loss"].to_vector<float>();
  std::vector<float> first;
  for (const int threads : {1, 2, 3, 8}) {
    cpu::set_threads(threads);
    M net = begin;
    Optimizer steps = optimizer;
    nn::load_state(net, golden.initial(), "golden");
    std::vector<float> losses;
    for (int step = 0; step < 10; ++step) {
      auto [loss, gradients] = value_and_grad(loss_fn)(net, step);
      if (clip > 0) optim::clip_gradient_norm(gradients, clip);
      steps.step(net, gradients);
      losses.push_back(static_cast<float>(loss.item()));
      INFO("step ", step);
      CHECK(std::abs(losses.back() / wanted[static_cast<std::size_t>(step)] - 1) < 1e-5F);
    }
    if (first.empty()) first = losses;
    CHECK(losses == first);
  }
  cpu::set_threads(2);
}

}  // namespace

TEST_CASE("ten steps of the letters' LSTM, whose state goes on, equal PyTorch's") {
  const Golden g("sequences_shakespeare_lstm");
  nn::RecurrentInputs state;
  run(
      g, ShakespeareLstm{}, optim::Adam{.learning_rate = 1e-2},
      [&](const ShakespeareLstm& net, int step) {
        const Tensor text = g.batch(g["text"], step);
        if (step == 0) state = {};
        const nn::RecurrentOutputs r = net.lstm(net.letters(before(text)), state);
        state = {.h0 = stop_gradient(r.h_n), .c0 = stop_gradient(r.c_n)};
        return cross_entropy(flat(net.out(r.output)), behind(text));
      },
      0.5);
}

TEST_CASE("ten steps of the letters' GPT equal PyTorch's") {
  const Golden g("sequences_shakespeare_gpt");
  run(
      g, ShakespeareGpt{}, optim::AdamW{.learning_rate = 3e-3, .beta2 = 0.99, .weight_decay = 0.1},
      [&](const ShakespeareGpt& net, int step) {
        const Tensor text = g.batch(g["text"], step);
        return cross_entropy(flat(net(before(text))), behind(text));
      },
      0.5);
}

TEST_CASE("ten steps of the translator of dates equal PyTorch's") {
  const Golden g("sequences_date_translator");
  run(g, DateTranslator{}, optim::Adam{.learning_rate = 1e-2},
      [&](const DateTranslator& net, int step) {
        const Tensor written = g.batch(g["written"], step);
        return cross_entropy(
            flat(net(g.batch(g["read"], step), g.batch(g["lengths"], step), before(written))),
            behind(written));
      });
}

TEST_CASE("ten steps of the small BERT equal PyTorch's, in both of its tasks") {
  const Golden masked("sequences_bert_masked"), judged("sequences_bert_sentiment");
  run(masked, SmallBert{}, optim::Adam{.learning_rate = 1e-3}, [&](const SmallBert& net, int step) {
    const Tensor x = net(masked.batch(masked["ids"], step), masked.batch(masked["lengths"], step));
    const Tensor scores =
        linear(net.told_norm(gelu(net.transform(x))), net.words.weight, net.word_bias);
    return cross_entropy(flat(scores), flatten(masked.batch(masked["labels"], step)));
  });
  run(judged, SmallBert{}, optim::Adam{.learning_rate = 1e-3}, [&](const SmallBert& net, int step) {
    const Tensor x = net(judged.batch(judged["ids"], step), judged.batch(judged["lengths"], step));
    return cross_entropy(net.sentiment(tanh(net.pooler(select(x, 1, 0)))),
                         judged.batch(judged["labels"], step));
  });
}

TEST_CASE("ten steps of the transformer that copies equal PyTorch's") {
  const Golden g("sequences_transformer_copy");
  run(g, TransformerCopy{}, optim::Adam{.learning_rate = 1e-3},
      [&](const TransformerCopy& net, int step) {
        const Tensor text = g.batch(g["text"], step);
        return cross_entropy(flat(net(text, before(text))), behind(text));
      });
}
