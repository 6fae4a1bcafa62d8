// Tiles of outputs are independent: a block of them has its inputs transformed, multiplied by each
// panel of the weights in all places, and the sums transformed back, while they are in the caches.
#include "fathom/backend/cpu/conv_winograd.h"

#include "fathom/backend/cpu/gemm_parts.h"
#include "fathom/backend/cpu/kernels/winograd.h"
#include "fathom/backend/cpu/scratch.h"

namespace fathom::cpu {
namespace {

constexpr int64_t kMaxPlaces = 36, kLine = 16;  // numbers of a cache line
constexpr int64_t kPanelsAtOnce =
    2;  // panels that read a place's inputs while they are in the cache
constexpr int64_t kSharedTiles = 128;  // fewer make too few blocks for all threads

const WinogradKernels& kernels_of_side(int side) {
  const bool wide = isa() == Isa::avx512;
  if (side == 2) return wide ? avx512::winograd_2 : avx2::winograd_2;
  return wide ? avx512::winograd_4 : avx2::winograd_4;
}

int64_t lines_of(int64_t numbers) { return ceil_div(numbers, kLine) * kLine; }

/// Panels of two vectors of channels written; the places' matrices begin in different sets of the
/// cache.
struct WinogradPanels {
  int64_t width, count, place_step, size;
  explicit WinogradPanels(const WinogradConv& c)
      : width(2 * kernels_of<float>(isa()).lanes),
        count(ceil_div(c.outputs, width)),
        place_step(c.channels * width + kLine),
        size(c.places() * place_step) {}
};

/// Transformed inputs of some tiles: for each place a row of channels for each tile.
struct WinogradInputs {
  int64_t row, place_step, size;
  WinogradInputs(const WinogradConv& c, int64_t tiles)
      : row(lines_of(c.channels)), place_step(tiles * row + kLine), size(c.places() * place_step) {}
};

/// Fewer tiles than this have their inputs transformed at once, before all products: then tasks
/// are panels of the outputs' channels.
bool shares_inputs(const WinogradConv& c) { return c.tiles() <= kSharedTiles; }

struct TilePlace {
  int64_t sample, row, column;  // of the first output
  TilePlace(const WinogradConv& c, int64_t tile)
      : sample(tile / (c.tiles_along(0) * c.tiles_along(1))),
        row(tile / c.tiles_along(1) % c.tiles_along(0) * c.side),
        column(tile % c.tiles_along(1) * c.side) {}
};

/// Tiles [range) to rows `first` and on of `to`.
void transform_inputs(const WinogradConv& c, const float* x, Range tiles,
                      const WinogradInputs& layout, float* to) {
  const auto transform = kernels_of_side(c.side).input;
  float* zeros = scratch<float>(Scratch::lines, static_cast<std::size_t>(c.channels));
  std::fill_n(zeros, c.channels, 0.0F);
  const float* pixel[kMaxPlaces];
  WinogradInputArgs args{.pixel = pixel,
                         .next_tile = c.side * c.channels,
                         .channels = c.channels,
                         .to = to,
                         .place_step = layout.place_step};
  const int64_t side = c.side + 2;
  for (int64_t tile = tiles.begin; tile < tiles.end; ++tile, args.to += layout.row) {
    const TilePlace at(c, tile);
    const float** p = pixel;
    for (int64_t i = 0; i < side; ++i)
      for (int64_t j = 0; j < side; ++j) {
        const int64_t row = at.row + i - c.low[0], column = at.column + j - c.low[1];
        const bool inside = row >= 0 && row < c.in[0] && column >= 0 && column < c.in[1];
        *p++ = inside ? x + ((at.sample * c.in[0] + row) * c.in[1] + column) * c.channels : zeros;
      }
    transform(args);
  }
}

/// Outputs of tiles from their transformed inputs.
class WinogradProducts {
 public:
  WinogradProducts(const WinogradConv& c, const float* weight, const float* bias, bool relu,
                   float* y)
      : c_(c), weight_(weight), bias_(bias), relu_(relu), y_(y) {}

