// Scans (running sums, products, extremes) along the middle axis of an (outer, n, inner) array. An
// axis longer than kScanPiece is cut into pieces of that length; a piece starts at the joined
// totals of the pieces before it, so the order of operations depends on n alone.
#pragma once
#include <cstdint>

namespace fathom::cpu {

inline constexpr int64_t kScanPiece = 4096;
inline constexpr int64_t scan_pieces(int64_t n) {
  return n <= kScanPiece ? 1 : (n + kScanPiece - 1) / kScanPiece;
}

/// Chains that run side by side in one task: of neighbouring columns, or else of neighbouring rows
/// or pieces of a row, which hides the latency of an addition.
inline constexpr int64_t kScanColumns = 64;
inline constexpr int64_t kScanRows = 8;

struct ScanArray {
  const void* x;
  void* y;
  int64_t* index;  // of extremes
  void* totals;    // (outer, pieces, inner) states, where there is more than one piece
  int64_t outer, n, inner;
  bool reverse;  // from the axis' end
};

/// Tasks of an array: what the functions below take a range of.
inline constexpr int64_t scan_tasks(int64_t outer, int64_t n, int64_t inner) {
  const int64_t pieces = scan_pieces(n);
  if (inner > 1) return outer * pieces * ((inner + kScanColumns - 1) / kScanColumns);
  if (pieces > 1) return outer * ((pieces + kScanRows - 1) / kScanRows);
  return (outer + kScanRows - 1) / kScanRows;
}

struct ScanKernel {
  int64_t state_bytes;
  void (*totals)(const ScanArray& a, int64_t begin, int64_t end);  // of each piece
  void (*join)(const ScanArray& a);  // each piece's total becomes what it starts at
  void (*scan)(const ScanArray& a, int64_t begin, int64_t end);
};

struct ScanKernels {
  ScanKernel sum, prod, logsumexp, max, min;  // of floats
};

/// AVX2 serves these on every machine: wider vectors are no faster for them, and much code.
struct SharedScanKernels {
  ScanKernel sum_f64, sum_i64, prod_f64, prod_i64, logsumexp_f64;
  ScanKernel max_f64, max_i64, max_i32, max_i8, max_u8;
  ScanKernel min_f64, min_i64, min_i32, min_i8, min_u8;
};

namespace avx2 {
extern const ScanKernels scan_kernels;
extern const SharedScanKernels shared_scan_kernels;
}  // namespace avx2
namespace avx512 {
extern const ScanKernels scan_kernels;
}

}  // namespace fathom::cpu
