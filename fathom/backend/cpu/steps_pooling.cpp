// Maxima and averages over windows.
#include <algorithm>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/scratch.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/core/with_type.h"
#include "fathom/ops/pooling.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

/// The windows over a shape; axes that it lacks have one element.
struct Windows3d {
  ops::PoolSpans spans[3];
  std::int64_t in[3] = {1, 1, 1}, step[3] = {1, 1, 1};
  std::int64_t kernel = 0, stride = 1, padding = 0;  // of the last axis
  std::int64_t planes = 1, channels = 1;
  std::int64_t span = 0;

  Windows3d(const op::PoolWindows& w, const Shape& shape, bool count_include_pad) {
    const int axes = w.kernel_size.rank(), lead = w.first_axis(shape);
    for (int i = 0; i < lead; ++i) planes *= shape[i];
    if (w.channels_last) channels = shape.back();
    for (int i = 0; i < 3; ++i) {
      const int axis = i - (3 - axes);
      if (axis < 0) {
        spans[i] = {{0}, {1}, {1}};
        continue;
      }
      in[i] = shape[lead + axis];
      if (!w.adaptive) step[i] = w.dilation[axis];
      spans[i] = ops::pool_spans(w, axis, in[i], count_include_pad);
    }
    span = in[2];
    if (w.adaptive) return;
    kernel = w.kernel_size.back();
    stride = w.stride.back();
    padding = w.padding.back();
    span = std::max(in[2] + 2 * padding, (out(2) - 1) * stride + (kernel - 1) * step[2] + 1);
  }
  std::int64_t out(int i) const { return static_cast<std::int64_t>(spans[i].first.size()); }
  std::int64_t rows() const { return planes * out(0) * out(1); }
  /// Elements that a row of the output is made of, without the overlap of windows.
  std::int64_t row_cost() const {
    return channels * (in[2] * std::max<std::int64_t>(1, spans[0].count[0] * spans[1].count[0]) +
                       out(2) * std::max<std::int64_t>(1, kernel));
  }
  std::int64_t plane_cost() const { return out(0) * out(1) * row_cost(); }
  PoolAxis axis(int i) const {
    return {spans[i].first.data(),
            spans[i].count.data(),
            spans[i].padded.data(),
            in[i],
            out(i),
            step[i]};
  }
  template <class T>
  PoolArray<T> array(const T* x, T* y, const std::int32_t* place, std::int64_t divisor) const {
    return {x,       y,       const_cast<std::int32_t*>(place),
            axis(0), axis(1), axis(2),
            kernel,  stride,  padding,
            divisor, span,    channels};
  }
  template <class T> PoolScratch<T> scratch_of() const {
    const auto n = static_cast<std::size_t>(span * channels);
    T* row = scratch<T>(Scratch::rows, n + static_cast<std::size_t>(out(2) * channels));
    return {row, scratch<std::int32_t>(Scratch::lines, n), row + n};
  }
};

bool is_read(const StepContext& c, ValueId value) {
  return contains(c.program.outputs, value) ||
         std::any_of(c.program.instructions.begin(), c.program.instructions.end(),
                     [&](const graph::Instruction& i) { return contains(i.inputs, value); });
}

template <class T> const MaxPoolKernel<T>& max_kernel() {
  const SharedPoolKernels& k = avx2::shared_pool_kernels;
  if constexpr (std::is_same_v<T, float>) return pools().max;
  if constexpr (std::is_same_v<T, double>) return k.max_f64;
  if constexpr (std::is_same_v<T, std::int64_t>) return k.max_i64;
  if constexpr (std::is_same_v<T, std::int32_t>) return k.max_i32;
  if constexpr (std::is_same_v<T, std::int8_t>) return k.max_i8;
  if constexpr (std::is_same_v<T, std::uint8_t>) return k.max_u8;
}
template <class T> const AveragePoolKernel<T>& average_kernel() {
  if constexpr (std::is_same_v<T, float>) return pools().average;
  if constexpr (std::is_same_v<T, double>) return avx2::shared_pool_kernels.average_f64;
}

std::string text_of(const char* name, const Shape& from, const Shape& to) {
  return std::string(name) + " " + to_string(from) + " to " + to_string(to);
}

template <class T> class MaxPoolStep final : public Step {
 public:
  MaxPoolStep(const StepContext& c, const op::MaxPool& a)
      : windows_(a.windows, c.input(0).shape, true),
        in_(c.inputs[0]),
        out_(c.outputs[0]),
        places_(is_read(c, c.outputs[1]) ? c.outputs[1] : -1),
        text_(text_of("max_pool", c.input(0).shape, c.output().shape)) {}
  std::string describe() const override { return text_; }
  void run(Buffers buffers) const override {
    const PoolArray<T> a =
        windows_.array(at<const T>(buffers, in_), at<T>(buffers, out_),
                       places_ < 0 ? nullptr : at<std::int32_t>(buffers, places_), 0);
    for_ranges(windows_.rows(), windows_.row_cost(), [&](std::int64_t begin, std::int64_t end) {
      max_kernel<T>().run(a, windows_.scratch_of<T>(), begin, end);
    });
  }

 private:
  Windows3d windows_;
  ValueId in_, out_, places_;
  std::string text_;
};

