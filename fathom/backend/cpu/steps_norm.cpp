// Softmax, layer, batch and group normalisation.
#include <algorithm>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/row_step.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/norm.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

/// Sets how many rows a step has and what one costs; returns their width.
std::int64_t set_rows(RowStep& step, const Shape& shape, std::int64_t cost) {
  const std::int64_t width = shape.back();
  step.rows = width ? shape.size() / width : 0;
  step.row_cost = cost * width;
  return width;
}

class SoftmaxStep final : public RowStep {
 public:
  ValueId in, out;
  std::int64_t width;
  bool logarithm;
  std::string describe() const override {
    return std::string(logarithm ? "log_softmax " : "softmax ") + std::to_string(rows) + "x" +
           std::to_string(width);
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    const auto kernel = logarithm ? cpu::rows().log_softmax : cpu::rows().softmax;
    kernel(at<const float>(buffers, in), at<float>(buffers, out), begin, end, width);
  }
};

class SoftmaxBackwardStep final : public RowStep {
 public:
  ValueId dy, y, dx;
  std::int64_t width;
  bool logarithm;
  std::string describe() const override {
    return std::string(logarithm ? "log_softmax_backward " : "softmax_backward ") +
           std::to_string(rows) + "x" + std::to_string(width);
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    const auto kernel = logarithm ? cpu::rows().log_softmax_grad : cpu::rows().softmax_grad;
    kernel(at<const float>(buffers, y), at<const float>(buffers, dy), at<float>(buffers, dx), begin,
           end, width);
  }
};

/// The threshold rises from that of all elements to that of those above it, until none falls out.
class SparsemaxStep final : public RowStep {
 public:
  ValueId in, out;
  std::int64_t width;
  std::string describe() const override {
    return "sparsemax " + std::to_string(rows) + "x" + std::to_string(width);
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    for (std::int64_t row = begin; row < end; ++row) {
      const float* x = at<const float>(buffers, in) + row * width;
      float* y = at<float>(buffers, out) + row * width;
      const double largest = *std::max_element(x, x + width);
      double threshold = -1;  // nothing below the largest element less 1 is left
      for (std::int64_t before = -1;;) {
        double sum = 0;
        std::int64_t count = 0;
        for (std::int64_t i = 0; i < width; ++i) {
          const double z = x[i] - largest;
          if (z <= threshold) continue;  // NaN counts
          sum += z;
          ++count;
        }
        if (count == before) break;
        before = count;
        threshold = (sum - 1) / static_cast<double>(count);
      }
      for (std::int64_t i = 0; i < width; ++i) {
        const double z = x[i] - largest - threshold;
        y[i] = static_cast<float>(z < 0 ? 0 : z);
      }
    }
  }
};

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

class BatchNormStep final : public Step {
 public:
  std::vector<ValueId> in, out;
  std::int64_t rows, columns, length;
  float epsilon, momentum;
  std::string describe() const override {
    return "batch_norm " + std::to_string(rows) + "x" + std::to_string(columns) + "x" +
           std::to_string(length);
  }
  void run(Buffers buffers) const override {
    float* running[2] = {nullptr, nullptr};
    for (std::size_t i = 0; i + 3 < in.size();
         ++i) {  // the kernel updates in place: give it copies
      running[i] = at<float>(buffers, out[3 + i]);
      const float* old = at<const float>(buffers, in[3 + i]);
      for (std::int64_t c = 0; c < columns; ++c) running[i][c] = old[c];
    }
    const BatchNorm a{at<const float>(buffers, in[0]),
                      at<const float>(buffers, in[1]),
                      at<const float>(buffers, in[2]),
                      at<float>(buffers, out[0]),
                      at<float>(buffers, out[1]),
                      at<float>(buffers, out[2]),
                      running[0],
                      running[1],
                      at<float>(buffers, scratch),
                      rows,
                      columns,
                      length,
                      epsilon,
                      momentum};
    const BatchNormKernels& kernels = cpu::batch_norm();
    if (by_rows(rows, columns, length)) {
      const std::int64_t chunks = column_chunks(rows), cost = kColumnChunk * columns;
      for_ranges(chunks, cost, [&](std::int64_t begin, std::int64_t end) {
        kernels.sums(a, begin, end, 0, columns);
      });
      kernels.means(a, 0, columns);
      for_ranges(chunks, cost, [&](std::int64_t begin, std::int64_t end) {
        kernels.deviations(a, begin, end, 0, columns);
      });
      kernels.finish(a, 0, columns);
      for_ranges(rows, columns, [&](std::int64_t begin, std::int64_t end) {
        kernels.apply(a, begin, end, 0, columns);
      });
      return;
    }
    for_ranges((columns + column_group - 1) / column_group, column_group * rows * length,
               [&](std::int64_t begin, std::int64_t end) {
                 kernels.forward(a, begin * column_group,
                                 end * column_group < columns ? end * column_group : columns);
               });
  }
  /// Many rows are shared out, few by their columns; both ways give the same bits.
  static bool by_rows(std::int64_t rows, std::int64_t columns, std::int64_t length) {
    return length == 1 && rows >= 16 * kColumnChunk && rows > columns;
  }
  static constexpr std::int64_t column_group = 32;  // whole vectors, so that no line is shared
};

