// Elementwise operations that are made of others. On halves they are computed in f32 and rounded
// once.
#include <cmath>
#include <limits>

#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"

namespace fathom {
namespace {

/// The dividend and the divisor in their common type; integers are checked for 0.
struct Division {
  Tensor a, b;
  Division(const char* name, const Operand& x, const Operand& y) {
    DType dtype = ops::common_dtype({&x, &y});
    if (dtype == DType::boolean) dtype = DType::i64;
    if (!is_floating(dtype) && !y.is_tensor() && y.integer() == 0)
      ops::fail<ValueError>({.operation = name,
                             .problem = "an integer is divided by 0",
                             .hint = "divide floating numbers, which have infinities"},
                            x.where());
    a = ops::as_tensor(x, dtype);
    b = ops::as_tensor(y, dtype);
    if (is_floating(dtype) || !y.is_tensor()) return;
    const graph::CallScope call(name, x.where());
    b = graph::apply(op::Divisor{}, {b}, x.where());
  }
};

/// x between bounds that are numbers; at them and beyond, NaN too, a constant.
Tensor inside(const Tensor& within, const Tensor& x, const Tensor& clamped) {
  return where(within, x, stop_gradient(clamped));
}

double largest(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return std::numeric_limits<double>::max();
    case DType::f16:
      return 65504;
    case DType::bf16:
      return 0x1.fep127;
    default:
      return std::numeric_limits<float>::max();
  }
}

}  // namespace

// ---- division and powers

Tensor div(const Operand& a, const Operand& b, Rounding rounding) {
  if (rounding == Rounding::floor) return floor_divide(a, b);
  if (rounding == Rounding::none) return div(a, b);
  const Division d("div", a, b);
  return ops::elementwise(fn::id_of<fn::TruncDivide>, d.a, d.b);
}
Tensor floor_divide(const Operand& a, const Operand& b) {
  const graph::CallScope call("floor_divide", a.where());
  const Division d("floor_divide", a, b);
  return ops::elementwise(fn::id_of<fn::FloorDivide>, d.a, d.b);
}
Tensor remainder(const Operand& a, const Operand& b) {
  const graph::CallScope call("remainder", a.where());
  const Division d("remainder", a, b);
  return ops::elementwise(fn::id_of<fn::Remainder>, d.a, d.b);
}
Tensor fmod(const Operand& a, const Operand& b) {
  const graph::CallScope call("fmod", a.where());
  const Division d("fmod", a, b);
  return ops::elementwise(fn::id_of<fn::Fmod>, d.a, d.b);
}

Tensor pow(const Operand& a, const Operand& b) {
  const graph::CallScope call("pow", a.where());
  if (!b.is_tensor() && b.number_kind() == DType::i64 && b.integer() < 0 &&
      !is_floating(ops::common_dtype({&a, &b})))
    ops::fail<ValueError>({.operation = "pow",
                           .problem = "an integer is raised to a negative power",
                           .received = {{"exponent", std::to_string(b.integer())}},
                           .hint = "cast it to a floating type first"},
                          a.where());
  return ops::elementwise(fn::id_of<fn::Pow>, a, b);
}
Tensor float_power(const Operand& a, const Operand& b) {
  return pow(ops::as_tensor(a, DType::f64), ops::as_tensor(b, DType::f64));
}

Tensor ldexp(const Operand& x, const Operand& exponent) {
  const graph::CallScope call("ldexp", x.where());
  const DType dtype = ops::floating(ops::common_dtype({&x, &exponent}));
  const DType wide = ops::widened(dtype);
  return cast(ops::as_tensor(x, wide) * exp2(ops::as_tensor(exponent, wide)), dtype);
}

// ---- rounding and angles

Tensor round(const Operand& x, int decimals) {
  const graph::CallScope call("round", x.where());
  const DType dtype = ops::common_dtype({&x});
  const Tensor t = ops::as_tensor(x, ops::widened(dtype));
  if (!is_floating(dtype) && decimals >= 0) return t;
  const double scale = std::pow(10.0, std::abs(decimals));
  return cast(decimals < 0 ? round(t / scale) * scale : round(t * scale) / scale, dtype);
}
Tensor frac(const Operand& x) {
  const graph::CallScope call("frac", x.where());
  const Tensor t = ops::as_tensor(x, ops::floating(ops::common_dtype({&x})));
  return t - trunc(t);
}
Tensor deg2rad(const Operand& x) {
  const graph::CallScope call("deg2rad", x.where());
  return ops::as_tensor(x, ops::floating(ops::common_dtype({&x}))) * 0.017453292519943295;
}
Tensor rad2deg(const Operand& x) {
  const graph::CallScope call("rad2deg", x.where());
  return ops::as_tensor(x, ops::floating(ops::common_dtype({&x}))) * 57.29577951308232;
}

