#include "tests/ops/golden_calls.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "fathom/fathom.h"

namespace fathom::test {
namespace {

Tensor swapped(const Tensor& t, bool swap) { return swap ? transpose(t) : t; }

template <class F> GoldenCall reduction(F f) {
  return [f](const X& x, const json& a) -> Y { return {f(x[0], axes_of(a), keep(a))}; };
}

void add_elementwise(GoldenCalls& t) {
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
    return {softplus(x[0], a.value("beta", 1.0), a.value("threshold", 20.0))};
  };
  t["where"] = [](const X& x, const json&) -> Y { return {where(x[0], x[1], x[2])}; };
  t["clamp"] = [](const X& x, const json& a) -> Y {
    const double infinity = std::numeric_limits<double>::infinity();
    return {clamp(x[0], a.value("min", -infinity), a.value("max", infinity))};
  };
}

void add_reductions(GoldenCalls& t) {
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

void add_movement(GoldenCalls& t) {
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
}

void add_models(GoldenCalls& t) {
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
    return {layer_norm(x[0], shape_of(a["normalized_shape"]), x.size() > 1 ? x[1] : Tensor(),
                       x.size() > 2 ? x[2] : Tensor(), a.value("eps", 1e-5))};
  };
  t["batch_norm"] = [](const X& x,
                       const json& a) -> Y {  // input, weight, bias, running mean, running variance
    if (!a["training"]) return {batch_norm_inference(x[0], x[3], x[4], x[1], x[2], a["eps"])};
    const BatchNormResult r = batch_norm(x[0], x[1], x[2], x[3], x[4], a["momentum"], a["eps"]);
    return {r.y, r.running_mean, r.running_variance};
  };
}

}  // namespace

const GoldenCalls& golden_calls() {
  static const GoldenCalls calls = [] {
    GoldenCalls all;
    for (const auto add : {add_elementwise, add_reductions, add_movement, add_models,
                           add_activation_calls, add_elementwise_calls, add_index_calls,
                           add_linalg_calls, add_loss_calls, add_order_calls, add_picture_calls,
                           add_shape_calls}) {
      GoldenCalls family;
      add(family);
      for (const auto& [name, call] : family)
        if (!all.emplace(name, call).second) throw std::logic_error("two golden calls of " + name);
    }
    return all;
  }();
  return calls;
}

}  // namespace fathom::test
