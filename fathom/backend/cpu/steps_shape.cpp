// Movement that must write memory: placing a tensor inside a larger one, joining tensors.
#include <cstring>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/kernels/elementwise.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/join.h"
#include "fathom/ops/shape.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

template <class T> class PlaceStep final : public Step {
 public:
  ValueId in, fill, out;
  op::Place place;
  Shape from;
  std::string text;

  std::string describe() const override { return text; }
  void run(Buffers buffers) const override {
    const T* x = at<const T>(buffers, in);
    T* y = at<T>(buffers, out);
    const std::int64_t size = place.shape.size();
    for_ranges(size, 1, [&](std::int64_t begin, std::int64_t end) {
      elementwise().fill(buffers[static_cast<std::size_t>(fill)], sizeof(T), end - begin,
                         y + begin);
    });
    const int rank = from.rank();
    if (from.size() == 0) return;
    if (rank == 0) {
      y[0] = x[0];
      return;
    }
    std::int64_t stride[Shape::max_rank];
    std::int64_t product = 1;
    for (int a = rank - 1; a >= 0; --a) {
      stride[a] = product;
      product *= place.shape[a];
    }
    const std::int64_t row = from.back();
    const auto last = static_cast<std::size_t>(rank - 1);
    for_ranges(from.size() / row, row, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r) {
        std::int64_t to = place.start[last];
        std::int64_t rest = r;
        for (int a = rank - 2; a >= 0; --a) {
          const auto i = static_cast<std::size_t>(a);
          to += (place.start[i] + rest % from[a] * place.step[i]) * stride[a];
          rest /= from[a];
        }
        for (std::int64_t j = 0; j < row; ++j) y[to + j * place.step[last]] = x[r * row + j];
      }
    });
  }
};

class ConcatStep final : public Step {
 public:
  std::vector<ValueId> parts;
  std::vector<std::size_t> part_bytes;  // of one outer index
  ValueId out;
  std::int64_t outer;
  std::string text;

  std::string describe() const override { return text; }
  void run(Buffers buffers) const override {
    std::size_t row = 0;
    for (std::size_t bytes : part_bytes) row += bytes;
    std::size_t start = 0;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const char* from = buffers[static_cast<std::size_t>(parts[p])];
      char* to = buffers[static_cast<std::size_t>(out)] + start;
      const std::size_t bytes = part_bytes[p];
      for_ranges(outer, static_cast<std::int64_t>(bytes / 4),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t o = begin; o < end; ++o)
                     std::memcpy(to + static_cast<std::size_t>(o) * row,
                                 from + static_cast<std::size_t>(o) * bytes, bytes);
                 });
      start += bytes;
    }
  }
};

template <class T> std::unique_ptr<Step> place_step(const StepContext& c) {
  auto step = std::make_unique<PlaceStep<T>>();
  step->in = c.inputs[0];
  step->fill = c.inputs[1];
  step->out = c.outputs[0];
  step->place = c.attributes<op::Place>();
  step->from = c.input(0).shape;
  step->text = "place " + to_string(step->from) + " -> " + to_string(step->place.shape);
  return step;
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Place>(const StepContext& c) {
  switch (size_of(c.input(0).dtype)) {
    case 1:
      return place_step<std::uint8_t>(c);
    case 2:
      return place_step<std::uint16_t>(c);
    case 4:
      return place_step<std::uint32_t>(c);
    default:
      return place_step<std::uint64_t>(c);
  }
}

template <> std::unique_ptr<Step> make_step<op::Concat>(const StepContext& c) {
  auto step = std::make_unique<ConcatStep>();
  const int axis = c.attributes<op::Concat>().axis;
  const Shape& shape = c.output().shape;
  step->parts = c.inputs;
  step->out = c.outputs[0];
  step->outer = 1;
  for (int i = 0; i < axis; ++i) step->outer *= shape[i];
  std::size_t inner = size_of(c.output().dtype);
  for (int i = axis + 1; i < shape.rank(); ++i) inner *= static_cast<std::size_t>(shape[i]);
  for (std::size_t p = 0; p < c.inputs.size(); ++p)
    step->part_bytes.push_back(static_cast<std::size_t>(c.input(static_cast<int>(p)).shape[axis]) *
                               inner);
  step->text = "concat " + std::to_string(step->parts.size()) + " parts -> " + to_string(shape);
  return step;
}

}  // namespace fathom::cpu
