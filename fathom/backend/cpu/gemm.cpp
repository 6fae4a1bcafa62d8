// The driver of matrix products: which elements are computed where and in what order. Nothing here
// shows in the bits.
//
// C is cut into row tiles of equal height and panels of two vectors. Three ways:
//   * one row or one column: the vector kernels, at the speed of memory;
//   * strips: units (panel, row tile) in panel order are cut into one stretch a task. Each task packs
//     the panels of B that it needs itself, right before use. For products with few rows.
//   * blocks: all of A and B is packed first, a slab of k at a time, then the tasks are rectangles of
//     tiles that fit the second-level cache.
#include "fathom/backend/cpu/gemm.h"

#include <algorithm>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/kernels/gemm.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/backend/cpu/scratch.h"

namespace fathom::cpu {
namespace {

using std::int64_t;

// Steps of k that are packed at a time: a panel of B is then 48 KiB.
constexpr int64_t kDepth = 384;
// A product with fewer multiplications is not worth waking a second thread.
constexpr int64_t kSerialWork = 100'000;
constexpr int64_t kTaskWork = 2'000'000;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

template <class T>
const GemmKernels<T>& kernels_of(Isa isa);
template <>
const GemmKernels<float>& kernels_of(Isa isa) {
  return isa == Isa::avx512 ? avx512::gemm_f32 : avx2::gemm_f32;
}
template <>
const GemmKernels<double>& kernels_of(Isa isa) {
  return isa == Isa::avx512 ? avx512::gemm_f64 : avx2::gemm_f64;
}

/// A contiguous part of 0 ... total - 1.
struct Range {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};

/// Part `i` of `parts` whose sizes differ by at most one.
Range part_of(int64_t total, int64_t parts, int64_t i) {
  const int64_t size = total / parts, longer = total % parts;
  const int64_t begin = i * size + std::min(i, longer);
  return {begin, begin + size + (i < longer)};
}

/// Where the kernels find a part of A or B, packed or not.
template <class T>
struct Source {
  const T* data;
  int64_t stride;
};

template <class T>
class Product {
 public:
  explicit Product(const GemmArgsOf<T>& args)
      : args_(args),
        kernels_(kernels_of<T>(isa())),
        width_(kernels_.lanes * GemmKernels<T>::kMaxVectors),
        a_width_(whole_vectors(kernels_.rows)),
        row_tiles_(ceil_div(args.m, kernels_.rows)),
        panels_(ceil_div(args.n, width_)),
        depths_(std::max<int64_t>(1, ceil_div(args.k, kDepth))) {}

  void run();

 private:
  Range rows_of(int64_t tile) const { return part_of(args_.m, row_tiles_, tile); }
  Range depth_of(int64_t i) const { return part_of(args_.k, depths_, i); }
  Range columns_of(int64_t panel) const {
    return {panel * width_, std::min(args_.n, (panel + 1) * width_)};
  }
  int64_t whole_vectors(int64_t columns) const {
    return ceil_div(columns, kernels_.lanes) * kernels_.lanes;
  }

  bool run_vector();
  void run_strips(int64_t tasks);
  void run_blocks();
  void strip(Range units, bool pack_a);
  void block(Range tiles, Range panels, Range depth, const T* a, const T* b);

  void pack_rows(Range rows, Range depth, T* to) const;
  void pack_panel(Range columns, Range depth, T* to) const;
  Source<T> a_in_place(Range rows, Range depth) const;
  void tile(Range rows, Range columns, Range depth, Source<T> a, ALayout layout, Source<T> b) const;

