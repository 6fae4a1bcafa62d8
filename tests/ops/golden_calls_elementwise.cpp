// The calls of tools/golden/ops_elementwise.py.
#include <functional>

#include "fathom/fathom.h"
#include "tests/ops/golden_calls.h"

namespace fathom::test {
namespace {

using Unary = Tensor (*)(const Operand&);
using Binary = Tensor (*)(const Operand&, const Operand&);

template <std::size_t n>
void add_all(GoldenCalls& t, const std::pair<const char*, Unary> (&list)[n]) {
  for (const auto& [name, f] : list)
    t[name] = [f = f](const X& x, const json&) -> Y { return {f(x[0])}; };
}
template <std::size_t n>
void add_all(GoldenCalls& t, const std::pair<const char*, Binary> (&list)[n]) {
  for (const auto& [name, f] : list)
    t[name] = [f = f](const X& x, const json&) -> Y { return {f(x[0], x[1])}; };
}

std::optional<double> optional(const json& a, const char* name) {
  return a.contains(name) ? std::optional(a[name].get<double>()) : std::nullopt;
}

using Pair = std::function<DType(DType, DType)>;
Tensor promotion_table(int columns, const Pair& promoted) {
  std::vector<std::int64_t> codes;
  for (int a = 0; a < dtype_count; ++a)
    for (int b = 0; b < columns; ++b)
      codes.push_back(static_cast<int>(promoted(static_cast<DType>(a), static_cast<DType>(b))));
  return Tensor::from(codes, Shape{dtype_count, columns});
}
Y promotions() {
  const Tensor yes = ones({}, DType::boolean);
  const auto pair = [&](const Shape& left, const Shape& right) {
    return promotion_table(dtype_count, [=](DType a, DType b) {
      return where(yes, zeros(left, a), zeros(right, b)).dtype();
    });
  };
  const auto number = [&](const Shape& left) {
    return promotion_table(3, [=](DType a, DType b) {
      const Operand numbers[] = {true, 1, 1.5};
      return where(yes, zeros(left, a), numbers[static_cast<int>(b)]).dtype();
    });
  };
  return {pair({2}, {2}), pair({2}, {}), number({2}), pair({}, {}), number({})};
}

}  // namespace

void add_elementwise_calls(GoldenCalls& t) {
  add_all(t, {std::pair<const char*, Unary>{"exp2", exp2},
              {"log2", log2},
              {"log10", log10},
              {"log1p", log1p},
              {"expm1", expm1},
              {"tan", tan},
              {"asin", asin},
              {"acos", acos},
              {"atan", atan},
              {"sinh", sinh},
              {"cosh", cosh},
              {"asinh", asinh},
              {"acosh", acosh},
              {"atanh", atanh},
              {"sinc", sinc},
              {"ceil", ceil},
              {"round", round},
              {"trunc", trunc},
              {"frac", frac},
              {"deg2rad", deg2rad},
              {"rad2deg", rad2deg},
              {"bitwise_not", bitwise_not},
              {"isnan", isnan},
              {"isinf", isinf},
              {"isfinite", isfinite},
              {"isposinf", isposinf},
              {"isneginf", isneginf},
              {"signbit", signbit},
              {"erfc", erfc},
              {"erfinv", erfinv},
              {"erfcx", erfcx},
              {"lgamma", lgamma},
              {"digamma", digamma},
              {"i0", i0},
              {"i0e", i0e},
              {"i1", i1},
              {"i1e", i1e},
              {"bessel_j0", bessel_j0},
              {"bessel_j1", bessel_j1},
              {"bessel_y0", bessel_y0},
              {"bessel_y1", bessel_y1},
              {"modified_bessel_k0", modified_bessel_k0},
              {"modified_bessel_k1", modified_bessel_k1},
              {"scaled_modified_bessel_k0", scaled_modified_bessel_k0},
              {"scaled_modified_bessel_k1", scaled_modified_bessel_k1},
              {"spherical_bessel_j0", spherical_bessel_j0},
              {"ndtr", ndtr},
              {"ndtri", ndtri},
              {"log_ndtr", log_ndtr},
              {"entr", entr}});
  add_all(t, {std::pair<const char*, Binary>{"logaddexp", logaddexp},
              {"logaddexp2", logaddexp2},
              {"xlogy", xlogy},
              {"xlog1py", xlog1py},
              {"atan2", atan2},
              {"hypot", hypot},
              {"copysign", copysign},
              {"nextafter", nextafter},
              {"heaviside", heaviside},
              {"fmax", fmax},
              {"fmin", fmin},
              {"fmod", fmod},
              {"remainder", remainder},
              {"floor_divide", floor_divide},
              {"bitwise_and", bitwise_and},
              {"bitwise_or", bitwise_or},
              {"bitwise_xor", bitwise_xor},
              {"bitwise_left_shift", bitwise_left_shift},
              {"bitwise_right_shift", bitwise_right_shift},
              {"gcd", gcd},
              {"lcm", lcm},
              {"ldexp", ldexp},
              {"logical_xor", logical_xor},
              {"clamp_min", clamp_min},
              {"clamp_max", clamp_max},
              {"zeta", zeta},
              {"gammainc", gammainc},
              {"gammaincc", gammaincc}});
  using Polynomial = Tensor (*)(const Operand&, std::int64_t);
  for (const auto& [name, f] :
       {std::pair<const char*, Polynomial>{"chebyshev_polynomial_t", chebyshev_polynomial_t},
        {"chebyshev_polynomial_u", chebyshev_polynomial_u},
        {"chebyshev_polynomial_v", chebyshev_polynomial_v},
        {"chebyshev_polynomial_w", chebyshev_polynomial_w},
        {"shifted_chebyshev_polynomial_t", shifted_chebyshev_polynomial_t},
        {"shifted_chebyshev_polynomial_u", shifted_chebyshev_polynomial_u},
        {"shifted_chebyshev_polynomial_v", shifted_chebyshev_polynomial_v},
        {"shifted_chebyshev_polynomial_w", shifted_chebyshev_polynomial_w},
        {"hermite_polynomial_h", hermite_polynomial_h},
        {"hermite_polynomial_he", hermite_polynomial_he},
        {"laguerre_polynomial_l", laguerre_polynomial_l},
        {"legendre_polynomial_p", legendre_polynomial_p}})
    t[name] = [f = f](const X& x, const json& a) -> Y { return {f(x[0], a["n"])}; };
  t["frexp"] = [](const X& x, const json&) -> Y {
    const auto [mantissa, exponent] = frexp(x[0]);
    return {mantissa, exponent};
  };
  t["div_rounded"] = [](const X& x, const json& a) -> Y {
    return {div(x[0], x[1], a["mode"] == "trunc" ? Rounding::trunc : Rounding::floor)};
  };
  t["round_decimals"] = [](const X& x, const json& a) -> Y { return {round(x[0], a["decimals"])}; };
  t["float_power"] = [](const X& x, const json&) -> Y { return {float_power(x[0], x[1])}; };
  t["pow_number"] = [](const X& x, const json& a) -> Y {
    const json& e = a["exponent"];
    return {e.is_number_integer() ? pow(x[0], e.get<int>()) : pow(x[0], e.get<double>())};
  };
  t["clamp_tensors"] = [](const X& x, const json&) -> Y { return {clamp(x[0], x[1], x[2])}; };
  t["clamp_min_number"] = [](const X& x, const json& a) -> Y {
    return {clamp_min(x[0], a["bound"].get<double>())};
  };
  t["clamp_max_number"] = [](const X& x, const json& a) -> Y {
    return {clamp_max(x[0], a["bound"].get<double>())};
  };
  t["nan_to_num"] = [](const X& x, const json& a) -> Y {
    return {nan_to_num(x[0], a.value("nan", 0.0), optional(a, "posinf"), optional(a, "neginf"))};
  };
  t["lerp"] = [](const X& x, const json&) -> Y { return {lerp(x[0], x[1], x[2])}; };
  t["addcmul"] = [](const X& x, const json& a) -> Y {
    return {addcmul(x[0], x[1], x[2], a["value"].get<double>())};
  };
  t["addcdiv"] = [](const X& x, const json& a) -> Y {
    return {addcdiv(x[0], x[1], x[2], a["value"].get<double>())};
  };
  t["isclose"] = [](const X& x, const json& a) -> Y {
    return {isclose(x[0], x[1], a["rtol"], a["atol"], a["equal_nan"])};
  };
  t["polygamma"] = [](const X& x, const json& a) -> Y { return {polygamma(a["n"], x[0])}; };
  t["multigammaln"] = [](const X& x, const json& a) -> Y { return {multigammaln(x[0], a["p"])}; };
  t["logit"] = [](const X& x, const json& a) -> Y { return {logit(x[0], optional(a, "eps"))}; };
  t["half"] = [](const X& x, const json& a) -> Y {
    const DType type = a["type"] == "f16" ? DType::f16 : DType::bf16;
    X halves;
    for (const Tensor& input : x)
      halves.push_back(is_floating(input.dtype()) ? cast(input, type) : input);
    const json attributes = a.value("attrs", json::object());
    return {cast(golden_calls().at(a["function"])(halves, attributes)[0], DType::f32)};
  };
  t["half_once"] = t["half"];
  t["promotions"] = [](const X&, const json&) -> Y { return promotions(); };
}

}  // namespace fathom::test
