#include "fathom/keras/layer.h"

#include <algorithm>
#include <iterator>

#include "fathom/core/error.h"
#include "fathom/nn/dropout.h"
#include "fathom/nn/embedding.h"
#include "fathom/nn/linear.h"
#include "fathom/nn/norm.h"
#include "fathom/ops/activation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/shape.h"

namespace fathom::keras::detail {
namespace {

using Function = std::function<Tensor(const Tensor&)>;

struct NamedActivation {
  std::string_view name;
  Tensor (*function)(const Tensor&);
};
const NamedActivation activations[] = {
    {"relu", [](const Tensor& x) { return relu(x); }},
    {"relu6", [](const Tensor& x) { return relu6(x); }},
    {"sigmoid", [](const Tensor& x) { return sigmoid(x); }},
    {"tanh", [](const Tensor& x) { return tanh(x); }},
    {"softmax", [](const Tensor& x) { return softmax(x, -1); }},
    {"log_softmax", [](const Tensor& x) { return log_softmax(x, -1); }},
    {"elu", [](const Tensor& x) { return elu(x); }},
    {"selu", [](const Tensor& x) { return selu(x); }},
    {"celu", [](const Tensor& x) { return celu(x); }},
    {"softplus", [](const Tensor& x) { return softplus(x); }},
    {"softsign", [](const Tensor& x) { return softsign(x); }},
    {"swish", [](const Tensor& x) { return silu(x); }},
    {"silu", [](const Tensor& x) { return silu(x); }},
    {"gelu", [](const Tensor& x) { return gelu(x); }},
    {"mish", [](const Tensor& x) { return mish(x); }},
    {"exponential", [](const Tensor& x) { return exp(x); }},
    {"leaky_relu", [](const Tensor& x) { return leaky_relu(x, 0.2); }},
    {"hard_swish", [](const Tensor& x) { return hardswish(x); }},
    {"hard_silu", [](const Tensor& x) { return hardswish(x); }}};

double number(const LayerConfig& layer, const char* key, double otherwise) {
  const auto found = layer.config.find(key);
  return found != layer.config.end() && found->is_number() ? found->get<double>() : otherwise;
}
bool truth(const LayerConfig& layer, const char* key, bool otherwise) {
  const auto found = layer.config.find(key);
  return found != layer.config.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

Built only(Function function) {
  Built built;
  built.step.after = std::move(function);
  return built;
}

Built dense(const LayerConfig& layer, LayerWeights weights) {
  const Tensor kernel = weights.next("kernel", 2);
  const bool with_bias = truth(layer, "use_bias", true);
  nn::Linear linear(kernel.size(0), kernel.size(1), with_bias);
  linear.weight = transpose(kernel).eval();
  if (with_bias) linear.bias = weights.next("bias", 1);
  weights.end();
  Built built{.layer = std::move(linear)};
  built.step.after = activation(layer, layer.config.value("activation", Json()));
  return built;
}

// The axis of features becomes the second, where Fathom has it, and goes back.
Built batch_norm(const LayerConfig& layer, LayerWeights weights) {
  std::vector<Tensor> gamma_beta(2);
  if (truth(layer, "scale", true)) gamma_beta[0] = weights.next("gamma", 1);
  if (truth(layer, "center", true)) gamma_beta[1] = weights.next("beta", 1);
  const Tensor mean = weights.next("moving_mean", 1), variance = weights.next("moving_variance", 1);
  weights.end();
  nn::BatchNorm norm(mean.size(), {.epsilon = number(layer, "epsilon", 1e-3),
                                   .momentum = 1 - number(layer, "momentum", 0.99)});
  if (gamma_beta[0].defined()) norm.weight = gamma_beta[0];
  if (gamma_beta[1].defined()) norm.bias = gamma_beta[1];
  norm.running_mean = mean;
  norm.running_var = variance;
  Built built{.layer = std::move(norm)};
  const Json axes = layer.config.value("axis", Json(-1));
  const int axis = axes.is_array() && !axes.empty() ? axes[0].get<int>() : axes.get<int>();
  if (axis != 1) {
    built.step.before = [axis](const Tensor& x) { return movedim(x, axis, 1); };
    built.step.after = [axis](const Tensor& x) { return movedim(x, 1, axis); };
  }
  return built;
}

Built layer_norm(const LayerConfig& layer, LayerWeights weights) {
  const Json axes = layer.config.value("axis", Json(-1));
  if (axes != Json(-1) && axes != Json::array({-1}))
    throw UnsupportedError({.operation = "keras",
                            .problem = "a layer normalisation over other axes than the last",
                            .received = {{"layer", layer.name}, {"axis", axes.dump()}}});
  std::vector<Tensor> gamma_beta(2);
  if (truth(layer, "scale", true)) gamma_beta[0] = weights.next("gamma", 1);
  if (truth(layer, "center", true)) gamma_beta[1] = weights.next("beta", 1);
  weights.end();
  const Tensor& some = gamma_beta[0].defined() ? gamma_beta[0] : gamma_beta[1];
  if (!some.defined())
    throw UnsupportedError({.operation = "keras",
                            .problem = "a layer normalisation without scale and centre",
                            .received = {{"layer", layer.name}}});
  nn::LayerNorm norm(Shape{some.size()}, {.epsilon = number(layer, "epsilon", 1e-3)});
  if (gamma_beta[0].defined()) norm.weight = gamma_beta[0];
  if (gamma_beta[1].defined()) norm.bias = gamma_beta[1];
  return {.layer = std::move(norm)};
}

Built embedding(LayerWeights weights) {
  nn::Embedding table = nn::Embedding::from_pretrained(weights.next("embeddings", 2), false);
  weights.end();
  Built built{.layer = std::move(table)};
  built.step.before = [](const Tensor& x) { return cast(x, DType::i64); };
  return built;
}

/// x for x > 0, else alpha * x, with an alpha for each feature, as in Keras.
struct KerasPReLU {
  Param alpha;
  Tensor operator()(const Tensor& x) const { return where(x > 0, x, alpha * x); }
};

Built prelu_layer(LayerWeights weights) {
  KerasPReLU layer{weights.next("alpha", -1)};
  weights.end();
  return {.layer = std::move(layer)};
}

Built reshape_layer(const LayerConfig& layer) {
  const auto target = layer.config.at("target_shape").get<std::vector<std::int64_t>>();
  return only([target](const Tensor& x) {
    Shape shape{x.size(0)};
    for (const std::int64_t extent : target) shape.push_back(extent);
    return reshape(x, shape);
  });
}

Built permute_layer(const LayerConfig& layer) {
  std::vector<int> order{0};
  for (const Json& axis : layer.config.at("dims")) order.push_back(axis.get<int>());
  return only([order](const Tensor& x) { return permute(x, order); });
}

Built relu_layer(const LayerConfig& layer) {
  const double most = number(layer, "max_value", -1), slope = number(layer, "negative_slope", 0),
               threshold = number(layer, "threshold", 0);
  return only([=](const Tensor& x) {
    const Tensor low = slope * (x - threshold);
    const Tensor y = where(x >= threshold, x, low);
    return most >= 0 ? minimum(y, most) : y;
  });
}

using Builder = Built (*)(const LayerConfig&, LayerWeights);
struct KnownLayer {
  std::string_view type;
  Builder build;
};
const KnownLayer known_layers[] = {
    {"InputLayer", [](const LayerConfig&, LayerWeights) { return Built{}; }},
    {"Dense", dense},
    {"BatchNormalization", batch_norm},
    {"LayerNormalization", layer_norm},
    {"Embedding", [](const LayerConfig&, LayerWeights w) { return embedding(std::move(w)); }},
    {"PReLU", [](const LayerConfig&, LayerWeights w) { return prelu_layer(std::move(w)); }},
    {"Activation", [](const LayerConfig& l,
                      LayerWeights) { return only(activation(l, l.config.at("activation"))); }},
    {"ReLU", [](const LayerConfig& l, LayerWeights) { return relu_layer(l); }},
    {"LeakyReLU",
     [](const LayerConfig& l, LayerWeights) {
       const double slope = number(l, "alpha", number(l, "negative_slope", 0.3));
       return only([slope](const Tensor& x) { return leaky_relu(x, slope); });
     }},
    {"ELU",
     [](const LayerConfig& l, LayerWeights) {
       const double alpha = number(l, "alpha", 1);
       return only([alpha](const Tensor& x) { return elu(x, alpha); });
     }},
    {"ThresholdedReLU",
     [](const LayerConfig& l, LayerWeights) {
       const double theta = number(l, "theta", 1);
       return only([theta](const Tensor& x) { return where(x > theta, x, 0.0); });
     }},
    {"Softmax",
     [](const LayerConfig& l, LayerWeights) {
       const int axis = static_cast<int>(number(l, "axis", -1));
       return only([axis](const Tensor& x) { return softmax(x, axis); });
     }},
    {"Flatten",
     [](const LayerConfig&, LayerWeights) {
       return only([](const Tensor& x) {
         return x.rank() < 2 ? reshape(x, Shape{x.size(), 1}) : flatten(x, 1);
       });
     }},
    {"Reshape", [](const LayerConfig& l, LayerWeights) { return reshape_layer(l); }},
    {"Permute", [](const LayerConfig& l, LayerWeights) { return permute_layer(l); }},
    {"RepeatVector",
     [](const LayerConfig& l, LayerWeights) {
       const auto n = l.config.at("n").get<std::int64_t>();
       return only([n](const Tensor& x) {
         return expand(unsqueeze(x, 1), Shape{x.size(0), n, x.size(1)});
       });
     }},
    {"Rescaling",
     [](const LayerConfig& l, LayerWeights) {
       const double scale = number(l, "scale", 1), offset = number(l, "offset", 0);
       return only([=](const Tensor& x) { return cast(x, DType::f32) * scale + offset; });
     }},
    {"Dropout", [](const LayerConfig& l,
                   LayerWeights) { return Built{.layer = nn::Dropout(number(l, "rate", 0.5))}; }},
    {"AlphaDropout",
     [](const LayerConfig& l, LayerWeights) {
       return Built{.layer = nn::AlphaDropout(number(l, "rate", 0.5))};
     }},
    {"GaussianNoise",
     [](const LayerConfig& l, LayerWeights) {
       return Built{.layer = nn::GaussianNoise(number(l, "stddev", 1))};
     }},
    {"ActivityRegularization", [](const LayerConfig&, LayerWeights) { return Built{}; }},
};

const KnownLayer* known_layer(const std::string& type) {
  const auto* found = std::ranges::find(known_layers, type, &KnownLayer::type);
  return found == std::end(known_layers) ? nullptr : found;
}

}  // namespace

Tensor LayerWeights::next(const char* what, int rank) {
  if (taken_ == all_.size())
    bad_keras("layer " + layer_, "a weight is missing", std::to_string(taken_) + " weights", what);
  Tensor weight = all_[taken_++];
  if (rank >= 0 && weight.rank() != rank)
    bad_keras("layer " + layer_, "a weight of the wrong shape",
              std::string(what) + " " + to_string(weight.shape()), std::to_string(rank) + " axes");
  return is_half(weight.dtype()) ? cast(weight, DType::f32) : weight;
}

void LayerWeights::end() const {
  if (taken_ != all_.size())
    bad_keras("layer " + layer_, "more weights than the layer has", std::to_string(all_.size()),
              std::to_string(taken_));
}

std::optional<std::size_t> weight_count(const LayerConfig& layer) {
  const std::size_t affine = truth(layer, "scale", true) + truth(layer, "center", true);
  if (layer.type == "Dense") return truth(layer, "use_bias", true) ? 2 : 1;
  if (layer.type == "BatchNormalization") return affine + 2;
  if (layer.type == "LayerNormalization") return affine;
  if (layer.type == "Embedding" || layer.type == "PReLU") return 1;
  if (const auto count = conv_weight_count(layer)) return count;
  if (const auto count = recurrent_weight_count(layer)) return count;
  if (known_layer(layer.type) || build_merge(layer) || build_spatial(layer)) return 0;
  return std::nullopt;
}

Built build_layer(const LayerConfig& layer, std::vector<Tensor> weights) {
  if (const KnownLayer* known = known_layer(layer.type))
    return known->build(layer, LayerWeights(layer.name, std::move(weights)));
  if (conv_weight_count(layer))
    return build_conv(layer, LayerWeights(layer.name, std::move(weights)));
  if (recurrent_weight_count(layer)) return build_recurrent(layer, std::move(weights));
  if (auto merge = build_merge(layer)) return std::move(*merge);
  return build_spatial(layer).value();
}

std::vector<std::int64_t> per_axis(const Json& value, std::size_t axes) {
  if (value.is_number()) return std::vector<std::int64_t>(axes, value.get<std::int64_t>());
  auto numbers = value.get<std::vector<std::int64_t>>();
  if (numbers.size() == 1) numbers.assign(axes, numbers[0]);
  if (numbers.size() != axes)
    bad_keras("config", "a list of the wrong length", value.dump(),
              std::to_string(axes) + " numbers");
  return numbers;
}

std::vector<std::pair<std::int64_t, std::int64_t>> ends_of(const Json& value, std::size_t axes) {
  std::vector<std::pair<std::int64_t, std::int64_t>> ends;
  if (value.is_array() && axes == 1 && value.size() == 2 && value[0].is_number())
    return {{value[0].get<std::int64_t>(), value[1].get<std::int64_t>()}};
  if (value.is_array() && !value.empty() && value[0].is_array()) {
    for (const Json& pair : value) {
      const auto both = per_axis(pair, 2);
      ends.emplace_back(both[0], both[1]);
    }
  } else {
    for (const std::int64_t n : per_axis(value, axes)) ends.emplace_back(n, n);
  }
  if (ends.size() != axes)
    bad_keras("config", "a list of the wrong length", value.dump(),
              std::to_string(axes) + " pairs");
  return ends;
}

bool channels_last(const LayerConfig& layer) {
  return layer.config.value("data_format", Json("channels_last")) != Json("channels_first");
}

std::function<Tensor(const Tensor&)> activation(const LayerConfig& layer, const Json& name) {
  const std::string text = name.is_string()   ? name.get<std::string>()
                           : name.is_object() ? name.value("config", Json("?")).dump()
                                              : "linear";
  if (text == "linear") return {};
  if (text == "hard_sigmoid")
    return layer.major < 3
               ? Function([](const Tensor& x) { return minimum(maximum(0.2 * x + 0.5, 0.0), 1.0); })
               : Function([](const Tensor& x) { return relu6(x + 3.0) / 6.0; });
  const auto* found = std::ranges::find(activations, text, &NamedActivation::name);
  if (found == std::end(activations))
    throw UnsupportedError({.operation = "keras",
                            .problem = "no such activation here",
                            .received = {{"layer", layer.name}, {"activation", text}}});
  return found->function;
}

std::function<Tensor(const Tensor&)> then(std::function<Tensor(const Tensor&)> first,
                                          std::function<Tensor(const Tensor&)> second) {
  if (!first) return second;
  if (!second) return first;
  return [first, second](const Tensor& x) { return second(first(x)); };
}

void bad_keras(const std::string& where, const std::string& problem, const std::string& got,
               const std::string& expected) {
  throw FormatError({.operation = "keras",
                     .problem = problem,
                     .received = {{"at", where}, {"got", got}},
                     .expected = expected});
}

}  // namespace fathom::keras::detail
