#include "fathom/ops/pooling.h"

#include <algorithm>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/pool_options.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;
using op::PoolWindows;

namespace ops {

PoolSpans pool_spans(const PoolWindows& w, int axis, std::int64_t extent, bool count_include_pad) {
  const std::int64_t out = pooled_extent(w, axis, extent);
  PoolSpans spans;
  for (std::int64_t o = 0; o < out; ++o) {
    std::int64_t first, count, padded;
    if (w.adaptive) {
      first = o * extent / out;
      count = padded = ((o + 1) * extent + out - 1) / out - first;
    } else {
      const std::int64_t start = o * w.stride[axis] - w.padding[axis], step = w.dilation[axis];
      const std::int64_t skipped = start < 0 ? (-start + step - 1) / step : 0;
      first = start + skipped * step;
      const std::int64_t left = first < extent ? (extent - first + step - 1) / step : 0;
      count = std::clamp<std::int64_t>(w.kernel_size[axis] - skipped, 0, left);
      padded = std::min(start + w.kernel_size[axis], extent + w.padding[axis]) - start;
    }
    spans.first.push_back(first);
    spans.count.push_back(count);
    spans.padded.push_back(count_include_pad ? padded : count);
  }
  return spans;
}

}  // namespace ops

namespace graph {

namespace {

/// x's shape with its planes pooled.
Shape pooled_shape(const PoolWindows& w, const Tensor& x) {
  Shape shape = x.shape();
  const int lead = w.first_axis(shape);
  for (int i = 0; i < w.kernel_size.rank(); ++i) {
    const std::int64_t out = ops::pooled_extent(w, i, shape[lead + i]);
    if (out < 1 || (w.adaptive && shape[lead + i] < 1))
      throw ShapeError({.operation = "pool",
                        .problem = "no window fits on axis " + std::to_string(lead + i),
                        .received = {{"x", describe(x)},
                                     {"kernel_size", to_string(w.kernel_size)},
                                     {"padding", to_string(w.padding)}}});
    shape[lead + i] = out;
  }
  return shape;
}

Shape extents_of(const PoolWindows& w, const Shape& x) {
  const std::int64_t* first = x.begin() + w.first_axis(x);
  return Shape(std::span<const std::int64_t>(first, first + w.kernel_size.rank()));
}

Shape with_extents(const PoolWindows& w, Shape pooled, const Shape& extents) {
  const int lead = w.first_axis(pooled);
  for (int i = 0; i < extents.rank(); ++i) pooled[lead + i] = extents[i];
  return pooled;
}

}  // namespace

template <> struct Rules<op::MaxPool> {
  static constexpr std::string_view name = "max_pool";
  static Specs infer(const op::MaxPool& a, Inputs in) {
    if (in[0].dtype() == DType::boolean)
      throw DTypeError({.operation = "max_pool",
                        .problem = "x has no numbers",
                        .received = {{"x", describe(in[0])}}});
    const Shape shape = pooled_shape(a.windows, in[0]);
    return {Spec{in[0].dtype(), shape}, Spec{DType::i32, shape}};
  }
  static Tensors vjp(const op::MaxPool& a, const Vjp& v) {
    const op::MaxPoolBackward backward{a.windows, extents_of(a.windows, v.inputs[0].shape())};
    return {apply(backward, {v.cotangent(), v.outputs[1]}, {})};
  }
};

template <> struct Rules<op::MaxPoolBackward> {
  static constexpr std::string_view name = "max_pool_backward";
  static Specs infer(const op::MaxPoolBackward& a, Inputs in) {
    return Spec{in[0].dtype(), with_extents(a.windows, in[0].shape(), a.extents)};
  }
  static Tensors vjp(const op::MaxPoolBackward& a, const Vjp& v) {
    const int lead = a.windows.first_axis(v.inputs[0].shape());
    return {reshape(gather(flatten(v.cotangent(), lead), lead, flatten(v.inputs[1], lead)),
                    v.inputs[0].shape()),
            {}};
  }
};

template <> struct Rules<op::AveragePool> {
  static constexpr std::string_view name = "avg_pool";
  static Specs infer(const op::AveragePool& a, Inputs in) {
    return Spec{in[0].dtype(), pooled_shape(a.windows, in[0])};
  }
  static Tensors vjp(const op::AveragePool& a, const Vjp& v) {
    const op::AveragePoolBackward backward{a.windows, a.count_include_pad, a.divisor,
                                           extents_of(a.windows, v.inputs[0].shape())};
    return {apply(backward, {v.cotangent()}, {})};
  }
};

template <> struct Rules<op::AveragePoolBackward> {
  static constexpr std::string_view name = "avg_pool_backward";
  static Specs infer(const op::AveragePoolBackward& a, Inputs in) {
    return Spec{in[0].dtype(), with_extents(a.windows, in[0].shape(), a.extents)};
  }
  static Tensors vjp(const op::AveragePoolBackward& a, const Vjp& v) {
    const op::AveragePool forward{a.windows, a.count_include_pad, a.divisor};
    return {apply(forward, {v.cotangent()}, {})};
  }
};

template <> constinit const OpDef OpEntry<op::MaxPool>::def = make_op_def<op::MaxPool>();
template <>
constinit const OpDef OpEntry<op::MaxPoolBackward>::def = make_op_def<op::MaxPoolBackward>();
template <> constinit const OpDef OpEntry<op::AveragePool>::def = make_op_def<op::AveragePool>();
template <>
constinit const OpDef OpEntry<op::AveragePoolBackward>::def =
    make_op_def<op::AveragePoolBackward>();

}  // namespace graph

