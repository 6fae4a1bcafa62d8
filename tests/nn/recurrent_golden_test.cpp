// Recurrent layers and cells against PyTorch: values, states, gradients and the names of the state,
// on both backends.
#include <doctest/doctest.h>

#include "fathom/fathom.h"
#include "tests/nn/golden_layers.h"
#include "tests/ops/compare.h"

namespace fathom::test {
namespace {

using nlohmann::json;

class RecurrentCase {
 public:
  RecurrentCase(const io::Safetensors& file, const json& description)
      : file_(file), d_(description), name_(description["name"]) {}

  /// `call` gives output, h_n and c_n; those that the file has not may be undefined.
  template <class M, class Call> void check(M layer, Call call) const {
    INFO(name_);
    const double tolerance = d_["dtype"] == "f64" ? 1e-12 : 5e-6;
    load_golden_state(layer, file_, name_, d_["dtype"] == "f64");
    const nn::RecurrentInputs given{find("h0"), find("c0"), find("lengths")};
    const auto results = [&](const M& net) {
      const nn::RecurrentOutputs y = call(net, find("x"), given);
      return Tensors{y.output, y.h_n, y.c_n};
    };
    const char* names[] = {"output", "h_n", "c_n"};
    const auto loss = [&](const M& net) {
      const Tensors y = results(net);
      Tensor total = zeros({}, find("x").dtype());
      for (std::size_t i = 0; i < 3; ++i)
        if (const Tensor up = find("up." + std::string(names[i])); up.defined())
          total = total + sum(y[i] * up);
      return total;
    };
    const Tensors y = results(layer);
    for (std::size_t i = 0; i < 3; ++i) compare(names[i], y[i], tolerance);
    const auto [value, gradient] = value_and_grad(loss)(layer);
    for (const nn::NamedTensor& t : nn::named_tensors(gradient))
      compare("grad." + t.name, t.tensor, tolerance);
    Tensors wrt;
    std::vector<std::string> wrt_names;
    for (const char* input : {"x", "h0", "c0"})
      if (find(input).defined()) wrt.push_back(find(input)), wrt_names.emplace_back(input);
    const Tensors gradients = fathom::gradients(loss(layer), wrt);
    for (std::size_t i = 0; i < wrt.size(); ++i)
      compare("grad." + wrt_names[i], gradients[i], tolerance);
  }

 private:
  Tensor find(const std::string& what) const {
    const Tensor* t = file_.find(name_ + "." + what);
    return t ? *t : Tensor();
  }
  void compare(const std::string& what, const Tensor& got, double tolerance) const {
    INFO(what);
    const Tensor wanted = find(what);
    if (!wanted.defined()) return;
    REQUIRE(got.defined());
    CHECK(difference(got, wanted, tolerance) == "");
  }

  const io::Safetensors& file_;
  const json& d_;
  std::string name_;
};

void check_recurrent(const RecurrentCase& c, const std::string& kind, const json& o) {
  const std::int64_t features = o["input_size"], hidden = o["hidden_size"];
  const nn::RecurrentLayerOptions options{.num_layers = o.value("num_layers", 1),
                                          .bias = o.value("bias", true),
                                          .batch_first = o.value("batch_first", false),
                                          .bidirectional = o.value("bidirectional", false),
                                          .proj_size = o.value("proj_size", 0)};
  const auto nonlinearity = o.value("nonlinearity", "tanh") == "relu" ? nn::RnnNonlinearity::relu
                                                                      : nn::RnnNonlinearity::tanh;
  const auto layer = [](const auto& net, const Tensor& x, const nn::RecurrentInputs& given) {
    return net(x, given);
  };
  const auto cell = [](const auto& net, const Tensor& x, const nn::RecurrentInputs& given) {
    return nn::RecurrentOutputs{.h_n = net(x, given.h0)};
  };
  if (kind == "RNN") {
    c.check(nn::RNN(features, hidden, options, nonlinearity), layer);
  } else if (kind == "LSTM") {
    c.check(nn::LSTM(features, hidden, options), layer);
  } else if (kind == "GRU") {
    c.check(nn::GRU(features, hidden, options), layer);
  } else if (kind == "RNNCell") {
    c.check(nn::RNNCell(features, hidden, options.bias, nonlinearity), cell);
  } else if (kind == "GRUCell") {
    c.check(nn::GRUCell(features, hidden, options.bias), cell);
  } else {
    REQUIRE(kind == "LSTMCell");
    c.check(nn::LSTMCell(features, hidden, options.bias),
            [](const auto& net, const Tensor& x, const nn::RecurrentInputs& given) {
              const nn::LSTMState state = net(x, {given.h0, given.c0});
              return nn::RecurrentOutputs{.h_n = state.h, .c_n = state.c};
            });
  }
}

}  // namespace

TEST_CASE("recurrent layers against PyTorch") {
  const int checked = for_golden_cases("recurrent", [](const io::Safetensors& file, const json& d) {
    check_recurrent(RecurrentCase(file, d), d["layer"], d["options"]);
  });
  CHECK(checked > 120);
}

}  // namespace fathom::test
