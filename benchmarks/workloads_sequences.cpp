// The rows about sequences: training steps of recurrent networks and of a transformer, attention.
#include "benchmarks/timing.h"
#include "benchmarks/workloads.h"
#include "fathom/fathom.h"

namespace fathom::benchmarks {
namespace {

template <class Layer> struct SequenceClassifier {
  Layer layer{64, 64, {.batch_first = true}};
  nn::Linear out{64, 2};
  Tensor operator()(const Tensor& x) const { return out(select(layer(x).output, 1, -1)); }
};

/// A training step with Adam of 64 sequences of 200 vectors; the loss is read.
template <class Layer> std::vector<double> classifier_step(const Settings&) {
  SequenceClassifier<Layer> net;
  const Tensor x = randn({64, 200, 64}).eval();
  const Tensor labels = cast(floor(rand({64}) * 2), DType::i64).eval();
  optim::Adam adam;
  const auto loss_fn = [](const SequenceClassifier<Layer>& net, const Tensor& x,
                          const Tensor& labels) { return cross_entropy(net(x), labels); };
  const auto step = [&] {
    auto [loss, gradients] = value_and_grad(loss_fn)(net, x, labels);
    adam.step(net, gradients);
    loss.item();
  };
  return each(step, 3, 15, 1e3);
}

/// A training step with Adam of 64 bags of 233 words of 100,000, an LSTM over the 64 vectors and a
/// linear layer, as in the example ch06/sentiment_lstm.
struct Sentiment {
  nn::EmbeddingBag embedding{100000, 64};
  nn::LSTM rnn{64, 64};
  nn::Linear fc{64, 2};
};
std::vector<double> sentiment_step(const Settings&) {
  Sentiment net;
  constexpr std::int64_t bags = 64, words = 233;
  const Tensor tokens = cast(floor(rand({bags * words}) * 100000), DType::i64).eval();
  const Tensor offsets = (arange(bags) * words).eval();
  const Tensor labels = cast(floor(rand({bags}) * 2), DType::i64).eval();
  optim::Adam adam;
  const auto loss_fn = [](const Sentiment& net, const Tensor& tokens, const Tensor& offsets,
                          const Tensor& labels) {
    return cross_entropy(net.fc(net.rnn(net.embedding(tokens, offsets)).output), labels);
  };
  const auto step = [&] {
    auto [loss, gradients] = value_and_grad(loss_fn)(net, tokens, offsets, labels);
    adam.step(net, gradients);
    loss.item();
  };
  return each(step, 3, 15, 1e3);
}

/// Of a step, products alone: forward by x and h, backward by h and by both weights.
constexpr double product_flops(double gates) { return 2.0 * 64 * 200 * 64 * 64 * gates * 5; }

/// Attention of 8 heads of 64 numbers over 1024 positions, forward and backward.
std::vector<double> attention(const Settings&) {
  struct Operands {
    Param q, k, v;
  } operands{randn({1, 8, 1024, 64}).eval(), randn({1, 8, 1024, 64}).eval(),
             randn({1, 8, 1024, 64}).eval()};
  const auto total = [](const Operands& o, int) {
    return sum(scaled_dot_product_attention(o.q, o.k, o.v));
  };
  const auto step = [&] {
    const auto [loss, gradients] = value_and_grad(total)(operands, 0);
    const std::vector<Tensor> all{loss, gradients.q, gradients.k, gradients.v};
    eval(all);
  };
  return each(step, 3, 15, 1e3);
}

/// A training step with Adam of a transformer of two layers each of 512 numbers and 8 heads, norms
/// first and SiLU: 50 sequences of 10 words of 11.
struct Copier {
  nn::Embedding source{11, 512}, target{11, 512};
  nn::Transformer transformer{{.d_model = 512,
                               .num_encoder_layers = 2,
                               .num_decoder_layers = 2,
                               .layer = {.dropout = 0.1,
                                         .activation = [](const Operand& x) { return silu(x); },
                                         .batch_first = true,
                                         .norm_first = true}}};
  nn::Linear out{512, 11};
  static constexpr double kScale = 22.6;  // of embeddings
  Tensor operator()(const Tensor& x) const {
    const Tensor so_far = slice(x, 1, 0, 9);
    return out(transformer(source(x) * kScale, target(so_far) * kScale, {}, {.causal = true}));
  }
};
std::vector<double> copy_step(const Settings&) {
  Copier net;
  const Tensor x = cast(floor(rand({50, 10}) * 11), DType::i64).eval();
  optim::Adam adam;
  nn::Rng rng;
  const auto loss_fn = [](const Copier& net, const Tensor& x) {
    return cross_entropy(reshape(net(x), {-1, 11}), flatten(slice(x, 1, 1, 10)));
  };
  const auto step = [&] {
    const auto scope = nn::training(rng);
    auto [loss, gradients] = value_and_grad(loss_fn)(net, x);
    adam.step(net, gradients);
    loss.item();
  };
  return each(step, 3, 15, 1e3);
}

/// DistilBERT's sizes, of Fathom's layers.
struct SentenceClassifier {
  nn::Embedding words{30522, 768}, positions{512, 768};
  nn::LayerNorm norm{768, {.epsilon = 1e-12}};
  nn::Dropout drop{0.1}, drop_last{0.2};
  nn::TransformerEncoder encoder{
      nn::TransformerEncoderLayer(768, 12,
                                  {.dim_feedforward = 3072,
                                   .activation = [](const Operand& x) { return gelu(x); },
                                   .layer_norm_eps = 1e-12,
                                   .batch_first = true}),
      6};
  nn::Linear pre_classifier{768, 768}, classifier{768, 2};
  /// The first word stands for the sentence.
  Tensor operator()(const Tensor& ids, const Tensor& padding) const {
    const Tensor x = drop(norm(words(ids) + positions(arange(ids.shape()[1]))));
    const Tensor first = select(encoder(x, {.key_padding = padding}), 1, 0);
    return classifier(drop_last(relu(pre_classifier(first))));
  }
};
/// A step with AdamW of 16 sentences of 64 words, all weights trained.
std::vector<double> fine_tuning_step(const Settings&) {
  SentenceClassifier net;
  const Tensor ids = cast(floor(rand({16, 64}) * 30000), DType::i64).eval();
  const Tensor labels = cast(floor(rand({16}) * 2), DType::i64).eval();
  const Tensor padding = zeros({16, 64}, DType::boolean).eval();
  optim::AdamW adam{.learning_rate = 2e-5};
  nn::Rng rng;
  const auto loss_fn = [&](const SentenceClassifier& net, const Tensor& ids) {
    return cross_entropy(net(ids, padding), labels);
  };
  const auto step = [&] {
    const auto scope = nn::training(rng);
    auto [loss, gradients] = value_and_grad(loss_fn)(net, ids);
    adam.step(net, gradients);
    loss.item();
  };
  return each(step, 2, 5, 1e3);
}
/// Products of a layer's matrices with 16 x 64 words: forward, and backward by both.
constexpr double encoder_flops = 3 * 2.0 * 16 * 64 * 6 * (4 * 768.0 * 768 + 2 * 768.0 * 3072);

}  // namespace

std::vector<Workload> sequence_workloads() {
  return {{"sentiment_lstm", "ms", 0, 0, sentiment_step},
          {"lstm_classifier", "ms", product_flops(4), 0, classifier_step<nn::LSTM>},
          {"gru_classifier", "ms", product_flops(3), 0, classifier_step<nn::GRU>},
          {"attention_1024", "ms", 7 * 2.0 * 8 * 1024 * 1024 * 64, 0, attention},
          {"transformer_copy_step", "ms", 0, 0, copy_step},
          {"distilbert_finetune", "ms", encoder_flops, 0, fine_tuning_step}};
}

}  // namespace fathom::benchmarks
