#include "tests/ops/golden_calls.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "fathom/fathom.h"

namespace fathom::test {
namespace {

using nlohmann::json;
using X = std::vector<Tensor>;
using Y = std::vector<Tensor>;

Axes axes_of(const json& a) {
  return a.contains("axes") ? Axes(a["axes"].get<std::vector<int>>()) : Axes();
}
std::optional<int> axis_of(const json& a) {
  return a.contains("axis") ? std::optional<int>(a["axis"].get<int>()) : std::nullopt;
}
bool keep(const json& a) { return a.value("keepdim", false); }
Reduction reduction_of(const json& a) {
  const std::string r = a.value("reduction", "mean");
  return r == "mean" ? Reduction::mean : r == "sum" ? Reduction::sum : Reduction::none;
}
Shape shape_of(const json& list) {
  return Shape(std::span<const std::int64_t>(list.get<std::vector<std::int64_t>>()));
}
Tensor swapped(const Tensor& t, bool swap) { return swap ? transpose(t) : t; }

template <class F> GoldenCall unary(F f) {
  return [f](const X& x, const json&) -> Y { return {f(x[0])}; };
}
template <class F> GoldenCall binary(F f) {
  return [f](const X& x, const json&) -> Y { return {f(x[0], x[1])}; };
}
template <class F> GoldenCall reduction(F f) {
  return [f](const X& x, const json& a) -> Y { return {f(x[0], axes_of(a), keep(a))}; };
}

void add_elementwise(std::map<std::string, GoldenCall>& t) {
  t["add"] = binary([](auto& a, auto& b) { return a + b; });
  t["sub"] = binary([](auto& a, auto& b) { return a - b; });
  t["mul"] = binary([](auto& a, auto& b) { return a * b; });
  t["div"] = binary([](auto& a, auto& b) { return a / b; });
  t["maximum"] = binary([](auto& a, auto& b) { return maximum(a, b); });
  t["minimum"] = binary([](auto& a, auto& b) { return minimum(a, b); });
  t["pow"] = binary([](auto& a, auto& b) { return pow(a, b); });
  t["eq"] = binary([](auto& a, auto& b) { return a == b; });
  t["ne"] = binary([](auto& a, auto& b) { return a != b; });
  t["lt"] = binary([](auto& a, auto& b) { return a < b; });
  t["le"] = binary([](auto& a, auto& b) { return a <= b; });
  t["gt"] = binary([](auto& a, auto& b) { return a > b; });
  t["ge"] = binary([](auto& a, auto& b) { return a >= b; });
  t["logical_and"] = binary([](auto& a, auto& b) { return logical_and(a, b); });
  t["logical_or"] = binary([](auto& a, auto& b) { return logical_or(a, b); });
  t["logical_not"] = unary([](auto& x) { return logical_not(x); });
  t["neg"] = unary([](auto& x) { return -x; });
  t["abs"] = unary([](auto& x) { return abs(x); });
  t["sign"] = unary([](auto& x) { return sign(x); });
  t["exp"] = unary([](auto& x) { return exp(x); });
  t["log"] = unary([](auto& x) { return log(x); });
  t["sqrt"] = unary([](auto& x) { return sqrt(x); });
  t["rsqrt"] = unary([](auto& x) { return rsqrt(x); });
  t["square"] = unary([](auto& x) { return square(x); });
  t["reciprocal"] = unary([](auto& x) { return reciprocal(x); });
  t["tanh"] = unary([](auto& x) { return tanh(x); });
  t["sigmoid"] = unary([](auto& x) { return sigmoid(x); });
  t["relu"] = unary([](auto& x) { return relu(x); });
  t["erf"] = unary([](auto& x) { return erf(x); });
  t["sin"] = unary([](auto& x) { return sin(x); });
  t["cos"] = unary([](auto& x) { return cos(x); });
  t["floor"] = unary([](auto& x) { return floor(x); });
  t["silu"] = unary([](auto& x) { return silu(x); });
  t["gelu"] = [](const X& x, const json& a) -> Y {
    return {a["approximate"] == "tanh" ? gelu_tanh(x[0]) : gelu(x[0])};
  };
  t["leaky_relu"] = [](const X& x, const json& a) -> Y {
    return {leaky_relu(x[0], a["negative_slope"])};
  };
  t["elu"] = [](const X& x, const json& a) -> Y { return {elu(x[0], a["alpha"])}; };
  t["softplus"] = [](const X& x, const json& a) -> Y {
    if (a.contains("beta")) return {};
    return {softplus(x[0])};
  };
  t["where"] = [](const X& x, const json&) -> Y { return {where(x[0], x[1], x[2])}; };
  t["clamp"] = [](const X& x, const json& a) -> Y {
    const double infinity = std::numeric_limits<double>::infinity();
    return {clamp(x[0], a.value("min", -infinity), a.value("max", infinity))};
  };
}

void add_reductions(std::map<std::string, GoldenCall>& t) {
  t["max"] = reduction([](auto&&... x) { return max(x...); });
  t["min"] = reduction([](auto&&... x) { return min(x...); });
  t["any"] = reduction([](auto&&... x) { return any(x...); });
  t["all"] = reduction([](auto&&... x) { return all(x...); });
  t["logsumexp"] = reduction([](auto&&... x) { return logsumexp(x...); });
  t["var"] = [](const X& x, const json& a) -> Y {
    return {var(x[0], axes_of(a), a.value("correction", 1), keep(a))};
  };
  t["std"] = [](const X& x, const json& a) -> Y {
    return {std_dev(x[0], axes_of(a), a.value("correction", 1), keep(a))};
  };
  t["argmax"] = [](const X& x, const json& a) -> Y { return {argmax(x[0], axis_of(a), keep(a))}; };
  t["argmin"] = [](const X& x, const json& a) -> Y { return {argmin(x[0], axis_of(a), keep(a))}; };
}

void add_movement(std::map<std::string, GoldenCall>& t) {
  t["reshape"] = [](const X& x, const json& a) -> Y {
    std::int64_t known = 1;
    for (const std::int64_t e : a["shape"]) known *= e < 0 ? 1 : e;
    Shape shape;
    for (const std::int64_t e : a["shape"]) shape.push_back(e < 0 ? x[0].size() / known : e);
    return {reshape(x[0], shape)};
  };
  t["transpose"] = [](const X& x, const json& a) -> Y {
    return {transpose(x[0], a["axis0"], a["axis1"])};
  };
  t["permute"] = [](const X& x, const json& a) -> Y {
    return {permute(x[0], a["axes"].get<std::vector<int>>())};
  };
  t["expand"] = [](const X& x, const json& a) -> Y {
    Shape shape;
    const int extra = static_cast<int>(a["shape"].size()) - x[0].rank();
    for (const std::int64_t e : a["shape"])
      shape.push_back(e < 0 ? x[0].shape()[shape.rank() - extra] : e);
    return {expand(x[0], shape)};
  };
  t["flip"] = [](const X& x, const json& a) -> Y {
    return {flip(x[0], a["axes"].get<std::vector<int>>())};
  };
  t["slice"] = [](const X& x, const json& a) -> Y {
    Tensor y = x[0];
    for (std::size_t i = 0; i < a["axes"].size(); ++i) {
      const std::int64_t step = a["steps"][i];
      const std::int64_t far = std::int64_t{1} << 40;
      const json &start = a["starts"][i], &stop = a["stops"][i];
      y = slice(y, a["axes"][i], start.is_null() ? (step > 0 ? 0 : far) : start.get<std::int64_t>(),
                stop.is_null() ? (step > 0 ? far : -far) : stop.get<std::int64_t>(), step);
    }
    return {y};
  };
  t["squeeze"] = [](const X& x, const json& a) -> Y {
    if (!a.contains("axes")) return {squeeze(x[0])};
    std::vector<int> axes = a["axes"];
    for (int& axis : axes) axis = axis < 0 ? axis + x[0].rank() : axis;
    std::sort(axes.rbegin(), axes.rend());
    Tensor y = x[0];
    for (const int axis : axes) y = squeeze(y, axis);
    return {y};
  };
  t["unsqueeze"] = [](const X& x, const json& a) -> Y {
    Tensor y = x[0];
    for (const int axis : a["axes"]) y = unsqueeze(y, axis);
    return {y};
  };
  t["concat"] = [](const X& x, const json& a) -> Y { return {concat(x, a["axis"])}; };
  t["stack"] = [](const X& x, const json& a) -> Y { return {stack(x, a["axis"])}; };
  t["split"] = [](const X& x, const json& a) -> Y {
    return split(x[0], a["sizes"].get<std::vector<std::int64_t>>(), a["axis"]);
  };
  t["pad"] = [](const X& x, const json& a) -> Y {
    std::vector<std::array<std::int64_t, 2>> widths;
    for (std::size_t i = 0; i < a["before"].size(); ++i)
      widths.push_back({a["before"][i], a["after"][i]});
    return {pad(x[0], widths, a.value("value", 0.0))};
  };
  t["tril"] = [](const X& x, const json& a) -> Y { return {tril(x[0], a.value("diagonal", 0))}; };
  t["triu"] = [](const X& x, const json& a) -> Y { return {triu(x[0], a.value("diagonal", 0))}; };
  t["embedding"] = [](const X& x, const json& a) -> Y {
    if (a.contains("padding_idx")) return {};
    return {take(x[1], x[0])};
  };
  t["index_select"] = [](const X& x, const json& a) -> Y { return {take(x[0], x[1], a["axis"])}; };
  t["gather"] = [](const X& x, const json& a) -> Y {
    // PyTorch's gather takes an index that is shorter on the other axes: x is cut to fit.
    Tensor cut = x[0];
    const int axis =
        a["axis"].get<int>() < 0 ? a["axis"].get<int>() + cut.rank() : a["axis"].get<int>();
    for (int i = 0; i < cut.rank(); ++i)
      if (i != axis) cut = slice(cut, i, 0, x[1].shape()[i]);
    return {take_along(cut, x[1], axis)};
  };
  t["take_along_dim"] = [](const X& x, const json& a) -> Y {
    Shape shape = x[1].shape();  // PyTorch broadcasts the index
    const int axis = a["axis"];
    for (int i = 0; i < shape.rank(); ++i)
      if (i != axis && shape[i] == 1) shape[i] = x[0].shape()[i];
    Shape source = x[0].shape();
    for (int i = 0; i < source.rank(); ++i)
      if (i != axis) source[i] = shape[i];
    return {take_along(expand(x[0], source), expand(x[1], shape), axis)};
  };
  t["one_hot"] = [](const X& x, const json& a) -> Y {
    return {one_hot(x[0], a["num_classes"], DType::i64)};
  };
}

void add_models(std::map<std::string, GoldenCall>& t) {
  t["matmul"] = [](const X& x, const json& a) -> Y {
    return {matmul(swapped(x[0], a.value("transpose_a", false)),
                   swapped(x[1], a.value("transpose_b", false)))};
  };
  t["linear"] = [](const X& x, const json&) -> Y {
    return {linear(x[0], x[1], x.size() > 2 ? x[2] : Tensor())};
  };
  t["softmax"] = [](const X& x, const json& a) -> Y { return {softmax(x[0], a["axis"])}; };
  t["log_softmax"] = [](const X& x, const json& a) -> Y { return {log_softmax(x[0], a["axis"])}; };
  t["layer_norm"] = [](const X& x, const json& a) -> Y {
    Shape normalized = shape_of(a["normalized_shape"]);
    const Tensor weight = x.size() > 1 ? x[1] : ones(normalized, x[0].dtype());
    const Tensor bias = x.size() > 2 ? x[2] : zeros(normalized, x[0].dtype());
    const Tensor rows = flatten(x[0], x[0].rank() - normalized.rank(), -1);  // several axes as one
    return {reshape(layer_norm(rows, flatten(weight), flatten(bias), a.value("eps", 1e-5)),
                    x[0].shape())};
  };
  t["batch_norm"] = [](const X& x,
                       const json& a) -> Y {  // input, weight, bias, running mean, running variance
    if (!a["training"]) return {batch_norm_inference(x[0], x[3], x[4], x[1], x[2], a["eps"])};
    const BatchNormResult r = batch_norm(x[0], x[1], x[2], x[3], x[4], a["momentum"], a["eps"]);
    return {r.y, r.running_mean, r.running_variance};
  };
  t["cross_entropy"] = [](const X& x, const json& a) -> Y {
    if (x[0].rank() != 2 || is_floating(x[1].dtype())) return {};  // positions, soft targets
    return {cross_entropy(x[0], x[1],
                          {.weight = x.size() > 2 ? x[2] : Tensor(),
                           .ignore_index = a.value("ignore_index", -100),
                           .label_smoothing = a.value("label_smoothing", 0.0),
                           .reduction = reduction_of(a)})};
  };
  t["nll_loss"] = [](const X& x, const json& a) -> Y {
    if (x.size() > 2) return {};
    return {nll_loss(x[0], x[1], reduction_of(a))};
  };
  t["mse_loss"] = [](const X& x, const json& a) -> Y {
    return {mse_loss(x[0], x[1], reduction_of(a))};
  };
  t["l1_loss"] = [](const X& x, const json& a) -> Y {
    return {l1_loss(x[0], x[1], reduction_of(a))};
  };
  t["binary_cross_entropy_with_logits"] = [](const X& x, const json& a) -> Y {
    if (x.size() > 2) return {};
    return {binary_cross_entropy_with_logits(x[0], x[1], reduction_of(a))};
  };
}

}  // namespace

const std::map<std::string, GoldenCall>& golden_calls() {
  static const std::map<std::string, GoldenCall> calls = [] {
    std::map<std::string, GoldenCall> t;
    add_elementwise(t);
    add_reductions(t);
    add_movement(t);
    add_models(t);
    add_elementwise_calls(t);
    add_order_calls(t);
    return t;
  }();
  return calls;
}

}  // namespace fathom::test
