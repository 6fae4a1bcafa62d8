// Layer and group normalisation.
#include <algorithm>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/row_step.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/norm.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

class LayerNormStep final : public RowStep {
 public:
  std::vector<ValueId> in, out;
  std::int64_t width;
  float epsilon;
  std::string describe() const override {
    return "layer_norm " + std::to_string(rows) + "x" + std::to_string(width);
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    const LayerNorm a{at<const float>(buffers, in[0]),
                      at<const float>(buffers, in[1]),
                      at<const float>(buffers, in[2]),
                      at<float>(buffers, out[0]),
                      at<float>(buffers, out[1]),
                      at<float>(buffers, out[2]),
                      width,
                      epsilon};
    cpu::rows().layer_norm(a, begin, end);
  }
};

/// From sums for weight and bias, (pieces, 2, n), with room for one piece more behind them, to both
/// gradients.
void join_channels(float* partial, std::int64_t pieces, std::int64_t n, float* dweight,
                   float* dbias) {
  float* sums = partial + pieces * 2 * n;
  if (pieces > 0)
    reducers().columns_f32.join_sum(partial, sums, 0, 1, pieces, 2 * n, 0, 2 * n);
  else
    std::fill(sums, sums + 2 * n, 0.0f);
  std::copy(sums, sums + n, dweight);
  std::copy(sums + n, sums + 2 * n, dbias);
}

/// The sums over rows are made of chunks of kRowChunk rows, which `finish` joins. Scratch holds the
/// chunks' sums for weight and bias, (chunks, 2, width), then the joined ones.
class LayerNormBackwardStep final : public RowStep {
 public:
  std::vector<ValueId> in, out;
  std::int64_t width;
  std::string describe() const override {
    return "layer_norm_backward " + std::to_string(rows) + "x" + std::to_string(width);
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    const LayerNormGrad a{at<const float>(buffers, in[1]), at<const float>(buffers, in[4]),
                          at<const float>(buffers, in[2]), at<const float>(buffers, in[3]),
                          at<const float>(buffers, in[0]), at<float>(buffers, out[0]),
                          at<float>(buffers, scratch),     width};
    cpu::rows().layer_norm_grad(a, rows, begin / kRowChunk, row_chunks(end));
  }
  void finish(Buffers buffers) const override {
    join_channels(at<float>(buffers, scratch), row_chunks(rows), width, at<float>(buffers, out[1]),
                  at<float>(buffers, out[2]));
  }
};

class GroupNormStep final : public RowStep {
 public:
  std::vector<ValueId> in, out;
  std::int64_t groups, channels, length;
  float epsilon;
  std::string describe() const override {
    return "group_norm " + std::to_string(rows) + "x" + std::to_string(channels / groups) + "x" +
           std::to_string(length);
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    const GroupNorm a{at<const float>(buffers, in[0]),
                      at<const float>(buffers, in[1]),
                      at<const float>(buffers, in[2]),
                      at<float>(buffers, out[0]),
                      at<float>(buffers, out[1]),
                      at<float>(buffers, out[2]),
                      groups,
                      channels,
                      length,
                      epsilon};
    cpu::group_norm().forward(a, begin, end);
  }
};

/// Scratch holds each sample's sums for weight and bias, (B, 2, C), then the joined ones.
class GroupNormBackwardStep final : public RowStep {
 public:
  std::vector<ValueId> in, out;
  std::int64_t groups, channels, length;
  std::string describe() const override {
    return "group_norm_backward " + std::to_string(rows) + "x" + std::to_string(channels / groups) +
           "x" + std::to_string(length);
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    const GroupNormGrad a{at<const float>(buffers, in[1]),
                          at<const float>(buffers, in[4]),
                          at<const float>(buffers, in[2]),
                          at<const float>(buffers, in[3]),
                          at<const float>(buffers, in[0]),
                          at<float>(buffers, out[0]),
                          at<float>(buffers, scratch),
                          groups,
                          channels,
                          length};
    cpu::group_norm().backward(a, begin, end);
  }
  void finish(Buffers buffers) const override {
    join_channels(at<float>(buffers, scratch), rows / groups, channels, at<float>(buffers, out[1]),
                  at<float>(buffers, out[2]));
  }
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::LayerNorm>(const StepContext& c) {
  auto step = std::make_unique<LayerNormStep>();
  step->in = c.inputs;
  step->out = c.outputs;
  step->epsilon = static_cast<float>(c.attributes<op::LayerNorm>().epsilon);
  step->width = set_rows(*step, c.input(0).shape, 2);
  step->row_inputs = {c.inputs[0]};
  return step;
}

template <> std::unique_ptr<Step> make_step<op::LayerNormBackward>(const StepContext& c) {
  auto step = std::make_unique<LayerNormBackwardStep>();
  step->in = c.inputs;
  step->out = c.outputs;
  step->width = set_rows(*step, c.input(1).shape, 3);
  step->granularity = kRowChunk;
  step->row_inputs = {c.inputs.begin(), c.inputs.begin() + 4};
  step->scratch_bytes =
      static_cast<std::size_t>((row_chunks(step->rows) + 1) * 2 * step->width) * sizeof(float);
  return step;
}

/// The shape of a group normalisation: rows are the groups of each sample.
template <class GroupStep>
std::unique_ptr<GroupStep> group_step(const Shape& s, std::int64_t groups) {
  auto step = std::make_unique<GroupStep>();
  step->groups = groups;
  step->channels = s[1];
  step->length = s[2];
  step->rows = s[0] * groups;
  step->row_cost = 2 * s[1] / groups * s[2];
  return step;
}

template <> std::unique_ptr<Step> make_step<op::GroupNorm>(const StepContext& c) {
  const auto& a = c.attributes<op::GroupNorm>();
  auto step = group_step<GroupNormStep>(c.input(0).shape, a.groups);
  step->in = c.inputs;
  step->out = c.outputs;
  step->epsilon = static_cast<float>(a.epsilon);
  step->row_inputs = {c.inputs[0]};
  return step;
}

template <> std::unique_ptr<Step> make_step<op::GroupNormBackward>(const StepContext& c) {
  const Shape& s = c.input(1).shape;
  auto step = group_step<GroupNormBackwardStep>(s, c.attributes<op::GroupNormBackward>().groups);
  step->in = c.inputs;
  step->out = c.outputs;
  step->row_inputs = {c.inputs.begin(), c.inputs.begin() + 4};
  step->scratch_bytes = static_cast<std::size_t>((s[0] + 1) * 2 * s[1]) * sizeof(float);
  return step;
}

}  // namespace fathom::cpu