template <class T> class MaxPoolBackwardStep final : public Step {
 public:
  MaxPoolBackwardStep(const StepContext& c, const op::MaxPoolBackward& a)
      : windows_(a.windows, c.output().shape, true),
        in_(c.inputs[0]),
        places_(c.inputs[1]),
        out_(c.outputs[0]),
        text_(text_of("max_pool_backward", c.input(0).shape, c.output().shape)) {}
  std::string describe() const override { return text_; }
  void run(Buffers buffers) const override {
    const PoolArray<T> a = windows_.array(at<const T>(buffers, in_), at<T>(buffers, out_),
                                          at<const std::int32_t>(buffers, places_), 0);
    for_ranges(windows_.planes, windows_.plane_cost(), [&](std::int64_t begin, std::int64_t end) {
      max_kernel<T>().backward(a, begin, end);
    });
  }

 private:
  Windows3d windows_;
  ValueId in_, places_, out_;
  std::string text_;
};

template <class T> class AveragePoolStep final : public Step {
 public:
  AveragePoolStep(const StepContext& c, const op::AveragePool& a)
      : windows_(a.windows, c.input(0).shape, a.count_include_pad),
        divisor_(a.divisor),
        in_(c.inputs[0]),
        out_(c.outputs[0]),
        text_(text_of("avg_pool", c.input(0).shape, c.output().shape)) {}
  std::string describe() const override { return text_; }
  void run(Buffers buffers) const override {
    const PoolArray<T> a =
        windows_.array(at<const T>(buffers, in_), at<T>(buffers, out_), nullptr, divisor_);
    for_ranges(windows_.rows(), windows_.row_cost(), [&](std::int64_t begin, std::int64_t end) {
      average_kernel<T>().run(a, windows_.scratch_of<T>(), begin, end);
    });
  }

 private:
  Windows3d windows_;
  std::int64_t divisor_;
  ValueId in_, out_;
  std::string text_;
};

template <class T> class SpreadStep final : public Step {
 public:
  SpreadStep(const StepContext& c, const op::AveragePoolBackward& a)
      : windows_(a.windows, c.output().shape, a.count_include_pad),
        divisor_(a.divisor),
        in_(c.inputs[0]),
        out_(c.outputs[0]),
        text_(text_of("avg_pool_backward", c.input(0).shape, c.output().shape)) {}
  std::string describe() const override { return text_; }
  void run(Buffers buffers) const override {
    const PoolArray<T> a =
        windows_.array(at<const T>(buffers, in_), at<T>(buffers, out_), nullptr, divisor_);
    for_ranges(windows_.planes, windows_.plane_cost(), [&](std::int64_t begin, std::int64_t end) {
      average_kernel<T>().spread(a, windows_.scratch_of<T>(), begin, end);
    });
  }

 private:
  Windows3d windows_;
  std::int64_t divisor_;
  ValueId in_, out_;
  std::string text_;
};

/// A step for floats or doubles.
template <template <class> class StepOf, class Op>
std::unique_ptr<Step> make_floating(const StepContext& c) {
  const auto& a = c.attributes<Op>();
  if (c.input(0).dtype == DType::f32) return std::make_unique<StepOf<float>>(c, a);
  return std::make_unique<StepOf<double>>(c, a);
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::MaxPool>(const StepContext& c) {
  const auto& a = c.attributes<op::MaxPool>();
  return with_number(c.input(0).dtype, [&]<class T>(T) -> std::unique_ptr<Step> {
    if constexpr (std::is_same_v<T, bool>)
      throw std::logic_error("fathom: max_pool of bool");
    else
      return std::make_unique<MaxPoolStep<T>>(c, a);
  });
}
template <> std::unique_ptr<Step> make_step<op::MaxPoolBackward>(const StepContext& c) {
  return make_floating<MaxPoolBackwardStep, op::MaxPoolBackward>(c);
}
template <> std::unique_ptr<Step> make_step<op::AveragePool>(const StepContext& c) {
  return make_floating<AveragePoolStep, op::AveragePool>(c);
}
template <> std::unique_ptr<Step> make_step<op::AveragePoolBackward>(const StepContext& c) {
  return make_floating<SpreadStep, op::AveragePoolBackward>(c);
}

}  // namespace fathom::cpu
