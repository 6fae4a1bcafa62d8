#include <cstring>

#include "fathom/autodiff/checkpoint.h"
#include "fathom/backend/cpu/compile.h"
#include "fathom/backend/cpu/kernels/elementwise.h"
#include "fathom/backend/cpu/step.h"
#include "fathom/graph/backend.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"

namespace fathom {
namespace {

class CpuBackend final : public Backend {
 public:
  std::string_view name() const override { return "cpu"; }
  Storage* allocate(std::size_t bytes) override { return allocate_storage(bytes); }
  void copy_in(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void copy_out(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void synchronize() override {}

  bool supports(const graph::Node& node) const override {
    const graph::OpDef& op = *node.op;
    if (graph::is<op::Elementwise>(op)) {
      const int f = graph::attributes<op::Elementwise>(node).function;
      for (int i = 0; i < node.input_count; ++i)
        if (!cpu::block_function(cpu::avx2::elementwise_kernels, f,
                                 static_cast<int>(node.inputs[i]->spec.dtype)))
          return false;
      return true;
    }
    if (graph::is<op::Cast>(op) || graph::is<op::Where>(op) || graph::is<op::Full>(op) ||
        graph::is<op::Iota>(op) || graph::is<op::Reshape>(op) || graph::is<op::Permute>(op) ||
        graph::is<op::Expand>(op) || graph::is<op::Slice>(op) || graph::is<op::After>(op))
      return true;
    const cpu::KernelEntry* kernel = cpu::find_kernel(op.tag);
    return (kernel && kernel->serves(node)) || op.run;
  }
  std::unique_ptr<Executable> compile(const graph::Program& program) override {
    return cpu::compile(program);
  }
};

}  // namespace

Backend& cpu_backend() {
  static CpuBackend backend;
  return backend;
}

}  // namespace fathom
