// What the primitives of the reference backend share: a call with its memory, dispatch by element
// type, and index arithmetic. All memory is contiguous and row-major.
#pragma once
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "fathom/core/with_type.h"
#include "fathom/graph/op.h"
#include "fathom/graph/program.h"
#include "fathom/ops/shape.h"

namespace fathom::reference {

/// A buffer with what it holds.
template <class Pointer> struct Buffer {
  const graph::Spec* spec;
  Pointer data;
};

/// One instruction with the memory of its operands and results.
struct Call {
  const graph::Instruction* instruction;
  std::vector<Buffer<const void*>> inputs;
  std::vector<Buffer<void*>> outputs;

  template <class Op> const Op& attributes() const {
    return *static_cast<const Op*>(instruction->attributes.get());
  }
  const Shape& shape(int input) const {
    return inputs[static_cast<std::size_t>(input)].spec->shape;
  }
  DType dtype(int input) const { return inputs[static_cast<std::size_t>(input)].spec->dtype; }
  const Shape& out_shape() const { return outputs[0].spec->shape; }
  DType out_dtype() const { return outputs[0].spec->dtype; }
  template <class T> const T* in(int input) const {
    return static_cast<const T*>(inputs[static_cast<std::size_t>(input)].data);
  }
  template <class T> T* out() const { return static_cast<T*>(outputs[0].data); }
};

/// A primitive: whether it takes these types, and what it computes.
struct Primitive {
  graph::OpTag op;
  bool (*serves)(const graph::Node& node);
  void (*run)(const Call& call);
};
inline bool serves_all(const graph::Node&) { return true; }
/// The primitive of an operation, or null.
const Primitive* find_primitive(graph::OpTag op);

// By family, in the files of these names.
std::span<const Primitive> elementwise_primitives();
std::span<const Primitive> creation_primitives();
std::span<const Primitive> reduce_primitives();
std::span<const Primitive> matmul_primitives();
std::span<const Primitive> movement_primitives();
std::span<const Primitive> index_primitives();
std::span<const Primitive> scan_primitives();
std::span<const Primitive> sort_primitives();
std::span<const Primitive> conv_primitives();

inline DType input_dtype(const graph::Node& node, int i = 0) { return node.inputs[i]->spec.dtype; }
inline DType output_dtype(const graph::Node& node) {
  return const_cast<graph::Node&>(node).output(0).spec.dtype;
}

/// A map from the elements of a shape, in row-major order, to places in a buffer.
struct IndexMap {
  Shape shape;
  std::int64_t offset = 0;
  op::Counts stride{};

  /// A contiguous buffer.
  static IndexMap of(const Shape& shape) {
    IndexMap map{shape};
    std::int64_t step = 1;
    for (int i = shape.rank() - 1; i >= 0; --i) {
      map.stride[static_cast<std::size_t>(i)] = step;
      step *= shape[i];
    }
    return map;
  }
  /// A contiguous buffer of shape `from`, broadcast.
  static IndexMap broadcast(const Shape& from, const Shape& to) {
    const IndexMap whole = of(from);
    IndexMap map{to};
    const int extra = to.rank() - from.rank();
    for (int i = 0; i < from.rank(); ++i)
      if (from[i] != 1)
        map.stride[static_cast<std::size_t>(extra + i)] = whole.stride[static_cast<std::size_t>(i)];
    return map;
  }
  std::int64_t at(std::int64_t element) const {
    std::int64_t place = offset;
    for (int i = shape.rank() - 1; i >= 0; --i) {
      place += element % shape[i] * stride[static_cast<std::size_t>(i)];
      element /= shape[i];
    }
    return place;
  }
};

/// The extents before an axis, of it and behind it, multiplied: (a, n, b).
struct AxisSplit {
  std::int64_t outer = 1, extent = 1, inner = 1;
  AxisSplit(const Shape& shape, int axis) {
    for (int i = 0; i < axis; ++i) outer *= shape[i];
    extent = shape[axis];
    for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  }
};

}  // namespace fathom::reference
