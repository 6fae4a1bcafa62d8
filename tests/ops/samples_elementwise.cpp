#include <cmath>

#include "fathom/ops/activation.h"

#include "fathom/ops/function_table.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/special.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {

struct Range {
  double low, high;
};
/// Where a function is smooth enough for central differences.
Range range_of(std::string_view name, int operand) {
  for (const char* positive :
       {"log", "log2", "log10", "sqrt", "rsqrt", "reciprocal", "lgamma", "digamma", "trigamma",
        "entr", "gammainc", "gammaincc", "bessel_y0", "bessel_y1", "modified_bessel_k0",
        "modified_bessel_k1", "scaled_modified_bessel_k0", "scaled_modified_bessel_k1"})
    if (name == positive) return {0.3, 3};
  if (name == "frexp_mantissa") return {1.1, 1.9};
  if (name == "log1p") return {-0.6, 3};
  if (name == "pow" && operand == 0) return {0.3, 3};
  if ((name == "div" || name == "atan2" || name == "hypot") && operand == 1) return {0.4, 2};
  if (name == "xlogy" && operand == 1) return {0.3, 3};
  if (name == "xlog1py" && operand == 1) return {-0.6, 3};
  if (name == "asin" || name == "acos" || name == "atanh" || name == "erfinv") return {-0.8, 0.8};
  if (name == "tan") return {-1.2, 1.2};
  if (name == "acosh") return {1.3, 4};
  if (name == "ndtri") return {0.1, 0.9};
  if (name == "zeta") return operand == 0 ? Range{1.5, 4} : Range{0.5, 3};
  // Smooth between whole numbers: the quotient of one by the other lies in (2, 3).
  if (name == "fmod" || name == "remainder")
    return operand == 0 ? Range{2.3, 2.5} : Range{0.9, 1.1};
  return {-2, 2};
}

Range whole_range(std::string_view name, int operand, DType dtype) {
  if (dtype == DType::boolean) return {0, 2};
  if (name == "pow") return operand == 0 ? Range{0, 9} : Range{0, 5};
  if (name.ends_with("shift")) return operand == 0 ? Range{0, 100} : Range{0, 12};
  if (operand == 1 && (name == "fmod" || name == "remainder" || name.ends_with("divide")))
    return {1, 20};
  return {0, 100};
}

bool has_gradient(std::string_view name) {
  for (const char* flat : {"sign", "floor", "ceil", "round", "trunc", "heaviside", "frexp_exponent",
                           "trunc_divide", "floor_divide", "zeta", "gammainc", "gammaincc"})
    if (name == flat) return false;
  return true;
}

/// What every function of the list must do: all its types, ranks, odd sizes, broadcasting,
/// emptiness and special values. Bits must agree, as both backends evaluate the same scalar
/// functions.
void add_generated(Samples& samples, int function) {
  const ops::FunctionInfo& f = ops::function_info(function);
  const std::string name(f.name);
  const bool truth_only = f.result == fn::Result::truth;
  const auto row = [&](const std::string& what, const std::vector<Shape>& shapes, DType dtype,
                       bool special = false) {
    std::vector<Input> inputs;
    for (int i = 0; i < f.arity; ++i) {
      const auto [low, high] = is_floating(dtype) ? range_of(name, i) : whole_range(name, i, dtype);
      inputs.push_back({shapes[static_cast<std::size_t>(i)], dtype, low, high, special});
    }
    Builder build = [function, arity = f.arity](In x) {
      return arity == 1 ? ops::elementwise(function, x[0]) : ops::elementwise(function, x[0], x[1]);
    };
    const bool gradient = is_floating(dtype) && !truth_only && !special && has_gradient(name);
    samples.push_back(
        {name + "/" + what,
         std::move(build),
         std::move(inputs),
         {.exact = true, .gradient = gradient, .second = gradient && what == "matrix"}});
  };
  const auto same = [](const Shape& s) { return std::vector<Shape>{s, s}; };
  const bool whole = f.domain == fn::Domain::integer || f.domain == fn::Domain::bits;
  for (const DType d : {DType::i64, DType::i32, DType::i8, DType::u8})
    if (f.domain != fn::Domain::floating) row(std::string(fathom::name(d)), same({3, 11}), d);
  if (whole) {
    row("scalar", same({}), DType::i32);
    row("empty", same({3, 0, 2}), DType::u8);
    if (f.arity == 2) row("broadcast", {{4, 1, 3}, {2, 1}}, DType::i64);
    if (f.domain == fn::Domain::bits) row("bool", same({9}), DType::boolean);
    return;
  }
  row("matrix", same({3, 5}), DType::f32);
  row("scalar", same({}), DType::f32);
  row("empty", same({3, 0, 2}), DType::f32);
  row("odd", same({5, 1, 131}), DType::f32);
  row("wide", same({3, 7}), DType::f64);
  row("f16", same({3, 11}), DType::f16);
  row("bf16", same({3, 11}), DType::bf16);
  row("special", {{18}, {18, 1}}, DType::f32, true);
  row("special f64", {{18}, {18, 1}}, DType::f64, true);
  if (f.arity == 2) {
    row("broadcast", {{4, 1, 3}, {2, 1}}, DType::f32);
    row("row and scalar", {{6}, {}}, DType::f32);
    row("empty broadcast", {{0, 3}, {1}}, DType::f32);
  }
  if (f.domain == fn::Domain::floating) {
    row("integers become f32", same({3, 4}), DType::i32);
    return;
  }
  // Truth values may be counted but not divided by.
  const bool divides = f.arity == 2 && whole_range(name, 1, DType::i64).low != 0;
  if (f.of_bools != ops::refuses_bools && !divides) row("bool", same({9}), DType::boolean);
}

}  // namespace

