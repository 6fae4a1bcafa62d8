// Reading and writing at positions that are data. Every position is checked before anything is
// read.
#include <cstring>

#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/index.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

/// An array seen as (outer, axis, inner).
struct Axis {
  std::int64_t outer = 1, extent = 1, inner = 1;
};
Axis axis_of(const Shape& s, int axis) {
  Axis a;
  for (int i = 0; i < axis; ++i) a.outer *= s[i];
  a.extent = s[axis];
  for (int i = axis + 1; i < s.rank(); ++i) a.inner *= s[i];
  return a;
}

class IndexStep : public Step {
 public:
  IndexStep() { may_fail = true; }

  ValueId in, index, out;
  bool wide;  // i64 positions, else i32
  std::int64_t count;
  Axis axis;
  std::int64_t element_size;
  std::string text;
  std::source_location where;

  std::string describe() const override { return text; }

 protected:
  std::int64_t position(const char* positions, std::int64_t i) const {
    if (wide) return reinterpret_cast<const std::int64_t*>(positions)[i];
    return reinterpret_cast<const std::int32_t*>(positions)[i];
  }
  void check(const char* positions, std::int64_t extent) const {
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t p = position(positions, i);
      if (p >= 0 && p < extent) continue;
      throw IndexError({.operation = text.substr(0, text.find(' ')),
                        .problem = "index " + std::to_string(p) + " is out of range",
                        .received = {{"position in the index", std::to_string(i)}},
                        .expected = "indices in [0, " + std::to_string(extent) + ")",
                        .where = where.line() ? to_string(where) : ""});
    }
  }
};

class TakeStep final : public IndexStep {
 public:
  void run(Buffers buffers) const override {
    const char* positions = buffers[static_cast<std::size_t>(index)];
    check(positions, axis.extent);
    const char* x = buffers[static_cast<std::size_t>(in)];
    char* y = buffers[static_cast<std::size_t>(out)];
    const std::int64_t bytes = axis.inner * element_size;
    for_ranges(axis.outer * count, (bytes + 3) / 4, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r) {
        const std::int64_t from = r / count * axis.extent + position(positions, r % count);
        std::memcpy(y + r * bytes, x + from * bytes, static_cast<std::size_t>(bytes));
      }
    });
  }
};

/// Adds rows in the order of the index, so that the sum has one order; work is split over columns.
template <class T> class TakeBackwardStep final : public IndexStep {
 public:
  void run(Buffers buffers) const override {
    const char* positions = buffers[static_cast<std::size_t>(index)];
    check(positions, axis.extent);
    const T* dy = at<const T>(buffers, in);
    T* dx = at<T>(buffers, out);
    for (std::int64_t o = 0; o < axis.outer; ++o) {
      const T* from = dy + o * count * axis.inner;
      T* to = dx + o * axis.extent * axis.inner;
      for_ranges(axis.inner, count + axis.extent, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = 0; i < axis.extent; ++i)
          std::memset(to + i * axis.inner + begin, 0,
                      sizeof(T) * static_cast<std::size_t>(end - begin));
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t p = position(positions, i);
          for (std::int64_t j = begin; j < end; ++j)
            to[p * axis.inner + j] += from[i * axis.inner + j];
        }
      });
    }
  }
};

/// (outer, extent or index extent, inner): one position for every element.
template <class T> class TakeAlongStep final : public IndexStep {
 public:
  std::int64_t index_extent;
  void run(Buffers buffers) const override {
    const char* positions = buffers[static_cast<std::size_t>(index)];
    check(positions, axis.extent);
    const T* x = at<const T>(buffers, in);
    T* y = at<T>(buffers, out);
    for_ranges(count, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const std::int64_t o = i / (index_extent * axis.inner);
        y[i] = x[(o * axis.extent + position(positions, i)) * axis.inner + i % axis.inner];
      }
    });
  }
};

template <class T> class TakeAlongBackwardStep final : public IndexStep {
 public:
  std::int64_t index_extent;
  void run(Buffers buffers) const override {
    const char* positions = buffers[static_cast<std::size_t>(index)];
    check(positions, axis.extent);
    const T* dy = at<const T>(buffers, in);
    T* dx = at<T>(buffers, out);
    const std::int64_t from_size = index_extent * axis.inner;
    const std::int64_t to_size = axis.extent * axis.inner;
    for_ranges(axis.outer, from_size + to_size, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t o = begin; o < end; ++o) {
        std::memset(dx + o * to_size, 0, sizeof(T) * static_cast<std::size_t>(to_size));
        for (std::int64_t i = 0; i < from_size; ++i)
          dx[o * to_size + position(positions, o * from_size + i) * axis.inner + i % axis.inner] +=
              dy[o * from_size + i];
      }
    });
  }
};

template <class S>
std::unique_ptr<S> index_step(const StepContext& c, const char* name, const Axis& axis) {
  auto step = std::make_unique<S>();
  step->in = c.inputs[0];
  step->index = c.inputs[1];
  step->out = c.outputs[0];
  step->wide = c.input(1).dtype == DType::i64;
  step->count = c.input(1).shape.size();
  step->axis = axis;
  step->element_size = static_cast<std::int64_t>(size_of(c.input(0).dtype));
  step->text = std::string(name) + " " + to_string(c.input(0).shape) + " at " +
               to_string(c.input(1).shape) + " -> " + to_string(c.output().shape);
  step->where = c.instruction.where;
  return step;
}

}  // namespace

std::unique_ptr<Step> make_take(const StepContext& c) {
  return index_step<TakeStep>(c, "take", axis_of(c.input(0).shape, c.attributes<op::Take>().axis));
}

std::unique_ptr<Step> make_take_backward(const StepContext& c) {
  const Axis axis = axis_of(c.output().shape, c.attributes<op::TakeBackward>().axis);
  if (c.input(0).dtype == DType::f64)
    return index_step<TakeBackwardStep<double>>(c, "take_backward", axis);
  return index_step<TakeBackwardStep<float>>(c, "take_backward", axis);
}

std::unique_ptr<Step> make_take_along(const StepContext& c) {
  const int a = c.attributes<op::TakeAlong>().axis;
  const Axis axis = axis_of(c.input(0).shape, a);
  const auto finish = [&](auto step) -> std::unique_ptr<Step> {
    step->index_extent = c.input(1).shape[a];
    return step;
  };
  switch (size_of(c.input(0).dtype)) {
    case 1:
      return finish(index_step<TakeAlongStep<std::uint8_t>>(c, "take_along", axis));
    case 2:
      return finish(index_step<TakeAlongStep<std::uint16_t>>(c, "take_along", axis));
    case 4:
      return finish(index_step<TakeAlongStep<std::uint32_t>>(c, "take_along", axis));
    default:
      return finish(index_step<TakeAlongStep<std::uint64_t>>(c, "take_along", axis));
  }
}

std::unique_ptr<Step> make_take_along_backward(const StepContext& c) {
  const int a = c.attributes<op::TakeAlongBackward>().axis;
  const Axis axis = axis_of(c.output().shape, a);
  const auto finish = [&](auto step) -> std::unique_ptr<Step> {
    step->index_extent = c.input(1).shape[a];
    return step;
  };
  if (c.input(0).dtype == DType::f64)
    return finish(index_step<TakeAlongBackwardStep<double>>(c, "take_along_backward", axis));
  return finish(index_step<TakeAlongBackwardStep<float>>(c, "take_along_backward", axis));
}

}  // namespace fathom::cpu
