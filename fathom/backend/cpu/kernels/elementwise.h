// Elementwise kernels on blocks: what a fused region calls, one table per instruction set.
#pragma once
#include <cstdint>

#include "fathom/ops/scalar_functions.h"

namespace fathom::cpu {

/// Elements of a block: three f32 blocks and more stay in L1.
inline constexpr std::int64_t block_size = 512;
inline constexpr int type_count = 9;  // of fathom::DType, in its order

/// out[i] = f(a[i], b[i], c[i]) for i < n; operands that f lacks are ignored. `out` may be an
/// operand.
using BlockFunction = void (*)(const void* a, const void* b, const void* c, void* out,
                               std::int64_t n);

/// Copies n elements from an index map: dimension d has `extent[d]` steps of `stride[d]` elements.
struct StridedSource {
  const void* base;
  int rank;
  const std::int64_t* extent;
  const std::int64_t* stride;
};

/// The loops of one function by type; null where it has none, as for halves: those are computed in
/// f32.
using FunctionRow = BlockFunction[type_count];
template <int size> struct FunctionTable { FunctionRow row[size]; };

struct ElementwiseKernels {
  const BlockFunction* function[fn::Functions::size];  // rows; null if all loops are plain
  BlockFunction cast[type_count][type_count];          // [from][to]
  BlockFunction where[type_count];
  /// Fills out with elements first, first + 1, ... of the source, by element size (1, 2, 4, 8).
  void (*gather)(const StridedSource& source, int element_size, std::int64_t first, std::int64_t n,
                 void* out);
  /// Fills out with one element's bytes.
  void (*fill)(const void* element, int element_size, std::int64_t n, void* out);
};

namespace avx2 {
extern const ElementwiseKernels elementwise_kernels;
}
namespace avx512 {
extern const ElementwiseKernels elementwise_kernels;
}

/// The loops that are compiled once, as vectors would gain little there.
extern const FunctionTable<fn::Functions::size> plain_functions;

/// The loop of a function over a type, or null.
inline BlockFunction block_function(const ElementwiseKernels& k, int function, int type) {
  const BlockFunction* row = k.function[function];
  return row && row[type] ? row[type] : plain_functions.row[function][type];
}

}  // namespace fathom::cpu
