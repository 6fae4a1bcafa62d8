#include "fathom/backend/cpu/conv.h"

#include "fathom/backend/cpu/conv_gather.h"
#include "fathom/backend/cpu/conv_product.h"
#include "fathom/backend/cpu/fetch.h"

namespace fathom::cpu {
namespace {

/// How a gather's weight and bias lie packed: panels of two vectors of output channels, of which a
/// last one may have one.
template <class T> struct Packed {
  int64_t width, panels, rows;
  explicit Packed(const Gather& g)
      : width(2 * conv_kernels<T>().lanes), panels(ceil_div(g.n, width)), rows(g.depth()) {
    if (g.depthwise()) width = panels = 1;
  }
  int64_t weight_size(const Gather& g) const { return g.groups * panels * rows * width; }
  int64_t size(const Gather& g) const { return weight_size(g) + g.groups * panels * width; }
  /// Whether the second-level cache holds only a part of the weights beside what is computed.
  bool large(const Gather& g) const {
    return weight_size(g) * int64_t{sizeof(T)} >= int64_t{1} << 20;
  }
};

template <class T> int vectors_of(int64_t columns) {
  return columns > conv_kernels<T>().lanes ? 2 : 1;
}

/// Some output channels of a group: a row for each tap and, within it, channel that is read.
template <class T>
void pack_panel(const Gather& g, const std::vector<int64_t>& tap, const T* from, int64_t columns,
                T* panel) {
  const int64_t width = vectors_of<T>(columns) * conv_kernels<T>().lanes;
  const auto taps = static_cast<int64_t>(tap.size());
  if (columns < width) std::fill_n(panel, taps * g.k * width, T(0));
  if (g.n_stride <= g.k_stride) {  // the columns lie closer than the rows
    for (int64_t c = 0; c < g.k; ++c, from += g.k_stride)
      for (int64_t t = 0; t < taps; ++t) {
        T* row = panel + (t * g.k + c) * width;
        const T* at = from + tap[static_cast<std::size_t>(t)];
        for (int64_t j = 0; j < columns; ++j) row[j] = at[j * g.n_stride];
      }
    return;
  }
  // A column's taps and channels are one run of memory: some channels are transposed, then their
  // rows put in order.
  constexpr int64_t kChannels = 16;
  const int64_t run = g.k_stride;
  T* rows = scratch<T>(Scratch::rows, static_cast<std::size_t>(kChannels * run * width));
  for (int64_t first = 0; first < g.k; first += kChannels) {
    const int64_t channels = std::min(kChannels, g.k - first);
    kernels_of<T>(isa()).pack_transposed({.from = from + first * run,
                                          .stride = g.n_stride,
                                          .k = channels * run,
                                          .columns = columns,
                                          .to = rows,
                                          .panel_columns = columns,
                                          .width = width,
                                          .panel_size = 0});
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t t = 0; t < taps; ++t)
        std::copy_n(rows + (c * run + tap[static_cast<std::size_t>(t)]) * width, columns,
                    panel + (t * g.k + first + c) * width);
  }
}

template <class T>
void pack(const Gather& g, const ConvGeometry& geometry, const T* weight, const T* bias, T* to) {
  const Packed<T> packed(g);
  const std::vector<int64_t> tap = g.kernel_taps(geometry.kernel);
  T* biases = to + packed.weight_size(g);
  if (g.depthwise()) {  // a row of channels for each tap
    for (int64_t t = 0; t < g.taps(); ++t)
      for (int64_t c = 0; c < g.groups; ++c)
        to[t * g.groups + c] = weight[c * g.group_stride + tap[static_cast<std::size_t>(t)]];
    if (bias) std::copy_n(bias, g.groups, biases);
    return;
  }
  parallel_for(g.groups * packed.panels, [&](int64_t task) {
    const int64_t group = task / packed.panels, column = task % packed.panels * packed.width;
    const int64_t columns = std::min(packed.width, g.n - column);
    pack_panel(g, tap, weight + group * g.group_stride + column * g.n_stride, columns,
               to + task * packed.rows * packed.width);
    if (!bias) return;
    T* b = biases + task * packed.width;
    std::fill_n(b, packed.width, T(0));
    std::copy_n(bias + group * g.n + column, columns, b);
  });
}

constexpr int64_t kMostTiles = 16;  // more have time to wait for weights

/// Cuts a window's numbers into parts of which a panel's weights stay in the first-level cache
/// while the tiles pass by: calls f(segments, numbers of each) in order.
template <class F> void for_parts(int64_t size, int64_t segments, int64_t tiles, F f) {
  constexpr int64_t kDepth = 256, kLeastTiles = 3;
  const int64_t together = std::max<int64_t>(1, kDepth / std::max<int64_t>(1, size));
  if (tiles < kLeastTiles || tiles > kMostTiles || size * segments <= kDepth)
    return f(Range{0, segments}, Range{0, size});
  const int64_t cuts = ceil_div(size, kDepth);  // of one segment
  for (int64_t s = 0; s < segments; s += together)
    for (int64_t i = 0; i < cuts; ++i)
      f(Range{s, std::min(segments, s + together)}, part_of(size, cuts, i));
}

/// Outputs of a block, for some panels of each group.
template <class T>
void run_block(const Gather& g, const GatherBlock<T>& block, const T* packed_weight, bool bias,
               T* y, Range panels) {
  const ConvKernels<T>& kernels = conv_kernels<T>();
  const Packed<T> packed(g);
  const T* biases = packed_weight + packed.weight_size(g);
  // Lines whose windows meet the same taps are one run of pixels.
  for (int64_t line = 0, next; line < block.lines; line = next) {
    const Range taps = block.taps_of(line);
    for (next = line + 1; next < block.lines; ++next)
      if (block.taps_of(next) != taps) break;
    const int64_t first = line * block.line_pixels, pixels = (next - line) * block.line_pixels;
    const int64_t segment = taps.begin * block.segments_of_tap();
    const int64_t segments = taps.size() * block.segments_of_tap() * g.axis[0].taps();
    const int64_t row = segment * g.segment_size();  // of the packed weight
    const int64_t tiles = ceil_div(pixels, kernels.rows);
    const bool far = tiles <= kMostTiles && packed.large(g);
    for (int64_t group = 0; group < g.groups; ++group)
      for (int64_t panel = panels.begin; panel < panels.end; ++panel) {
        const int64_t column = panel * packed.width, at = group * packed.panels + panel;
        ConvTileArgs<T> args{};
        args.columns = static_cast<int>(std::min(packed.width, g.n - column));
        const int vectors = vectors_of<T>(args.columns);
        const T* weight =
            packed_weight + at * packed.rows * packed.width + row * vectors * kernels.lanes;
        args.y = y + group * g.n + column;
        for_parts(g.segment_size(), segments, tiles, [&](Range of_segments, Range of_k) {
          args.segment = block.segment + segment + of_segments.begin;
          args.segments = of_segments.size();
          args.k = of_k.size();
          args.x = block.x + group * g.k + of_k.begin;
          const int64_t depth = of_segments.begin * g.segment_size() + of_k.begin;
          args.weight = weight + depth * vectors * kernels.lanes;
          args.from_y = depth > 0;
          const bool last = of_segments.end == segments && of_k.end == g.segment_size();
          args.bias = bias && last ? biases + at * packed.width : nullptr;
          // The next part's weights lie right behind this part's.
          const int64_t size = of_segments.size() * of_k.size() * vectors * kernels.lanes;
          for (int64_t t = 0; t < tiles; ++t) {
            const Range rows = part_of(pixels, tiles, t);
            if (far) {
              const Range share = part_of(size, tiles, t);
              fetch(args.weight + size + share.begin, share.size() * int64_t{sizeof(T)});
            }
            args.x_pixel = block.x_pixel + first + rows.begin;
            args.y_pixel = block.y_pixel + first + rows.begin;
            kernels.tile[vectors - 1][rows.size() - 1](args);
          }
        });
      }
  }
}

/// `done` must be null where other gathers write the rest of y.
template <class T>
void run_gather(const Gather& g, const T* x, const T* packed_weight, bool bias, T* y,
                const PartDone* done) {
  const GatherAxis& high = g.axis[1];
  const int64_t planes = g.batch * g.axis[0].count;
  if (planes * high.count * g.axis[2].count == 0) return;
  const Packed<T> packed(g);
  if (g.depthwise())
    return run_depthwise(g, x, packed_weight,
                         bias ? packed_weight + packed.weight_size(g) : nullptr, y, done);
  // What a block reads stays in the second-level cache: with room for weights, or, where these are
  // large, most of it, as each block reads them from further away.
  int64_t lines = lines_of_block<T>(g, 512, packed.large(g) ? 512 << 10 : 128 << 10);
  // Enough tasks for all threads: shorter blocks while they are long enough, then fewer panels
  // each.
  const int64_t wanted = 4 * threads();
  while (planes * ceil_div(high.count, lines) < wanted && lines > 1 && lines * g.axis[2].count > 64)
    lines = ceil_div(lines, 2);
  const int64_t blocks = ceil_div(high.count, lines);
  const int64_t parts = std::clamp<int64_t>(wanted / (planes * blocks), 1, packed.panels);
  parallel_for(planes * blocks * parts, [&](int64_t task) {
    const int64_t at = task / parts, plane = at / blocks;
    const Range rows = part_of(high.count, blocks, at % blocks);
    const GatherBlock<T> block(g, x, plane / g.axis[0].count, plane % g.axis[0].count, rows.begin,
                               rows.end);
    run_block(g, block, packed_weight, bias, y, part_of(packed.panels, parts, task % parts));
    if (done && parts == 1) (*done)(block.y_pixel[0], block.pixels() * g.out_channels);
  });
  if (parts > 1) all_done(g.written(), done);
}

template <class T> std::size_t packed_bytes(const Gather& g) {
  return static_cast<std::size_t>(Packed<T>(g).size(g)) * sizeof(T);
}

}  // namespace

