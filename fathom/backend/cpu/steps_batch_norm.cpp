// Batch normalisation in training.
#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/norm.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

/// What both directions know: rows of so many channels, `length` of them side by side.
class BatchStep : public Step {
 public:
  std::vector<ValueId> in, out;
  std::int64_t rows, columns, length;

 protected:
  std::string size() const {
    return std::to_string(rows) + "x" + std::to_string(columns) +
           (length > 1 ? " in strips of " + std::to_string(length) : "");
  }
  /// Many rows are shared out, few by their columns; both ways give the same bits. With channels
  /// first only the first way goes.
  bool by_rows() const { return length > 1 || (rows >= 16 * kColumnChunk && rows > columns); }
  template <class Sums> void for_chunks(Sums&& sums) const {
    for_ranges(column_chunks(rows), kColumnChunk * columns, sums);
  }
  template <class Apply> void for_parts(Apply&& apply) const {
    for_ranges(batch_norm_parts(rows, columns, length), length > 1 ? length : columns, apply);
  }
  template <class All> void for_columns(All&& all) const {
    constexpr std::int64_t group = 32;  // whole vectors, so that no line is shared
    for_ranges((columns + group - 1) / group, group * rows,
               [&](std::int64_t begin, std::int64_t end) {
                 all(begin * group, end * group < columns ? end * group : columns);
               });
  }
};

class BatchNormStep final : public BatchStep {
 public:
  float epsilon, momentum;
  std::string describe() const override { return "batch_norm " + size(); }
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
                      length,
                      epsilon,
                      momentum};
    const BatchNormKernels& kernels = cpu::batch_norm();
    if (!by_rows())
      return for_columns([&](std::int64_t from, std::int64_t to) { kernels.forward(a, from, to); });
    for_chunks(
        [&](std::int64_t begin, std::int64_t end) { kernels.sums(a, begin, end, 0, columns); });
    kernels.means(a, 0, columns);
    for_chunks([&](std::int64_t begin, std::int64_t end) {
      kernels.deviations(a, begin, end, 0, columns);
    });
    kernels.finish(a, 0, columns);
    for_parts(
        [&](std::int64_t begin, std::int64_t end) { kernels.apply(a, begin, end, 0, columns); });
  }
};

class BatchNormBackwardStep final : public BatchStep {
 public:
  std::string describe() const override { return "batch_norm_backward " + size(); }
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
    if (!by_rows())
      return for_columns(
          [&](std::int64_t from, std::int64_t to) { kernels.backward(a, from, to); });
    for_chunks([&](std::int64_t begin, std::int64_t end) {
      kernels.grad_sums(a, begin, end, 0, columns);
    });
    kernels.grad_finish(a, 0, columns);
    for_parts([&](std::int64_t begin, std::int64_t end) {
      kernels.grad_apply(a, begin, end, 0, columns);
    });
  }
};

/// A step on x of such a shape, with `partials` sums a chunk of rows for each channel.
template <class Kind>
std::unique_ptr<Kind> batch_step(const StepContext& c, const Shape& x, bool channels_last,
                                 std::int64_t partials) {
  auto step = std::make_unique<Kind>();
  step->in = c.inputs;
  step->out = c.outputs;
  step->columns = x[channels_last ? x.rank() - 1 : 1];
  step->length = 1;
  for (int i = 2; i < x.rank() && !channels_last; ++i) step->length *= x[i];
  step->rows = step->columns ? x.size() / step->columns : 0;
  step->scratch_bytes =
      static_cast<std::size_t>(column_chunks(step->rows) * partials * step->columns) *
      sizeof(float);
  return step;
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::BatchNorm>(const StepContext& c) {
  const auto& a = c.attributes<op::BatchNorm>();
  auto step = batch_step<BatchNormStep>(c, c.input(0).shape, a.channels_last, 1);
  step->epsilon = static_cast<float>(a.epsilon);
  step->momentum = static_cast<float>(a.momentum);
  return step;
}

template <> std::unique_ptr<Step> make_step<op::BatchNormBackward>(const StepContext& c) {
  return batch_step<BatchNormBackwardStep>(c, c.input(1).shape,
                                           c.attributes<op::BatchNormBackward>().channels_last, 2);
}

}  // namespace fathom::cpu
