// Softmax, layer and batch normalisation.
#include "fathom/backend/cpu/kernels/norm.h"
#include "fathom/backend/cpu/kernels/reduce.h"
#include "fathom/backend/cpu/kernels/rows.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/norm.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

const RowKernels& rows_kernels() { return choose(avx2::row_kernels, avx512::row_kernels); }
const BatchNormKernels& batch_kernels() { return choose(avx2::batch_norm_kernels, avx512::batch_norm_kernels); }

struct Rows {
  std::int64_t count, width;
  explicit Rows(const Shape& s) : count(s.back() ? s.size() / s.back() : 0), width(s.back()) {}
};

class SoftmaxStep final : public Step {
 public:
  ValueId in, out;
  Rows rows{Shape{1}};
  bool logarithm;
  std::string describe() const override {
    return std::string(logarithm ? "log_softmax " : "softmax ") + std::to_string(rows.count) + "x" + std::to_string(rows.width);
  }
  void run(Buffers buffers) const override {
    const auto kernel = logarithm ? rows_kernels().log_softmax : rows_kernels().softmax;
    for_ranges(rows.count, 4 * rows.width, [&](std::int64_t begin, std::int64_t end) {
      kernel(at<const float>(buffers, in), at<float>(buffers, out), begin, end, rows.width);
    });
  }
};

class SoftmaxBackwardStep final : public Step {
 public:
  ValueId dy, y, dx;
  Rows rows{Shape{1}};
  bool logarithm;
  std::string describe() const override {
    return std::string(logarithm ? "log_softmax_backward " : "softmax_backward ") + std::to_string(rows.count) + "x" +
           std::to_string(rows.width);
  }
  void run(Buffers buffers) const override {
    const auto kernel = logarithm ? rows_kernels().log_softmax_grad : rows_kernels().softmax_grad;
    for_ranges(rows.count, 2 * rows.width, [&](std::int64_t begin, std::int64_t end) {
      kernel(at<const float>(buffers, y), at<const float>(buffers, dy), at<float>(buffers, dx), begin, end, rows.width);
    });
  }
};

class LayerNormStep final : public Step {
 public:
  std::vector<ValueId> in, out;
  Rows rows{Shape{1}};
  float epsilon;
  std::string describe() const override {
    return "layer_norm " + std::to_string(rows.count) + "x" + std::to_string(rows.width);
  }
  void run(Buffers buffers) const override {
    const LayerNorm a{at<const float>(buffers, in[0]), at<const float>(buffers, in[1]), at<const float>(buffers, in[2]),
                      at<float>(buffers, out[0]),      at<float>(buffers, out[1]),      at<float>(buffers, out[2]),
                      rows.width,                      epsilon};
    for_ranges(rows.count, 2 * rows.width,
               [&](std::int64_t begin, std::int64_t end) { rows_kernels().layer_norm(a, begin, end); });
  }
};

class LayerNormBackwardStep final : public Step {
 public:
  std::vector<ValueId> in, out;
  Rows rows{Shape{1}};
  std::string describe() const override {
    return "layer_norm_backward " + std::to_string(rows.count) + "x" + std::to_string(rows.width);
  }
  void run(Buffers buffers) const override {
    const std::int64_t n = rows.width;
    const std::int64_t chunks = row_chunks(rows.count);
    float* partial = at<float>(buffers, scratch);
    float* sums = partial + chunks * 2 * n;  // dweight, then dbias
    const LayerNormGrad a{at<const float>(buffers, in[1]), at<const float>(buffers, in[4]), at<const float>(buffers, in[2]),
                          at<const float>(buffers, in[3]), at<const float>(buffers, in[0]), at<float>(buffers, out[0]),
                          partial,                         n};
    for_ranges(chunks, 3 * kRowChunk * n, [&](std::int64_t begin, std::int64_t end) {
      rows_kernels().layer_norm_grad(a, rows.count, begin, end);
    });
    const auto& columns = choose(avx2::reduce_kernels, avx512::reduce_kernels).columns_f32;
    if (rows.count > 0)
      columns.join_sum(partial, sums, 0, 1, chunks, 2 * n, 0, 2 * n);
    else
      for (std::int64_t i = 0; i < 2 * n; ++i) sums[i] = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      at<float>(buffers, out[1])[i] = sums[i];
      at<float>(buffers, out[2])[i] = sums[n + i];
    }
  }
};

