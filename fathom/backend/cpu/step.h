// Step: one thing that a compiled program does, on buffers that are known by number.
#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "fathom/graph/op.h"
#include "fathom/graph/program.h"

namespace fathom::cpu {

/// The memory of every value during a run, by value id; null for values that exist only inside a
/// step.
using Buffers = std::span<char* const>;

/// That `count` positions are in [low, extent).
struct PositionCheck {
  graph::ValueId positions;
  std::int64_t count, low, extent;
  /// Whether who passed this one passes `other`, too.
  bool covers(const PositionCheck& other) const {
    return positions == other.positions && count >= other.count && low >= other.low &&
           extent <= other.extent;
  }
};

class Step {
 public:
  virtual ~Step() = default;
  virtual void run(Buffers buffers) const = 0;
  virtual std::string describe() const = 0;
  /// Whether output `output` (a position among `writes`) may overwrite value `input` in place, as
  /// the step reads each element before it writes it.
  virtual bool may_overwrite(graph::ValueId input, int output) const {
    (void)input, (void)output;
    return false;
  }

  /// Makes `packed` of the values in `pack_reads`, such as a weight in the order that the kernel
  /// reads. While those stay the same, a plan that runs again and again keeps it: then run() finds
  /// it and reads the values themselves no more. Else the buffer is null.
  virtual void pack(Buffers buffers) const { (void)buffers; }

  std::vector<graph::ValueId> reads;
  std::vector<graph::ValueId> writes;
  std::size_t packed_bytes = 0;
  graph::ValueId packed = -1;
  std::vector<graph::ValueId> pack_reads;
  bool may_fail = false;              // for its data, and then before it writes anything
  std::vector<PositionCheck> checks;  // how, if by positions alone
  std::size_t scratch_bytes = 0;      // working memory that it needs: the compiler makes
  graph::ValueId scratch = -1;        // this buffer of it,
  std::vector<graph::ValueId>
      scratches;  // which is listed here, with those of steps merged into it
};

/// What a step is made from: an instruction whose inputs lie contiguous in buffers.
struct StepContext {
  const graph::Program& program;
  const graph::Instruction& instruction;
  std::vector<graph::ValueId> inputs;
  std::vector<graph::ValueId> outputs;

  template <class Op> const Op& attributes() const {
    return *static_cast<const Op*>(instruction.attributes.get());
  }
  /// As the operation sees it: the buffer's own shape may be another.
  const graph::Spec& input(int i) const {
    return spec(instruction.inputs[static_cast<std::size_t>(i)]);
  }
  const graph::Spec& output(int i = 0) const { return spec(outputs[static_cast<std::size_t>(i)]); }
  const graph::Spec& spec(graph::ValueId id) const {
    return program.specs[static_cast<std::size_t>(id)];
  }
};

/// A line of the kernel table: how a step for an operation is made, and for which nodes it serves.
struct KernelEntry {
  graph::OpTag op;
  std::unique_ptr<Step> (*make)(const StepContext& context);
  bool (*serves)(const graph::Node& node);
  /// Whether the step for an instruction is a PartsStep (followed_step.h); null: never.
  bool (*in_parts)(const graph::Instruction& instruction);
};
/// The operations that have a kernel of their own (elementwise regions and movement are built in).
std::span<const KernelEntry> kernel_table();
const KernelEntry* find_kernel(graph::OpTag op);

/// Whether a value is among `values`.
inline bool contains(const std::vector<graph::ValueId>& values, graph::ValueId v) {
  return std::find(values.begin(), values.end(), v) != values.end();
}

/// Where a value lies; null for one that is not there (-1).
template <class T> T* at(Buffers buffers, graph::ValueId id) {
  return id < 0 ? nullptr : reinterpret_cast<T*>(buffers[static_cast<std::size_t>(id)]);
}

}  // namespace fathom::cpu
