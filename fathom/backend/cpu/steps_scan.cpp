// Running sums, products and extremes along an axis.
#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/scan.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;
using ScanKind = op::Scan::Kind;

class ScanStep final : public Step {
 public:
  ValueId in, values, places = -1;
  ScanArray array;  // but for its pointers
  const ScanKernel* kernel;
  std::string text;

  std::string describe() const override { return text; }
  void run(Buffers buffers) const override {
    ScanArray a = array;
    a.x = at<const char>(buffers, in);
    a.y = at<char>(buffers, values);
    a.index = places < 0 ? nullptr : at<std::int64_t>(buffers, places);
    const std::int64_t tasks = scan_tasks(a.outer, a.n, a.inner);
    if (a.outer * a.n * a.inner == 0) return;
    const std::int64_t cost = a.outer * a.n * a.inner / tasks;
    if (scan_pieces(a.n) > 1) {
      a.totals = at<char>(buffers, scratch);
      for_ranges(tasks, cost,
                 [&](std::int64_t begin, std::int64_t end) { kernel->totals(a, begin, end); });
      kernel->join(a);
    }
    for_ranges(tasks, cost,
               [&](std::int64_t begin, std::int64_t end) { kernel->scan(a, begin, end); });
  }
};

const ScanKernel* kernel_of(ScanKind kind, DType d) {
  const ScanKernels& floats = scans();
  const SharedScanKernels& k = avx2::shared_scan_kernels;
  const bool f32 = d == DType::f32, f64 = d == DType::f64;
  switch (kind) {
    case ScanKind::sum:
      return f32 ? &floats.sum : f64 ? &k.sum_f64 : &k.sum_i64;
    case ScanKind::prod:
      return f32 ? &floats.prod : f64 ? &k.prod_f64 : &k.prod_i64;
    case ScanKind::logsumexp:
      return f32 ? &floats.logsumexp : &k.logsumexp_f64;
    case ScanKind::max:
    case ScanKind::min:
      break;
  }
  const bool max = kind == ScanKind::max;
  switch (d) {
    case DType::f32:
      return max ? &floats.max : &floats.min;
    case DType::f64:
      return max ? &k.max_f64 : &k.min_f64;
    case DType::i64:
      return max ? &k.max_i64 : &k.min_i64;
    case DType::i32:
      return max ? &k.max_i32 : &k.min_i32;
    case DType::i8:
      return max ? &k.max_i8 : &k.min_i8;
    default:
      return max ? &k.max_u8 : &k.min_u8;
  }
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Scan>(const StepContext& c) {
  const auto& a = c.attributes<op::Scan>();
  constexpr const char* names[] = {"cumsum", "cumprod", "cummax", "cummin", "logcumsumexp"};
  const Shape& shape = c.input(0).shape;
  auto step = std::make_unique<ScanStep>();
  step->in = c.inputs[0];
  step->values = c.outputs[0];
  if (c.outputs.size() > 1) step->places = c.outputs[1];
  step->kernel = kernel_of(a.kind, c.input(0).dtype);
  std::int64_t outer = 1, inner = 1;
  for (int i = 0; i < a.axis; ++i) outer *= shape[i];
  for (int i = a.axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  const std::int64_t n = shape[a.axis];
  step->array = {nullptr, nullptr, nullptr, nullptr, outer, n, inner, a.reverse};
  if (scan_pieces(n) > 1)
    step->scratch_bytes =
        static_cast<std::size_t>(outer * scan_pieces(n) * inner * step->kernel->state_bytes);
  step->text = std::string(names[static_cast<int>(a.kind)]) + " " + to_string(shape) + " axis " +
               std::to_string(a.axis) + (a.reverse ? " from the end" : "");
  return step;
}

}  // namespace fathom::cpu
