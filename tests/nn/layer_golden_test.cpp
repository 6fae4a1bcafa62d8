// Layers against PyTorch: values, gradients, buffers and the names of the state, on both backends.
#include <doctest/doctest.h>

#include <cmath>

#include "fathom/fathom.h"
#include "tests/nn/golden_layers.h"

namespace fathom::test {
namespace {

using nlohmann::json;

double largest_difference(const Tensor& got, const Tensor& wanted) {
  if (got.shape() != wanted.shape() || got.dtype() != wanted.dtype()) return INFINITY;
  if (got.size() == 0) return 0;
  const Tensor a = cast(got, DType::f64), b = cast(wanted, DType::f64);
  return max(abs(a - b) / maximum(abs(b), 1)).item();
}

class Case {
 public:
  Case(const io::Safetensors& file, const json& description)
      : file_(file),
        d_(description),
        name_(description["name"]),
        deep_(name_.starts_with("transformer") || name_.starts_with("multihead")) {}

  /// Loads the state, runs the layer on the inputs, compares all that is stored.
  template <class M, class Call> void check(M layer, Call call) const {
    INFO(name_);
    const double tolerance = d_["dtype"] == "f64" ? 1e-12 : deep_ ? 5e-5 : 5e-6;
    load_golden_state(layer, file_, name_, d_["dtype"] == "f64");
    std::vector<Tensor> inputs;
    for (int i = 0; i < d_.value("inputs", 1); ++i) inputs.push_back(at("in" + std::to_string(i)));
    nn::Rng rng;
    const nn::ModeScope mode = d_["training"].get<bool>() ? nn::training(rng) : nn::inference();
    const auto loss = [&](const M& net) { return sum(call(net, inputs) * at("grad_out0")); };
    const M again = layer;  // a call while training moves buffers
    CHECK(largest_difference(call(again, inputs), at("out0")) <= tolerance);
    const auto [value, result] = value_and_grad(loss)(layer);
    for (const nn::NamedTensor& t : nn::named_tensors(result)) {
      INFO(t.name);
      CHECK(largest_difference(t.tensor, at((t.trainable ? "grad." : "after.") + t.name)) <=
            tolerance);
    }
    if (!find("grad_in0")) return;
    std::vector<Tensor> real;  // those that have a gradient stand first
    for (const Tensor& input : inputs)
      if (is_floating(input.dtype())) real.push_back(input);
    const std::vector<Tensor> gradients = fathom::gradients(loss(layer), real);
    for (std::size_t i = 0; i < real.size(); ++i)
      CHECK(largest_difference(gradients[i], at("grad_in" + std::to_string(i))) <= tolerance);
  }

 private:
  const Tensor* find(const std::string& what) const { return file_.find(name_ + "." + what); }
  const Tensor& at(const std::string& what) const {
    const Tensor* t = find(what);
    if (!t) throw std::runtime_error("no tensor " + name_ + "." + what);
    return *t;
  }