namespace ops {

Tensor adaptive_average(const Tensor& x, const Shape& output_size,
                        const std::source_location& where) {
  const Shape none;
  return graph::apply(op::AveragePool{{output_size, none, none, none, false, true}, true, 0}, {x},
                      where);
}

}  // namespace ops

namespace {

template <int n>
IndexedResult max_pool(const char* name, const Operand& x, const PerAxis<n>& kernel_size,
                       const MaxPoolOptions<n>& o) {
  const graph::CallScope call(name, x.where());
  const Tensor t = ops::pool_input(name, x, n);
  const PoolWindows w =
      ops::pool_windows(name, kernel_size, o.stride, o.padding, o.dilation, o.ceil_mode, x.where());
  const Tensors y = graph::apply_all(op::MaxPool{w}, {t}, x.where());
  return {y[0], cast(y[1], DType::i64)};
}

template <int n>
IndexedResult adaptive_max_pool(const char* name, const Operand& x, const PerAxis<n>& size) {
  const graph::CallScope call(name, x.where());
  const Tensor t = ops::pool_input(name, x, n);
  const Shape none, out = ops::adaptive_size(name, t, size, x.where());
  const Tensors y =
      graph::apply_all(op::MaxPool{{out, none, none, none, false, true}}, {t}, x.where());
  return {y[0], cast(y[1], DType::i64)};
}

template <int n>
Tensor avg_pool(const char* name, const Operand& x, const PerAxis<n>& kernel_size,
                const AvgPoolOptions<n>& o) {
  const graph::CallScope call(name, x.where());
  const Tensor t = ops::pool_input(name, x, n);
  ops::require_floating(name, Operand(t, x.where()));
  if (o.divisor_override && *o.divisor_override == 0)
    ops::fail<ValueError>({.operation = name, .problem = "divisor_override is 0"}, x.where());
  const PoolWindows w = ops::pool_windows(name, kernel_size, o.stride, o.padding, PerAxis<n>(1),
                                          o.ceil_mode, x.where());
  return graph::apply(op::AveragePool{w, o.count_include_pad, o.divisor_override.value_or(0)}, {t},
                      x.where());
}

template <int n>
Tensor adaptive_avg_pool(const char* name, const Operand& x, const PerAxis<n>& size) {
  const graph::CallScope call(name, x.where());
  const Tensor t = ops::pool_input(name, x, n);
  ops::require_floating(name, Operand(t, x.where()));
  const Shape out = ops::adaptive_size(name, t, size, x.where());
  return ops::adaptive_average(t, out, x.where());
}

template <int n>
Tensor lp_pool(const char* name, const Operand& x, double norm_type, const PerAxis<n>& kernel_size,
               const LpPoolOptions<n>& o) {
  const graph::CallScope call(name, x.where());
  if (!(norm_type > 0))
    ops::fail<ValueError>({.operation = name,
                           .problem = "norm_type is " + graph::print_field(norm_type),
                           .expected = "a number above 0"},
                          x.where());
  std::int64_t size = 1;
  for (const std::int64_t k : kernel_size) size *= k;
  const Tensor mean = avg_pool<n>(name, Operand(pow(ops::as_tensor(x), norm_type), x.where()),
                                  kernel_size, {.stride = o.stride, .ceil_mode = o.ceil_mode});
  return pow(sign(mean) * relu(abs(mean)) * static_cast<double>(size), 1 / norm_type);
}

template <int n>
Tensor max_unpool(const char* name, const Operand& x, const Tensor& indices,
                  const PerAxis<n>& kernel_size, const MaxUnpoolOptions<n>& o) {
  const graph::CallScope call(name, x.where());
  const Tensor t = ops::pool_input(name, x, n);
  ops::require_index(name, indices);
  if (indices.shape() != t.shape())
    ops::fail<ShapeError>({.operation = name,
                           .problem = "not every element has a place",
                           .received = {{"x", describe(t)}, {"indices", describe(indices)}},
                           .expected = "indices of x's shape"},
                          x.where());
  const PoolWindows w =
      ops::pool_windows(name, kernel_size, o.stride, o.padding, PerAxis<n>(1), false, x.where());
  const Shape shape =
      ops::unpooled_shape(name, t, w, o.output_size ? o.output_size->begin() : nullptr, x.where());
  const int lead = t.rank() - n;
  std::int64_t extent = 1;
  for (int i = lead; i < t.rank(); ++i) extent *= shape[i];
  Shape flat;
  for (int i = 0; i < lead; ++i) flat.push_back(shape[i]);
  flat.push_back(extent);
  return reshape(scatter(Operand(zeros(flat, t.dtype()), x.where()), lead, flatten(indices, lead),
                         flatten(t, lead)),
                 shape);
}

}  // namespace

