// The driver of matrix products: which elements are computed where and in what order. Nothing here
// shows in the bits.
//
// C is cut into row tiles of equal height and panels of two vectors. Three ways:
//   * few rows, or one column: straight from the large matrix (gemm_few.cpp);
//   * strips: units (panel, row tile) in panel order are cut into one stretch a task. A is used as
//     it stands, and B too if it can be; else each task packs the panels that it needs, right
//     before use. For products with few rows or columns, and for what fits the cache;
//   * blocks: a task is a rectangle of C, as few as keep the threads busy alike. It packs what it
//     reads of A and B for itself, a slab of k at a time: some of that is done twice, but no thread
//     waits for another or reads what another has just written.
#include "fathom/backend/cpu/gemm.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "fathom/backend/cpu/done_rows.h"
#include "fathom/backend/cpu/fetch.h"
#include "fathom/backend/cpu/gemm_parts.h"
#include "fathom/backend/cpu/kernels/gemm.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/backend/cpu/scratch.h"

namespace fathom::cpu {
namespace {

using std::int64_t;

// What follows was measured; results do not depend on it.
constexpr int64_t kDepth = 512;        // steps of k that a block packs at a time
constexpr int64_t kStripDepth = 1024;  // and that a strip does
constexpr int64_t kTilesTogether = 8;  // row tiles of a transposed A that are packed together
constexpr double kPackCost = 12;       // multiplications that take as long as to pack an element
constexpr int64_t kCachedBytes = 256 << 10;  // of B packed, that a strip takes as a whole
constexpr int64_t kGroup = 4;                // panels that are taken at a time
constexpr int64_t kSerialWork = 400'000;     // multiplications: less is not worth a second thread
constexpr int64_t kStripRows = 256;          // up to so many rows, strips, and B as it stands
constexpr int64_t kStripPanels = 9;          // with fewer panels, strips

/// The most columns of a block. 512 of them, 1 MiB of B, stay in a large second-level cache; what
/// a small one does not hold anyway may as well be more, so that A is packed less often.
int64_t block_columns() {
  constexpr long kLargeCache = 2 << 20;
  static const int64_t columns = sysconf(_SC_LEVEL2_CACHE_SIZE) >= kLargeCache ? 512 : 1024;
  return columns;
}

/// Where the kernels find a part of A or B, packed or not.
template <class T> struct Source {
  const T* data;
  int64_t stride;
};

/// And panels of B: rows of the first, how far apart they are, and how far the next panel is.
template <class T> struct Panels {
  const T* data;
  int64_t stride, step;
};

template <class T> class Product {
 public:
  Product(const GemmArgsOf<T>& args, const GemmKernels<T>& kernels)
      : args_(args),
        kernels_(kernels),
        width_(kernels_.lanes * GemmKernels<T>::kMaxVectors),
        a_width_(whole_vectors(kernels_.rows)),
        row_tiles_(ceil_div(args.m, kernels_.rows)),
        panels_(ceil_div(args.n, width_)),
        strips_(takes_strips()),
        depths_(std::max<int64_t>(1, ceil_div(args.k, strips_ ? kStripDepth : kDepth))) {}

  void run();
  int64_t packed_size() const { return panels_ * width_ * args_.k; }
  /// All of B, a panel after the other.
  void pack(T* to) const {
    parallel_for(panels_, [&](int64_t panel) {
      pack_panels(columns_of({panel, panel + 1}), {0, args_.k}, to + panel * width_ * args_.k);
    });
  }

 private:
  Range rows_of(int64_t tile) const { return part_of(args_.m, row_tiles_, tile); }
  Range depth_of(int64_t i) const { return part_of(args_.k, depths_, i); }
  Range columns_of(Range panels) const {
    return {panels.begin * width_, std::min(args_.n, panels.end * width_)};
  }
  int64_t whole_vectors(int64_t columns) const {
    return ceil_div(columns, kernels_.lanes) * kernels_.lanes;
  }

  bool takes_strips() const;
  bool a_misses_as_it_stands() const;
  /// Whether B is packed and stays in the second-level cache.
  bool packed_stays() const {
    return args_.packed_b && packed_size() * int64_t{sizeof(T)} <= kCachedBytes;
  }
  void run_strips(int64_t tasks);
  int64_t unit_at(int64_t part, int64_t parts) const;
  bool b_serves_in_place() const;
  void strip(Range units, bool pack_b, bool tell) const;
  void run_blocks();
  void block(Range tiles, Range panels, bool pack_b) const;
  void fetch_rows(Range rows, Range depth, int64_t i, int64_t parts) const;

  void pack_tiles(Range tiles, Range depth, T* to) const;
  void pack_panels(Range columns, Range depth, T* to) const;
  Source<T> a_in_place(Range rows, Range depth) const;
  const T* b_in_place(int64_t column, Range depth) const;
  Panels<T> b_panels(int64_t panel, Range depth, const T* packed) const;
  void tile_row(Range rows, Range columns, Range depth, Source<T> a, ALayout layout,
                Panels<T> b) const;

  const GemmArgsOf<T>& args_;
  const GemmKernels<T>& kernels_;
  const int64_t width_;    // columns of a panel
  const int64_t a_width_;  // elements of a packed row tile for each step of k
  const int64_t row_tiles_, panels_;
  const bool strips_;
  const int64_t depths_;
};

template <class T> Source<T> Product<T>::a_in_place(Range rows, Range depth) const {
  const int64_t offset = args_.transpose_a ? depth.begin * args_.lda + rows.begin
                                           : rows.begin * args_.lda + depth.begin;
  return {args_.a + offset, args_.lda};
}

/// Packs row tiles of A one after the other, whole vectors for each step of k. Tiles of equal
/// height together: neighbouring tiles of a transposed A share lines of memory.
template <class T> void Product<T>::pack_tiles(Range tiles, Range depth, T* to) const {
  const auto pack = args_.transpose_a ? kernels_.pack : kernels_.pack_transposed;
  for (int64_t first = tiles.begin, next = first; first < tiles.end; first = next) {
    const Range rows = rows_of(first);
    while (next < tiles.end && rows_of(next).size() == rows.size()) ++next;
    const int64_t size = a_width_ * depth.size();
    pack({.from = a_in_place(rows, depth).data,
          .stride = args_.lda,
          .k = depth.size(),
          .columns = (next - first) * rows.size(),
          .to = to + (first - tiles.begin) * size,
          .panel_columns = rows.size(),
          .width = a_width_,
          .panel_size = size});
  }
}

template <class T> const T* Product<T>::b_in_place(int64_t column, Range depth) const {
  return args_.b +
         (args_.transpose_b ? column * args_.ldb + depth.begin : depth.begin * args_.ldb + column);
}

/// Panels from `panel` on: those packed before, those in `packed` by this task, or B as it stands.
template <class T>
Panels<T> Product<T>::b_panels(int64_t panel, Range depth, const T* packed) const {
  if (args_.packed_b)
    return {args_.packed_b + (panel * args_.k + depth.begin) * width_, width_, width_ * args_.k};
  if (packed) return {packed, width_, width_ * depth.size()};
  return {b_in_place(panel * width_, depth), args_.ldb, width_};
}

/// Packs panels of B, one after the other.
template <class T> void Product<T>::pack_panels(Range columns, Range depth, T* to) const {
  const auto pack = args_.transpose_b ? kernels_.pack_transposed : kernels_.pack;
  pack({.from = b_in_place(columns.begin, depth),
        .stride = args_.ldb,
        .k = depth.size(),
        .columns = columns.size(),
        .to = to,
        .panel_columns = width_,
        .width = width_,
        .panel_size = width_ * depth.size()});
}

/// Computes a row of tiles. Columns that do not fill their last vector go through a small buffer.
template <class T>
void Product<T>::tile_row(Range rows, Range columns, Range depth, Source<T> a, ALayout layout,
                          Panels<T> b) const {
  const bool last = depth.end == args_.k;
  TileArgs<T> call{.k = depth.size(),
                   .a = a.data,
                   .a_stride = a.stride,
                   .b = b.data,
                   .b_stride = b.stride,
                   .c = args_.c + rows.begin * args_.ldc + columns.begin,
                   .c_stride = args_.ldc,
                   .from_c = args_.accumulate || depth.begin > 0,
                   .bias = args_.bias && last ? args_.bias + columns.begin : nullptr,
                   .addend = args_.tail.addend && last
                                 ? args_.tail.addend + rows.begin * args_.ldc + columns.begin
                                 : nullptr,
                   .relu = args_.tail.relu && last,
                   .b_far = args_.packed_b && args_.packed_far,
                   .panels = columns.size() / width_,
                   .panel_step = b.step};
  const auto kernel = [&](int64_t vectors) {
    return kernels_.tile[static_cast<int>(layout)][vectors - 1][rows.size() - 1];
  };
  if (call.panels > 0) kernel(GemmKernels<T>::kMaxVectors)(call);
  const int64_t left = columns.size() - call.panels * width_;
  if (left == 0) return;
  call.b += call.panels * b.step;
  call.c += call.panels * width_;
  if (call.bias) call.bias += call.panels * width_;
  if (call.addend) call.addend += call.panels * width_;
  call.panels = 1;
  const int64_t vectors = ceil_div(left, kernels_.lanes);
  if (left == vectors * kernels_.lanes) return kernel(vectors)(call);
  constexpr int64_t kWidth = 32;
  alignas(64) T buffer[GemmKernels<T>::kMaxRows * kWidth];
  alignas(64) T bias[kWidth];
  T* const c = call.c;
  const auto copy_rows = [&](const T* from, T* to) {
    for (int64_t i = 0; i < rows.size(); ++i) {
      std::copy_n(from + i * args_.ldc, left, to + i * kWidth);
      std::fill(to + i * kWidth + left, to + (i + 1) * kWidth, T{0});
    }
  };
  if (call.from_c) copy_rows(c, buffer);
  alignas(64) T addend[GemmKernels<T>::kMaxRows * kWidth];
  if (call.addend) {
    copy_rows(call.addend, addend);
    call.addend = addend;
  }
  if (call.bias) {
    std::fill_n(std::copy_n(call.bias, left, bias), kWidth - left, T{0});
    call.bias = bias;
  }
  call.c = buffer;
  call.c_stride = kWidth;
  kernel(vectors)(call);
  for (int64_t i = 0; i < rows.size(); ++i)
    std::copy_n(buffer + i * kWidth, left, c + i * args_.ldc);
}

/// Whether B as it stands is as good as packed: rows that begin on cache lines, but not all in the
/// same sets of the cache, and not read so often that packing pays.
template <class T> bool Product<T>::b_serves_in_place() const {
  const auto address = reinterpret_cast<std::uintptr_t>(args_.b);
  const auto stride = static_cast<std::uintptr_t>(args_.ldb) * sizeof(T);
  if (args_.transpose_b || args_.m > kStripRows) return false;
  return row_tiles_ <= 2 || ((address | stride) % 64 == 0 && stride % 4096 != 0);
}

/// Tells of what it has done if `tell`: then the units must be all.
template <class T> void Product<T>::strip(Range units, bool pack_b, bool tell) const {
  const Range panels{units.begin / row_tiles_, (units.end - 1) / row_tiles_ + 1};
  // A last panel that does not fill its vectors is packed, and what stands beside it need not be.
  // Rows are packed in long runs, columns best right before use. What is packed already passes as a
  // whole, if the second-level cache holds it: so each row of A is read once.
  const bool small = packed_stays();
  const bool grouped =
      args_.packed_b || (pack_b ? !args_.transpose_b : args_.n % kernels_.lanes == 0);
  const int64_t group_size = small ? panels.size() : grouped ? std::min(kGroup, panels.size()) : 1;
  T* const packed_b = args_.packed_b
                          ? nullptr
                          : scratch<T>(Scratch::panels, group_size * width_ * depth_of(0).size());
  const ALayout layout = args_.transpose_a ? ALayout::columns : ALayout::rows;
  DoneRows<T> rows_done(args_, {0, args_.n});
  for (int64_t d = 0; d < depths_; ++d) {
    const Range depth = depth_of(d);
    for (int64_t first = panels.begin; first < panels.end; first += group_size) {
      const Range group{first, std::min(first + group_size, panels.end)};
      const Range columns = columns_of(group);
      const bool packs = packed_b && (pack_b || columns.size() % kernels_.lanes != 0);
      if (packs) pack_panels(columns, depth, packed_b);
      const Panels<T> b = b_panels(group.begin, depth, packs ? packed_b : nullptr);
      const Range tiles{std::max<int64_t>(units.begin - (group.end - 1) * row_tiles_, 0),
                        std::min(units.end - group.begin * row_tiles_, row_tiles_)};
      for (int64_t t = tiles.begin; t < tiles.end; ++t) {
        const Range rows = rows_of(t);
        const Source<T> a = a_in_place(rows, depth);
        if (small && t + 1 < tiles.end) fetch_rows(rows_of(t + 1), depth, 0, 1);
        // The first and the last panel of all may lie beyond the stretch for this row tile.
        const Range here{std::max(group.begin, ceil_div(units.begin - t, row_tiles_)),
                         std::min(group.end, ceil_div(units.end - t, row_tiles_))};
        const Panels<T> from_b{b.data + (here.begin - group.begin) * b.step, b.stride, b.step};
        if (here.size() > 0) tile_row(rows, columns_of(here), depth, a, layout, from_b);
        if (tell && d + 1 == depths_ && group.end == panels_) rows_done.add(rows);
      }
    }
  }
  rows_done.flush();
}

/// The first unit of a part when all units are cut into parts of equal work; the last panel may
/// have one vector only.
template <class T> int64_t Product<T>::unit_at(int64_t part, int64_t parts) const {
  constexpr int64_t kWhole = GemmKernels<T>::kMaxVectors;
  const int64_t last_begin = (panels_ - 1) * row_tiles_;
  const int64_t last_vectors = ceil_div(args_.n - (panels_ - 1) * width_, kernels_.lanes);
  const int64_t work = (last_begin * kWhole + row_tiles_ * last_vectors) * part / parts;
  if (work <= last_begin * kWhole) return work / kWhole;
  return last_begin + (work - last_begin * kWhole) / last_vectors;
}

template <class T> void Product<T>::run_strips(int64_t tasks) {
  const bool pack_b = !args_.packed_b && !b_serves_in_place();
  if (tasks > 1 && (args_.m >= 4 * args_.n || (packed_stays() && row_tiles_ >= 2 * tasks))) {
    // Cut by rows: B is small, so that packing it once a task, or reading it, costs little.
    return parallel_for(tasks, [&](int64_t task) {
      const Range rows = part_of(args_.m, tasks, task);
      GemmArgsOf<T> part = args_;
      part.m = rows.size();
      part.a = a_in_place(rows, {0, args_.k}).data;
      part.c += rows.begin * args_.ldc;
      if (part.tail.addend) part.tail.addend += rows.begin * args_.ldc;
      const auto of_all = [&](int64_t first, int64_t count) {
        (*args_.done)(rows.begin * args_.n + first, count);
      };
      const PartDone done(of_all);
      if (args_.done) part.done = &done;
      const Product product(part, kernels_);
      product.strip({0, product.row_tiles_ * product.panels_}, pack_b, true);
    });
  }
  if (tasks == 1) return strip({0, row_tiles_ * panels_}, pack_b, true);
  parallel_for(tasks, [&](int64_t task) {
    const Range units{unit_at(task, tasks), unit_at(task + 1, tasks)};
    if (units.size() > 0) strip(units, pack_b, false);
  });
  all_done(args_.m * args_.n, args_.done);
}

/// Asks for part `i` of `parts` of a row tile of A ahead of its turn.
template <class T>
void Product<T>::fetch_rows(Range rows, Range depth, int64_t i, int64_t parts) const {
  constexpr int64_t kLine = 64 / sizeof(T);
  const bool ta = args_.transpose_a;
  const Range stored = ta ? part_of(depth.size(), parts, i) : Range{0, rows.size()};
  const Range lines = ta ? Range{0, ceil_div(rows.size(), kLine)}
                         : part_of(ceil_div(depth.size(), kLine), parts, i);
  const T* const from = a_in_place(rows, depth).data;
  for (int64_t row = stored.begin; row < stored.end; ++row)
    fetch(from + row * args_.lda + lines.begin * kLine, lines.size() * 64);
}

/// One rectangle of C, whole chains. A slab of B is packed and stays in the second-level cache; a
/// row tile of A is packed and stays in the first while the panels pass by. The task shares nothing
/// with others.
template <class T> void Product<T>::block(Range tiles, Range panels, bool pack_b) const {
  const Range columns = columns_of(panels);
  const int64_t longest = depth_of(0).size();
  const int64_t group_size = args_.transpose_a ? kTilesTogether : 1;
  T* const packed_a = scratch<T>(Scratch::rows, group_size * a_width_ * longest);
  T* const packed_b =
      pack_b ? scratch<T>(Scratch::panels, panels.size() * width_ * longest) : nullptr;
  const int64_t parts = ceil_div(panels.size(), kGroup);  // of a row of tiles
  DoneRows<T> rows_done(args_, columns);
  for (int64_t d = 0; d < depths_; ++d) {
    const Range depth = depth_of(d);
    if (pack_b) pack_panels(columns, depth, packed_b);
    for (int64_t first = tiles.begin; first < tiles.end; first += group_size) {
      const Range group{first, std::min(first + group_size, tiles.end)};
      pack_tiles(group, depth, packed_a);
      const Range next{group.end, std::min(group.end + group_size, tiles.end)};
      for (int64_t t = group.begin; t < group.end; ++t) {
        const Range rows = rows_of(t);
        const T* const a = packed_a + (t - group.begin) * a_width_ * depth.size();
        for (int64_t i = 0; i < panels.size(); i += kGroup) {
          const Range here{panels.begin + i, std::min(panels.begin + i + kGroup, panels.end)};
          if (next.size() > 0)
            fetch_rows({rows_of(next.begin).begin, rows_of(next.end - 1).end}, depth,
                       (t - group.begin) * parts + i / kGroup, group.size() * parts);
          const T* const packed = pack_b ? packed_b + i * width_ * depth.size() : nullptr;
          tile_row(rows, columns_of(here), depth, {a, a_width_}, ALayout::columns,
                   b_panels(here.begin, depth, packed));
        }
        if (d + 1 == depths_) rows_done.add(rows);
      }
    }
  }
  rows_done.flush();
}

/// How many row blocks and panel blocks: what takes the busiest thread the least time, where to
/// pack counts for some tiles more.
template <class T> void Product<T>::run_blocks() {
  const bool pack_b = !args_.packed_b && (!b_serves_in_place() || args_.n % kernels_.lanes != 0);
  const int64_t most_panels = block_columns() / width_;
  int64_t row_blocks = 1, panel_blocks = 1;
  double least = 0;
  const int64_t first = ceil_div(panels_, most_panels);
  for (int64_t c = first; c <= std::min(panels_, first + threads()); ++c) {
    for (int64_t r = 1; r <= std::min<int64_t>(row_tiles_, 2 * threads()); ++r) {
      const auto rows = static_cast<double>(ceil_div(row_tiles_, r)) * kernels_.rows;
      const auto columns = static_cast<double>(ceil_div(panels_, c)) * width_;
      const double time = static_cast<double>(ceil_div(c * r, threads())) *
                          (rows * columns + kPackCost * (columns + (pack_b ? rows : 0)));
      if (least == 0 || time < least) {
        least = time;
        row_blocks = r;
        panel_blocks = c;
      }
    }
  }
  parallel_for(row_blocks * panel_blocks, [&](int64_t task) {
    block(part_of(row_tiles_, row_blocks, task / panel_blocks),
          part_of(panels_, panel_blocks, task % panel_blocks), pack_b);
  });
}

/// Whether a transposed A is better packed even for a few panels: steps of k meet in the same sets
/// of the cache, or no cache holds A until the next group of panels.
template <class T> bool Product<T>::a_misses_as_it_stands() const {
  constexpr int64_t kManyBytes = 4 << 20;
  if (!args_.transpose_a) return false;
  const bool one_set = args_.lda * int64_t{sizeof(T)} % 4096 == 0;
  const bool far = args_.m * args_.k * int64_t{sizeof(T)} >= kManyBytes;
  return (one_set && panels_ >= 2) || (far && panels_ >= kGroup);
}

template <class T> bool Product<T>::takes_strips() const {
  if (args_.m * args_.n * args_.k < kSerialWork || args_.m <= kStripRows) return true;
  return panels_ < kStripPanels && !a_misses_as_it_stands();
}

template <class T> void Product<T>::run() {
  if (!strips_) return run_blocks();
  const int64_t work = args_.m * args_.n * args_.k;
  run_strips(work < kSerialWork ? 1 : tasks_for(work, row_tiles_ * panels_));
}

/// What tiles do in registers, where there were none.
template <class T> void finish_plainly(const GemmArgsOf<T>& args) {
  if (!args.tail.addend && !args.tail.relu) return;
  for (int64_t i = 0; i < args.m * args.n; ++i) {
    const int64_t at = i / args.n * args.ldc + i % args.n;
    T& x = args.c[at];
    if (args.tail.addend) x += args.tail.addend[at];
    if (args.tail.relu && x <= T{0}) x = T{0};
  }
}

template <class T> void run(const GemmArgsOf<T>& args) {
  if (args.m <= 0 || args.n <= 0) return;
  if (args.packed_b || !is_few(args)) return Product<T>(args, kernels_of<T>(isa())).run();
  gemm_few(args);
  finish_plainly(args);
  all_done(args.m * args.n, args.done);
}

}  // namespace

void gemm(const GemmArgs& args) { run(args); }
void gemm(const GemmArgsF64& args) { run(args); }

template <class T> std::size_t gemm_packed_size(const GemmArgsOf<T>& args) {
  if (args.m <= 0 || args.n <= 0 || (is_few(args) && !few_gain_by_packs(args))) return 0;
  return static_cast<std::size_t>(Product<T>(args, kernels_of<T>(isa())).packed_size());
}
template <class T> void gemm_pack(const GemmArgsOf<T>& args, T* to) {
  Product<T>(args, kernels_of<T>(isa())).pack(to);
}
template std::size_t gemm_packed_size(const GemmArgs&);
template std::size_t gemm_packed_size(const GemmArgsF64&);
template void gemm_pack(const GemmArgs&, float*);
template void gemm_pack(const GemmArgsF64&, double*);

}  // namespace fathom::cpu
