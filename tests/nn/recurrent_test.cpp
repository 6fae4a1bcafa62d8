// Recurrent layers: names of the state, bits in a padded batch, states from call to call, training.
#include <doctest/doctest.h>

#include "fathom/fathom.h"
#include "fathom/graph/plan.h"
#include "fathom/nn/recurrent_cell.h"
#include "tests/ops/compare.h"

namespace fathom::test {
namespace {

std::vector<std::string> names_of(const auto& model) {
  std::vector<std::string> names;
  for (const nn::NamedTensor& t : nn::named_tensors(model)) names.push_back(t.name);
  return names;
}

struct Classifier {
  nn::Embedding table{7, 4};
  nn::LSTM lstm{
      4, 5, {.num_layers = 2, .batch_first = true, .dropout = 0.3, .bidirectional = true}};
  nn::Linear out{10, 2};
  Tensor operator()(const Tensor& x) const { return out(select(lstm(table(x)).output, 1, -1)); }
};

}  // namespace

TEST_CASE("recurrent layers have torch's names") {
  CHECK(names_of(nn::GRU(3, 4)) ==
        std::vector<std::string>{"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"});
  CHECK(names_of(nn::LSTM(3, 4, {.num_layers = 2, .bias = false, .proj_size = 2})) ==
        std::vector<std::string>{"weight_ih_l0", "weight_hh_l0", "weight_hr_l0", "weight_ih_l1",
                                 "weight_hh_l1", "weight_hr_l1"});
  const std::vector<std::string> names = names_of(Classifier());
  REQUIRE(names.size() == 1 + 16 + 2);
  CHECK(names[1] == "lstm.weight_ih_l0");
  CHECK(names[5] == "lstm.weight_ih_l0_reverse");
  CHECK(names[16] == "lstm.bias_hh_l1_reverse");
  CHECK(nn::parameter_count(nn::LSTM(3, 4)) == 16 * 3 + 16 * 4 + 32);
}

TEST_CASE("a sequence alone gives the bits that it gives in a padded batch") {
  const nn::ModeScope mode = nn::inference();
  const auto check = [](const auto& layer) {
    const std::int64_t lengths[] = {9, 4, 1, 7, 9, 3, 8, 2, 5, 6, 9};
    const Tensor x = randn({9, 11, 6}).eval();
    const Tensor ends = Tensor::from(std::vector<std::int64_t>(lengths, lengths + 11));
    const nn::RecurrentOutputs all = layer(x, {.lengths = ends});
    for (std::int64_t i = 0; i < 11; ++i) {
      INFO("sequence ", i);
      const Tensor own = slice(slice(x, 1, i, i + 1), 0, 0, lengths[i]);
      const nn::RecurrentOutputs alone = layer(own);
      CHECK(bit_difference(slice(slice(all.output, 1, i, i + 1), 0, 0, lengths[i]).eval(),
                           alone.output.eval()) == "");
      CHECK(bit_difference(slice(all.h_n, 1, i, i + 1).eval(), alone.h_n.eval()) == "");
      if (all.c_n.defined())
        CHECK(bit_difference(slice(all.c_n, 1, i, i + 1).eval(), alone.c_n.eval()) == "");
    }
  };
  const nn::RecurrentLayerOptions both{.num_layers = 2, .bidirectional = true};
  check(nn::RNN(6, 13, both));
  check(nn::GRU(6, 13, both));
  check(nn::LSTM(6, 13, both));
  check(nn::LSTM(6, 13, {.bidirectional = true, .proj_size = 5}));
}

TEST_CASE("what lies behind a sequence's end is not looked at") {
  const nn::LSTM lstm(2, 3, {.bidirectional = true});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor x = randn({4, 2, 2}).eval();
  const Tensor lengths = tensor<std::int64_t>({2, 4});
  const Tensor there = reshape(arange(4), {4, 1, 1}) < reshape(lengths, {1, 2, 1});
  const auto run = [&](const Tensor& in) {
    const nn::RecurrentOutputs y = lstm(in, {.lengths = lengths});
    const Tensor g = gradients(sum(y.output) + sum(y.c_n), {lstm.directions[1].weight_hh})[0];
    return Tensors{y.output, y.h_n, g};
  };
  const Tensors plain = run(x), odd = run(where(there, x, nan));
  for (std::size_t i = 0; i < plain.size(); ++i) CHECK(bit_difference(odd[i], plain[i]) == "");
}

TEST_CASE("states go from call to call, as one long sequence") {
  const nn::GRU gru(3, 4, {.num_layers = 2});
  const Tensor x = randn({10, 2, 3}).eval();
  const nn::RecurrentOutputs whole = gru(x);
  const nn::RecurrentOutputs first = gru(slice(x, 0, 0, 6));
  const nn::RecurrentOutputs second = gru(slice(x, 0, 6, 10), {.h0 = first.h_n});
  CHECK(bit_difference(second.h_n.eval(), whole.h_n.eval()) == "");
  CHECK(bit_difference(concat({first.output, second.output}).eval(), whole.output.eval()) == "");
}

TEST_CASE("nothing goes back through a state that is stopped") {
  const nn::GRU gru(3, 4, {.num_layers = 2});
  const Tensor x = randn({10, 2, 3}).eval();
  const auto by_first_steps = [&](bool stop) {
    const graph::RecordingScope recording;
    const Tensor h = gru(slice(x, 0, 0, 6)).h_n;
    const nn::RecurrentOutputs y = gru(slice(x, 0, 6, 10), {.h0 = stop ? stop_gradient(h) : h});
    return max(abs(slice(gradients(sum(y.output), {x})[0], 0, 0, 6))).item();
  };
  CHECK(by_first_steps(true) == 0);
  CHECK(by_first_steps(false) > 0);
}

TEST_CASE("cells step as layers do") {
  const nn::LSTM layer(3, 4);
  nn::LSTMCell cell(3, 4);
  cell.weight_ih = layer.directions[0].weight_ih;
  cell.weight_hh = layer.directions[0].weight_hh;
  cell.bias_ih = layer.directions[0].bias_ih;
  cell.bias_hh = layer.directions[0].bias_hh;
  const Tensor x = randn({5, 2, 3}).eval();
  nn::LSTMState state;
  for (std::int64_t t = 0; t < 5; ++t) state = cell(select(x, 0, t), state);
  const nn::RecurrentOutputs y = layer(x);
  CHECK(bit_difference(state.h.eval(), select(y.h_n, 0, 0).eval()) == "");
  CHECK(bit_difference(state.c.eval(), select(y.c_n, 0, 0).eval()) == "");
}

TEST_CASE("a recurrent classifier trains without a plan miss") {
  seed(3);
  Classifier net;
  optim::Adam adam{.learning_rate = 0.02};
  nn::Rng rng;
  const Tensor x =
      Tensor::from(std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 6, 5, 4, 3, 2, 1}, {4, 3});
  const Tensor labels = tensor<std::int64_t>({0, 1, 1, 0});
  double first = 0, last = 0;
  std::size_t misses = 0;
  for (int step = 0; step < 60; ++step) {
    const nn::ModeScope mode = nn::training(rng);
    const auto [loss, grads] =
        value_and_grad([&](const Classifier& n) { return cross_entropy(n(x), labels); })(net);
    if (step == 3) misses = graph::plan_statistics().misses;
    last = loss.item();
    if (step == 0) first = last;
    adam.step(net, grads);
  }
  CHECK(graph::plan_statistics().misses == misses);
  CHECK(last < 0.3 * first);
}

}  // namespace fathom::test
