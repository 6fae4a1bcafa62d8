// A detector of voices made of Fathom's layers: Silero VAD's weights, against the probabilities
// that its own program gives (golden/silero_vad_probs.npy of the data folder). That program is the
// TorchScript archive; the safetensors file has the same layers, trained anew.
#include <doctest/doctest.h>

#include <cstring>

#include "fathom/fathom.h"
#include "fathom/io/npy.h"
#include "fathom/io/safetensors.h"
#include "fathom/io/tensor_file.h"
#include "tests/io/support.h"

using namespace fathom;

namespace {

/// 512 samples of 16 kHz, behind the last 64 of those before, become the magnitudes of four short
/// spectra, these 128 features, and a step of an LSTM a probability.
struct VoiceDetector {
  nn::Conv1d stft_conv{1, 258, 256, {.stride = 128, .bias = false}};
  nn::Conv1d conv1{129, 128, 3, {.padding = 1}};
  nn::Conv1d conv2{128, 64, 3, {.stride = 2, .padding = 1}};
  nn::Conv1d conv3{64, 64, 3, {.stride = 2, .padding = 1}};
  nn::Conv1d conv4{64, 128, 3, {.padding = 1}};
  nn::LSTMCell lstm_cell{128, 128};
  nn::Conv1d final_conv{128, 1, 1};

  /// (B, 576) -> (B, 128)
  Tensor features(const Tensor& samples) const {
    const Tensor spectrum = stft_conv(unsqueeze(pad(samples, {{0, 64}}, PadMode::reflect), 1));
    const Tensor real = slice(spectrum, 1, 0, 129), imaginary = slice(spectrum, 1, 129, 258);
    const Tensor magnitude = sqrt(real * real + imaginary * imaginary);
    return squeeze(relu(conv4(relu(conv3(relu(conv2(relu(conv1(magnitude)))))))), 2);
  }
  /// (B, 128) -> (B)
  Tensor probability(const Tensor& h) const {
    return flatten(sigmoid(final_conv(unsqueeze(relu(h), 2))));
  }
};

/// Samples of a WAV file of 16 bits as numbers from -1 to 1, each chunk behind the end of the one
/// before.
Tensor chunks_of(const std::string& path, std::int64_t chunk, std::int64_t context) {
  const std::string file = io::read_text(path);
  const std::size_t data = file.find("data") + 8;
  REQUIRE(data < file.size());
  const std::int64_t chunks = static_cast<std::int64_t>(file.size() - data) / 2 / chunk;
  std::vector<float> samples(static_cast<std::size_t>(context), 0.0f);
  for (std::int64_t i = 0; i < chunks * chunk; ++i) {
    std::int16_t sample;
    std::memcpy(&sample, file.data() + data + 2 * i, 2);
    samples.push_back(static_cast<float>(sample) / 32768);
  }
  return unfold(Tensor::from(samples), 0, chunk + context, chunk).eval();
}

}  // namespace

TEST_CASE("silero_vad: its weights give its probabilities, as a whole and step by step") {
  const std::string folder = test::data_file("silero_vad", "audio");
  if (folder.empty()) return;
  // Its names, and those of the layers above.
  const std::pair<std::string, std::string> names[] = {
      {"stft.forward_basis_buffer", "stft_conv.weight"},
      {"encoder.0.reparam_conv", "conv1"},
      {"encoder.1.reparam_conv", "conv2"},
      {"encoder.2.reparam_conv", "conv3"},
      {"encoder.3.reparam_conv", "conv4"},
      {"decoder.rnn", "lstm_cell"},
      {"decoder.decoder.2", "final_conv"}};
  std::vector<std::pair<std::string, Tensor>> state, lstm_state;
  for (const auto& [full, tensor] : io::load_tensors(folder + "/silero_vad.jit").tensors)
    for (const auto& [from, to] : names)
      if (full.starts_with("_model." + from)) {
        state.emplace_back(to + full.substr(7 + from.size()), tensor);
        if (to == "lstm_cell") lstm_state.emplace_back(full.substr(7 + 12) + "_l0", tensor);
      }
  VoiceDetector net;
  nn::load_state(net, state, "silero_vad");
  nn::LSTM lstm(128, 128);
  nn::load_state(lstm, lstm_state, "silero_vad");

  const Tensor wanted = io::load_npy(folder + "/../golden/silero_vad_probs.npy");
  const Tensor features = net.features(chunks_of(folder + "/test.wav", 512, 64)).eval();
  REQUIRE(features.shape() == Shape{wanted.size(), 128});
  const Tensor got = net.probability(lstm(features).output).eval();
  const double worst = max(abs(got - wanted)).item();
  MESSAGE("largest difference of " << wanted.size() << " probabilities: " << worst);
  CHECK(worst < 2e-5);

  nn::LSTMState state_of_steps;
  for (std::int64_t t = 0; t < 50; ++t) {
    state_of_steps = net.lstm_cell(slice(features, 0, t, t + 1), state_of_steps);
    state_of_steps = {state_of_steps.h.eval(), state_of_steps.c.eval()};
    CHECK(net.probability(state_of_steps.h).item() ==
          doctest::Approx(wanted.data<float>()[static_cast<std::size_t>(t)]).epsilon(1e-4));
  }

  const auto anew = io::load_safetensors(folder + "/silero_vad_16k.safetensors");
  state.assign(anew.tensors.begin(), anew.tensors.end());
  nn::load_state(net, state, "silero_vad_16k");
}