IndexedResult max_pool1d_with_indices(const Operand& x, const PerAxis<1>& kernel_size,
                                      const MaxPoolOptions<1>& options) {
  return max_pool("max_pool1d_with_indices", x, kernel_size, options);
}
IndexedResult max_pool2d_with_indices(const Operand& x, const PerAxis<2>& kernel_size,
                                      const MaxPoolOptions<2>& options) {
  return max_pool("max_pool2d_with_indices", x, kernel_size, options);
}
IndexedResult max_pool3d_with_indices(const Operand& x, const PerAxis<3>& kernel_size,
                                      const MaxPoolOptions<3>& options) {
  return max_pool("max_pool3d_with_indices", x, kernel_size, options);
}
Tensor max_pool1d(const Operand& x, const PerAxis<1>& kernel_size,
                  const MaxPoolOptions<1>& options) {
  return max_pool("max_pool1d", x, kernel_size, options).values;
}
Tensor max_pool2d(const Operand& x, const PerAxis<2>& kernel_size,
                  const MaxPoolOptions<2>& options) {
  return max_pool("max_pool2d", x, kernel_size, options).values;
}
Tensor max_pool3d(const Operand& x, const PerAxis<3>& kernel_size,
                  const MaxPoolOptions<3>& options) {
  return max_pool("max_pool3d", x, kernel_size, options).values;
}

