// What an operation's own computation sees: Rules<Op>::run(attributes, call). Every backend calls
// the same function, so a decomposition is written once and has the same bits everywhere.
#pragma once
#include <cstdint>
#include <span>

#include "fathom/core/function_ref.h"
#include "fathom/graph/node.h"

namespace fathom::graph {

/// One operand or result, contiguous and row-major. Operands are only read.
struct HostBuffer {
  const Spec* spec;
  void* data;
};

struct HostCall {
  std::span<const HostBuffer> inputs;
  std::span<const HostBuffer> outputs;
  /// Calls body(0) ... body(tasks - 1), in any order and on any thread.
  FunctionRef<void(std::int64_t tasks, FunctionRef<void(std::int64_t)> body)> parallel;
  Origin origin;  // for errors that depend on values

  const Spec& in_spec(int i) const { return *inputs[static_cast<std::size_t>(i)].spec; }
  const Spec& out_spec(int i = 0) const { return *outputs[static_cast<std::size_t>(i)].spec; }
  template <class T> const T* in(int i) const {
    return static_cast<const T*>(inputs[static_cast<std::size_t>(i)].data);
  }
  template <class T> T* out(int i = 0) const {
    return static_cast<T*>(outputs[static_cast<std::size_t>(i)].data);
  }
};

}  // namespace fathom::graph
