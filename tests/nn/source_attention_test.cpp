// Bahdanau's and Luong's attention against their formulas in PyTorch, and what padding leaves
// alone.
#include "fathom/nn/source_attention.h"

#include <doctest/doctest.h>

#include <cmath>

#include "fathom/fathom.h"
#include "tests/backend/cpu/kernel_test.h"
#include "tests/nn/golden_layers.h"

using namespace fathom;

namespace {

template <class A> void check(A attention, const io::Safetensors& file, const nlohmann::json& d) {
  const std::string name = d["name"];
  INFO(name);
  const bool wide = d["dtype"] == "f64";
  const double tolerance = wide ? 1e-12 : 5e-6;
  const auto at = [&](const std::string& what) {
    const Tensor* t = file.find(name + "." + what);
    REQUIRE_MESSAGE(t, what);
    return *t;
  };
  const auto same = [&](const Tensor& got, const std::string& what) {
    INFO(what);
    const Tensor wanted = at(what);
    REQUIRE(got.shape() == wanted.shape());
    CHECK(max(abs(got - wanted) / maximum(abs(wanted), 1)).item() <= tolerance);
  };
  test::load_golden_state(attention, file, name, wide);
  const Tensor* lengths = file.find(name + ".lengths");
  const auto call = [&](const A& a, const Tensor& query, const Tensor& source) {
    return a(query, a.remember(source, lengths ? *lengths : Tensor()));
  };
  const auto loss = [&](const A& a, const Tensor& query, const Tensor& source) {
    const nn::AttentionOutput out = call(a, query, source);
    return sum(out.y * at("up.y")) + sum(out.weights * at("up.weights"));
  };
  const nn::AttentionOutput out = call(attention, at("query"), at("source"));
  same(out.y, "y");
  same(out.weights, "weights");
  const auto [value, gradients] = value_and_grad(loss)(attention, at("query"), at("source"));
  for (const nn::NamedTensor& t : nn::named_tensors(gradients)) same(t.tensor, "grad." + t.name);
  const Tensor query = at("query"), source = at("source");
  const std::vector<Tensor> inputs =
      fathom::gradients(loss(attention, query, source), {query, source});
  same(inputs[0], "grad.query");
  same(inputs[1], "grad.source");
}

void check_bits(const Tensor& a, const Tensor& b) {
  CHECK(cpu::same_bits(a.to_vector<float>(), b.to_vector<float>()));
}

}  // namespace

TEST_CASE("attention to a source has the values and gradients of its formulas") {
  const int checked =
      test::for_golden_cases("source_attention", [](const auto& file, const auto& d) {
        const std::string kind = d["kind"];
        if (kind == "bahdanau")
          check(nn::BahdanauAttention(d["query"], d["key"], d["hidden"]), file, d);
        else
          check(nn::LuongAttention(d["query"], d["key"],
                                   kind == "dot"       ? nn::LuongScore::dot
                                   : kind == "general" ? nn::LuongScore::general
                                                       : nn::LuongScore::concat),
                file, d);
      });
  CHECK(checked == 48);
}

TEST_CASE("attention to a source: alone and padded give the same bits, length 0 gives 0") {
  const nn::BahdanauAttention additive(5, 6, 8);
  const nn::LuongAttention general(5, 6), concat(5, 6, nn::LuongScore::concat);
  const Tensor query = random_normal({3, 2, 5}, make_key(1, 0)).eval();
  const Tensor source = random_normal({3, 9, 6}, make_key(2, 0)).eval();
  const Tensor lengths = tensor({9, 4, 0});
  const auto each = [&](const auto& attention) {
    const nn::AttentionOutput padded = attention(query, attention.remember(source, lengths));
    const nn::Memory alone = attention.remember(slice(slice(source, 0, 1, 2), 1, 0, 4));
    const nn::AttentionOutput out = attention(slice(query, 0, 1, 2), alone);
    check_bits(slice(padded.y, 0, 1, 2), out.y);
    check_bits(slice(slice(padded.weights, 0, 1, 2), 2, 0, 4), out.weights);
    CHECK(max(abs(select(padded.y, 0, 2))).item() == 0);
    const auto loss = [&](const Tensor& s) {
      return sum(attention(query, attention.remember(s, lengths)).y);
    };
    CHECK(sum(abs(grad(loss)(source))).item() < 1e6);  // no NaN
  };
  each(additive);
  each(general);
  each(concat);
}
