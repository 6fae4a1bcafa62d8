#include "fathom/backend/cpu/isa.h"

#include <atomic>
#include <cstdlib>
#include <string>

#include "fathom/core/error.h"

namespace fathom::cpu {
namespace {

constexpr int kUnset = -1;
std::atomic<int> chosen{kUnset};

void require(Isa isa, const char* hint) {
  if (available(isa)) return;
  const bool lowest = isa == Isa::avx2;
  throw DeviceError({.operation = "cpu",
                     .problem = lowest ? "this processor lacks AVX2 and FMA"
                                       : "this processor lacks AVX-512 (F, BW, DQ, VL)",
                     .expected = lowest ? "an x86 processor of 2013 or later" : "",
                     .hint = hint});
}

Isa choose() {
  const char* wanted = std::getenv("FATHOM_ISA");
  if (!wanted || !*wanted) {
    if (available(Isa::avx512)) return Isa::avx512;
    require(Isa::avx2, "");
    return Isa::avx2;
  }
  for (const Isa isa : {Isa::avx2, Isa::avx512}) {
    if (wanted != name(isa)) continue;
    require(isa, "unset FATHOM_ISA to use what the processor has");
    return isa;
  }
  throw DeviceError({.operation = "cpu",
                     .problem = "unknown instruction set in FATHOM_ISA",
                     .received = {{"FATHOM_ISA", wanted}},
                     .expected = "avx2 or avx512"});
}

}  // namespace

bool available(Isa isa) {
  if (isa == Isa::avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return available(Isa::avx2) && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

Isa isa() {
  // Threads that come here at the same time choose the same.
  int isa = chosen.load(std::memory_order_relaxed);
  if (isa == kUnset) {
    isa = static_cast<int>(choose());
    chosen.store(isa, std::memory_order_relaxed);
  }
  return static_cast<Isa>(isa);
}

std::string_view name(Isa isa) { return isa == Isa::avx2 ? "avx2" : "avx512"; }

void set_isa_for_test(Isa isa) {
  require(isa, "");
  chosen.store(static_cast<int>(isa), std::memory_order_relaxed);
}

}  // namespace fathom::cpu