class BatchNormBackwardStep final : public Step {
 public:
  std::vector<ValueId> in, out;
  std::int64_t rows, columns, length;
  std::string describe() const override {
    return "batch_norm_backward " + std::to_string(rows) + "x" + std::to_string(columns) + "x" +
           std::to_string(length);
  }
  void run(Buffers buffers) const override {
    const BatchNormGrad a{at<const float>(buffers, in[1]),
                          at<const float>(buffers, in[4]),
                          at<const float>(buffers, in[2]),
                          at<const float>(buffers, in[3]),
                          at<const float>(buffers, in[0]),
                          at<float>(buffers, out[0]),
                          at<float>(buffers, out[1]),
                          at<float>(buffers, out[2]),
                          at<float>(buffers, scratch),
                          rows,
                          columns,
                          length};
    const BatchNormKernels& kernels = cpu::batch_norm();
    if (BatchNormStep::by_rows(rows, columns, length)) {
      for_ranges(column_chunks(rows), kColumnChunk * columns,
                 [&](std::int64_t begin, std::int64_t end) {
                   kernels.grad_sums(a, begin, end, 0, columns);
                 });
      kernels.grad_finish(a, 0, columns);
      for_ranges(rows, columns, [&](std::int64_t begin, std::int64_t end) {
        kernels.grad_apply(a, begin, end, 0, columns);
      });
      return;
    }
    const std::int64_t group = BatchNormStep::column_group;
    for_ranges((columns + group - 1) / group, group * rows * length,
               [&](std::int64_t begin, std::int64_t end) {
                 kernels.backward(a, begin * group, end * group < columns ? end * group : columns);
               });
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

template <> std::unique_ptr<Step> make_step<op::Softmax>(const StepContext& c) {
  auto step = std::make_unique<SoftmaxStep>();
  step->in = c.inputs[0];
  step->out = c.outputs[0];
  step->logarithm = c.attributes<op::Softmax>().logarithm;
  step->width = set_rows(*step, c.input(0).shape, 4);
  step->row_inputs = {c.inputs[0]};
  return step;
}

template <> std::unique_ptr<Step> make_step<op::SoftmaxBackward>(const StepContext& c) {
  auto step = std::make_unique<SoftmaxBackwardStep>();
  step->dy = c.inputs[0];
  step->y = c.inputs[1];
  step->dx = c.outputs[0];
  step->logarithm = c.attributes<op::SoftmaxBackward>().logarithm;
  step->width = set_rows(*step, c.input(1).shape, 2);
  step->row_inputs = c.inputs;
  return step;
}

template <> std::unique_ptr<Step> make_step<op::Sparsemax>(const StepContext& c) {
  auto step = std::make_unique<SparsemaxStep>();
  step->in = c.inputs[0];
  step->out = c.outputs[0];
  step->width = set_rows(*step, c.input(0).shape, 8);
  step->row_inputs = {step->in};
  return step;
}

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

template <> std::unique_ptr<Step> make_step<op::BatchNorm>(const StepContext& c) {
  const Shape& s = c.input(0).shape;
  auto step = std::make_unique<BatchNormStep>();
  step->in = c.inputs;
  step->out = c.outputs;
  step->rows = s[0];
  step->columns = s[1];
  step->length = s[2];
  step->epsilon = static_cast<float>(c.attributes<op::BatchNorm>().epsilon);
  step->momentum = static_cast<float>(c.attributes<op::BatchNorm>().momentum);
  step->scratch_bytes = static_cast<std::size_t>(column_chunks(s[0]) * s[1]) * sizeof(float);
  return step;
}

template <> std::unique_ptr<Step> make_step<op::BatchNormBackward>(const StepContext& c) {
  const Shape& s = c.input(1).shape;
  auto step = std::make_unique<BatchNormBackwardStep>();
  step->in = c.inputs;
  step->out = c.outputs;
  step->rows = s[0];
  step->columns = s[1];
  step->length = s[2];
  step->scratch_bytes = static_cast<std::size_t>(column_chunks(s[0]) * 2 * s[1]) * sizeof(float);
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