template <class T> std::size_t conv_scratch(const ConvGeometry& g) {
  return g.is_product() ? product_scratch<T>(g) : packed_bytes<T>(Gather::forward(g));
}
template <class T> std::size_t conv_backward_input_scratch(const ConvGeometry& g) {
  if (g.is_product()) return product_scratch<T>(g);
  std::size_t most = 0;
  for (const Gather& one : Gather::backward(g)) most = std::max(most, packed_bytes<T>(one));
  return most;
}

template <class T> std::size_t conv_packed_bytes(const ConvGeometry& g) {
  if (!g.is_product()) return packed_bytes<T>(Gather::forward(g));
  const std::size_t size = product_packed_size<T>(g);
  return size == 0 ? 0 : (size + static_cast<std::size_t>(g.outputs)) * sizeof(T);
}

template <class T>
void conv_pack(const ConvGeometry& g, const T* weight, const T* bias, T* packed) {
  if (!g.is_product()) return pack(Gather::forward(g), g, weight, bias, packed);
  product_pack(g, weight, packed);
  if (bias) std::copy_n(bias, g.outputs, packed + product_packed_size<T>(g));
}

template <class T>
void conv(const ConvGeometry& g, const T* x, const ConvWeights<T>& w, bool has_bias, T* y,
          void* scratch, const PartDone* done, const ElementTail<T>& tail) {
  if (g.is_product()) {
    const T* bias = w.packed ? w.packed + product_packed_size<T>(g) : w.bias;
    return product_conv(g, x, w.weight, w.packed, has_bias ? bias : nullptr, y, scratch, done,
                        tail);
  }
  const Gather gather = Gather::forward(g);
  const T* packed = w.packed;
  if (!packed) {
    pack(gather, g, w.weight, w.bias, static_cast<T*>(scratch));
    packed = static_cast<const T*>(scratch);
  }
  run_gather(gather, x, packed, has_bias, y, done);
}