class BatchNormStep final : public Step {
 public:
  std::vector<ValueId> in, out;
  std::int64_t rows, columns, length;
  float epsilon, momentum;
  std::string describe() const override {
    return "batch_norm " + std::to_string(rows) + "x" + std::to_string(columns) + "x" + std::to_string(length);
  }
  void run(Buffers buffers) const override {
    float* running[2] = {nullptr, nullptr};
    for (std::size_t i = 0; i + 3 < in.size(); ++i) {  // the kernel updates in place: give it copies
      running[i] = at<float>(buffers, out[3 + i]);
      const float* old = at<const float>(buffers, in[3 + i]);
      for (std::int64_t c = 0; c < columns; ++c) running[i][c] = old[c];
    }
    const BatchNorm a{at<const float>(buffers, in[0]), at<const float>(buffers, in[1]), at<const float>(buffers, in[2]),
                      at<float>(buffers, out[0]),      at<float>(buffers, out[1]),      at<float>(buffers, out[2]),
                      running[0],                      running[1],                      at<float>(buffers, scratch),
                      rows,                            columns,                         length,
                      epsilon,                         momentum};
    const std::int64_t groups = (columns + column_group - 1) / column_group;
    for_ranges(groups, 4 * column_group * rows * length, [&](std::int64_t begin, std::int64_t end) {
      batch_kernels().forward(a, begin * column_group, end * column_group < columns ? end * column_group : columns);
    });
  }
  static constexpr std::int64_t column_group = 32;  // whole vectors, so that no line is shared
};

class BatchNormBackwardStep final : public Step {
 public:
  std::vector<ValueId> in, out;
  std::int64_t rows, columns, length;
  std::string describe() const override {
    return "batch_norm_backward " + std::to_string(rows) + "x" + std::to_string(columns) + "x" + std::to_string(length);
  }
  void run(Buffers buffers) const override {
    const BatchNormGrad a{at<const float>(buffers, in[1]), at<const float>(buffers, in[4]), at<const float>(buffers, in[2]),
                          at<const float>(buffers, in[3]), at<const float>(buffers, in[0]), at<float>(buffers, out[0]),
                          at<float>(buffers, out[1]),      at<float>(buffers, out[2]),      at<float>(buffers, scratch),
                          rows,                            columns,                         length};
    const std::int64_t group = BatchNormStep::column_group;
    for_ranges((columns + group - 1) / group, 4 * group * rows * length, [&](std::int64_t begin, std::int64_t end) {
      batch_kernels().backward(a, begin * group, end * group < columns ? end * group : columns);
    });
  }
};

}  // namespace

std::unique_ptr<Step> make_softmax(const StepContext& c) {
  auto step = std::make_unique<SoftmaxStep>();
  step->in = c.inputs[0];
  step->out = c.outputs[0];
  step->rows = Rows(c.input(0).shape);
  step->logarithm = c.attributes<op::Softmax>().logarithm;
  return step;
}

std::unique_ptr<Step> make_softmax_backward(const StepContext& c) {
  auto step = std::make_unique<SoftmaxBackwardStep>();
  step->dy = c.inputs[0];
  step->y = c.inputs[1];
  step->dx = c.outputs[0];
  step->rows = Rows(c.input(1).shape);
  step->logarithm = c.attributes<op::SoftmaxBackward>().logarithm;
  return step;
}

std::unique_ptr<Step> make_layer_norm(const StepContext& c) {
  auto step = std::make_unique<LayerNormStep>();
  step->in = c.inputs;
  step->out = c.outputs;
  step->rows = Rows(c.input(0).shape);
  step->epsilon = static_cast<float>(c.attributes<op::LayerNorm>().epsilon);
  return step;
}

std::unique_ptr<Step> make_layer_norm_backward(const StepContext& c) {
  auto step = std::make_unique<LayerNormBackwardStep>();
  step->in = c.inputs;
  step->out = c.outputs;
  step->rows = Rows(c.input(1).shape);
  step->scratch_bytes = static_cast<std::size_t>((row_chunks(step->rows.count) + 1) * 2 * step->rows.width) * sizeof(float);
  return step;
}

std::unique_ptr<Step> make_batch_norm(const StepContext& c) {
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

std::unique_ptr<Step> make_batch_norm_backward(const StepContext& c) {
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

}  // namespace fathom::cpu
