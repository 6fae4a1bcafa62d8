// Writing at positions that are data. Work is split over the places that are written, never over
// the index: each place sees what comes to it in the order of the index, whatever the threads.
#include <limits>

#include "fathom/backend/cpu/index_step.h"
#include "fathom/backend/cpu/scratch.h"
#include "fathom/ops/scatter.h"

namespace fathom::cpu {
namespace {

using ScatterKind = op::Scatter::Kind;

/// A share of the places (outer, extent, inner).
struct Share {
  std::int64_t outer[2], extent[2], inner[2];
  bool has(std::int64_t position) const { return position >= extent[0] && position < extent[1]; }
};

/// Calls body(share) for shares of the places, in parallel if there is enough work: split by outer,
/// else by inner in whole cache lines, else by place, where each share reads the whole index.
void for_shares(const Axis& places, std::int64_t writes, FunctionRef<void(const Share&)> body) {
  constexpr std::int64_t line = 16;
  const std::int64_t size = places.outer * places.extent * places.inner;
  const std::int64_t most = threads();
  Share all{{0, places.outer}, {0, places.extent}, {0, places.inner}};
  if (most == 1 || size + writes < 32768) return body(all);
  std::int64_t n = places.outer;
  std::int64_t(Share::*side)[2] = &Share::outer;
  std::int64_t unit = 1;
  std::int64_t parts = 4 * most;
  if (places.outer < 2 * most) {
    if (places.inner >= 2 * most * line) {
      side = &Share::inner;
      n = places.inner;
      unit = line;
      parts = most;  // long runs of each slice
    } else {
      side = &Share::extent;
      n = places.extent;
      parts = most;
    }
  }
  const std::int64_t piece = std::max((n + parts - 1) / parts, unit) / unit * unit;
  parallel_for((n + piece - 1) / piece, [&](std::int64_t task) {
    Share share = all;
    (share.*side)[0] = task * piece;
    (share.*side)[1] = std::min(n, (task + 1) * piece);
    body(share);
  });
}

template <class T> void fill(T* y, const Axis& places, const Share& s, T value) {
  for (std::int64_t o = s.outer[0]; o < s.outer[1]; ++o)
    for (std::int64_t p = s.extent[0]; p < s.extent[1]; ++p) {
      T* row = y + (o * places.extent + p) * places.inner;
      std::fill(row + s.inner[0], row + s.inner[1], value);
    }
}

template <ScatterKind kind, class T> T combine(T a, T b) {
  if constexpr (kind == ScatterKind::sum)
    return static_cast<T>(a + b);
  else if constexpr (kind == ScatterKind::prod)
    return static_cast<T>(a * b);
  else if constexpr (kind == ScatterKind::max)
    return b > a || b != b ? b : a;  // NaN stays
  else
    return b < a || b != b ? b : a;
}
template <ScatterKind kind, class T> T neutral() {
  using L = std::numeric_limits<T>;
  if constexpr (kind == ScatterKind::sum) return T(0);
  if constexpr (kind == ScatterKind::prod) return T(1);
  if constexpr (kind == ScatterKind::max) return L::has_infinity ? -L::infinity() : L::lowest();
  return L::has_infinity ? L::infinity() : L::max();
}

/// One position for every element.
template <ScatterKind kind, class T> class ScatterStep final : public IndexStep {
 public:
  ScatterStep(const StepContext& c, const Axis& places, std::int64_t index_extent)
      : IndexStep(c, 1, places), index_extent_(index_extent) {}
  void run(Buffers buffers) const override {
    with_positions(buffers, [&](const auto* positions) {
      const T* x = at<const T>(buffers, in);
      T* y = at<T>(buffers, out);
      for_shares(axis, count, [&](const Share& s) {
        fill(y, axis, s, neutral<kind, T>());
        for (std::int64_t o = s.outer[0]; o < s.outer[1]; ++o)
          for (std::int64_t j = 0; j < index_extent_; ++j) {
            const std::int64_t row = (o * index_extent_ + j) * axis.inner;
            for (std::int64_t i = s.inner[0]; i < s.inner[1]; ++i) {
              const std::int64_t p = positions[row + i];
              if (!s.has(p)) continue;
              T& place = y[(o * axis.extent + p) * axis.inner + i];
              place = combine<kind>(place, x[row + i]);
            }
          }
      });
    });
  }

 private:
  std::int64_t index_extent_;
};

/// Which slices go to each place: a list a place, in the order of the index.
class Lists {
 public:
  static constexpr std::int32_t kEnd = -1;

  template <class P>
  Lists(const P* positions, std::int64_t count, std::int64_t extent)
      : first_(scratch<std::int32_t>(Scratch::rows, static_cast<std::size_t>(extent + count))),
        next_(first_ + extent) {
    std::fill(first_, next_, kEnd);
    for (std::int64_t j = count - 1; j >= 0; --j) {
      next_[j] = first_[positions[j]];
      first_[positions[j]] = static_cast<std::int32_t>(j);
    }
  }
  std::int32_t first(std::int64_t place) const { return first_[place]; }
  std::int32_t after(std::int32_t j) const { return next_[j]; }