bool conv_takes_tail(const ConvGeometry& g) { return g.is_product(); }

template <class T>
void conv_backward_input(const ConvGeometry& g, const T* dy, const T* weight, T* dx, void* scratch,
                         const PartDone* done) {
  if (g.is_product()) return product_backward_input(g, dy, weight, dx, scratch, done);
  T* packed = static_cast<T*>(scratch);
  const std::vector<Gather> gathers = Gather::backward(g);
  const bool by_parts = gathers.size() == 1 && gathers[0].writes_all();
  for (const Gather& gather : gathers) {
    pack<T>(gather, g, weight, nullptr, packed);
    run_gather<T>(gather, dy, packed, false, dx, by_parts ? done : nullptr);
  }
  if (!by_parts) all_done(g.batch * g.in[0] * g.in[1] * g.in[2] * g.channels, done);
}

template std::size_t conv_scratch<float>(const ConvGeometry&);
template std::size_t conv_scratch<double>(const ConvGeometry&);
template std::size_t conv_backward_input_scratch<float>(const ConvGeometry&);
template std::size_t conv_backward_input_scratch<double>(const ConvGeometry&);
template std::size_t conv_packed_bytes<float>(const ConvGeometry&);
template std::size_t conv_packed_bytes<double>(const ConvGeometry&);
template void conv_pack(const ConvGeometry&, const float*, const float*, float*);
template void conv_pack(const ConvGeometry&, const double*, const double*, double*);
template void conv(const ConvGeometry&, const float*, const ConvWeights<float>&, bool, float*,
                   void*, const PartDone*, const ElementTail<float>&);
template void conv(const ConvGeometry&, const double*, const ConvWeights<double>&, bool, double*,
                   void*, const PartDone*, const ElementTail<double>&);
template void conv_backward_input(const ConvGeometry&, const float*, const float*, float*, void*,
                                  const PartDone*);
template void conv_backward_input(const ConvGeometry&, const double*, const double*, double*, void*,
                                  const PartDone*);

}  // namespace fathom::cpu
