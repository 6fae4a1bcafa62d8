#include "fathom/backend/cpu/packs.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "fathom/backend/cpu/step.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

/// What the packs of all plans may take together; a plan that comes later does without.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;
std::atomic<std::size_t> bytes_of_all{0};

/// The leaves that each value depends on.
std::vector<std::vector<bool>> leaves_of_values(const Layout& layout) {
  const std::vector<bool> none(layout.inputs.size(), false);
  std::vector<std::vector<bool>> leaves(layout.specs.size(), none);
  const auto at = [&](ValueId v) -> std::vector<bool>& {
    return leaves[static_cast<std::size_t>(v)];
  };
  for (std::size_t k = 0; k < layout.inputs.size(); ++k)
    if (layout.inputs[k] >= 0) at(layout.inputs[k])[k] = true;
  for (const auto& step : layout.steps) {
    std::vector<bool> all = none;
    for (const ValueId v : step->reads)
      for (std::size_t k = 0; k < all.size(); ++k) all[k] = all[k] || at(v)[k];
    for (const ValueId v : step->writes) at(v) = all;
  }
  return leaves;
}

/// The steps without which an output would be missing or an error unseen, when those that are
/// `packed` do not read what they pack.
std::vector<bool> needed_steps(const Layout& layout, const std::vector<bool>& packed) {
  std::vector<bool> used = outside_values(layout);
  std::vector<bool> needed(layout.steps.size(), false);
  for (std::size_t s = layout.steps.size(); s-- > 0;) {
    const Step& step = *layout.steps[s];
    const auto is_used = [&](ValueId v) { return used[static_cast<std::size_t>(v)]; };
    needed[s] = step.may_fail || std::any_of(step.writes.begin(), step.writes.end(), is_used);
    if (!needed[s]) continue;
    for (const ValueId v : step.reads)
      if (!packed[s] || !contains(step.pack_reads, v)) used[static_cast<std::size_t>(v)] = true;
  }
  return needed;
}

}  // namespace

KeptPacks::~KeptPacks() {
  if (!block) return;
  bytes_of_all -= block->bytes;
  release(block);
}

Packs::Packs(const Layout& layout) {
  const bool any = std::any_of(layout.steps.begin(), layout.steps.end(),
                               [](const auto& step) { return step->packed >= 0; });
  if (!any) return;
  const auto leaves = leaves_of_values(layout);
  std::vector<bool> watched(layout.inputs.size(), false);
  for (std::size_t s = 0; s < layout.steps.size(); ++s) {
    const Step& step = *layout.steps[s];
    if (step.packed < 0) continue;
    Packing packing{s, std::vector<bool>(layout.inputs.size(), false)};
    for (const ValueId v : step.pack_reads)
      for (std::size_t k = 0; k < watched.size(); ++k)
        if (leaves[static_cast<std::size_t>(v)][k]) packing.leaves[k] = watched[k] = true;
    packing_.push_back(std::move(packing));
    values_.push_back(step.packed);
  }
  for (std::size_t k = 0; k < watched.size(); ++k) {
    const ValueId v = layout.inputs[k];
    leaf_bytes_.push_back(v < 0 ? 0 : layout.specs[static_cast<std::size_t>(v)].bytes());
    if (watched[k]) watched_.push_back(k);
  }
}

SeenInput Packs::see(std::size_t leaf, const InputData& input) const {
  SeenInput seen{leaf, input.version, {}};
  if (input.version == 0 && leaf_bytes_[leaf] > 0)
    std::memcpy(seen.bytes.data(), input.data, leaf_bytes_[leaf]);
  return seen;
}

bool Packs::unchanged(const SeenInput& before, const InputData& now) const {
  if (before.version != now.version) return false;
  return now.version != 0 || leaf_bytes_[before.leaf] == 0 ||
         std::memcmp(before.bytes.data(), now.data, leaf_bytes_[before.leaf]) == 0;
}

std::shared_ptr<const KeptPacks> Packs::find(std::span<const InputData> inputs) const {
  const std::lock_guard lock(mutex_);
  if (!kept_) return nullptr;
  for (const SeenInput& seen : kept_->inputs)
    if (!unchanged(seen, inputs[seen.leaf])) {
      kept_ = nullptr;
      return nullptr;
    }
  return kept_;
}

std::shared_ptr<KeptPacks> Packs::begin(std::span<const InputData> inputs,
                                        const Layout& layout) const {
  std::vector<bool> same(inputs.size(), false);
  auto kept = std::make_shared<KeptPacks>();
  {
    const std::lock_guard lock(mutex_);
    for (const SeenInput& seen : last_)
      if (unchanged(seen, inputs[seen.leaf])) same[seen.leaf] = true;
    last_.clear();
    for (const std::size_t leaf : watched_) last_.push_back(see(leaf, inputs[leaf]));
  }
  std::vector<bool> packed(layout.steps.size(), false), leaves(inputs.size(), false);
  for (const Packing& packing : packing_) {
    bool all = true;
    for (std::size_t k = 0; k < same.size(); ++k) all = all && (!packing.leaves[k] || same[k]);
    if (!all) continue;
    const Step& step = *layout.steps[packing.step];
    packed[packing.step] = true;
    kept->packs.places.push_back({step.packed, kept->packs.bytes});
    kept->packs.bytes += (step.packed_bytes + 63) / 64 * 64;
    for (std::size_t k = 0; k < same.size(); ++k) leaves[k] = leaves[k] || packing.leaves[k];
  }
  if (kept->packs.bytes == 0 || bytes_of_all + kept->packs.bytes > kMostBytes) return nullptr;
  kept->block = allocate_storage(kept->packs.bytes);
  bytes_of_all += kept->block->bytes;
  for (const std::size_t leaf : watched_)
    if (leaves[leaf]) kept->inputs.push_back(see(leaf, inputs[leaf]));
  kept->runs = needed_steps(layout, packed);
  kept->arena = place_values(layout, kept->runs);
  return kept;
}

void Packs::keep(std::shared_ptr<const KeptPacks> packs) const {
  const std::lock_guard lock(mutex_);
  kept_ = std::move(packs);
}

std::size_t Packs::bytes_with(std::size_t arena_bytes) const {
  const std::lock_guard lock(mutex_);
  return kept_ ? kept_->arena.bytes + kept_->block->bytes : arena_bytes;
}

}  // namespace fathom::cpu