  /// Of some tiles and panels. Sums lie as rows of a panel's width, one a tile, for each place.
  void run(Range tiles, Range panels, const WinogradInputs& layout, const float* inputs) const {
    const int64_t place_step = tiles.size() * panels_.width + kLine;
    const int64_t panel_step = c_.places() * place_step;
    float* sums =
        scratch<float>(Scratch::panels, static_cast<std::size_t>(kPanelsAtOnce * panel_step));
    for (int64_t first = panels.begin; first < panels.end; first += kPanelsAtOnce) {
      const int64_t end = std::min(first + kPanelsAtOnce, panels.end);
      for (int64_t place = 0; place < c_.places(); ++place)
        for (int64_t panel = first; panel < end; ++panel)
          multiply(tiles.size(), panel, place, inputs + place * layout.place_step, layout.row,
                   sums + (panel - first) * panel_step + place * place_step);
      for (int64_t panel = first; panel < end; ++panel)
        transform(tiles, panel, sums + (panel - first) * panel_step, place_step);
    }
  }

 private:
  int64_t columns_of(int64_t panel) const {
    return std::min(panels_.width, c_.outputs - panel * panels_.width);
  }

  /// Rows of inputs, which lie `row` apart, by one place's matrix of a panel.
  void multiply(int64_t tiles, int64_t panel, int64_t place, const float* inputs, int64_t row,
                float* sums) const {
    const int64_t vectors = ceil_div(columns_of(panel), kernels_.lanes);
    const int64_t width = vectors * kernels_.lanes, heights = ceil_div(tiles, kernels_.rows);
    const float* weight = weight_ + panel * panels_.size + place * panels_.place_step;
    const auto* tile = kernels_.chained[vectors - 1];
    for (int64_t h = 0; h < heights; ++h) {
      const Range rows = part_of(tiles, heights, h);
      tile[rows.size() - 1]({.k = c_.channels,
                             .a = inputs + rows.begin * row,
                             .a_stride = row,
                             .b = weight,
                             .b_stride = width,
                             .c = sums + rows.begin * panels_.width,
                             .c_stride = panels_.width,
                             .from_c = false,
                             .bias = nullptr,
                             .b_far = h == 0});
    }
  }

  void transform(Range tiles, int64_t panel, const float* sums, int64_t place_step) const {
    const auto transform = kernels_of_side(c_.side).output[relu_ ? 1 : 0];
    float* nowhere = scratch<float>(Scratch::lines, static_cast<std::size_t>(c_.outputs));
    float* pixel[kMaxPlaces];
    WinogradOutputArgs args{.from = sums,
                            .place_step = place_step,
                            .pixel = pixel,
                            .next_tile = c_.side * c_.outputs,
                            .first = panel * panels_.width,
                            .columns = columns_of(panel),
                            .bias = bias_};
    for (int64_t tile = tiles.begin; tile < tiles.end; ++tile, args.from += panels_.width) {
      const TilePlace at(c_, tile);
      float** p = pixel;
      for (int64_t i = at.row; i < at.row + c_.side; ++i)
        for (int64_t j = at.column; j < at.column + c_.side; ++j)
          *p++ = i < c_.out[0] && j < c_.out[1]
                     ? y_ + ((at.sample * c_.out[0] + i) * c_.out[1] + j) * c_.outputs
                     : nowhere;
      transform(args);
    }
  }

