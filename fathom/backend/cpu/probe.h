// What this machine can do for longer than a moment, for benchmarks to compare with. Each probe
// takes about 100 ms.
#pragma once

namespace fathom::cpu {

/// Single-precision fused multiply-adds in registers, with the instruction set in use, in GF/s (an
/// addition and a multiplication count one each).
double measured_peak_gflops(int threads);

/// Streaming reads of memory larger than the second-level caches, in GB/s.
double measured_bandwidth_gbs(int threads);

/// STREAM's triad a = b + s c on arrays beyond all caches, in GB/s that pass the memory bus: 16
/// bytes an element, since a line is read before it is written.
double measured_triad_gbs(int threads);

}  // namespace fathom::cpu
