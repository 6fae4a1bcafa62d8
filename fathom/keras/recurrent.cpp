// Recurrent layers and the wrappers around layers. Keras has weights as (in, gates) and a GRU's
// gates as update, reset, new; Fathom has (gates, in) and reset, update, new.
#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/keras/layer.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/recurrent.h"
#include "fathom/ops/shape.h"

namespace fathom::keras::detail {
namespace {

using Function = std::function<Tensor(const Tensor&)>;

[[noreturn]] void no_recurrent(const LayerConfig& layer, const std::string& problem,
                               const std::string& hint = "") {
  throw UnsupportedError({.operation = "keras",
                          .problem = problem,
                          .received = {{"layer", layer.name}},
                          .hint = hint});
}
bool flag(const LayerConfig& layer, const char* key) {
  return layer.config.value(key, Json(false)) == Json(true);
}

/// A layer in one direction.
struct KerasRecurrent {
  Param weight_ih, weight_hh, bias_ih, bias_hh;
  RecurrentKind kind;
  bool by_node;      ///< its functions are those of recurrent()
  bool reset_after;  ///< a GRU's reset gate scales the product, else the state before it
  bool reverse, sequences, dropout;
  Function activation, recurrent_activation;

  Tensor operator()(const Tensor& x) const;
  /// One output a step, (L, B, H), in the order of the steps of x, and the last of the walk.
  std::pair<Tensor, Tensor> all_steps(const Tensor& x) const;
};

Tensor applied(const Function& f, const Tensor& x) { return f ? f(x) : x; }

/// Step by step, for functions that recurrent() has not.
std::pair<Tensor, Tensor> step_by_step(const KerasRecurrent& layer, const Tensor& x) {
  const std::int64_t steps = x.size(0), gates = ops::gate_count(layer.kind);
  const Tensor inputs = linear(x, layer.weight_ih, layer.bias_ih);
  Tensor h = zeros({x.size(1), layer.weight_hh.size(1)}), c = h;
  std::vector<Tensor> outputs(static_cast<std::size_t>(steps));
  const auto gate = [&](const Tensor& z) { return applied(layer.recurrent_activation, z); };
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::int64_t t = layer.reverse ? steps - 1 - i : i;
    const std::vector<Tensor> z = chunk(select(inputs, 0, t), gates, 1);
    const auto w = [&] { return chunk(layer.weight_hh, gates, 0); };
    if (layer.kind == RecurrentKind::gru) {
      const std::vector<Tensor> weights = w();
      std::vector<Tensor> biases(3);
      if (layer.bias_hh.defined()) biases = chunk(layer.bias_hh, 3);
      const Tensor reset = gate(z[0] + linear(h, weights[0], biases[0]));
      const Tensor update = gate(z[1] + linear(h, weights[1], biases[1]));
      const Tensor product = layer.reset_after ? reset * linear(h, weights[2], biases[2])
                                               : linear(reset * h, weights[2], biases[2]);
      const Tensor next = applied(layer.activation, z[2] + product);
      h = update * h + (1 - update) * next;
    } else {
      const std::vector<Tensor> sums =
          chunk(select(inputs, 0, t) + linear(h, layer.weight_hh), gates, 1);
      if (layer.kind == RecurrentKind::lstm) {
        c = gate(sums[1]) * c + gate(sums[0]) * applied(layer.activation, sums[2]);
        h = gate(sums[3]) * applied(layer.activation, c);
      } else {
        h = applied(layer.activation, sums[0]);
      }
    }
    outputs[static_cast<std::size_t>(t)] = h;
  }
  return {stack(outputs), h};
}

std::pair<Tensor, Tensor> KerasRecurrent::all_steps(const Tensor& x) const {
  if (dropout && nn::is_training())
    throw UnsupportedError({.operation = "keras",
                            .problem = "dropout inside of a recurrent layer while training",
                            .hint = "open a scope with nn::inference()"});
  if (!by_node) return step_by_step(*this, x);
  const RecurrentResult r =
      recurrent(kind, x, {weight_ih, weight_hh, bias_ih, bias_hh}, {.reverse = reverse});
  return {r.y, r.h_n};
}

Tensor KerasRecurrent::operator()(const Tensor& x) const {
  const auto [y, last] = all_steps(transpose(x, 0, 1));
  if (!sequences) return last;
  return transpose(reverse ? flip(y, {0}) : y, 0, 1);  // in the order of the walk
}

/// Gates from Keras' order, along the last axis; then (gates, in).
Tensor torch_order(const Tensor& weight, RecurrentKind kind) {
  Tensor w = weight;
  if (kind == RecurrentKind::gru) {
    const std::vector<Tensor> gates = chunk(weight, 3, -1);
    w = concat({gates[1], gates[0], gates[2]}, -1);
  }
  return (w.rank() == 2 ? transpose(w) : w).eval();
}

bool is_recurrent(const std::string& type) {
  return type == "SimpleRNN" || type == "LSTM" || type == "GRU";
}

/// Whether the functions of a layer are those of recurrent().
bool has_usual_functions(const LayerConfig& layer, RecurrentKind kind) {
  const Json function = layer.config.value("activation", Json("tanh"));
  const Json gate = layer.config.value("recurrent_activation", Json("sigmoid"));
  if (kind == RecurrentKind::relu) return function == "relu";
  return function == "tanh" && (kind == RecurrentKind::tanh || gate == "sigmoid");
}

KerasRecurrent recurrent_of(const LayerConfig& layer, LayerWeights& weights) {
  for (const char* key : {"stateful", "return_state", "time_major"})
    if (flag(layer, key))
      no_recurrent(layer, std::string("a recurrent layer with the option ") + key);
  KerasRecurrent r{};
  const Json activation_name = layer.config.value("activation", Json("tanh"));
  r.kind = layer.type == "LSTM"        ? RecurrentKind::lstm
           : layer.type == "GRU"       ? RecurrentKind::gru
           : activation_name == "relu" ? RecurrentKind::relu
                                       : RecurrentKind::tanh;
  r.reverse = flag(layer, "go_backwards");
  r.sequences = flag(layer, "return_sequences");
  r.dropout =
      layer.config.value("dropout", 0.0) != 0 || layer.config.value("recurrent_dropout", 0.0) != 0;
  r.activation = activation(layer, activation_name);
  r.recurrent_activation =
      activation(layer, layer.config.value("recurrent_activation", Json("sigmoid")));
  r.weight_ih = torch_order(weights.next("kernel", 2), r.kind);
  r.weight_hh = torch_order(weights.next("recurrent_kernel", 2), r.kind);
  r.reset_after = flag(layer, "reset_after");
  if (layer.config.value("use_bias", Json(true)) != Json(false)) {
    const Tensor bias = weights.next("bias", -1);  // with reset_after one of each product
    if (bias.rank() == 2 && r.kind == RecurrentKind::gru) {
      r.reset_after = true;
      r.bias_ih = torch_order(select(bias, 0, 0), r.kind);
      r.bias_hh = torch_order(select(bias, 0, 1), r.kind);
    } else {
      r.bias_ih = torch_order(bias, r.kind);
    }
  }
  r.by_node = has_usual_functions(layer, r.kind) && (r.kind != RecurrentKind::gru || r.reset_after);
  return r;
}

/// Both directions, joined.
struct KerasBidirectional {
  KerasRecurrent forward, backward;
  std::string merge;