  const WinogradConv& c_;
  const float *weight_, *bias_;
  bool relu_;
  float* y_;
  const GemmKernels<float>& kernels_ = kernels_of<float>(isa());
  const WinogradPanels panels_{c_};
};

/// Tells of the outputs of some tiles, line by line.
void tell(const WinogradConv& c, Range tiles, const PartDone& done) {
  for (int64_t tile = tiles.begin, next; tile < tiles.end; tile = next) {
    const TilePlace at(c, tile);
    const int64_t along = c.tiles_along(1);
    next = std::min(tiles.end, (tile / along + 1) * along);
    const int64_t end = std::min(c.out[1], at.column + (next - tile) * c.side);
    for (int64_t row = at.row; row < std::min(c.out[0], at.row + c.side); ++row)
      done(((at.sample * c.out[0] + row) * c.out[1] + at.column) * c.outputs,
           (end - at.column) * c.outputs);
  }
}

/// Into how many blocks the tiles go: so many tiles that the weights, which every block reads, are
/// not what takes the time; fewer if threads would have nothing to do.
int64_t blocks_of(const WinogradConv& c) {
  constexpr int64_t kBytes = 256 << 10, kLeast = 24, kMost = 96;
  const int64_t fit = kBytes / (c.places() * lines_of(c.channels) * 4);
  const int64_t fewest = ceil_div(c.tiles(), std::clamp(fit, 2 * kLeast, kMost));
  return std::max(fewest, std::min<int64_t>(ceil_div(c.tiles(), kLeast), 4 * threads()));
}

}  // namespace

bool WinogradConv::serves(const backend::ConvGeometry& g) {
  using Axes = backend::ConvGeometry::Axes;
  return g.kernel == Axes{1, 3, 3} && g.stride == Axes{1, 1, 1} && g.dilation == Axes{1, 1, 1} &&
         g.groups == 1 && g.in[0] == 1 && g.out[0] == 1 && g.low[0] == 0;
}
WinogradConv WinogradConv::forward(const backend::ConvGeometry& g, int side) {
  return {.batch = g.batch,
          .channels = g.channels,
          .outputs = g.outputs,
          .in = {g.in[1], g.in[2]},
          .out = {g.out[1], g.out[2]},
          .low = {g.low[1], g.low[2]},
          .read_step = 9,
          .write_step = 9 * g.channels,
          .flipped = false,
          .side = side};
}
WinogradConv WinogradConv::backward_input(const backend::ConvGeometry& g, int side) {
  return {.batch = g.batch,
          .channels = g.outputs,
          .outputs = g.channels,
          .in = {g.out[1], g.out[2]},
          .out = {g.in[1], g.in[2]},
          .low = {2 - g.low[1], 2 - g.low[2]},
          .read_step = 9 * g.channels,
          .write_step = 9,
          .flipped = true,
          .side = side};
}

int64_t winograd_weight_size(const WinogradConv& c) {
  const WinogradPanels panels(c);
  return panels.count * panels.size;
}
void winograd_transform_weight(const WinogradConv& c, const float* weight, float* transformed) {
  const WinogradPanels panels(c);
  const auto transform = kernels_of_side(c.side).weight;
  const int64_t parts = ceil_div(c.channels, 64);
  parallel_for(panels.count * parts, [&](int64_t task) {
    const int64_t panel = task / parts, first = panel * panels.width;
    const Range channels = part_of(c.channels, parts, task % parts);
    const int64_t columns = std::min(panels.width, c.outputs - first);
    const int64_t lanes = kernels_of<float>(isa()).lanes;
    transform({.from = weight + first * c.write_step + channels.begin * c.read_step,
               .read_step = c.read_step,
               .write_step = c.write_step,
               .flipped = c.flipped,
               .channels = channels.size(),
               .columns = columns,
               .to = transformed + panel * panels.size +
                     channels.begin * ceil_div(columns, lanes) * lanes,
               .place_step = panels.place_step});
  });
}

std::size_t winograd_scratch(const WinogradConv& c) {
  if (!shares_inputs(c)) return 0;
  return static_cast<std::size_t>(WinogradInputs(c, c.tiles()).size) * sizeof(float);
}

void winograd_conv(const WinogradConv& c, const float* x, const float* weight, const float* bias,
                   float* y, void* working_memory, const PartDone* done, bool relu) {
  const int64_t tiles = c.tiles(), panels = WinogradPanels(c).count;
  if (tiles == 0) return;
  const WinogradProducts products(c, weight, bias, relu, y);
  if (!shares_inputs(c)) {
    const int64_t blocks = blocks_of(c);
    return parallel_for(blocks, [&](int64_t task) {
      const Range part = part_of(tiles, blocks, task);
      const WinogradInputs layout(c, part.size());
      float* inputs = scratch<float>(Scratch::rows, static_cast<std::size_t>(layout.size));
      transform_inputs(c, x, part, layout, inputs);
      products.run(part, {0, panels}, layout, inputs);
      if (done) tell(c, part, *done);
    });
  }
  const WinogradInputs layout(c, tiles);
  float* inputs = static_cast<float*>(working_memory);
  const int64_t pieces = std::min<int64_t>(tiles, 4 * threads());
  parallel_for(pieces, [&](int64_t task) {
    const Range part = part_of(tiles, pieces, task);
    transform_inputs(c, x, part, layout, inputs + part.begin * layout.row);
  });
  const int64_t blocks = ceil_div(tiles, kSharedTiles / 2);
  const int64_t parts = std::clamp<int64_t>(4 * threads() / blocks, 1, panels);
  parallel_for(blocks * parts, [&](int64_t task) {
    const Range part = part_of(tiles, blocks, task / parts);
    products.run(part, part_of(panels, parts, task % parts), layout,
                 inputs + part.begin * layout.row);
  });
  all_done(c.batch * c.out[0] * c.out[1] * c.outputs, done);
}

}  // namespace fathom::cpu
