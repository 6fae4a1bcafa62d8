// Plan: a walk compiled for a device, found again by the walk's hash and compared in full.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fathom/graph/backend.h"
#include "fathom/graph/op.h"
#include "fathom/graph/walk.h"

namespace fathom::graph {

/// What a walk is compared with: everything that decides what its plan computes.
struct PlanKey {
  /// A node as a plan's key has it.
  struct KeyNode {
    const OpDef* op;
    std::shared_ptr<void> attributes;
  };
  Device device = Device::cpu;
  std::uint64_t hash = 0;
  std::vector<KeyNode> nodes;
  std::vector<Spec> leaves;
  std::vector<Edge> edges;
  std::vector<Held> held;

  PlanKey(const Walk& walk, Device device);
  bool matches(const Walk& walk, Device device) const;
};

/// A graph made ready to run, and what finds it again.
struct Plan {
  PlanKey key;
  Program program;
  std::unique_ptr<Executable> executable;
  std::vector<int> alias;  // per output: the input it is, or -1
  double compile_ms = 0;

  /// Bytes of inputs, outputs that no input is donated to, and scratch.
  std::size_t estimated_bytes() const;
  std::string describe() const;
};

/// A walk as a program of what the backend computes: the work of fathom/passes.
Program build_program(const Walk& walk, Backend& backend);

/// Counters of the plan cache, of all threads together.
struct PlanStatistics {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t evictions = 0;
  std::uint64_t donated = 0;  // outputs written over an input's memory
};
/// What the cache has done so far.
PlanStatistics plan_statistics();

/// The plans now kept, most recently used first.
std::vector<std::shared_ptr<const Plan>> cached_plans();
/// Most plans kept (256 at first); the least recently used goes first.
void set_plan_cache_capacity(std::size_t plans);
/// Forgets all plans.
void clear_plan_cache();

namespace detail {
std::shared_ptr<const Plan> find_plan(const Walk& walk, Device device);
void keep_plan(std::shared_ptr<const Plan> plan);
void count_donations(std::uint64_t n);
}  // namespace detail

}  // namespace fathom::graph
