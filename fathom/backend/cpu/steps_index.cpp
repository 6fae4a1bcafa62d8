// Reading at positions that are data.
#include <cstring>

#include "fathom/backend/cpu/index_step.h"
#include "fathom/ops/index.h"

namespace fathom::cpu {
namespace {

/// Whole slices: rows of bytes.
class TakeRowsStep final : public IndexStep {
 public:
  TakeRowsStep(const StepContext& c, const Axis& whole)
      : IndexStep(c, 1, whole),
        bytes_(whole.inner * static_cast<std::int64_t>(size_of(c.output().dtype))) {}
  void run(Buffers buffers) const override {
    with_positions(buffers, [&](const auto* positions) {
      const char* x = buffers[static_cast<std::size_t>(in)];
      char* y = buffers[static_cast<std::size_t>(out)];
      for_ranges(axis.outer * count, bytes_ / 4, [&](std::int64_t begin, std::int64_t end) {
        std::int64_t o = begin / count, j = begin % count;
        for (std::int64_t r = begin; r < end; ++r) {
          const std::int64_t from = o * axis.extent + positions[j];
          std::memcpy(y + r * bytes_, x + from * bytes_, static_cast<std::size_t>(bytes_));
          if (++j == count) j = 0, ++o;
        }
      });
    });
  }

 private:
  std::int64_t bytes_;
};

/// Slices of one element.
template <class T> class TakeElementsStep final : public IndexStep {
 public:
  using IndexStep::IndexStep;
  void run(Buffers buffers) const override {
    with_positions(buffers, [&](const auto* positions) {
      for (std::int64_t o = 0; o < axis.outer; ++o) {
        const T* x = at<const T>(buffers, in) + o * axis.extent;
        T* y = at<T>(buffers, out) + o * count;
        for_ranges(count, 1, [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t i = begin; i < end; ++i) y[i] = x[positions[i]];
        });
      }
    });
  }
};

/// (outer, extent or index extent, inner): one position for every element.
template <class T> class TakeAlongStep final : public IndexStep {
 public:
  TakeAlongStep(const StepContext& c, const Axis& whole, std::int64_t index_extent)
      : IndexStep(c, 1, whole), index_extent_(index_extent) {}
  void run(Buffers buffers) const override {
    with_positions(buffers, [&](const auto* positions) {
      const T* x = at<const T>(buffers, in);
      T* y = at<T>(buffers, out);
      // Rows of the index: (outer, index extent) of `inner` elements each.
      const std::int64_t rows = axis.inner > 0 ? count / axis.inner : 0;
      for_ranges(rows, axis.inner, [&](std::int64_t begin, std::int64_t end) {
        std::int64_t o = begin / index_extent_, j = begin % index_extent_;
        for (std::int64_t r = begin; r < end; ++r) {
          const T* from = x + o * axis.extent * axis.inner;
          const auto* p = positions + r * axis.inner;
          T* to = y + r * axis.inner;
          for (std::int64_t i = 0; i < axis.inner; ++i) to[i] = from[p[i] * axis.inner + i];
          if (++j == index_extent_) j = 0, ++o;
        }
      });
    });
  }

 private:
  std::int64_t index_extent_;
};

class PositionsStep final : public IndexStep {
 public:
  using IndexStep::IndexStep;
  void run(Buffers buffers) const override {
    with_positions(buffers, [&](const auto* positions) {
      auto* y = at<std::int64_t>(buffers, out);
      for_ranges(count, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
          y[i] = positions[i] < 0 ? positions[i] + axis.extent : positions[i];
      });
    });
  }
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Take>(const StepContext& c) {
  const Axis whole(c.input(0).shape, c.attributes<op::Take>().axis);
  if (whole.inner != 1) return std::make_unique<TakeRowsStep>(c, whole);
  return with_size(c.output().dtype, [&]<class T>(T) -> std::unique_ptr<Step> {
    return std::make_unique<TakeElementsStep<T>>(c, 1, whole);
  });
}

template <> std::unique_ptr<Step> make_step<op::TakeAlong>(const StepContext& c) {
  const int axis = c.attributes<op::TakeAlong>().axis;
  const Axis whole(c.input(0).shape, axis);
  return with_size(c.output().dtype, [&]<class T>(T) -> std::unique_ptr<Step> {
    return std::make_unique<TakeAlongStep<T>>(c, whole, c.input(1).shape[axis]);
  });
}

template <> std::unique_ptr<Step> make_step<op::Positions>(const StepContext& c) {
  const auto& a = c.attributes<op::Positions>();
  return std::make_unique<PositionsStep>(c, 0, Axis(Shape{a.extent}, 0), -a.extent);
}

}  // namespace fathom::cpu
