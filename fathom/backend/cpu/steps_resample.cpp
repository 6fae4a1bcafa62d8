// Resampling along one axis. The weights are made with the plan.
#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/interpolate.h"

namespace fathom::cpu {
namespace {

template <class T> class ResampleStep final : public Step {
 public:
  ResampleStep(const StepContext& c, const op::Resample& a)
      : in_(c.inputs[0]),
        out_(c.outputs[0]),
        text_("resample " + to_string(c.input(0).shape) + " to " + to_string(c.output().shape)) {
    const Shape& shape = c.input(0).shape;
    for (int i = 0; i < a.axis; ++i) outer_ *= shape[i];
    for (int i = a.axis + 1; i < shape.rank(); ++i) array_.inner *= shape[i];
    array_.in = shape[a.axis];
    array_.out = c.output().shape[a.axis];
    set_taps(ops::resample_taps(a, std::is_same_v<T, double>));
  }
  std::string describe() const override { return text_; }
  void run(Buffers buffers) const override {
    ResampleArray<T> a = array_;
    a.x = at<const T>(buffers, in_);
    a.y = at<T>(buffers, out_);
    a.begin = begin_.data();
    a.index = index_.data();
    a.weight = weight_.data();
    const bool row = a.inner == 1;
    const std::int64_t taps = static_cast<std::int64_t>(index_.size()) / a.out + 1;
    for_ranges(row ? outer_ : outer_ * a.out, taps * (row ? a.out : a.inner),
               [&](std::int64_t begin, std::int64_t end) { kernel().run(a, begin, end); });
  }

 private:
  static const ResampleKernel<T>& kernel() {
    if constexpr (std::is_same_v<T, float>) return resamplers().f32;
    if constexpr (std::is_same_v<T, double>) return resamplers().f64;
  }
  /// Along rows of sums of equally many elements the first of all sums lie together, then the
  /// second: so they are made side by side.
  void set_taps(const ops::ResampleTaps& taps) {
    begin_ = taps.begin;
    const auto sums = static_cast<std::size_t>(array_.out);
    const std::size_t each = taps.index.size() / sums;
    bool even = array_.inner == 1 && each > 0 && each <= 4 && taps.index.size() == each * sums;
    for (std::size_t i = 0; i < sums; ++i)
      even = even && taps.begin[i] == static_cast<std::int64_t>(i * each);
    if (even) array_.taps = static_cast<std::int64_t>(each);
    for (std::size_t k = 0; k < taps.index.size(); ++k) {
      const std::size_t from = even ? k % sums * each + k / sums : k;
      index_.push_back(static_cast<std::int32_t>(taps.index[from]));
      weight_.push_back(static_cast<T>(taps.weight[from]));
    }
  }

  graph::ValueId in_, out_;
  std::string text_;
  std::int64_t outer_ = 1;
  ResampleArray<T> array_{nullptr, nullptr, nullptr, nullptr, nullptr, 0, 0, 0, 1};
  std::vector<std::int64_t> begin_;
  std::vector<std::int32_t> index_;
  std::vector<T> weight_;
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Resample>(const StepContext& c) {
  const auto& a = c.attributes<op::Resample>();
  if (c.input(0).dtype == DType::f32) return std::make_unique<ResampleStep<float>>(c, a);
  return std::make_unique<ResampleStep<double>>(c, a);
}

}  // namespace fathom::cpu