  Tensor operator()(const Tensor& x) const {
    const Tensor steps = transpose(x, 0, 1);
    const auto one = [&](const KerasRecurrent& side) {
      const auto [y, last] = side.all_steps(steps);
      return side.sequences ? transpose(y, 0, 1) : last;
    };
    const Tensor a = one(forward), b = one(backward);
    if (merge == "sum") return a + b;
    if (merge == "mul") return a * b;
    if (merge == "ave") return (a + b) / 2.0;
    return concat({a, b}, -1);
  }
};

/// What a wrapper is around.
LayerConfig inner_layer(const LayerConfig& wrapper) {
  const Json& json = wrapper.config.at("layer");
  LayerConfig inner{.type = json.at("class_name").get<std::string>(), .config = json.at("config")};
  inner.name = inner.config.value("name", inner.type);
  inner.major = wrapper.major;
  return inner;
}

Built bidirectional(const LayerConfig& layer, LayerWeights weights) {
  LayerConfig forward = inner_layer(layer);
  const Json merge = layer.config.value("merge_mode", Json("concat"));
  const bool known = merge == "concat" || merge == "sum" || merge == "mul" || merge == "ave";
  if (!known || !is_recurrent(forward.type))
    no_recurrent(layer,
                 "a bidirectional layer of this kind: " + forward.type + ", " + merge.dump());
  LayerConfig backward = forward;
  if (layer.config.contains("backward_layer"))
    backward.config = layer.config.at("backward_layer").at("config");
  backward.config["go_backwards"] = !flag(forward, "go_backwards");
  KerasRecurrent first = recurrent_of(forward, weights);
  KerasRecurrent second = recurrent_of(backward, weights);
  weights.end();
  return {.layer =
              KerasBidirectional{std::move(first), std::move(second), merge.get<std::string>()}};
}

/// A layer that each step of x goes through by itself.
struct KerasTimeDistributed {
  std::optional<nn::Layer> layer;
  Function before, after;

  Tensor operator()(const Tensor& x) const {
    Tensor y = applied(before, flatten(x, 0, 1));
    if (layer) y = (*layer)(y);
    y = applied(after, y);
    Shape shape{x.size(0), x.size(1)};
    for (int axis = 1; axis < y.rank(); ++axis) shape.push_back(y.size(axis));
    return reshape(y, shape);
  }
};

}  // namespace

std::optional<std::size_t> recurrent_weight_count(const LayerConfig& layer) {
  if (is_recurrent(layer.type))
    return layer.config.value("use_bias", Json(true)) != Json(false) ? 3 : 2;
  const bool both = layer.type == "Bidirectional";
  if (!both && layer.type != "TimeDistributed") return std::nullopt;
  const auto inner = weight_count(inner_layer(layer));
  if (!inner) return std::nullopt;
  return both ? 2 * *inner : *inner;
}

std::vector<std::string> recurrent_weight_places(const LayerConfig& layer) {
  if (is_recurrent(layer.type)) return {"cell/"};
  if (layer.type == "Bidirectional") return {"forward_layer/cell/", "backward_layer/cell/"};
  if (layer.type == "TimeDistributed") return {"layer/"};
  return {""};
}

Built build_recurrent(const LayerConfig& layer, std::vector<Tensor> weights) {
  if (layer.type == "TimeDistributed") {
    Built inner = build_layer(inner_layer(layer), std::move(weights));
    if (inner.step.merge) no_recurrent(layer, "a merge in TimeDistributed");
    return {.layer = KerasTimeDistributed{std::move(inner.layer), std::move(inner.step.before),
                                          std::move(inner.step.after)}};
  }
  LayerWeights taken(layer.name, std::move(weights));
  if (layer.type == "Bidirectional") return bidirectional(layer, std::move(taken));
  Built built{.layer = recurrent_of(layer, taken)};
  taken.end();
  return built;
}

bool reads_masks(const LayerConfig& layer) {
  return is_recurrent(layer.type) || layer.type == "Bidirectional";
}

}  // namespace fathom::keras::detail