// ---- bounds and replacements

Tensor clamp(const Operand& x, const Operand& low, const Operand& high) {
  const graph::CallScope call("clamp", x.where());
  const DType dtype = ops::common_dtype({&x, &low, &high});
  const Tensor t = ops::as_tensor(x, dtype);
  const Tensor least = ops::as_tensor(low, dtype);
  const Tensor most = ops::as_tensor(high, dtype);
  if (!low.is_tensor() && !high.is_tensor())
    return inside(logical_and(t > least, t < most), t, minimum(maximum(t, least), most));
  return where(t == t, minimum(maximum(t, least), most), t);  // a NaN has its own gradient
}
Tensor clamp_min(const Operand& x, const Operand& low) {
  const graph::CallScope call("clamp_min", x.where());
  if (low.is_tensor()) return maximum(x, low);
  const DType dtype = ops::common_dtype({&x, &low});
  const Tensor t = ops::as_tensor(x, dtype);
  const Tensor least = ops::as_tensor(low, dtype);
  return inside(t > least, t, maximum(t, least));
}
Tensor clamp_max(const Operand& x, const Operand& high) {
  const graph::CallScope call("clamp_max", x.where());
  if (high.is_tensor()) return minimum(x, high);
  const DType dtype = ops::common_dtype({&x, &high});
  const Tensor t = ops::as_tensor(x, dtype);
  const Tensor most = ops::as_tensor(high, dtype);
  return inside(t < most, t, minimum(t, most));
}
Tensor nan_to_num(const Operand& x, double nan, std::optional<double> positive,
                  std::optional<double> negative) {
  const graph::CallScope call("nan_to_num", x.where());
  const Tensor t = ops::as_tensor(x);
  if (!is_floating(t.dtype())) return t;
  const double end = largest(t.dtype());
  const Tensor finite =
      where(isposinf(t), positive.value_or(end), where(isneginf(t), negative.value_or(-end), t));
  return where(isnan(t), nan, finite);
}

// ---- several operands

Tensor lerp(const Operand& start, const Operand& end, const Operand& weight) {
  const graph::CallScope call("lerp", start.where());
  const DType dtype = ops::floating(ops::common_dtype({&start, &end, &weight}));
  const DType wide = ops::widened(dtype);
  const Tensor a = ops::as_tensor(start, wide);
  const Tensor b = ops::as_tensor(end, wide);
  const Tensor w = ops::as_tensor(weight, wide);
  // One product of the difference: a choice of two would make 0 * inf of the gradient.
  const Tensor from_a = abs(w) < 0.5;
  return cast(where(from_a, a, b) + where(from_a, w, w - 1) * (b - a), dtype);
}
Tensor addcmul(const Operand& x, const Operand& a, const Operand& b, const Operand& value) {
  const graph::CallScope call("addcmul", x.where());
  const DType dtype = ops::common_dtype({&x, &a, &b, &value});
  const DType wide = ops::widened(dtype);
  const Tensor scaled = ops::as_tensor(value, wide) * ops::as_tensor(a, wide);
  return cast(ops::as_tensor(x, wide) + scaled * ops::as_tensor(b, wide), dtype);
}
Tensor addcdiv(const Operand& x, const Operand& a, const Operand& b, const Operand& value) {
  const graph::CallScope call("addcdiv", x.where());
  const DType dtype = ops::floating(ops::common_dtype({&x, &a, &b, &value}));
  const DType wide = ops::widened(dtype);
  const Tensor scaled = ops::as_tensor(value, wide) * ops::as_tensor(a, wide);
  return cast(ops::as_tensor(x, wide) + scaled / ops::as_tensor(b, wide), dtype);
}

// ---- equality

Tensor isclose(const Operand& a, const Operand& b, double relative, double absolute,
               bool equal_nan) {
  const graph::CallScope call("isclose", a.where());
  const DType dtype = ops::common_dtype({&a, &b});
  const DType wide = ops::widened(ops::floating(dtype));
  const Tensor x = ops::as_tensor(a, is_floating(dtype) ? wide : DType::f64);
  const Tensor y = ops::as_tensor(b, is_floating(dtype) ? wide : DType::f64);
  const Tensor near = logical_and(abs(x - y) <= absolute + abs(relative * y), isfinite(y));
  const Tensor close = logical_or(x == y, near);
  return equal_nan ? logical_or(close, logical_and(isnan(x), isnan(y))) : close;
}
bool allclose(const Operand& a, const Operand& b, double relative, double absolute,
              bool equal_nan) {
  return all(isclose(a, b, relative, absolute, equal_nan)).item<bool>();
}
bool equal(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && all(a == b).item<bool>();
}

}  // namespace fathom
