#include "fathom/backend/cpu/view.h"

namespace fathom::cpu {

View View::whole(graph::ValueId value, const Shape& shape) {
  View v{value, 0, shape, {}};
  std::int64_t step = 1;
  for (int i = shape.rank() - 1; i >= 0; --i) {
    v.stride[static_cast<std::size_t>(i)] = step;
    step *= shape[i];
  }
  return v;
}

bool View::contiguous() const {
  if (offset != 0) return false;
  const CollapsedMap map = collapse(*this);
  return map.rank == 1 && (map.stride[0] == 1 || map.extent[0] <= 1);
}

bool View::uniform() const {
  for (int i = 0; i < shape.rank(); ++i)
    if (shape[i] > 1 && stride[static_cast<std::size_t>(i)] != 0) return false;
  return true;
}

// Splits and merges axes where the strides allow it: walks both shapes from the last axis and
// matches groups of equal size.
std::optional<View> View::reshaped(const Shape& to) const {
  View out{buffer, offset, to, {}};
  if (to.size() == 0) return View::whole(buffer, to);
  int from_axis = shape.rank() - 1;
  int to_axis = to.rank() - 1;
  while (to_axis >= 0 || from_axis >= 0) {
    while (from_axis >= 0 && shape[from_axis] == 1) --from_axis;
    if (to_axis >= 0 && to[to_axis] == 1) {
      out.stride[static_cast<std::size_t>(to_axis--)] = 0;
      continue;
    }
    if (from_axis < 0 || to_axis < 0) break;
    // One run of input axes that step through memory evenly...
    std::int64_t run = shape[from_axis];
    const std::int64_t step = stride[static_cast<std::size_t>(from_axis)];
    std::int64_t next = step * run;
    --from_axis;
    // ...serves as many output axes as its extent holds.
    std::int64_t served = 1;
    while (served < run || run == served) {
      if (to_axis < 0 || served == run) break;
      while (served * to[to_axis] > run) {
        while (from_axis >= 0 && shape[from_axis] == 1) --from_axis;
        if (from_axis < 0 || stride[static_cast<std::size_t>(from_axis)] != next)
          return std::nullopt;
        run *= shape[from_axis];
        next = stride[static_cast<std::size_t>(from_axis)] * shape[from_axis];
        --from_axis;
      }
      out.stride[static_cast<std::size_t>(to_axis)] = step * served;
      served *= to[to_axis--];
      while (to_axis >= 0 && to[to_axis] == 1) out.stride[static_cast<std::size_t>(to_axis--)] = 0;
    }
    if (served != run) return std::nullopt;
  }
  return out;
}

View View::permuted(const Shape& order) const {
  View out{buffer, offset, {}, {}};
  for (int i = 0; i < order.rank(); ++i) {
    out.shape.push_back(shape[static_cast<int>(order[i])]);
    out.stride[static_cast<std::size_t>(i)] = stride[static_cast<std::size_t>(order[i])];
  }
  return out;
}

View View::expanded(const Shape& to) const {
  View out{buffer, offset, to, {}};
  const int extra = to.rank() - shape.rank();
  for (int i = extra; i < to.rank(); ++i)
    if (shape[i - extra] == to[i])
      out.stride[static_cast<std::size_t>(i)] = stride[static_cast<std::size_t>(i - extra)];
  return out;
}

View View::sliced(const op::Slice& s) const {
  View out{buffer, offset, s.shape, {}};
  for (int i = 0; i < shape.rank(); ++i) {
    const auto a = static_cast<std::size_t>(i);
    out.offset += s.start[a] * stride[a];
    out.stride[a] = s.step[a] * stride[a];
  }
  return out;
}

CollapsedMap collapse(const View& view) {
  CollapsedMap map;
  for (int i = 0; i < view.shape.rank(); ++i) {
    const std::int64_t extent = view.shape[i];
    const std::int64_t stride = view.stride[static_cast<std::size_t>(i)];
    if (extent == 1) continue;
    if (map.rank > 0 && map.stride[map.rank - 1] == stride * extent) {
      map.extent[map.rank - 1] *= extent;
      map.stride[map.rank - 1] = stride;
    } else {
      map.extent[map.rank] = extent;
      map.stride[map.rank++] = stride;
    }
  }
  if (map.rank == 0) {
    map.extent[0] = 1;
    map.stride[0] = 1;
    map.rank = 1;
  }
  return map;
}

}  // namespace fathom::cpu
