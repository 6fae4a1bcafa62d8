// Packs: what steps make of inputs that stay the same from run to run, kept with the plan.
//
// A run that finds the inputs of some steps' packs as the last run did makes these packs; from then
// on, while those inputs stay, neither the packs nor what was computed for them alone is made
// again. So a step of training packs into working memory as ever, and answers pack once.
#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "fathom/backend/cpu/arena.h"
#include "fathom/core/storage.h"
#include "fathom/graph/backend.h"

namespace fathom::cpu {

/// An input as a run saw it.
struct SeenInput {
  std::size_t leaf;
  std::uint64_t version;
  std::array<std::byte, 64> bytes;  // of what has no version
};

/// Packs, and how the plan runs with them.
struct KeptPacks {
  std::vector<SeenInput> inputs;  // what they are made of
  Places packs;                   // where they lie in the block
  Storage* block = nullptr;
  std::vector<bool> runs;  // the steps that are still needed
  Places arena;

  KeptPacks() = default;
  ~KeptPacks();
  KeptPacks(const KeptPacks&) = delete;
  KeptPacks& operator=(const KeptPacks&) = delete;
  void bind(char** buffers) const {
    for (const Place& place : packs.places)
      buffers[place.value] = static_cast<char*>(block->data) + place.offset;
  }
};

class Packs {
 public:
  explicit Packs(const Layout& layout);

  /// Whether any step packs.
  bool any() const { return !packing_.empty(); }
  /// The packs of all steps.
  const std::vector<graph::ValueId>& values() const { return values_; }

  /// What is kept, if the inputs are those that it was made of.
  std::shared_ptr<const KeptPacks> find(std::span<const InputData> inputs) const;
  /// Memory for the packs whose inputs are those of the last run, or null. The run makes them.
  std::shared_ptr<KeptPacks> begin(std::span<const InputData> inputs, const Layout& layout) const;
  void keep(std::shared_ptr<const KeptPacks> packs) const;
  /// What a run holds: an arena of so many bytes, or the packs and the smaller one.
  std::size_t bytes_with(std::size_t arena_bytes) const;

 private:
  struct Packing {
    std::size_t step;
    std::vector<bool> leaves;  // that the pack depends on
  };
  SeenInput see(std::size_t leaf, const InputData& input) const;
  bool unchanged(const SeenInput& before, const InputData& now) const;

  std::vector<Packing> packing_;
  std::vector<graph::ValueId> values_;
  std::vector<std::size_t> watched_;     // leaves
  std::vector<std::size_t> leaf_bytes_;  // of all leaves

  mutable std::mutex mutex_;
  mutable std::vector<SeenInput> last_;  // the watched leaves in the last run
  mutable std::shared_ptr<const KeptPacks> kept_;
};

}  // namespace fathom::cpu
