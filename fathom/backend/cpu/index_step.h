// What the steps that read and write at positions share. Every position is checked before anything
// is read or written.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "fathom/backend/cpu/steps.h"
#include "fathom/core/with_type.h"
#include "fathom/graph/context.h"

namespace fathom::cpu {

using graph::ValueId;

/// An array seen as (outer, axis, inner).
struct Axis {
  std::int64_t outer = 1, extent = 1, inner = 1;
  Axis(const Shape& s, int axis) {
    for (int i = 0; i < axis; ++i) outer *= s[i];
    extent = s[axis];
    for (int i = axis + 1; i < s.rank(); ++i) inner *= s[i];
  }
};

/// Errors: IndexError for a position outside [low, extent).
template <class P>
void require_positions(const P* positions, std::int64_t count, std::int64_t low,
                       std::int64_t extent, const graph::Origin& origin) {
  std::atomic<bool> fine{true};
  for_ranges(count, 1, [&](std::int64_t begin, std::int64_t end) {
    bool all = true;
    for (std::int64_t i = begin; i < end; ++i) all &= positions[i] >= low && positions[i] < extent;
    if (!all) fine.store(false, std::memory_order_relaxed);
  });
  if (fine.load(std::memory_order_relaxed)) return;
  std::int64_t i = 0;
  while (positions[i] >= low && positions[i] < extent) ++i;
  throw IndexError(graph::position_error(positions[i], i, low, extent, origin));
}

class IndexStep : public Step {
 public:
  IndexStep(const StepContext& c, int index_input, const Axis& whole, std::int64_t low = 0)
      : axis(whole),
        index(c.inputs[static_cast<std::size_t>(index_input)]),
        wide(c.input(index_input).dtype == DType::i64),
        count(c.input(index_input).shape.size()),
        in(c.inputs[0]),
        out(c.outputs[0]),
        operation(c.instruction.op->name),
        shapes(to_string(c.input(0).shape) + " at " + to_string(c.input(index_input).shape) +
               " -> " + to_string(c.output().shape)),
        origin(c.instruction.origin) {
    may_fail = true;
    checks.push_back({index, count, low, axis.extent});
  }
  std::string describe() const override { return operation + " " + shapes; }

 protected:
  /// Calls f with the positions, which are all in range. Errors: IndexError.
  template <class F> void with_positions(Buffers buffers, F&& f) const {
    const auto run = [&](const auto* positions) {
      require_positions(positions, count, checks[0].low, axis.extent, origin);
      f(positions);
    };
    if (wide)
      run(at<const std::int64_t>(buffers, index));
    else
      run(at<const std::int32_t>(buffers, index));
  }

  Axis axis;
  ValueId index;
  bool wide;  // i64 positions, else i32
  std::int64_t count;
  ValueId in, out;

 private:
  std::string operation, shapes;
  graph::Origin origin;
};

}  // namespace fathom::cpu
