#include "fathom/ops/interpolate.h"

#include <algorithm>
#include <cmath>

#include "fathom/graph/op.h"
#include "fathom/ops/index.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/pooling.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;
using Mode = InterpolateMode;
using Filter = op::Resample::Filter;

namespace graph {

template <> struct Rules<op::Resample> {
  static constexpr std::string_view name = "resample";
  static Specs infer(const op::Resample& a, Inputs in) {
    return Spec{in[0].dtype(), in[0].shape().with(a.axis, a.transposed ? a.in : a.out)};
  }
  static Tensors vjp(const op::Resample& a, const Vjp& v) {
    op::Resample back = a;
    back.transposed = !a.transposed;
    return {apply(back, {v.cotangent()}, {})};
  }
};

template <> constinit const OpDef OpEntry<op::Resample>::def = make_op_def<op::Resample>();

}  // namespace graph

namespace {

constexpr const char* kInterpolate = "interpolate";

const char* mode_name(Mode mode) {
  constexpr const char* names[] = {"nearest", "nearest_exact", "linear", "bilinear",
                                   "bicubic", "trilinear",     "area"};
  return names[static_cast<int>(mode)];
}
/// Axes of size that a mode takes; 0: any.
int axes_of(Mode mode) {
  return mode == Mode::linear                              ? 1
         : mode == Mode::bilinear || mode == Mode::bicubic ? 2
         : mode == Mode::trilinear                         ? 3
                                                           : 0;
}

template <class T>
std::vector<T> each_axis(const char* option, std::vector<T> given, int axes,
                         const std::source_location& where) {
  if (given.size() == 1) given.resize(static_cast<std::size_t>(axes), given[0]);
  if (given.size() != static_cast<std::size_t>(axes))
    ops::fail<ValueError>(
        {.operation = kInterpolate,
         .problem = std::string(option) + " has " + std::to_string(given.size()) + " numbers",
         .expected = "one, or one for each of " + std::to_string(axes) + " axes"},
        where);
  return given;
}

void check(const Tensor& x, const InterpolateOptions& o, const std::source_location& where) {
  const auto reject = [&](const std::string& problem, const char* expected) {
    ops::fail<ValueError>({.operation = kInterpolate, .problem = problem, .expected = expected},
                          where);
  };
  const int axes = x.rank() - 2, wanted = axes_of(o.mode);
  if (axes < 1 || axes > 3 || (wanted != 0 && axes != wanted))
    ops::fail<ShapeError>(
        {.operation = kInterpolate,
         .problem =
             std::string("x has another number of axes than ") + mode_name(o.mode) + " takes",
         .received = {{"x", describe(x)}},
         .expected = wanted == 0 ? "x (B, C, ...) with one, two or three axes more"
                                 : "x (B, C, ...) with " + std::to_string(wanted) + " more"},
        where);
  if (o.size.empty() == o.scale_factor.empty())
    reject(o.size.empty() ? "neither size nor scale_factor is given"
                          : "both size and scale_factor are given",
           "one of them");
  if (o.recompute_scale_factor && !o.size.empty())
    reject("recompute_scale_factor is given with size", "a scale_factor to recompute");
  const bool smooth = wanted != 0;
  if (o.align_corners && !smooth)
    reject(std::string("align_corners is given with ") + mode_name(o.mode),
           "one of the linear and cubic modes");
  if (o.antialias && o.mode != Mode::bilinear && o.mode != Mode::bicubic)
    reject(std::string("antialias is given with ") + mode_name(o.mode), "bilinear or bicubic");
  if (o.mode != Mode::nearest && o.mode != Mode::nearest_exact)
    ops::require_floating(kInterpolate, Operand(x, where));
}

/// What becomes of one axis.
struct AxisPlan {
  int axis;
  std::int64_t in, out;
  double scale;  // elements of the input for one of the output; 0: as the extents say
};

std::vector<AxisPlan> plan_axes(const Tensor& x, const InterpolateOptions& o,
                                const std::source_location& where) {
  const int axes = x.rank() - 2;
  std::vector<AxisPlan> plans;
  if (!o.size.empty()) {
    const auto size = each_axis("size", o.size, axes, where);
    for (int i = 0; i < axes; ++i)
      plans.push_back({i + 2, x.shape()[i + 2], size[static_cast<std::size_t>(i)], 0});
  } else {
    const auto factor = each_axis("scale_factor", o.scale_factor, axes, where);
    for (int i = 0; i < axes; ++i) {
      const double f = factor[static_cast<std::size_t>(i)];
      ops::require_option(f > 0 && std::isfinite(f), kInterpolate, "scale_factor", f,
                          "a number above 0", where);
      const std::int64_t in = x.shape()[i + 2];
      const auto out = static_cast<std::int64_t>(std::floor(static_cast<double>(in) * f));
      plans.push_back({i + 2, in, out, o.recompute_scale_factor ? 0 : 1 / f});
    }
  }
  for (const AxisPlan& p : plans)
    if (p.in < 1 || p.out < 1)
      ops::fail<ShapeError>(
          {.operation = kInterpolate,
           .problem = "axis " + std::to_string(p.axis) + " would go from " + std::to_string(p.in) +
                      " to " + std::to_string(p.out) + " elements",
           .received = {{"x", describe(x)}},
           .expected = "at least 1 before and after"},
          where);
  return plans;
}

/// Each element repeated: a view of the input and one copy. A gradient is a sum.
Tensor repeated(const Tensor& x, const AxisPlan& p) {
  const Tensor apart = unsqueeze(x, p.axis + 1);
  return flatten(expand(apart, apart.shape().with(p.axis + 1, p.out / p.in)), p.axis, p.axis + 1);
}

template <class T> std::vector<std::int64_t> nearest_places(const AxisPlan& p, bool exact) {
  const T scale =
      p.scale > 0 ? static_cast<T>(p.scale) : static_cast<T>(p.in) / static_cast<T>(p.out);
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < p.out; ++i) {
    const T at = exact ? (static_cast<T>(i) + T(0.5)) * scale : static_cast<T>(i) * scale;
    places.push_back(std::min(static_cast<std::int64_t>(std::floor(at)), p.in - 1));
  }
  return places;
}

