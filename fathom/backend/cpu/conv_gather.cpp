#include "fathom/backend/cpu/conv_gather.h"

namespace fathom::cpu {

namespace {

/// What Gather::skips_taps is to be.
bool leaves_out_much(const Gather& g) {
  if (g.axis[0].taps() != 1) return false;
  const int64_t lines = g.axis[1].count, each = g.axis[1].taps();
  int64_t outside = 0;
  for (int64_t line = 0; line < lines; ++line)
    for (int64_t tap = 0; tap < each; ++tap) outside += !g.meets(line, tap);
  return 8 * outside > lines * each;
}

}  // namespace

Gather Gather::forward(const ConvGeometry& g) {
  Gather r{.batch = g.batch,
           .groups = g.groups,
           .in = g.in,
           .out = g.out,
           .in_channels = g.channels,
           .out_channels = g.outputs,
           .k = g.group_channels(),
           .n = g.group_outputs(),
           .axis = {},
           .group_stride = g.group_outputs() * g.group_channels() * g.taps(),
           .k_stride = g.taps(),
           .n_stride = g.group_channels() * g.taps()};
  for (std::size_t a = 0; a < 3; ++a) {
    GatherAxis& axis = r.axis[a];
    axis.count = g.out[a];
    axis.in_step = g.stride[a];
    for (int64_t t = 0; t < g.kernel[a]; ++t) {
      axis.offset.push_back(t * g.dilation[a] - g.low[a]);
      axis.tap.push_back(t);
    }
  }
  r.skips_taps = leaves_out_much(r);
  return r;
}

std::vector<Gather> Gather::backward(const ConvGeometry& g) {
  const Gather whole{.batch = g.batch,
                     .groups = g.groups,
                     .in = g.out,
                     .out = g.in,
                     .in_channels = g.outputs,
                     .out_channels = g.channels,
                     .k = g.group_outputs(),
                     .n = g.group_channels(),
                     .axis = {},
                     .group_stride = g.group_outputs() * g.group_channels() * g.taps(),
                     .k_stride = g.group_channels() * g.taps(),
                     .n_stride = g.taps()};
  std::vector<Gather> all{whole};
  for (std::size_t a = 0; a < 3; ++a) {
    std::vector<Gather> next;
    for (const Gather& before : all)
      for (int64_t r = 0; r < g.stride[a] && r < g.in[a]; ++r) {
        Gather one = before;
        GatherAxis& axis = one.axis[a];
        axis.first = r;
        axis.step = g.stride[a];
        axis.count = (g.in[a] - r - 1) / g.stride[a] + 1;
        for (int64_t t = g.kernel[a] - 1; t >= 0; --t) {
          const int64_t steps = r + g.low[a] - t * g.dilation[a];
          if (steps % g.stride[a] != 0) continue;
          axis.offset.push_back(steps / g.stride[a]);
          axis.tap.push_back(t);
        }
        next.push_back(std::move(one));
      }
    all = std::move(next);
  }
  for (Gather& one : all) one.skips_taps = leaves_out_much(one);
  return all;
}

template <class T>
GatherBlock<T>::GatherBlock(const Gather& g, const T* input, int64_t b, int64_t plane,
                            int64_t begin, int64_t end)
    : lines(end - begin), line_pixels(g.axis[2].count), g_(g), begin_(begin) {
  const auto& [depth, high, wide] = g.axis;
  const int64_t channels = g.in_channels;
  x_pixel =
      scratch<int64_t>(Scratch::lines, static_cast<std::size_t>(2 * pixels() + g.segments() + 1));
  y_pixel = x_pixel + pixels();
  segment = y_pixel + pixels();

  const int64_t top = begin * high.in_step + high.least();
  const int64_t bottom = (end - 1) * high.in_step + high.most();
  const int64_t left = wide.least();
  const int64_t right = (wide.count - 1) * wide.in_step + wide.most();
  const int64_t front = plane * depth.in_step;
  const bool inside =
      g.taps() == 0 || (top >= 0 && bottom < g.in[1] && left >= 0 && right < g.in[2] &&
                        front + depth.least() >= 0 && front + depth.most() < g.in[0]);
  const int64_t rows = inside ? g.in[1] : bottom - top + 1;
  const int64_t columns = inside ? g.in[2] : right - left + 1;
  const T* sample = input + b * g.in[0] * g.in[1] * g.in[2] * channels;
  if (inside) {
    x = sample + (front * rows + begin * high.in_step) * columns * channels;
  } else {
    T* copy = scratch<T>(Scratch::rows,
                         static_cast<std::size_t>(depth.taps() * rows * columns * channels));
    x = copy;
    const int64_t from = std::max<int64_t>(left, 0), to = std::min(right + 1, g.in[2]);
    const int64_t before = std::min(from - left, columns) * channels;
    const int64_t within = std::max<int64_t>(to - from, 0) * channels;
    for (int64_t d = 0; d < depth.taps(); ++d) {
      const int64_t z = front + depth.offset[static_cast<std::size_t>(d)];
      for (int64_t row = top; row <= bottom; ++row, copy += columns * channels) {
        if (g.skips_taps && (row < 0 || row >= g.in[1])) continue;
        if (z < 0 || z >= g.in[0] || row < 0 || row >= g.in[1] || within == 0) {
          std::fill_n(copy, columns * channels, T(0));
          continue;
        }
        std::fill_n(copy, before, T(0));
        std::memcpy(copy + before, sample + ((z * g.in[1] + row) * g.in[2] + from) * channels,
                    static_cast<std::size_t>(within) * sizeof(T));
        std::fill_n(copy + before + within, columns * channels - before - within, T(0));
      }
    }
  }

  int64_t* s = segment;
  for (int64_t d = 0; d < depth.taps(); ++d)
    for (int64_t h = 0; h < high.taps(); ++h)
      for (int64_t w = 0; w < (g.runs() ? 1 : wide.taps()); ++w) {
        const int64_t z = inside ? depth.offset[static_cast<std::size_t>(d)] : d;
        const int64_t row = high.offset[static_cast<std::size_t>(h)] - (inside ? 0 : high.least());
        const int64_t column =
            wide.taps() ? wide.offset[static_cast<std::size_t>(w)] - (inside ? 0 : left) : 0;
        *s++ = ((z * rows + row) * columns + column) * channels;
      }
  const int64_t out_plane = depth.first + plane * depth.step;
  int64_t p = 0;
  for (int64_t line = begin; line < end; ++line) {
    const int64_t out_line =
        ((b * g.out[0] + out_plane) * g.out[1] + high.first + line * high.step) * g.out[2];
    for (int64_t j = 0; j < wide.count; ++j, ++p) {
      x_pixel[p] = ((line - begin) * high.in_step * columns + j * wide.in_step) * channels;
      y_pixel[p] = (out_line + wide.first + j * wide.step) * g.out_channels;
    }
  }
}

template <class T> Range GatherBlock<T>::taps_of(int64_t line) const {
  Range taps{0, g_.axis[1].taps()};
  if (!g_.skips_taps) return taps;
  while (taps.begin < taps.end && !meets(line, taps.begin)) ++taps.begin;
  while (taps.begin < taps.end && !meets(line, taps.end - 1)) --taps.end;
  return taps;
}
template <class T> Range GatherBlock<T>::lines_of(int64_t tap) const {
  Range found{0, lines};
  if (!g_.skips_taps) return found;
  while (found.begin < found.end && !meets(found.begin, tap)) ++found.begin;
  while (found.begin < found.end && !meets(found.end - 1, tap)) --found.end;
  return found;
}

template <class T> int64_t lines_of_block(const Gather& g, int64_t pixels, int64_t bytes) {
  const GatherAxis& high = g.axis[1];
  const GatherAxis& wide = g.axis[2];
  const int64_t line = ((wide.count - 1) * wide.in_step + wide.most() - wide.least() + 1) *
                       g.in_channels * static_cast<int64_t>(sizeof(T)) *
                       std::max<int64_t>(g.axis[0].taps(), 1);
  const int64_t fits =
      (bytes / std::max<int64_t>(line, 1) - (high.most() - high.least())) / high.in_step;
  return std::clamp<int64_t>(std::min(fits, ceil_div(pixels, std::max<int64_t>(wide.count, 1))), 1,
                             std::max<int64_t>(high.count, 1));
}

template class GatherBlock<float>;
template class GatherBlock<double>;
template int64_t lines_of_block<float>(const Gather&, int64_t, int64_t);
template int64_t lines_of_block<double>(const Gather&, int64_t, int64_t);

}  // namespace fathom::cpu
