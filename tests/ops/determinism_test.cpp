// The determinism contract on every row of the sample table: the same bits, values and gradients,
// for any number of threads and on every instruction set of this machine.
#include <doctest/doctest.h>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/graph/plan.h"
#include "tests/ops/compare.h"

namespace fathom::test {
namespace {

/// Puts threads and instruction set back.
class MachineScope {
 public:
  ~MachineScope() {
    cpu::set_threads(threads_);
    cpu::set_isa_for_test(isa_);
    graph::clear_plan_cache();
  }

 private:
  int threads_ = cpu::threads();
  cpu::Isa isa_ = cpu::isa();
};

}  // namespace

TEST_CASE("samples: the same bits for any number of threads, on every instruction set") {
  const MachineScope scope;
  std::vector<Tensors> wanted;
  bool first = true;
  for (const cpu::Isa isa : {cpu::Isa::avx2, cpu::Isa::avx512}) {
    if (!cpu::available(isa)) {
      MESSAGE("not on this machine: ", cpu::name(isa));
      continue;
    }
    cpu::set_isa_for_test(isa);
    graph::clear_plan_cache();  // plans may hold functions of the other set
    for (const int threads : {1, 2, 3, 8}) {
      cpu::set_threads(threads);
      INFO(cpu::name(isa), ", threads: ", threads);
      std::size_t next = 0;
      for_each_sample([&](const Sample& s) {
        const std::size_t row = next++;
        if (first) wanted.emplace_back();
        const Tensors inputs = make_inputs(s);
        const Tensors got =
            on_device(Device::cpu, [&] { return outputs_of(s, inputs, s.options.gradient); });
        if (first) {
          wanted[row] = got;
          return;
        }
        REQUIRE(got.size() == wanted[row].size());
        for (std::size_t i = 0; i < got.size(); ++i)
          CHECK(bit_difference(got[i], wanted[row][i]) == "");
      });
      first = false;
    }
  }
}

}  // namespace fathom::test
