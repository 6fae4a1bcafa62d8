// View: a value as an index map into a buffer. Transposes, slices and broadcasts become views,
// which a reader folds into its loads.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/core/shape.h"
#include "fathom/graph/program.h"
#include "fathom/ops/shape.h"

namespace fathom::cpu {

struct View {
  graph::ValueId buffer = -1;  // the value whose memory it reads
  std::int64_t offset = 0;     // in elements
  Shape shape;
  op::Counts stride{};  // in elements, per axis of `shape`; may be 0 or negative

  static View whole(graph::ValueId value, const Shape& shape);
  /// Whether it is `size` elements one after another from the buffer's start.
  bool contiguous() const;
  /// Whether every element is the buffer's element at `offset`.
  bool uniform() const;

  std::optional<View> reshaped(const Shape& to) const;  // nothing if that needs a copy
  View permuted(const Shape& order) const;
  View expanded(const Shape& to) const;
  View sliced(const op::Slice& s) const;
};

/// The index map with axes of extent 1 dropped and mergeable neighbours merged; at least one axis.
struct CollapsedMap {
  int rank = 0;
  std::int64_t extent[Shape::max_rank];
  std::int64_t stride[Shape::max_rank];
};
CollapsedMap collapse(const View& view);

}  // namespace fathom::cpu
