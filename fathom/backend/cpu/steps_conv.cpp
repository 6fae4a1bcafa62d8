// Convolutions.
#include "fathom/backend/cpu/conv.h"
#include "fathom/backend/cpu/followed_step.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/backend/cpu/winograd_choice.h"

namespace fathom::cpu {
namespace {

using backend::ConvGeometry;
using graph::ValueId;

template <class T> class ConvStep final : public PartsStep {
 public:
  ValueId x, weight, bias = -1, out;
  ConvGeometry geometry;

  std::string describe() const override { return "conv " + geometry.text(); }
  void run_parts(Buffers buffers, const PartDone* done) const override {
    run_conv(buffers, done, {});
  }
  bool run_with_tail(Buffers buffers, const Tail& tail) const override {
    if (!conv_takes_tail(geometry)) return false;
    run_conv(buffers, nullptr, tail.in<T>(buffers));
    return true;
  }
  void pack(Buffers buffers) const override {
    conv_pack(geometry, at<const T>(buffers, weight), at<const T>(buffers, bias),
              at<T>(buffers, packed));
  }

 private:
  void run_conv(Buffers buffers, const PartDone* done, const ElementTail<T>& tail) const {
    const ConvWeights<T> weights{at<const T>(buffers, weight), at<const T>(buffers, bias),
                                 at<const T>(buffers, packed)};
    conv(geometry, at<const T>(buffers, x), weights, bias >= 0, at<T>(buffers, out),
         at<void>(buffers, scratch), done, tail);
  }
};

template <class T> class ConvBackwardInputStep final : public PartsStep {
 public:
  ValueId dy, weight, dx;
  ConvGeometry geometry;

  std::string describe() const override { return "conv backward to input " + geometry.text(); }
  void run_parts(Buffers buffers, const PartDone* done) const override {
    conv_backward_input(geometry, at<const T>(buffers, dy), at<const T>(buffers, weight),
                        at<T>(buffers, dx), at<void>(buffers, scratch), done);
  }
};

template <class T> class ConvBackwardWeightStep final : public Step {
 public:
  ValueId x, dy, dweight;
  ConvGeometry geometry;

  std::string describe() const override { return "conv backward to weight " + geometry.text(); }
  void run(Buffers buffers) const override {
    conv_backward_weight(geometry, at<const T>(buffers, x), at<const T>(buffers, dy),
                         at<T>(buffers, dweight), at<void>(buffers, scratch));
  }
};

/// A convolution, or the gradient by its input, by Winograd's minimal filtering.
class WinogradStep final : public PartsStep {
 public:
  ValueId x, weight, bias = -1, out;
  WinogradConv conv;
  std::string text;

  std::string describe() const override {
    const std::string side = std::to_string(conv.side);
    return text + " by Winograd F(" + side + "x" + side + ")";
  }
  void run_parts(Buffers buffers, const PartDone* done) const override {
    run_conv(buffers, done, false);
  }
  bool run_with_tail(Buffers buffers, const Tail& tail) const override {
    if (tail.addend >= 0) return false;
    run_conv(buffers, nullptr, tail.relu);
    return true;
  }
  void pack(Buffers buffers) const override {
    winograd_transform_weight(conv, at<const float>(buffers, weight), at<float>(buffers, packed));
  }

 private:
  void run_conv(Buffers buffers, const PartDone* done, bool relu) const {
    char* inputs = at<char>(buffers, scratch);
    const float* transformed = at<const float>(buffers, packed);
    if (!transformed) {
      auto* here = reinterpret_cast<float*>(inputs + winograd_scratch(conv));
      winograd_transform_weight(conv, at<const float>(buffers, weight), here);
      transformed = here;
    }
    winograd_conv(conv, at<const float>(buffers, x), transformed, at<const float>(buffers, bias),
                  at<float>(buffers, out), inputs, done, relu);
  }
};

/// For the geometry of a step of f32 that is named so far; null if it is computed directly.
template <class T>
std::unique_ptr<Step> by_winograd(const StepContext& c, const ConvGeometry& g, bool backward_input,
                                  const std::string& text) {
  if (!std::is_same_v<T, float>) return nullptr;
  const auto conv = choose_winograd(g, backward_input);
  if (!conv) return nullptr;
  auto step = std::make_unique<WinogradStep>();
  step->x = c.inputs[0];
  step->weight = c.inputs[1];
  if (c.inputs.size() > 2) step->bias = c.inputs[2];
  step->out = c.outputs[0];
  step->conv = *conv;
  step->text = text;
  step->packed_bytes = static_cast<std::size_t>(winograd_weight_size(*conv)) * sizeof(float);
  step->scratch_bytes = winograd_scratch(*conv) + step->packed_bytes;
  step->pack_reads = {step->weight};
  return step;
}

template <class T> std::unique_ptr<Step> forward(const StepContext& c) {
  auto step = std::make_unique<ConvStep<T>>();
  step->x = c.inputs[0];
  step->weight = c.inputs[1];
  if (c.inputs.size() > 2) step->bias = c.inputs[2];
  step->out = c.outputs[0];
  step->geometry = ConvGeometry::of(c.attributes<op::Conv>().windows, c.input(0).shape,
                                    c.output().shape, c.input(1).shape, 2);
  if (auto other = by_winograd<T>(c, step->geometry, false, step->describe())) return other;
  step->scratch_bytes = conv_scratch<T>(step->geometry);
  step->packed_bytes = conv_packed_bytes<T>(step->geometry);
  step->pack_reads.assign(c.inputs.begin() + 1, c.inputs.end());
  return step;
}

template <class T> std::unique_ptr<Step> backward_input(const StepContext& c) {
  auto step = std::make_unique<ConvBackwardInputStep<T>>();
  step->dy = c.inputs[0];
  step->weight = c.inputs[1];
  step->dx = c.outputs[0];
  step->geometry = ConvGeometry::of(c.attributes<op::ConvBackwardInput>().windows, c.output().shape,
                                    c.input(0).shape, c.input(1).shape, 2);
  if (auto other = by_winograd<T>(c, step->geometry, true, step->describe())) return other;
  step->scratch_bytes = conv_backward_input_scratch<T>(step->geometry);
  return step;
}
template <class T> std::unique_ptr<Step> backward_weight(const StepContext& c) {
  const auto& a = c.attributes<op::ConvBackwardWeight>();
  auto step = std::make_unique<ConvBackwardWeightStep<T>>();
  step->x = c.inputs[0];
  step->dy = c.inputs[1];
  step->dweight = c.outputs[0];
  step->geometry = ConvGeometry::of(a.windows, c.input(0).shape, c.input(1).shape, a.kernel, 0);
  step->scratch_bytes = conv_backward_weight_scratch<T>(step->geometry);
  return step;
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Conv>(const StepContext& c) {
  return c.input(0).dtype == DType::f64 ? forward<double>(c) : forward<float>(c);
}
template <> std::unique_ptr<Step> make_step<op::ConvBackwardInput>(const StepContext& c) {
  return c.input(0).dtype == DType::f64 ? backward_input<double>(c) : backward_input<float>(c);
}
template <> std::unique_ptr<Step> make_step<op::ConvBackwardWeight>(const StepContext& c) {
  return c.input(0).dtype == DType::f64 ? backward_weight<double>(c) : backward_weight<float>(c);
}

}  // namespace fathom::cpu