 private:
  std::int32_t* first_;
  std::int32_t* next_;
};

/// Whole slices, summed. Long ones are sorted by place first, so that each place is written once.
template <class T> class ScatterSlicesStep final : public IndexStep {
 public:
  using IndexStep::IndexStep;
  void run(Buffers buffers) const override {
    const T* x = at<const T>(buffers, in);
    T* y = at<T>(buffers, out);
    with_positions(buffers, [&](const auto* positions) {
      constexpr std::int64_t kLong = 256 / sizeof(T);
      if (axis.inner >= kLong && count <= std::numeric_limits<std::int32_t>::max())
        by_place(positions, x, y);
      else
        by_index(positions, x, y);
    });
  }

 private:
  template <class P> void by_place(const P* positions, const T* x, T* y) const {
    const Lists lists(positions, count, axis.extent);
    for_ranges(axis.outer * axis.extent, axis.inner, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const T* const from = x + row / axis.extent * count * axis.inner;
        T* const to = y + row * axis.inner;
        std::int32_t j = lists.first(row % axis.extent);
        if (j == Lists::kEnd) {
          std::fill_n(to, axis.inner, T(0));
          continue;
        }
        add(static_cast<const T*>(nullptr), from + j * axis.inner, to);
        while ((j = lists.after(j)) != Lists::kEnd) add(to, from + j * axis.inner, to);
      }
    });
  }

  /// to = a + b, a being zeros where it is null: -0 becomes 0.
  void add(const T* a, const T* b, T* to) const {
    for (std::int64_t i = 0; i < axis.inner; ++i)
      to[i] = combine<ScatterKind::sum>(a ? a[i] : T(0), b[i]);
  }

  template <class P> void by_index(const P* positions, const T* x, T* y) const {
    for_shares(axis, axis.outer * count * axis.inner, [&](const Share& s) {
      fill(y, axis, s, T(0));
      for (std::int64_t o = s.outer[0]; o < s.outer[1]; ++o)
        for (std::int64_t j = 0; j < count; ++j) {
          if (!s.has(positions[j])) continue;
          const T* from = x + (o * count + j) * axis.inner;
          T* to = y + (o * axis.extent + positions[j]) * axis.inner;
          for (std::int64_t i = s.inner[0]; i < s.inner[1]; ++i)
            to[i] = combine<ScatterKind::sum>(to[i], from[i]);
        }
    });
  }
};

class LastWriterStep final : public IndexStep {
 public:
  LastWriterStep(const StepContext& c, const Axis& places, std::int64_t index_extent)
      : IndexStep(c, 0, places), index_extent_(index_extent) {}
  void run(Buffers buffers) const override {
    with_positions(buffers, [&](const auto* positions) {
      auto* y = at<std::int64_t>(buffers, out);
      for_shares(axis, count, [&](const Share& s) {
        fill<std::int64_t>(y, axis, s, -1);
        for (std::int64_t o = s.outer[0]; o < s.outer[1]; ++o)
          for (std::int64_t j = 0; j < index_extent_; ++j) {
            const std::int64_t row = (o * index_extent_ + j) * axis.inner;
            for (std::int64_t i = s.inner[0]; i < s.inner[1]; ++i)
              if (const std::int64_t p = positions[row + i]; s.has(p))
                y[(o * axis.extent + p) * axis.inner + i] = j;
          }
      });
    });
  }

 private:
  std::int64_t index_extent_;
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Scatter>(const StepContext& c) {
  const auto& a = c.attributes<op::Scatter>();
  const Axis places(c.output().shape, a.axis);
  const std::int64_t extent = c.input(1).shape[a.axis];
  return with_number(c.output().dtype, [&]<class T>(T) -> std::unique_ptr<Step> {
    switch (a.kind) {
      case ScatterKind::prod:
        return std::make_unique<ScatterStep<ScatterKind::prod, T>>(c, places, extent);
      case ScatterKind::max:
        return std::make_unique<ScatterStep<ScatterKind::max, T>>(c, places, extent);
      case ScatterKind::min:
        return std::make_unique<ScatterStep<ScatterKind::min, T>>(c, places, extent);
      default:
        return std::make_unique<ScatterStep<ScatterKind::sum, T>>(c, places, extent);
    }
  });
}

template <> std::unique_ptr<Step> make_step<op::ScatterSlices>(const StepContext& c) {
  const Axis places(c.output().shape, c.attributes<op::ScatterSlices>().axis);
  return with_number(c.output().dtype, [&]<class T>(T) -> std::unique_ptr<Step> {
    return std::make_unique<ScatterSlicesStep<T>>(c, 1, places);
  });
}

template <> std::unique_ptr<Step> make_step<op::LastWriter>(const StepContext& c) {
  const int axis = c.attributes<op::LastWriter>().axis;
  return std::make_unique<LastWriterStep>(c, Axis(c.output().shape, axis), c.input(0).shape[axis]);
}

}  // namespace fathom::cpu
