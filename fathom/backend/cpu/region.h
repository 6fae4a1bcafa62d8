// Region: a fused run of elementwise operations over the same number of elements. It works block by
// block in L1, through one table of vector loops; values that nobody else reads never reach memory.
#pragma once
#include <vector>

#include "fathom/backend/cpu/followed_step.h"
#include "fathom/backend/cpu/kernels/elementwise.h"
#include "fathom/backend/cpu/view.h"
#include "fathom/ops/creation.h"

namespace fathom::cpu {

/// Collects instructions, then becomes a step.
class RegionBuilder {
 public:
  explicit RegionBuilder(std::int64_t size) : size_(size) {}
  std::int64_t size() const { return size_; }
  std::size_t operation_count() const { return operations_.size(); }

  /// The register that holds a view's elements; one load per distinct view.
  int load(const View& view, DType dtype);
  /// A constant in every element.
  int constant(const op::Full& full);
  /// Counting along an axis of `shape`.
  int iota(const op::Iota& iota);
  /// An operation on registers; `value` is what it computes.
  int apply(BlockFunction (*choose)(const ElementwiseKernels&, int, int), int which, int type,
            std::initializer_list<int> operands, graph::ValueId value, const graph::Spec& spec,
            std::string name);
  /// The register of a value computed here, or -1.
  int register_of(graph::ValueId value) const;

  /// `stored` says which values must reach memory.
  std::unique_ptr<ElementStep> build(const std::vector<bool>& stored);

  /// `turned`: strided, across lines of the source; read for many blocks at once.
  enum class LoadKind : std::uint8_t { flat, uniform, strided, turned, constant, iota };
  struct Load {
    LoadKind kind;
    int reg;
    graph::ValueId buffer;
    int element_size;
    std::int64_t offset;
    CollapsedMap map;
    std::uint64_t bits;  // of a constant
    DType dtype;
    std::int64_t inner, extent;  // of an iota: its axis's extent and the product of those behind
  };
  struct Operation {
    BlockFunction (*choose)(const ElementwiseKernels&, int, int);
    int which;
    int type;
    int out;
    int a, b, c;
    graph::ValueId value;
    int element_size;
    std::string name;
  };

 private:
  int new_register() { return registers_++; }

  std::int64_t size_;
  int registers_ = 0;
  std::vector<Load> loads_;
  std::vector<Operation> operations_;
};

}  // namespace fathom::cpu