Tensor max_unpool1d(const Operand& x, const Tensor& indices, const PerAxis<1>& kernel_size,
                    const MaxUnpoolOptions<1>& options) {
  return max_unpool("max_unpool1d", x, indices, kernel_size, options);
}
Tensor max_unpool2d(const Operand& x, const Tensor& indices, const PerAxis<2>& kernel_size,
                    const MaxUnpoolOptions<2>& options) {
  return max_unpool("max_unpool2d", x, indices, kernel_size, options);
}
Tensor max_unpool3d(const Operand& x, const Tensor& indices, const PerAxis<3>& kernel_size,
                    const MaxUnpoolOptions<3>& options) {
  return max_unpool("max_unpool3d", x, indices, kernel_size, options);
}

Tensor avg_pool1d(const Operand& x, const PerAxis<1>& kernel_size,
                  const AvgPoolOptions<1>& options) {
  return avg_pool("avg_pool1d", x, kernel_size, options);
}
Tensor avg_pool2d(const Operand& x, const PerAxis<2>& kernel_size,
                  const AvgPoolOptions<2>& options) {
  return avg_pool("avg_pool2d", x, kernel_size, options);
}
Tensor avg_pool3d(const Operand& x, const PerAxis<3>& kernel_size,
                  const AvgPoolOptions<3>& options) {
  return avg_pool("avg_pool3d", x, kernel_size, options);
}

Tensor lp_pool1d(const Operand& x, double norm_type, const PerAxis<1>& kernel_size,
                 const LpPoolOptions<1>& options) {
  return lp_pool("lp_pool1d", x, norm_type, kernel_size, options);
}
Tensor lp_pool2d(const Operand& x, double norm_type, const PerAxis<2>& kernel_size,
                 const LpPoolOptions<2>& options) {
  return lp_pool("lp_pool2d", x, norm_type, kernel_size, options);
}
Tensor lp_pool3d(const Operand& x, double norm_type, const PerAxis<3>& kernel_size,
                 const LpPoolOptions<3>& options) {
  return lp_pool("lp_pool3d", x, norm_type, kernel_size, options);
}

Tensor adaptive_avg_pool1d(const Operand& x, const PerAxis<1>& output_size) {
  return adaptive_avg_pool("adaptive_avg_pool1d", x, output_size);
}
Tensor adaptive_avg_pool2d(const Operand& x, const PerAxis<2>& output_size) {
  return adaptive_avg_pool("adaptive_avg_pool2d", x, output_size);
}
Tensor adaptive_avg_pool3d(const Operand& x, const PerAxis<3>& output_size) {
  return adaptive_avg_pool("adaptive_avg_pool3d", x, output_size);
}
IndexedResult adaptive_max_pool1d_with_indices(const Operand& x, const PerAxis<1>& output_size) {
  return adaptive_max_pool("adaptive_max_pool1d_with_indices", x, output_size);
}
IndexedResult adaptive_max_pool2d_with_indices(const Operand& x, const PerAxis<2>& output_size) {
  return adaptive_max_pool("adaptive_max_pool2d_with_indices", x, output_size);
}
IndexedResult adaptive_max_pool3d_with_indices(const Operand& x, const PerAxis<3>& output_size) {
  return adaptive_max_pool("adaptive_max_pool3d_with_indices", x, output_size);
}
Tensor adaptive_max_pool1d(const Operand& x, const PerAxis<1>& output_size) {
  return adaptive_max_pool("adaptive_max_pool1d", x, output_size).values;
}
Tensor adaptive_max_pool2d(const Operand& x, const PerAxis<2>& output_size) {
  return adaptive_max_pool("adaptive_max_pool2d", x, output_size).values;
}
Tensor adaptive_max_pool3d(const Operand& x, const PerAxis<3>& output_size) {
  return adaptive_max_pool("adaptive_max_pool3d", x, output_size).values;
}

}  // namespace fathom
