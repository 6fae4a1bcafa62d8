// The gradient of a convolution by its weight: a product over all pixels. The pixels are cut into
// parts whose number depends on the shapes alone; the parts' sums are added up as a tree.
#include "fathom/backend/cpu/conv.h"
#include "fathom/backend/cpu/conv_gather.h"
#include "fathom/backend/cpu/conv_product.h"

namespace fathom::cpu {

/// Sums of one part of the pixels: for each group and panel of output channels, a row of the
/// panel's width for each tap and input channel. Depthwise: a row of channels for each tap.
template <class T> struct ConvWeightSums {
  int64_t width, panels, rows, size, parts;
  explicit ConvWeightSums(const Gather& g)
      : width(2 * conv_kernels<T>().lanes), panels(ceil_div(g.n, width)), rows(g.depth()) {
    if (g.depthwise()) width = panels = 1;
    size = g.groups * panels * rows * width;
    const int64_t lines = g.batch * g.out[0] * g.out[1];
    constexpr int64_t kAll = 1 << 19;  // numbers that all parts together may have
    for (parts = 8; parts > 1 && (parts * g.groups * g.n * rows > kAll || parts > lines);)
      parts /= 2;
  }
};

namespace {

template <class T>
void add_block(const Gather& g, const GatherBlock<T>& block, const T* dy, T* sums, Range panels) {
  const ConvKernels<T>& kernels = conv_kernels<T>();
  const ConvWeightSums<T> layout(g);
  const int64_t tiles = ceil_div(g.segment_size(), kernels.weight_rows);
  const int64_t of_tap = block.segments_of_tap();
  for (int64_t s = 0; s < g.segments(); s += of_tap) {  // a tap of the first two axes each time
    const Range lines = block.lines_of(s / of_tap % g.axis[1].taps());
    const int64_t first = lines.begin * block.line_pixels;
    const int64_t pixels = lines.size() * block.line_pixels;
    for (int64_t group = 0; group < g.groups; ++group)
      for (int64_t panel = panels.begin; panel < panels.end; ++panel) {
        const int64_t column = panel * layout.width;
        ConvWeightTileArgs<T> args{};
        args.x_pixel = block.x_pixel + first;
        args.dy = dy + group * g.n + column;
        args.dy_pixel = block.y_pixel + first;
        args.pixels = pixels;
        args.columns = static_cast<int>(std::min(layout.width, g.n - column));
        args.sums_stride = layout.width;
        T* rows = sums + (group * layout.panels + panel) * layout.rows * layout.width;
        const auto* tile = kernels.weight_tile[args.columns > kernels.lanes ? 1 : 0];
        for (int64_t run = s; run < s + of_tap; ++run)
          for (int64_t t = 0; t < tiles; ++t) {
            const Range part = part_of(g.segment_size(), tiles, t);
            args.x = block.x + block.segment[run] + group * g.k + part.begin;
            args.sums = rows + (run * g.segment_size() + part.begin) * layout.width;
            tile[part.size() - 1](args);
          }
      }
  }
}

/// Adds up the parts' sums of `count` numbers, which lie `size` apart.
template <class T> void join_parts(T* sums, int64_t parts, int64_t size, int64_t count) {
  for (int64_t half = parts / 2; half > 0; half /= 2)
    for (int64_t part = 0; part < half; ++part) {
      T* to = sums + part * size;
      const T* from = to + half * size;
      for (int64_t i = 0; i < count; ++i) to[i] += from[i];
    }
}

template <class T>
void finish_depthwise(const Gather& g, const ConvGeometry& geometry, T* sums, T* dweight) {
  const ConvWeightSums<T> layout(g);
  const std::vector<int64_t> tap = g.kernel_taps(geometry.kernel);
  join_parts(sums, layout.parts, layout.size, layout.size);
  for (int64_t t = 0; t < g.taps(); ++t)
    for (int64_t c = 0; c < g.groups; ++c)
      dweight[c * g.group_stride + tap[static_cast<std::size_t>(t)]] = sums[t * g.groups + c];
}

/// One group's panel, in the order of the weight.
template <class T>
void finish_panel(const Gather& g, const std::vector<int64_t>& tap, int64_t group, int64_t panel,
                  T* sums, T* dweight) {
  const ConvWeightSums<T> layout(g);
  const int64_t size = layout.rows * layout.width, column = panel * layout.width;
  T* own = sums + (group * layout.panels + panel) * size;
  join_parts(own, layout.parts, layout.size, size);
  constexpr int64_t kChannels = 16;  // whose rows stay in the first-level cache
  const int64_t columns = std::min(layout.width, g.n - column);
  for (int64_t first = 0; first < g.k; first += kChannels)
    for (int64_t j = 0; j < columns; ++j) {
      T* to = dweight + group * g.group_stride + (column + j) * g.n_stride;
      for (int64_t c = first; c < std::min(first + kChannels, g.k); ++c)
        for (std::size_t t = 0; t < tap.size(); ++t)
          to[c * g.k_stride + tap[t]] = own[(static_cast<int64_t>(t) * g.k + c) * layout.width + j];
    }
}

}  // namespace

template <class T> std::size_t conv_backward_weight_scratch(const ConvGeometry& g) {
  if (g.is_product()) return product_scratch<T>(g);
  const ConvWeightSums<T> sums(Gather::forward(g));
  return static_cast<std::size_t>(sums.parts * sums.size) * sizeof(T);
}

template <class T>
void conv_backward_weight(const ConvGeometry& g, const T* x, const T* dy, T* dweight,
                          void* scratch) {
  if (g.is_product()) return product_backward_weight(g, x, dy, dweight, scratch);
  const Gather gather = Gather::forward(g);
  const ConvWeightSums<T> layout(gather);
  T* sums = static_cast<T*>(scratch);
  const int64_t high = gather.axis[1].count;
  const int64_t lines = g.batch * gather.axis[0].count * high;
  const int64_t most = lines_of_block<T>(gather, 128, 128 << 10);
  const std::vector<int64_t> tap = gather.kernel_taps(g.kernel);
  // One part has large sums: a panel of them at a time stays in the cache until it is done.
  const int64_t pieces = layout.parts == 1
                             ? layout.panels
                             : std::clamp<int64_t>(2 * threads() / layout.parts, 1, layout.panels);
  const int64_t groups = gather.depthwise() ? 1 : g.groups;
  parallel_for(layout.parts * pieces, [&](int64_t task) {
    const Range part = part_of(lines, layout.parts, task / pieces);
    const Range panels = part_of(layout.panels, pieces, task % pieces);
    T* own = sums + task / pieces * layout.size;
    const int64_t panel_size = layout.rows * layout.width;
    for (int64_t group = 0; group < groups; ++group)
      std::fill_n(own + (group * layout.panels + panels.begin) * panel_size,
                  gather.depthwise() ? layout.size : panels.size() * panel_size, T(0));
    if (gather.depthwise()) return add_depthwise_weight(gather, x, dy, part.begin, part.end, own);
    for (int64_t line = part.begin; line < part.end;) {
      const int64_t plane = line / high, first = line % high;
      const int64_t count = std::min({most, high - first, part.end - line});
      const GatherBlock<T> block(gather, x, plane / gather.axis[0].count,
                                 plane % gather.axis[0].count, first, first + count);
      add_block(gather, block, dy, own, panels);
      line += count;
    }
    if (layout.parts > 1) return;
    for (int64_t group = 0; group < groups; ++group)
      for (int64_t panel = panels.begin; panel < panels.end; ++panel)
        finish_panel(gather, tap, group, panel, sums, dweight);
  });
  if (gather.depthwise()) return finish_depthwise(gather, g, sums, dweight);
  if (layout.parts == 1) return;
  parallel_for(groups * layout.panels, [&](int64_t at) {
    finish_panel(gather, tap, at / layout.panels, at % layout.panels, sums, dweight);
  });
}

template std::size_t conv_backward_weight_scratch<float>(const ConvGeometry&);
template std::size_t conv_backward_weight_scratch<double>(const ConvGeometry&);
template void conv_backward_weight(const ConvGeometry&, const float*, const float*, float*, void*);
template void conv_backward_weight(const ConvGeometry&, const double*, const double*, double*,
                                   void*);

}  // namespace fathom::cpu