  const GemmArgsOf<T>& args_;
  const GemmKernels<T>& kernels_;
  const int64_t width_;    // columns of a panel
  const int64_t a_width_;  // elements of a packed row tile for each step of k
  const int64_t row_tiles_, panels_, depths_;
};

template <class T>
Source<T> Product<T>::a_in_place(Range rows, Range depth) const {
  const int64_t offset = args_.transpose_a ? depth.begin * args_.lda + rows.begin
                                           : rows.begin * args_.lda + depth.begin;
  return {args_.a + offset, args_.lda};
}

/// Packs one row tile of A, whole vectors for each step of k.
template <class T>
void Product<T>::pack_rows(Range rows, Range depth, T* to) const {
  const auto pack = args_.transpose_a ? kernels_.pack : kernels_.pack_transposed;
  pack(a_in_place(rows, depth).data, args_.lda, depth.size(), rows.size(), to,
       a_width_);
}

template <class T>
void Product<T>::pack_panel(Range columns, Range depth, T* to) const {
  if (args_.transpose_b) {
    kernels_.pack_transposed(args_.b + columns.begin * args_.ldb + depth.begin, args_.ldb,
                             depth.size(), columns.size(), to, whole_vectors(columns.size()));
  } else {
    kernels_.pack(args_.b + depth.begin * args_.ldb + columns.begin, args_.ldb, depth.size(),
                  columns.size(), to, whole_vectors(columns.size()));
  }
}

/// Computes one tile. Columns that do not fill their last vector go through a small buffer.
template <class T>
void Product<T>::tile(Range rows, Range columns, Range depth, Source<T> a, ALayout layout,
                      Source<T> b) const {
  const bool last = depth.end == args_.k;
  const int64_t vectors = ceil_div(columns.size(), kernels_.lanes);
  T* c = args_.c + rows.begin * args_.ldc + columns.begin;
  TileArgs<T> call{.k = depth.size(),
                   .a = a.data,
                   .a_stride = a.stride,
                   .b = b.data,
                   .b_stride = b.stride,
                   .c = c,
                   .c_stride = args_.ldc,
                   .from_c = args_.accumulate || depth.begin > 0,
                   .bias = args_.bias && last ? args_.bias + columns.begin : nullptr};
  const auto kernel = kernels_.tile[static_cast<int>(layout)][vectors - 1][rows.size() - 1];
  if (columns.size() == vectors * kernels_.lanes) {
    kernel(call);
    return;
  }
  constexpr int64_t kWidth = 32;
  alignas(64) T buffer[GemmKernels<T>::kMaxRows * kWidth];
  alignas(64) T bias[kWidth];
  if (call.from_c) {
    for (int64_t i = 0; i < rows.size(); ++i) {
      std::copy_n(c + i * args_.ldc, columns.size(), buffer + i * kWidth);
      std::fill(buffer + i * kWidth + columns.size(), buffer + (i + 1) * kWidth, T{0});
    }
  }
  if (call.bias) {
    std::fill_n(std::copy_n(call.bias, columns.size(), bias), kWidth - columns.size(), T{0});
    call.bias = bias;
  }
  call.c = buffer;
  call.c_stride = kWidth;
  kernel(call);
  for (int64_t i = 0; i < rows.size(); ++i) {
    std::copy_n(buffer + i * kWidth, columns.size(), c + i * args_.ldc);
  }
}

template <class T>
void Product<T>::strip(Range units, bool pack_a) {
  const int64_t first_panel = units.begin / row_tiles_, last_panel = (units.end - 1) / row_tiles_;
  const int64_t a_size = std::min(kDepth, args_.k) * a_width_;
  T* const packed_b = scratch<T>(Scratch::panel, std::min(kDepth, args_.k) * width_);
  T* const packed_a = pack_a ? scratch<T>(Scratch::rows, row_tiles_ * a_size) : nullptr;
  const ALayout layout = pack_a || args_.transpose_a ? ALayout::columns : ALayout::rows;
  for (int64_t d = 0; d < depths_; ++d) {
    const Range depth = depth_of(d);
    if (pack_a) {
      for (int64_t t = 0; t < row_tiles_; ++t) pack_rows(rows_of(t), depth, packed_a + t * a_size);
    }
    for (int64_t panel = first_panel; panel <= last_panel; ++panel) {
      const Range columns = columns_of(panel);
      pack_panel(columns, depth, packed_b);
      const Source<T> b{packed_b, whole_vectors(columns.size())};
      const int64_t base = panel * row_tiles_;
      const int64_t end = std::min(units.end - base, row_tiles_);
      for (int64_t t = std::max<int64_t>(units.begin - base, 0); t < end; ++t) {
        const Range rows = rows_of(t);
        const Source<T> a = pack_a ? Source<T>{packed_a + t * a_size, a_width_}
                                   : a_in_place(rows, depth);
        tile(rows, columns, depth, a, layout, b);
      }
    }
  }
}

template <class T>
void Product<T>::run_strips(int64_t tasks) {
  const int64_t units = row_tiles_ * panels_;
  const bool pack_a = args_.n >= 256 * tasks && args_.m > 1;
  if (tasks == 1) return strip({0, units}, pack_a);
  parallel_for(tasks, [&](int64_t task) {
    const Range range = part_of(units, tasks, task);
    if (range.size() > 0) strip(range, pack_a);
  });
}

template <class T>
void Product<T>::block(Range tiles, Range panels, Range depth, const T* a, const T* b) {
  for (int64_t panel = panels.begin; panel < panels.end; ++panel) {
    const Range columns = columns_of(panel);
    const Source<T> from_b{b + panel * width_ * depth.size(), whole_vectors(columns.size())};
    for (int64_t t = tiles.begin; t < tiles.end; ++t) {
      const Source<T> from_a{a + t * a_width_ * depth.size(), a_width_};
      tile(rows_of(t), columns, depth, from_a, ALayout::columns, from_b);
    }
  }
}

template <class T>
void Product<T>::run_blocks() {
  const int64_t depth_max = depth_of(0).size();
  T* const packed_a = scratch<T>(Scratch::shared, (row_tiles_ * a_width_ + panels_ * width_) *
                                                      depth_max);
  T* const packed_b = packed_a + row_tiles_ * a_width_ * depth_max;
  const int64_t row_blocks = ceil_div(row_tiles_, 8), panel_blocks = ceil_div(panels_, 8);
  for (int64_t d = 0; d < depths_; ++d) {
    const Range depth = depth_of(d);
    constexpr int64_t kPackUnit = 4;
    const int64_t a_tasks = ceil_div(row_tiles_, kPackUnit * 2), b_tasks = ceil_div(panels_, kPackUnit);
    parallel_for(a_tasks + b_tasks, [&](int64_t task) {
      if (task < a_tasks) {
        const Range tiles = part_of(row_tiles_, a_tasks, task);
        for (int64_t t = tiles.begin; t < tiles.end; ++t) {
          pack_rows(rows_of(t), depth, packed_a + t * a_width_ * depth.size());
        }
      } else {
        const Range panels = part_of(panels_, b_tasks, task - a_tasks);
        for (int64_t panel = panels.begin; panel < panels.end; ++panel) {
          pack_panel(columns_of(panel), depth, packed_b + panel * width_ * depth.size());
        }
      }
    });
    parallel_for(row_blocks * panel_blocks, [&](int64_t task) {
      block(part_of(row_tiles_, row_blocks, task / panel_blocks),
            part_of(panels_, panel_blocks, task % panel_blocks), depth, packed_a, packed_b);
    });
  }
}

/// y = x B, where x is the one row of A; or C has one column and A is the matrix.
template <class T>
bool Product<T>::run_vector() {
  if (args_.m != 1 && args_.n != 1) return false;
  const bool row = args_.m == 1;
  if (!row && args_.bias) return false;
  // B as a matrix whose rows are steps of k, or (dots) whose rows are outputs.
  const bool dots = row ? args_.transpose_b : !args_.transpose_a;
  const int64_t n = row ? args_.n : args_.m;
  VectorArgs<T> all{.n = n,
                    .k = args_.k,
                    .x = row ? args_.a : args_.b,
                    .x_stride = row ? (args_.transpose_a ? args_.lda : 1)
                                    : (args_.transpose_b ? 1 : args_.ldb),
                    .b = row ? args_.b : args_.a,
                    .b_stride = row ? args_.ldb : args_.lda,
                    .y = args_.c,
                    .from_y = args_.accumulate,
                    .bias = args_.bias};
  if (dots && all.x_stride != 1) {
    T* x = scratch<T>(Scratch::vector, args_.k);
    for (int64_t p = 0; p < args_.k; ++p) x[p] = all.x[p * all.x_stride];
    all.x = x;
    all.x_stride = 1;
  }
  const bool gathered = !row && args_.ldc != 1;
  if (gathered) {
    all.y = scratch<T>(Scratch::rows, n);
    for (int64_t j = 0; args_.accumulate && j < n; ++j) all.y[j] = args_.c[j * args_.ldc];
  }
  const auto kernel = dots ? kernels_.dots_with_vector : kernels_.rows_times_vector;
  const auto part = [&](Range range) {
    VectorArgs<T> call = all;
    call.n = range.size();
    call.b += range.begin * (dots ? call.b_stride : 1);
    call.y += range.begin;
    if (call.bias) call.bias += range.begin;
    if (call.n > 0) kernel(call);
  };
  constexpr int64_t kUnit = 64;  // outputs; whole cache lines of y, whole vectors of every kind
  const int64_t units = ceil_div(n, kUnit);
  const int64_t tasks = n * args_.k < kSerialWork ? 1 : std::min<int64_t>(units, 2 * threads());
  if (tasks == 1) {
    part({0, n});
  } else {
    parallel_for(tasks, [&](int64_t task) {
      const Range range = part_of(units, tasks, task);
      part({range.begin * kUnit, std::min(n, range.end * kUnit)});
    });
  }
  for (int64_t j = 0; gathered && j < n; ++j) args_.c[j * args_.ldc] = all.y[j];
  return true;
}

template <class T>
void Product<T>::run() {
  if (run_vector()) return;
  const int64_t work = args_.m * args_.n * args_.k;
  if (work < kSerialWork) return run_strips(1);
  if (args_.m <= 256 || args_.n < 4 * width_) {
    const int64_t n = threads();
    return run_strips(n == 1 ? 1 : std::min(row_tiles_ * panels_, n));
  }
  run_blocks();
}

template <class T>
void run(const GemmArgsOf<T>& args) {
  if (args.m > 0 && args.n > 0) Product<T>(args).run();
}

}  // namespace

void gemm(const GemmArgs& args) { run(args); }
void gemm(const GemmArgsF64& args) { run(args); }

}  // namespace fathom::cpu
