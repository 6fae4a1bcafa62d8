// Convolution with one filter per channel. Nothing is copied: a line of outputs is one call of the
// kernel. Its gradient by the weight cuts lines into the pixels whose windows lie inside, which are
// one run, and those at the ends, which have fewer taps each.
#include "fathom/backend/cpu/kernels/conv_depthwise.h"
#include "fathom/backend/cpu/conv_gather.h"

namespace fathom::cpu {

/// Some pixels of a line whose windows have the same taps.
struct DepthwiseRun {
  Range pixels, columns;
};

namespace {

template <class T> const DepthwiseKernels<T>& depthwise_kernels();
template <> const DepthwiseKernels<float>& depthwise_kernels() {
  return isa() == Isa::avx512 ? avx512::depthwise_f32 : avx2::depthwise_f32;
}
template <> const DepthwiseKernels<double>& depthwise_kernels() {
  return isa() == Isa::avx512 ? avx512::depthwise_f64 : avx2::depthwise_f64;
}

/// Taps of an axis that meet inputs at output j.
Range taps_inside(const GatherAxis& axis, int64_t j, int64_t extent) {
  Range taps{0, axis.taps()};
  const auto outside = [&](int64_t t) {
    const int64_t at = j * axis.in_step + axis.offset[static_cast<std::size_t>(t)];
    return at < 0 || at >= extent;
  };
  while (taps.begin < taps.end && outside(taps.begin)) ++taps.begin;
  while (taps.begin < taps.end && outside(taps.end - 1)) --taps.end;
  return taps;
}

std::vector<DepthwiseRun> runs_of_line(const Gather& g) {
  std::vector<DepthwiseRun> runs;
  const GatherAxis& wide = g.axis[2];
  for (int64_t j = 0; j < wide.count; ++j) {
    const Range columns = taps_inside(wide, j, g.in[2]);
    if (!runs.empty() && runs.back().columns == columns)
      runs.back().pixels.end = j + 1;
    else
      runs.push_back({{j, j + 1}, columns});
  }
  return runs;
}

/// A line of outputs: where its windows' rows of taps that meet inputs begin.
struct Line {
  Range rows;
  int64_t x, y;              // where its first window, and its first output, begin
  std::vector<int64_t> row;  // of each row of taps, from there
  Line(const Gather& g, int64_t number) {
    const auto& [depth, high, wide] = g.axis;
    const int64_t line = number % high.count, plane = number / high.count % depth.count,
                  sample = number / high.count / depth.count;
    const int64_t z = plane * depth.in_step + depth.offset[0];
    rows = z < 0 || z >= g.in[0] ? Range{0, 0} : taps_inside(high, line, g.in[1]);
    x = ((sample * g.in[0] + z) * g.in[1] + line * high.in_step) * g.in[2] * g.in_channels;
    for (const int64_t offset : high.offset) row.push_back(offset * g.in[2] * g.in_channels);
    y = (((sample * g.out[0] + depth.first + plane * depth.step) * g.out[1] + high.first +
          line * high.step) *
             g.out[2] +
         wide.first) *
        g.out_channels;
  }
};

/// From tap to tap of the last axis, in numbers.
int64_t column_step(const Gather& g) {
  const GatherAxis& wide = g.axis[2];
  return (wide.taps() > 1 ? wide.offset[1] - wide.offset[0] : 1) * g.in_channels;
}
/// Where the window of output `pixel` has tap `column`, from where the line's first window begins.
int64_t place(const Gather& g, int64_t pixel, int64_t column) {
  const GatherAxis& wide = g.axis[2];
  const int64_t offset = wide.taps() ? wide.offset[static_cast<std::size_t>(column)] : 0;
  return (pixel * wide.in_step + offset) * g.in_channels;
}

}  // namespace

template <class T>
void run_depthwise(const Gather& g, const T* x, const T* weight, const T* bias, T* y,
                   const PartDone* done) {
  const int64_t lines = g.batch * g.axis[0].count * g.axis[1].count;
  if (lines * g.axis[2].count == 0) return;
  const GatherAxis& wide = g.axis[2];
  const int64_t window = place(g, 0, 0);
  const int64_t lanes = depthwise_kernels<T>().lanes, vectors = ceil_div(g.groups, lanes);
  const int64_t wanted = 4 * threads();
  const int64_t pieces = std::min(lines, wanted);
  const int64_t parts = std::clamp<int64_t>(wanted / pieces, 1, vectors);  // of the channels
  parallel_for(pieces * parts, [&](int64_t task) {
    const Range part = part_of(vectors, parts, task % parts);
    const int64_t first = part.begin * lanes, last = std::min(part.end * lanes, g.groups);
    const Range mine = part_of(lines, pieces, task / parts);
    for (int64_t number = mine.begin; number < mine.end; ++number) {
      const Line line(g, number);
      DepthwiseArgs<T> args{};
      args.row = line.row.data() + line.rows.begin;
      args.rows = line.rows.size();
      args.columns = wide.taps();
      args.column_step = column_step(g);
      args.x = x + line.x + window + first;
      args.x_step = wide.in_step * g.in_channels;
      args.y_step = wide.step * g.out_channels;
      args.begin = -window;
      args.end = g.in[2] * g.in_channels - window;
      args.pixels = wide.count;
      args.channels = last - first;
      args.weight_column = g.groups;
      args.weight_row = wide.taps() * g.groups;
      args.weight = weight + line.rows.begin * args.weight_row + first;
      args.y = y + line.y + first;
      args.bias = bias ? bias + first : nullptr;
      depthwise_kernels<T>().line(args);
      if (done && parts == 1) (*done)(line.y, g.axis[2].count * g.out_channels);
    }
  });
  if (parts > 1) all_done(g.written(), done);
}

template <class T>
void add_depthwise_weight(const Gather& g, const T* x, const T* dy, int64_t begin, int64_t end,
                          T* sums) {
  const std::vector<DepthwiseRun> runs = runs_of_line(g);
  for (int64_t number = begin; number < end; ++number) {
    const Line line(g, number);
    for (const DepthwiseRun& run : runs) {
      if (run.columns.size() == 0) continue;
      DepthwiseWeightArgs<T> args{};
      args.row = line.row.data() + line.rows.begin;
      args.rows = line.rows.size();
      args.columns = run.columns.size();
      args.column_step = column_step(g);
      args.x = x + line.x + place(g, run.pixels.begin, run.columns.begin);
      args.x_step = g.axis[2].in_step * g.in_channels;
      args.dy_step = g.axis[2].step * g.out_channels;
      args.pixels = run.pixels.size();
      args.channels = g.groups;
      args.dy = dy + line.y + run.pixels.begin * args.dy_step;
      args.sums_column = g.groups;
      args.sums_row = g.axis[2].taps() * g.groups;
      args.sums = sums + line.rows.begin * args.sums_row + run.columns.begin * g.groups;
      depthwise_kernels<T>().line_weight(args);
    }
  }
}

template void run_depthwise(const Gather&, const float*, const float*, const float*, float*,
                            const PartDone*);
template void run_depthwise(const Gather&, const double*, const double*, const double*, double*,
                            const PartDone*);
template void add_depthwise_weight(const Gather&, const float*, const float*, int64_t, int64_t,
                                   float*);
template void add_depthwise_weight(const Gather&, const double*, const double*, int64_t, int64_t,
                                   double*);

}  // namespace fathom::cpu
