// Matrix products.
#include "fathom/backend/cpu/followed_step.h"
#include "fathom/backend/cpu/gemm.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/linalg.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

template <class T> class MatmulStep final : public PartsStep {
 public:
  ValueId a, b, out;
  ValueId bias = -1;
  GemmArgsOf<T> args;
  // Batches: the products' operands start at these elements.
  std::vector<std::int64_t> a_start, b_start;
  std::string text;

  std::string describe() const override { return text; }
  void run_parts(Buffers buffers, const PartDone* done) const override {
    run_products(buffers, done, {});
  }
  bool run_with_tail(Buffers buffers, const Tail& tail) const override {
    run_products(buffers, nullptr, tail.in<T>(buffers));
    return true;
  }
  void pack(Buffers buffers) const override {
    GemmArgsOf<T> g = args;
    g.b = at<const T>(buffers, b);
    gemm_pack(g, at<T>(buffers, packed));
  }

 private:
  void run_products(Buffers buffers, const PartDone* done, const ElementTail<T>& tail) const {
    GemmArgsOf<T> g = args;
    const T* pa = at<const T>(buffers, a);
    const T* pb = at<const T>(buffers, b);
    T* pc = at<T>(buffers, out);
    g.bias = at<const T>(buffers, bias);
    g.packed_b = at<const T>(buffers, packed);
    g.packed_far = true;
    g.tail = tail;
    for (std::size_t i = 0; i < a_start.size(); ++i) {
      g.a = pa + a_start[i];
      g.b = pb + b_start[i];
      const std::int64_t start = static_cast<std::int64_t>(i) * g.m * g.n;
      g.c = pc + start;
      if (tail.addend) g.tail.addend = tail.addend + start;
      const auto of_all = [&](std::int64_t first, std::int64_t count) {
        (*done)(start + first, count);
      };
      const PartDone here(of_all);
      g.done = done ? &here : nullptr;
      gemm(g);
    }
  }
};

/// For each matrix of the batch, where an operand whose leading axes are `own` starts.
std::vector<std::int64_t> batch_starts(const Shape& own, const Shape& batch, std::int64_t matrix) {
  std::vector<std::int64_t> starts;
  const std::int64_t count = batch.size();
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t rest = i;
    std::int64_t start = 0;
    std::int64_t step = matrix;
    for (int axis = batch.rank() - 1, o = own.rank() - 1; axis >= 0; --axis, --o) {
      const std::int64_t index = rest % batch[axis];
      rest /= batch[axis];
      if (o < 0) continue;
      if (own[o] > 1) start += index * step;
      step *= own[o];
    }
    starts.push_back(start);
  }
  return starts;
}

Shape leading(const Shape& s) { return Shape(std::span(s.begin(), s.end() - 2)); }

template <class T> std::unique_ptr<Step> matmul(const StepContext& c) {
  const auto& flags = c.attributes<op::Matmul>();
  const Shape& sa = c.input(0).shape;
  const Shape& sb = c.input(1).shape;
  const Shape& so = c.output().shape;
  auto step = std::make_unique<MatmulStep<T>>();
  step->a = c.inputs[0];
  step->b = c.inputs[1];
  step->out = c.outputs[0];
  GemmArgsOf<T>& g = step->args;
  g.transpose_a = flags.transpose_a;
  g.transpose_b = flags.transpose_b;
  g.m = so[so.rank() - 2];
  g.n = so.back();
  g.k = sa[sa.rank() - (flags.transpose_a ? 2 : 1)];
  g.lda = sa.back();
  g.ldb = sb.back();
  g.ldc = g.n;
  step->a_start = batch_starts(leading(sa), leading(so), g.m * g.k);
  step->b_start = batch_starts(leading(sb), leading(so), g.k * g.n);
  // Many matrices by one: their rows are the rows of one taller product.
  if (step->a_start.size() > 1 && leading(sb).size() == 1 && leading(sa) == leading(so) &&
      !flags.transpose_a) {
    g.m *= static_cast<std::int64_t>(step->a_start.size());
    step->a_start.resize(1);
    step->b_start.resize(1);
  }
  step->text = "matmul " + std::to_string(g.m) + "x" + std::to_string(g.k) + "x" +
               std::to_string(g.n) + (g.transpose_a ? " a^T" : "") + (g.transpose_b ? " b^T" : "") +
               (step->a_start.size() > 1 ? " x" + std::to_string(step->a_start.size()) : "");
  return step;
}

template <class T> std::unique_ptr<Step> linear(const StepContext& c) {
  auto step = std::make_unique<MatmulStep<T>>();
  step->a = c.inputs[0];
  step->b = c.inputs[1];
  if (c.inputs.size() > 2) step->bias = c.inputs[2];
  step->out = c.outputs[0];
  GemmArgsOf<T>& g = step->args;
  g.transpose_b = true;
  g.m = c.input(0).shape[0];
  g.k = g.lda = g.ldb = c.input(0).shape[1];
  g.n = g.ldc = c.output().shape[1];
  step->a_start = step->b_start = {0};
  constexpr std::int64_t least = 1 << 14;  // weights: fewer are not worth looking after
  if (g.k * g.n >= least) {
    step->packed_bytes = gemm_packed_size(g) * sizeof(T);
    step->pack_reads = {step->b};
  }
  step->text =
      "linear " + std::to_string(g.m) + "x" + std::to_string(g.k) + "x" + std::to_string(g.n);
  return step;
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Matmul>(const StepContext& c) {
  return c.input(0).dtype == DType::f64 ? matmul<double>(c) : matmul<float>(c);
}
template <> std::unique_ptr<Step> make_step<op::Linear>(const StepContext& c) {
  return c.input(0).dtype == DType::f64 ? linear<double>(c) : linear<float>(c);
}

}  // namespace fathom::cpu