Tensor nearest(const Tensor& x, const AxisPlan& p, bool exact) {
  if (p.in == p.out && (p.scale == 0 || p.scale == 1)) return x;
  const double factor = static_cast<double>(p.out) / static_cast<double>(p.in);
  if (p.out % p.in == 0 && (p.scale == 0 || 1 / p.scale == factor)) return repeated(x, p);
  const auto places =
      x.dtype() == DType::f64 ? nearest_places<double>(p, exact) : nearest_places<float>(p, exact);
  return take(x, Tensor::from(places), p.axis);
}

}  // namespace

Tensor interpolate(const Operand& x, const InterpolateOptions& o) {
  const graph::CallScope call(kInterpolate, x.where());
  Tensor t = ops::as_tensor(x);
  check(t, o, x.where());
  std::vector<AxisPlan> plans = plan_axes(t, o, x.where());
  if (o.mode == Mode::area) {
    Shape size;
    for (const AxisPlan& p : plans) size.push_back(p.out);
    return ops::adaptive_average(t, size, x.where());
  }
  // The axis that leaves least goes first.
  std::stable_sort(plans.begin(), plans.end(), [](const AxisPlan& a, const AxisPlan& b) {
    return static_cast<double>(a.out) * static_cast<double>(b.in) <
           static_cast<double>(b.out) * static_cast<double>(a.in);
  });
  const Filter filter = o.mode == Mode::bicubic ? Filter::cubic : Filter::linear;
  for (const AxisPlan& p : plans) {
    if (axes_of(o.mode) == 0)
      t = nearest(t, p, o.mode == Mode::nearest_exact);
    else
      t = graph::apply(op::Resample{filter, o.align_corners.value_or(false), o.antialias, false,
                                    p.axis, p.in, p.out, p.scale},
                       {t}, x.where());
  }
  return t;
}

}  // namespace fathom
