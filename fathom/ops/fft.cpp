#include "fathom/ops/fft.h"

#include <cmath>

#include "fathom/math/fourier.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/matrix_parts.h"
#include "fathom/ops/reduce.h"

namespace fathom {

using namespace ops;
using graph::describe;
using graph::HostCall;

namespace graph {

template <> struct Rules<op::Fourier> {
  static constexpr std::string_view name = "fft";
  static Specs infer(const op::Fourier&, Inputs in) { return Spec{in[0].dtype(), in[0].shape()}; }
  static void run(const op::Fourier& a, const HostCall& c) {
    const Shape& shape = c.out_spec().shape;
    const std::int64_t n = shape[shape.rank() - 2];
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      math::fourier(n, a.inverse, c.in<T>(0) + i * 2 * n, c.out<T>() + i * 2 * n);
    });
  }
  // The transform is linear; its adjoint conjugates the factors.
  static Tensors vjp(const op::Fourier& a, const Vjp& v) {
    return {apply(op::Fourier{!a.inverse}, {v.cotangent()}, {})};
  }
};
template <> constinit const OpDef OpEntry<op::Fourier>::def = make_op_def<op::Fourier>();

}  // namespace graph

namespace {

/// Real or complex numbers, a last axis of pairs, with `axes` axes and more.
Tensor numbers(const char* operation, const Operand& x, bool pairs, int axes = 1) {
  const Tensor t = ops::single_or_double(operation, x);
  if (t.rank() < axes + (pairs ? 1 : 0) || (pairs && t.shape().back() != 2))
    fail<ShapeError>({.operation = operation,
                      .problem = pairs ? "x is not complex" : "x is a scalar",
                      .received = {{"x", describe(t)}},
                      .expected = pairs ? "a last axis of 2: real and imaginary part" : "axes",
                      .hint = pairs ? "complex(x, 0) for real numbers" : ""},
                     x.where());
  return t;
}

/// Cut or padded with zeros to n on one axis.
Tensor resized(const Tensor& x, int axis, std::int64_t n) {
  const std::int64_t have = x.shape()[axis];
  if (n <= have) return slice(x, axis, 0, n);
  std::vector<std::array<std::int64_t, 2>> widths(static_cast<std::size_t>(x.rank()), {0, 0});
  widths[static_cast<std::size_t>(axis)] = {0, n - have};
  return pad(x, widths, 0);
}

double factor(fft::Norm norm, bool inverse, std::int64_t n) {
  const double whole = 1 / static_cast<double>(n);
  if (norm == fft::Norm::ortho) return std::sqrt(whole);
  return inverse == (norm == fft::Norm::backward) ? whole : 1;
}

void require_length(const char* operation, std::int64_t n, const std::source_location& where) {
  if (n >= 1) return;
  fail<ValueError>(
      {.operation = operation, .problem = "length " + std::to_string(n), .expected = "at least 1"},
      where);
}

/// Complex to complex over one axis, which is counted from the front.
Tensor transform(const Tensor& z, int axis, bool inverse, double scale,
                 const std::source_location& where) {
  const Tensor rows = transpose(z, axis, -2);
  const Tensor y = graph::apply(op::Fourier{inverse}, {rows}, where);
  return transpose(scale == 1 ? y : y * scale, axis, -2);
}

/// The axes to transform, counted from the front, and the lengths that they shall have.
struct Plan {
  std::vector<int> axes;
  std::vector<std::int64_t> lengths;
};
Plan plan(const char* operation, const Tensor& x, bool pairs, const std::vector<std::int64_t>& n,
          const std::vector<int>& axes, const std::source_location& where) {
  Plan p;
  const int rank = x.rank() - (pairs ? 1 : 0);
  for (const int axis : axes) p.axes.push_back(normalize_axis(operation, axis, rank, where));
  // As PyTorch: lengths without axes are of the last ones.
  if (axes.empty())
    for (int i = n.empty() ? 0 : rank - static_cast<int>(n.size()); i < rank; ++i)
      p.axes.push_back(normalize_axis(operation, i, rank, where));
  if (!n.empty() && n.size() != p.axes.size())
    fail<ShapeError>({.operation = operation,
                      .problem = std::to_string(n.size()) + " lengths for " +
                                 std::to_string(p.axes.size()) + " axes"},
                     where);
  for (std::size_t i = 0; i < p.axes.size(); ++i)
    p.lengths.push_back(n.empty() || n[i] == 0 ? x.shape()[p.axes[i]] : n[i]);
  return p;
}

Tensor complex_transform(const char* operation, const Operand& x,
                         const std::vector<std::int64_t>& n, const std::vector<int>& axes,
                         fft::Norm norm, bool inverse) {
  Tensor z = numbers(operation, x, true);
  const Plan p = plan(operation, z, true, n, axes, x.where());
  for (std::size_t i = 0; i < p.axes.size(); ++i) {
    require_length(operation, p.lengths[i], x.where());
    z = transform(resized(z, p.axes[i], p.lengths[i]), p.axes[i], inverse,
                  factor(norm, inverse, p.lengths[i]), x.where());
  }
  return z;
}

/// Forward, of real numbers; the last axis named is halved.
Tensor real_transform(const char* operation, const Operand& x, const std::vector<std::int64_t>& n,
                      const std::vector<int>& axes, fft::Norm norm) {
  const Tensor t = numbers(operation, x, false);
  const Plan p = plan(operation, t, false, n, axes, x.where());
  Tensor z = complex(t, 0);
  for (std::size_t i = p.axes.size(); i-- > 0;) {
    const std::int64_t length = p.lengths[i];
    require_length(operation, length, x.where());
    z = transform(resized(z, p.axes[i], length), p.axes[i], false, factor(norm, false, length),
                  x.where());
    if (i + 1 == p.axes.size()) z = slice(z, p.axes[i], 0, length / 2 + 1);
  }
  return z;
}

/// The inverse, to real numbers.
Tensor real_inverse(const char* operation, const Operand& x, const std::vector<std::int64_t>& n,
                    const std::vector<int>& axes, fft::Norm norm) {
  Tensor z = numbers(operation, x, true);
  Plan p = plan(operation, z, true, n, axes, x.where());
  if (p.axes.empty()) return real_part(z);
  const int last = p.axes.back();
  if (n.empty() || n.back() == 0) p.lengths.back() = 2 * (p.lengths.back() - 1);
  for (std::size_t i = 0; i < p.axes.size(); ++i) {
    const std::int64_t length = p.lengths[i];
    require_length(operation, length, x.where());
    if (i + 1 < p.axes.size()) {
      z = resized(z, p.axes[i], length);
    } else {
      // The half that is missing is the conjugate of the one given, backwards.
      z = resized(z, last, length / 2 + 1);
      const Tensor mirrored = flip(slice(z, last, 1, (length + 1) / 2), {last});
      z = concat({z, conj(mirrored)}, last);
    }
    z = transform(z, p.axes[i], true, factor(norm, true, length), x.where());
  }
  return real_part(z);
}

Tensor shifted(const char* operation, const Operand& x, const std::vector<int>& axes, bool back) {
  Tensor t = as_tensor(x);
  std::vector<int> all = axes;
  if (all.empty())
    for (int i = 0; i < t.rank(); ++i) all.push_back(i);
  for (const int axis : all) {
    const int a = normalize_axis(operation, axis, t.rank(), x.where());
    const std::int64_t n = t.shape()[a];
    const std::int64_t cut = back ? n / 2 : (n + 1) / 2;
    t = concat({slice(t, a, cut, n), slice(t, a, 0, cut)}, a);
  }
  return t;
}

fft::Norm opposite(fft::Norm norm) {
  return norm == fft::Norm::ortho      ? norm
         : norm == fft::Norm::backward ? fft::Norm::forward
                                       : fft::Norm::backward;
}

}  // namespace

