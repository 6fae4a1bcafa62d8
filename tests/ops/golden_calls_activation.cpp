// Activations and the normalisations that are compositions.
#include "fathom/fathom.h"
#include "tests/ops/golden_calls.h"

namespace fathom::test {

void add_activation_calls(GoldenCalls& t) {
  const auto add = [&](const char* name, auto f) {
    t[name] = [f](const X& x, const json&) -> Y { return {f(x[0])}; };
  };
  add("selu", [](auto& x) { return selu(x); });
  add("relu6", [](auto& x) { return relu6(x); });
  add("hardsigmoid", [](auto& x) { return hardsigmoid(x); });
  add("hardswish", [](auto& x) { return hardswish(x); });
  add("mish", [](auto& x) { return mish(x); });
  add("logsigmoid", [](auto& x) { return log_sigmoid(x); });
  add("tanhshrink", [](auto& x) { return tanhshrink(x); });
  add("softsign", [](auto& x) { return softsign(x); });
  t["celu"] = [](const X& x, const json& a) -> Y { return {celu(x[0], a["alpha"])}; };
  t["hardtanh"] = [](const X& x, const json& a) -> Y {
    return {hardtanh(x[0], a["min_val"], a["max_val"])};
  };
  t["softshrink"] = [](const X& x, const json& a) -> Y { return {softshrink(x[0], a["lambd"])}; };
  t["hardshrink"] = [](const X& x, const json& a) -> Y { return {hardshrink(x[0], a["lambd"])}; };
  t["threshold"] = [](const X& x, const json& a) -> Y {
    return {threshold(x[0], a["threshold"], a["value"])};
  };
  t["prelu"] = [](const X& x, const json&) -> Y { return {prelu(x[0], x[1])}; };
  t["rrelu_eval"] = [](const X& x, const json& a) -> Y {
    return {rrelu(x[0], a["lower"], a["upper"])};
  };
  t["glu"] = [](const X& x, const json& a) -> Y { return {glu(x[0], a["axis"])}; };
  t["softmin"] = [](const X& x, const json& a) -> Y { return {softmin(x[0], a["axis"])}; };

  t["group_norm"] = [](const X& x, const json& a) -> Y {
    return {group_norm(x[0], a["num_groups"], x.size() > 1 ? x[1] : Tensor(),
                       x.size() > 2 ? x[2] : Tensor(), a["eps"])};
  };
  t["instance_norm"] = [](const X& x, const json& a) -> Y {
    return {instance_norm(x[0], x.size() > 1 ? x[1] : Tensor(), x.size() > 2 ? x[2] : Tensor(),
                          a["eps"])};
  };
  t["rms_norm"] = [](const X& x, const json& a) -> Y {
    const Shape shape(
        std::span<const std::int64_t>(a["normalized_shape"].get<std::vector<std::int64_t>>()));
    std::optional<double> epsilon;
    if (a.contains("eps")) epsilon = a["eps"].get<double>();
    return {rms_norm(x[0], shape, x.size() > 1 ? x[1] : Tensor(), epsilon)};
  };
  t["local_response_norm"] = [](const X& x, const json& a) -> Y {
    return {local_response_norm(x[0], a["size"], a.value("alpha", 1e-4), a.value("beta", 0.75),
                                a.value("k", 1.0))};
  };
}

}  // namespace fathom::test
