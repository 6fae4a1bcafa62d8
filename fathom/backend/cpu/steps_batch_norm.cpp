// Batch normalisation in training.
#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/norm.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

class BatchNormStep final : public Step {
 public:
  std::vector<ValueId> in, out;
  std::int64_t rows, columns;
  float epsilon, momentum;
  std::string describe() const override {
    return "batch_norm " + std::to_string(rows) + "x" + std::to_string(columns);
  }
  void run(Buffers buffers) const override {
    float* running[2] = {nullptr, nullptr};
    for (std::size_t i = 0; i + 3 < in.size(); ++i) {  // the kernel updates in place: copies
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
                      epsilon,
                      momentum};
    const BatchNormKernels& kernels = cpu::batch_norm();
    if (by_rows(rows, columns)) {
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
    for_ranges((columns + column_group - 1) / column_group, column_group * rows,
               [&](std::int64_t begin, std::int64_t end) {
                 kernels.forward(a, begin * column_group,
                                 end * column_group < columns ? end * column_group : columns);
               });
  }
  /// Many rows are shared out, few by their columns; both ways give the same bits.
  static bool by_rows(std::int64_t rows, std::int64_t columns) {
    return rows >= 16 * kColumnChunk && rows > columns;
  }
  static constexpr std::int64_t column_group = 32;  // whole vectors, so that no line is shared
};

class BatchNormBackwardStep final : public Step {
 public:
  std::vector<ValueId> in, out;
  std::int64_t rows, columns;
  std::string describe() const override {
    return "batch_norm_backward " + std::to_string(rows) + "x" + std::to_string(columns);
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
                          columns};
    const BatchNormKernels& kernels = cpu::batch_norm();
    if (BatchNormStep::by_rows(rows, columns)) {
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
    for_ranges((columns + group - 1) / group, group * rows,
               [&](std::int64_t begin, std::int64_t end) {
                 kernels.backward(a, begin * group, end * group < columns ? end * group : columns);
               });
  }
};

/// A step on (rows, columns) with `partials` sums a chunk of rows for each column.
template <class BatchStep>
std::unique_ptr<BatchStep> batch_step(const StepContext& c, const Shape& s, std::int64_t partials) {
  auto step = std::make_unique<BatchStep>();
  step->in = c.inputs;
  step->out = c.outputs;
  step->rows = s[0];
  step->columns = s[1];
  step->scratch_bytes =
      static_cast<std::size_t>(column_chunks(s[0]) * partials * s[1]) * sizeof(float);
  return step;
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::BatchNorm>(const StepContext& c) {
  auto step = batch_step<BatchNormStep>(c, c.input(0).shape, 1);
  step->epsilon = static_cast<float>(c.attributes<op::BatchNorm>().epsilon);
  step->momentum = static_cast<float>(c.attributes<op::BatchNorm>().momentum);
  return step;
}

template <> std::unique_ptr<Step> make_step<op::BatchNormBackward>(const StepContext& c) {
  return batch_step<BatchNormBackwardStep>(c, c.input(1).shape, 2);
}

}  // namespace fathom::cpu
