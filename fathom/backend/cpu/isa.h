// The instruction set that the CPU kernels use, chosen once when the program runs. Results do not
// depend on it: every kernel gives the same bits on both.
#pragma once
#include <string_view>

namespace fathom::cpu {

/// The instruction sets that the kernels are compiled for.
enum class Isa { avx2, avx512 };

/// The best set that this machine has, or what the environment variable FATHOM_ISA names.
/// Errors: DeviceError if the machine lacks AVX2 and FMA, or FATHOM_ISA is not "avx2" or "avx512"
/// or names a set that the machine lacks.
Isa isa();

/// "avx2" or "avx512".
std::string_view name(Isa isa);

/// Whether this machine can run the set.
bool available(Isa isa);

/// Makes isa() return `isa` from now on. For tests and benchmarks: not while kernels run.
/// Errors: DeviceError if the machine lacks it.
void set_isa_for_test(Isa isa);

}  // namespace fathom::cpu