  const io::Safetensors& file_;
  const json& d_;
  std::string name_;
  bool deep_;  // of several products and a softmax, whose roundings add up
};

const auto one_input = [](const auto& net, const std::vector<Tensor>& x) { return net(x[0]); };
const auto two_inputs = [](const auto& net, const std::vector<Tensor>& x) {
  return net(x[0], x[1]);
};

Shape shape_of(const json& list) {
  return Shape(std::span<const std::int64_t>(list.get<std::vector<std::int64_t>>()));
}

/// {low, high} of the last axes, last axis last, from torch's flat list, which begins with the
/// last.
Widths widths_of(const json& o) {
  const auto flat = o["padding"].get<std::vector<std::int64_t>>();
  Widths widths;
  for (std::size_t i = flat.size(); i > 0; i -= 2) widths.push_back({flat[i - 2], flat[i - 1]});
  return widths;
}
Windows windows_of(const json& o) {
  return {.kernel_size = o["kernel_size"].get<Windows::Pair>(),
          .dilation = o["dilation"].get<Windows::Pair>(),
          .padding = o["padding"].get<Windows::Pair>(),
          .stride = o["stride"].get<Windows::Pair>()};
}

template <int N> PerAxis<N> per_axis(const json& o, const char* name, std::int64_t otherwise) {
  if (!o.contains(name)) return otherwise;
  PerAxis<N> n = 0;
  for (std::size_t i = 0; i < N; ++i)
    n.values[i] = o[name].is_array() ? o[name][i].get<std::int64_t>() : o[name].get<std::int64_t>();
  return n;
}

template <int N> void check_conv(const Case& c, const json& o) {
  nn::ConvOptions<N> options{.stride = per_axis<N>(o, "stride", 1),
                             .dilation = per_axis<N>(o, "dilation", 1),
                             .groups = o.value("groups", 1),
                             .bias = o.value("bias", true)};
  if (o.contains("padding") && o["padding"].is_string())
    options.padding = ConvPadding::same;
  else
    options.padding = per_axis<N>(o, "padding", 0);
  const std::string mode = o.value("padding_mode", "zeros");
  if (mode == "reflect") options.padding_mode = PadMode::reflect;
  if (mode == "replicate") options.padding_mode = PadMode::replicate;
  if (mode == "circular") options.padding_mode = PadMode::circular;
  c.check(
      nn::Conv<N>(o["in_channels"], o["out_channels"], per_axis<N>(o, "kernel_size", 1), options),
      one_input);
}
template <int N> void check_conv_transpose(const Case& c, const json& o) {
  c.check(
      nn::ConvTranspose<N>(o["in_channels"], o["out_channels"], per_axis<N>(o, "kernel_size", 1),
                           {.stride = per_axis<N>(o, "stride", 1),
                            .padding = per_axis<N>(o, "padding", 0),
                            .output_padding = per_axis<N>(o, "output_padding", 0),
                            .groups = o.value("groups", 1),
                            .bias = o.value("bias", true),
                            .dilation = per_axis<N>(o, "dilation", 1)}),
      one_input);
}

/// The options that the two layers of tables have in common.
template <class Options> Options looking_up(const json& o) {
  Options options;
  if (o.contains("padding_idx")) options.padding_idx = o["padding_idx"].get<int>();
  if (o.contains("max_norm")) options.max_norm = o["max_norm"].get<double>();
  options.norm_type = o.value("norm_type", 2.0);
  options.scale_grad_by_freq = o.value("scale_grad_by_freq", false);
  return options;
}
void check_bag(const Case& c, const json& o) {
  auto options = looking_up<nn::EmbeddingBagLayerOptions>(o);
  const std::string mode = o.value("mode", "mean");
  options.mode = mode == "mean" ? BagMode::mean : mode == "sum" ? BagMode::sum : BagMode::max;
  options.include_last_offset = o.value("include_last_offset", false);
  Tensor offsets;
  if (o.contains("offsets")) offsets = Tensor::from(o["offsets"].get<std::vector<std::int64_t>>());
  c.check(nn::EmbeddingBag(o["num_embeddings"], o["embedding_dim"], options),
          [&](const nn::EmbeddingBag& net, const std::vector<Tensor>& x) {
            return net(x.back(), offsets, x.size() > 1 ? x[0] : Tensor());
          });
}

/// The masks of tools/golden/layers.py.
nn::AttentionMasks masks_of(const std::string& kind, std::int64_t batch, std::int64_t queries,
                            std::int64_t keys) {
  const auto has = [&](const char* word) { return kind.find(word) != std::string::npos; };
  const Tensor b = reshape(arange(batch), {batch, 1}), i = reshape(arange(queries), {queries, 1});
  const Tensor j = arange(keys);
  nn::AttentionMasks masks{.causal = has("causal")};
  if (has("padding")) masks.key_padding = j >= keys - b;
  if (has("never")) masks.attention = remainder(i + j, 3) == 1;
  if (has("added")) masks.attention = cast(remainder(i * j, 5), DType::f32) * 0.25;
  return masks;
}

void check_attention(const Case& c, const json& o) {
  const bool batch_first = o.value("batch_first", false);
  const auto call = [&](const nn::MultiheadAttention& net, const std::vector<Tensor>& x) {
    const Tensor &q = x[0], &k = x.size() > 1 ? x[1] : q, &v = x.size() > 1 ? x[2] : q;
    const bool batched = q.rank() == 3;
    const int axis = batch_first && batched ? 1 : 0;
    const auto masks = masks_of(o.value("mask", ""), batched ? q.shape()[1 - axis] : 1,
                                q.shape()[axis], k.shape()[axis]);
    const std::string weights = o.value("weights", "");
    if (weights.empty()) return net(q, k, v, masks);
    return net.with_weights(q, k, v, masks, weights == "mean").weights;
  };
  c.check(nn::MultiheadAttention(o["embed_dim"], o["num_heads"],
                                 {.bias = o.value("bias", true),
                                  .add_bias_kv = o.value("add_bias_kv", false),
                                  .add_zero_attn = o.value("add_zero_attn", false),
                                  .kdim = o.value("kdim", 0),
                                  .vdim = o.value("vdim", 0),
                                  .batch_first = batch_first}),
          call);
}

nn::TransformerLayerOptions transformer_options(const json& o) {
  nn::TransformerLayerOptions options{.dim_feedforward = o["dim_feedforward"],
                                      .dropout = 0,
                                      .layer_norm_eps = o.value("layer_norm_eps", 1e-5),
                                      .batch_first = o.value("batch_first", false),
                                      .norm_first = o.value("norm_first", false),
                                      .bias = o.value("bias", true)};
  if (o.value("activation", "relu") == "gelu") options.activation = gelu;
  return options;
}

bool check_transformer(const Case& c, const std::string& kind, const json& o) {
  if (kind.find("Transformer") == std::string::npos) return false;
  const std::int64_t size = o["d_model"], heads = o["nhead"];
  const nn::TransformerLayerOptions options = transformer_options(o);
  const nn::AttentionMasks masks{.causal = o.value("causal", false)};
  const nn::TransformerEncoderLayer layer(size, heads, options);
  if (kind == "TransformerEncoderLayer")
    c.check(layer, [&](const auto& net, const auto& x) { return net(x[0], masks); });
  if (kind == "TransformerDecoderLayer")
    c.check(nn::TransformerDecoderLayer(size, heads, options),
            [&](const auto& net, const auto& x) { return net(x[0], x[1], masks); });
  if (kind == "TransformerEncoder")
    c.check(nn::TransformerEncoder(layer, 2, nn::LayerNorm(size)), one_input);
  if (kind == "Transformer")
    c.check(nn::Transformer({.d_model = size,
                             .nhead = heads,
                             .num_encoder_layers = o["num_encoder_layers"],
                             .num_decoder_layers = o["num_decoder_layers"],
                             .layer = options}),
            two_inputs);
  return true;
}

void check_layer(const Case& c, const std::string& kind, const json& o) {
  if (check_transformer(c, kind, o)) return;
  if (kind == "MultiheadAttention") return check_attention(c, o);
  if (kind == "Conv1d") return check_conv<1>(c, o);
  if (kind == "Conv2d") return check_conv<2>(c, o);
  if (kind == "Conv3d") return check_conv<3>(c, o);
  if (kind == "ConvTranspose1d") return check_conv_transpose<1>(c, o);
  if (kind == "ConvTranspose2d") return check_conv_transpose<2>(c, o);
  if (kind == "ConvTranspose3d") return check_conv_transpose<3>(c, o);
  if (kind == "Linear") {
    c.check(nn::Linear(o["in_features"], o["out_features"], o.value("bias", true)), one_input);
  } else if (kind == "Bilinear") {
    c.check(nn::Bilinear(o["in1_features"], o["in2_features"], o["out_features"],
                         o.value("bias", true)),
            two_inputs);
  } else if (kind.starts_with("BatchNorm")) {
    nn::BatchNormOptions options{.epsilon = o.value("eps", 1e-5),
                                 .affine = o.value("affine", true),
                                 .track_running_stats = o.value("track_running_stats", true)};
    if (o.contains("momentum"))
      options.momentum =
          o["momentum"].is_null() ? std::optional<double>() : std::optional<double>(o["momentum"]);
    c.check(nn::BatchNorm(o["num_features"], options), one_input);
  } else if (kind.starts_with("InstanceNorm")) {
    c.check(nn::InstanceNorm(o["num_features"],
                             {.epsilon = o.value("eps", 1e-5),
                              .momentum = o.value("momentum", 0.1),
                              .affine = o.value("affine", false),
                              .track_running_stats = o.value("track_running_stats", false)}),
            one_input);
  } else if (kind == "LayerNorm") {
    c.check(nn::LayerNorm(shape_of(o["normalized_shape"]),
                          {.epsilon = o.value("eps", 1e-5),
                           .elementwise_affine = o.value("elementwise_affine", true),
                           .bias = o.value("bias", true)}),
            one_input);
  } else if (kind == "GroupNorm") {
    c.check(nn::GroupNorm(o["num_groups"], o["num_channels"],
                          {.epsilon = o.value("eps", 1e-5), .affine = o.value("affine", true)}),
            one_input);
  } else if (kind == "RMSNorm") {
    nn::RmsNormOptions options{.elementwise_affine = o.value("elementwise_affine", true)};
    if (o.contains("eps")) options.epsilon = o["eps"].get<double>();
    c.check(nn::RMSNorm(shape_of(o["normalized_shape"]), options), one_input);
  } else if (kind == "Embedding") {
    c.check(
        nn::Embedding(o["num_embeddings"], o["embedding_dim"], looking_up<nn::EmbeddingOptions>(o)),
        one_input);
  } else if (kind == "EmbeddingBag") {
    check_bag(c, o);
  } else if (kind == "AdaptiveLogSoftmaxWithLoss") {
    c.check(nn::AdaptiveLogSoftmaxWithLoss(
                o["in_features"], o["n_classes"], o["cutoffs"].get<std::vector<std::int64_t>>(),
                {.div_value = o.value("div_value", 4.0), .head_bias = o.value("head_bias", false)}),
            [](const auto& net, const std::vector<Tensor>& x) {
              const auto [output, loss] = net(x[0], x[1]);
              return concat({output, reshape(loss, {1})});
            });
  } else if (kind == "LinearCrossEntropyLoss") {
    c.check(nn::LinearCrossEntropyLoss(
                o["in_features"], o["num_classes"],
                {.out_features = shape_of(o.value("out_features", json::array())),
                 .bias = o.value("bias", false),
                 .label_smoothing = o.value("label_smoothing", 0.0)}),
            two_inputs);
  } else if (kind == "ReflectionPad2d") {
    c.check(nn::ReflectionPad{widths_of(o)}, one_input);
  } else if (kind == "ReplicationPad1d") {
    c.check(nn::ReplicationPad{widths_of(o)}, one_input);
  } else if (kind == "CircularPad2d") {
    c.check(nn::CircularPad{widths_of(o)}, one_input);
  } else if (kind == "ConstantPad3d") {
    c.check(nn::ConstantPad{widths_of(o), o["value"].get<double>()}, one_input);
  } else if (kind == "ZeroPad2d") {
    c.check(nn::ZeroPad{widths_of(o)}, one_input);
  } else if (kind == "Unfold") {
    c.check(nn::Unfold{windows_of(o)}, one_input);
  } else if (kind == "Fold") {
    c.check(nn::Fold{o["output_size"].get<Windows::Pair>(), windows_of(o)}, one_input);
  } else if (kind == "MaxPool2d") {
    c.check(nn::MaxPool2d(o["kernel_size"].get<int>(),
                          {.stride = o["stride"].get<int>(), .padding = o["padding"].get<int>()}),
            one_input);
  } else if (kind == "AvgPool2d") {
    c.check(nn::AvgPool2d(o["kernel_size"].get<int>(),
                          {.stride = o["stride"].get<int>(), .ceil_mode = o["ceil_mode"]}),
            one_input);
  } else if (kind == "LPPool2d") {
    c.check(nn::LPPool2d(o["norm_type"], o["kernel_size"].get<int>()), one_input);
  } else if (kind == "AdaptiveAvgPool2d") {
    c.check(nn::AdaptiveAvgPool2d(o["output_size"].get<int>()), one_input);
  } else if (kind == "AdaptiveMaxPool2d") {
    c.check(nn::AdaptiveMaxPool2d(o["output_size"].get<int>()), one_input);
  } else if (kind == "Upsample") {
    c.check(nn::Upsample({.scale_factor = {o["scale_factor"].get<double>()}}), one_input);
  } else if (kind == "UpsamplingBilinear2d") {
    c.check(nn::UpsamplingBilinear2d(o["scale_factor"]), one_input);
  } else if (kind == "LocalResponseNorm") {
    c.check(nn::LocalResponseNorm{.size = o["size"], .alpha = o["alpha"]}, one_input);
  } else if (kind == "PixelShuffle") {
    c.check(nn::PixelShuffle{o["upscale_factor"].get<std::int64_t>()}, one_input);
  } else if (kind == "Dropout") {
    c.check(nn::Dropout(o["p"]), one_input);
  } else if (kind == "PReLU") {
    c.check(nn::PReLU(o.value("num_parameters", 1)), one_input);
  } else {
    FAIL_CHECK("no layer for ", kind);
  }
}

}  // namespace

TEST_CASE("layers against PyTorch") {
  const int checked = for_golden_cases("layers", [](const io::Safetensors& file, const json& d) {
    check_layer(Case(file, d), d["layer"], d["options"]);
  });
  CHECK(checked > 150);
}

}  // namespace fathom::test