Tensor complex(const Operand& real, const Operand& imaginary) {
  const graph::CallScope call("complex", real.where());
  const DType dtype = floating(common_dtype({&real, &imaginary}));
  const Tensor re = as_tensor(real, dtype);
  const Tensor im = as_tensor(imaginary, dtype);
  Shape shape;
  if (!broadcast(re.shape(), im.shape(), shape))
    fail<ShapeError>({.operation = "complex",
                      .problem = "shapes do not broadcast",
                      .received = {{"real", describe(re)}, {"imaginary", describe(im)}}},
                     real.where());
  return stack({expand(re, shape), expand(im, shape)}, -1);
}
Tensor real_part(const Operand& z) {
  const graph::CallScope call("real_part", z.where());
  return select(numbers("real_part", z, true, 0), -1, 0);
}
Tensor imaginary_part(const Operand& z) {
  const graph::CallScope call("imaginary_part", z.where());
  return select(numbers("imaginary_part", z, true, 0), -1, 1);
}
Tensor complex_mul(const Operand& a, const Operand& b) {
  const graph::CallScope call("complex_mul", a.where());
  const Tensor x = numbers("complex_mul", a, true, 0);
  const Tensor y = numbers("complex_mul", b, true, 0);
  const Tensor xr = real_part(x), xi = imaginary_part(x);
  const Tensor yr = real_part(y), yi = imaginary_part(y);
  return complex(xr * yr - xi * yi, xr * yi + xi * yr);
}
Tensor conj(const Operand& z) {
  const graph::CallScope call("conj", z.where());
  const Tensor t = numbers("conj", z, true, 0);
  return complex(real_part(t), -imaginary_part(t));
}
Tensor polar(const Operand& magnitude, const Operand& angle) {
  const DType dtype = floating(common_dtype({&magnitude, &angle}));
  const Tensor r = as_tensor(magnitude, dtype), a = as_tensor(angle, dtype);
  return complex(r * cos(a), r * sin(a));
}
Tensor complex_angle(const Operand& z) {
  const Tensor t = numbers("complex_angle", z, true, 0);
  return atan2(imaginary_part(t), real_part(t));
}
Tensor complex_abs(const Operand& z) {
  const graph::CallScope call("complex_abs", z.where());
  const Tensor squares = sum(square(numbers("complex_abs", z, true, 0)), -1);
  const Tensor zero = squares == 0;
  return where(zero, 0, sqrt(where(zero, 1, squares)));
}