Samples elementwise_samples() {
  const SampleOptions flat{.exact = true, .gradient = false};
  Samples samples{
      {"where",
       [](In x) { return where(x[0], x[1], x[2]); },
       {truth({3, 4}), real({3, 4}), real({3, 4})},
       {.exact = true, .second = true}},
      {"where/broadcast",
       [](In x) { return where(x[0], x[1], x[2]); },
       {truth({4}), real({3, 1}), real({2, 1, 4})},
       {.exact = true}},
      {"where/numbers",
       [](In x) { return where(x[0], 1.5, x[1]); },
       {truth({2, 3}), real({3})},
       {.exact = true}},
      {"where/integers",
       [](In x) { return where(x[0], x[1], x[2]); },
       {truth({7}), whole({7}, -5, 5), whole({}, 0, 9)},
       flat},
      {"where/bool",
       [](In x) { return where(x[0], x[1], x[2]); },
       {truth({7}), truth({7}), truth({7})},
       flat},
      {"where/special",
       [](In x) { return where(x[1] > 0, x[0], x[1]); },
       {special({18}), special({18, 1})},
       flat},
      {"where/empty",
       [](In x) { return where(x[0], x[1], 0); },
       {truth({0, 2}), real({0, 2})},
       {.exact = true}},
      {"clamp", [](In x) { return clamp(x[0], -0.5, 1); }, {real({4, 5})}, {.exact = true}},
      {"clamp/tensors",
       [](In x) { return clamp(x[0], x[1], x[2]); },
       {real({4, 5}), real({5}, -1, 0), real({}, 0.5, 1)},
       {.exact = true}},
      {"clamp/integers", [](In x) { return clamp(x[0], 2, 6); }, {whole({11}, 0, 9)}, flat},
      {"clamp/integers between fractions",
       [](In x) { return clamp(x[0], 0.5, 6.5); },
       {whole({11}, -3, 9)},
       flat},
      {"clamp/crossed bounds",
       [](In x) { return clamp(x[0], 1, -1); },
       {real({11})},
       {.exact = true}},
      {"clamp/a bound that is NaN",
       [](In x) { return clamp(x[0], std::nan(""), 1); },
       {given({2}, {-1, 3})},
       flat,
       {std::nan(""), std::nan("")}},
      {"clamp/special", [](In x) { return clamp(x[0], -1, 1); }, {special({18})}, flat},
      {"clamp/temporaries",
       [](In x) { return clamp(x[0] * 1.5, x[1] - 1, x[1] + 1); },
       {real({4, 5}), real({5}, -0.2, 0.2)},
       {.exact = true}},
      {"where/temporaries",
       [](In x) { return where(x[0] > 0, x[0] + 1, x[0] * 2); },
       {real({4, 5})},
       {.exact = true}},
      {"leaky_relu/temporary",
       [](In x) { return leaky_relu(x[0] + 0.5); },
       {real({9})},
       {.exact = true}},
      {"elu/temporary", [](In x) { return elu(x[0] + 0.5); }, {real({9})}, {.exact = true}},
      {"leaky_relu", [](In x) { return leaky_relu(x[0]); }, {real({4, 5})}, {.exact = true}},
      {"leaky_relu/slope", [](In x) { return leaky_relu(x[0], 0.3); }, {special({40})}, flat},
      {"elu", [](In x) { return elu(x[0]); }, {real({4, 5})}, {.exact = true, .second = true}},
      {"elu/alpha", [](In x) { return elu(x[0], 0.4); }, {real({17})}, {.exact = true}},
      {"stop_gradient",
       [](In x) { return x[0] * stop_gradient(x[1]); },
       {real({3}), real({3})},
       {.exact = true, .gradient = false}},
      {"cast/f64", [](In x) { return cast(x[0], DType::f64); }, {real({3, 4})}, {.exact = true}},
      {"cast/to f32",
       [](In x) { return cast(x[0], DType::f32); },
       {{{5}, DType::f64, -1e3, 1e3}},
       flat},
      {"cast/to i64", [](In x) { return cast(x[0], DType::i64); }, {special({40})}, flat},
      {"cast/to i32",
       [](In x) { return cast(x[0], DType::i32); },
       {special({40}, DType::f64)},
       flat},
      {"cast/to i8", [](In x) { return cast(x[0], DType::i8); }, {real({40}, -100, 100)}, flat},
      {"cast/to u8", [](In x) { return cast(x[0], DType::u8); }, {whole({40}, -300, 300)}, flat},
      {"cast/to bool", [](In x) { return cast(x[0], DType::boolean); }, {special({40})}, flat},
      {"cast/from bool", [](In x) { return cast(x[0], DType::f32); }, {truth({40})}, flat},
      {"cast/from u8",
       [](In x) { return cast(x[0], DType::f64); },
       {whole({40}, 0, 256, DType::u8)},
       flat},
      {"cast/through f16",
       [](In x) { return cast(cast(x[0], DType::f16), DType::f32); },
       {special({200})},
       flat},
      {"cast/f16 range",
       [](In x) { return cast(cast(x[0], DType::f16), DType::f32); },
       {real({300}, -7e4, 7e4)},
       flat},
      {"cast/f16 subnormals",
       [](In x) { return cast(cast(x[0], DType::f16), DType::f32); },
       {real({300}, -1e-4, 1e-4)},
       flat},
      {"cast/through bf16",
       [](In x) { return cast(cast(x[0], DType::bf16), DType::f32); },
       {special({200})},
       flat},
      {"cast/half moves",
       [](In x) { return cast(transpose(cast(x[0], DType::bf16)), DType::f32); },
       {real({3, 5})},
       flat},
      // SciPy's values; PyTorch's are off by 1e-8 at 5
      {"bessel_j0/known",
       [](In x) { return bessel_j0(x[0]); },
       {given({6}, {0, 0.5, -2, 5, 20, 1000})},
       {.exact = true},
       {1, 0.938469807240813, 0.22389077914123562, -0.1775967713143383, 0.16702466434058322,
        0.02478668615242003}},
      {"bessel_j1/known",
       [](In x) { return bessel_j1(x[0]); },
       {given({6}, {0, 0.5, -2, 5, 20, 1000})},
       {.exact = true},
       {0, 0.24226845767487387, -0.5767248077568734, -0.3275791375914653, 0.0668331241758502,
        0.00472831190708902}},
      {"add/number", [](In x) { return x[0] + 1.5; }, {real({3})}, {.exact = true}},
      {"add/number left", [](In x) { return 2 + x[0]; }, {whole({3}, 0, 9)}, flat},
      {"sub/number left", [](In x) { return 1 - x[0]; }, {real({3})}, {.exact = true}},
      {"div/of integers", [](In x) { return x[0] / 3; }, {whole({5}, -9, 9)}, flat},
      {"mul/promoted",
       [](In x) { return x[0] * x[1]; },
       {whole({3}, 0, 9, DType::i32), real({2, 1})},
       {.exact = true}},
      {"mul/f64 and f32",
       [](In x) { return x[0] * x[1]; },
       {{{3}, DType::f64}, real({3})},
       {.exact = true}},
      {"square/chain",
       [](In x) { return tanh(square(x[0]) + x[0]) * sigmoid(x[1]); },
       {real({9, 67}), real({67})},
       {.exact = true}},
      {"add/diamond",
       [](In x) {
         auto y = exp(x[0]);
         auto z = y + y;
         return z * y;
       },
       {real({3, 4})},
       {.exact = true, .second = true}},
      {"mul/large",
       [](In x) { return gelu(x[0] * x[1] + 0.1); },
       {real({301, 257}), real({257})},
       {.exact = true, .large = true}},
  };
  for (int f = 0; f < ops::function_count; ++f) add_generated(samples, f);
  return samples;
}

}  // namespace fathom::test