namespace fft {

using Lengths = std::vector<std::int64_t>;
using AxisList = std::vector<int>;

Tensor fft(const Operand& x, std::int64_t n, int axis, Norm norm) {
  const graph::CallScope call("fft.fft", x.where());
  return complex_transform("fft.fft", x, {n}, {axis}, norm, false);
}
Tensor ifft(const Operand& x, std::int64_t n, int axis, Norm norm) {
  const graph::CallScope call("fft.ifft", x.where());
  return complex_transform("fft.ifft", x, {n}, {axis}, norm, true);
}
Tensor rfft(const Operand& x, std::int64_t n, int axis, Norm norm) {
  const graph::CallScope call("fft.rfft", x.where());
  return real_transform("fft.rfft", x, {n}, {axis}, norm);
}
Tensor irfft(const Operand& x, std::int64_t n, int axis, Norm norm) {
  const graph::CallScope call("fft.irfft", x.where());
  return real_inverse("fft.irfft", x, {n}, {axis}, norm);
}
Tensor hfft(const Operand& x, std::int64_t n, int axis, Norm norm) {
  const graph::CallScope call("fft.hfft", x.where());
  return real_inverse("fft.hfft", conj(numbers("fft.hfft", x, true)), {n}, {axis}, opposite(norm));
}
Tensor ihfft(const Operand& x, std::int64_t n, int axis, Norm norm) {
  const graph::CallScope call("fft.ihfft", x.where());
  return conj(real_transform("fft.ihfft", x, {n}, {axis}, opposite(norm)));
}
Tensor fftn(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.fftn", x.where());
  return complex_transform("fft.fftn", x, n, axes, norm, false);
}
Tensor ifftn(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.ifftn", x.where());
  return complex_transform("fft.ifftn", x, n, axes, norm, true);
}
Tensor rfftn(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.rfftn", x.where());
  return real_transform("fft.rfftn", x, n, axes, norm);
}
Tensor irfftn(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.irfftn", x.where());
  return real_inverse("fft.irfftn", x, n, axes, norm);
}
Tensor fft2(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.fft2", x.where());
  return complex_transform("fft.fft2", x, n, axes, norm, false);
}
Tensor ifft2(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.ifft2", x.where());
  return complex_transform("fft.ifft2", x, n, axes, norm, true);
}
Tensor rfft2(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.rfft2", x.where());
  return real_transform("fft.rfft2", x, n, axes, norm);
}
Tensor irfft2(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.irfft2", x.where());
  return real_inverse("fft.irfft2", x, n, axes, norm);
}
Tensor hfftn(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.hfftn", x.where());
  return real_inverse("fft.hfftn", conj(numbers("fft.hfftn", x, true)), n, axes, opposite(norm));
}
Tensor ihfftn(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.ihfftn", x.where());
  return conj(real_transform("fft.ihfftn", x, n, axes, opposite(norm)));
}
Tensor hfft2(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.hfft2", x.where());
  return real_inverse("fft.hfft2", conj(numbers("fft.hfft2", x, true)), n, axes, opposite(norm));
}
Tensor ihfft2(const Operand& x, const Lengths& n, const AxisList& axes, Norm norm) {
  const graph::CallScope call("fft.ihfft2", x.where());
  return conj(real_transform("fft.ihfft2", x, n, axes, opposite(norm)));
}

Tensor fftfreq(std::int64_t n, double d) {
  require_length("fft.fftfreq", n, {});
  const Tensor i = arange(n, DType::f64);
  const double split = static_cast<double>((n + 1) / 2);
  const Tensor step = where(i < split, i, i - static_cast<double>(n));
  return cast(step / (static_cast<double>(n) * d), DType::f32);
}
Tensor rfftfreq(std::int64_t n, double d) {
  require_length("fft.rfftfreq", n, {});
  return cast(arange(n / 2 + 1, DType::f64) / (static_cast<double>(n) * d), DType::f32);
}
Tensor fftshift(const Operand& x, const AxisList& axes) {
  const graph::CallScope call("fft.fftshift", x.where());
  return shifted("fft.fftshift", x, axes, false);
}
Tensor ifftshift(const Operand& x, const AxisList& axes) {
  const graph::CallScope call("fft.ifftshift", x.where());
  return shifted("fft.ifftshift", x, axes, true);
}

}  // namespace fft
}  // namespace fathom
