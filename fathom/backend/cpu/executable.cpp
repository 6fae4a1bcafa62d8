#include "fathom/backend/cpu/executable.h"

#include <algorithm>

#include "fathom/backend/cpu/arena.h"
#include "fathom/backend/cpu/packs.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

class CpuExecutable final : public Executable {
 public:
  CpuExecutable(Layout layout, std::vector<int> donors)
      : layout_(std::move(layout)),
        donors_(std::move(donors)),
        arena_(place_values(layout_, std::vector<bool>(layout_.steps.size(), true))),
        packs_(layout_) {}

  void run(std::span<const InputData> inputs, std::span<void* const> outputs) const override {
    char* few[64];
    std::vector<char*> many;
    char** buffers = few;
    if (layout_.specs.size() > 64) {
      many.resize(layout_.specs.size());
      buffers = many.data();
    }
    for (std::size_t k = 0; k < layout_.inputs.size(); ++k)
      if (layout_.inputs[k] >= 0)  // only donated inputs are written, through their output
        buffers[layout_.inputs[k]] = const_cast<char*>(static_cast<const char*>(inputs[k].data));
    for (std::size_t o = 0; o < layout_.outputs.size(); ++o)
      if (layout_.outputs[o] >= 0) buffers[layout_.outputs[o]] = static_cast<char*>(outputs[o]);
    if (packs_.any()) return run_with_packs(inputs, buffers);
    const Memory memory(arena_, layout_, buffers);
    const Buffers view(buffers, layout_.specs.size());
    for (const auto& step : layout_.steps) step->run(view);
  }

  int donor(int output) const override { return donors_[static_cast<std::size_t>(output)]; }
  std::size_t scratch_bytes() const override { return packs_.bytes_with(arena_.bytes); }
  std::vector<std::string> describe() const override {
    std::vector<std::string> lines;
    for (const auto& step : layout_.steps) lines.push_back(step->describe());
    return lines;
  }

 private:
  /// Working memory of one run; small ones on the stack.
  class Memory {
   public:
    Memory(const Places& arena, const Layout& layout, char** buffers) {
      if (arena.bytes > sizeof small_) storage_ = allocate_storage(arena.bytes);
      char* const base = storage_ ? static_cast<char*>(storage_->data) : small_;
      for (const Place& place : arena.places) buffers[place.value] = base + place.offset;
      for (const auto& [value, place] : layout.aliases) buffers[value] = buffers[place];
    }
    ~Memory() {
      if (storage_) release(storage_);
    }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

   private:
    Storage* storage_ = nullptr;
    alignas(64) char small_[2048];
  };

  void run_with_packs(std::span<const InputData> inputs, char** buffers) const {
    const Buffers view(buffers, layout_.specs.size());
    for (const ValueId v : packs_.values()) buffers[v] = nullptr;
    if (const auto kept = packs_.find(inputs)) {
      kept->bind(buffers);
      const Memory memory(kept->arena, layout_, buffers);
      for (std::size_t s = 0; s < layout_.steps.size(); ++s)
        if (kept->runs[s]) layout_.steps[s]->run(view);
      return;
    }
    const auto fresh = packs_.begin(inputs, layout_);
    if (fresh) fresh->bind(buffers);
    const Memory memory(arena_, layout_, buffers);
    for (const auto& step : layout_.steps) {
      if (fresh && step->packed >= 0 && buffers[step->packed]) step->pack(view);
      step->run(view);
    }
    if (fresh) packs_.keep(fresh);
  }

  Layout layout_;
  std::vector<int> donors_;
  Places arena_;
  Packs packs_;
};

/// How many steps there are up to the last that may fail when those before it have not.
std::ptrdiff_t failing_steps(const Layout& layout) {
  std::ptrdiff_t count = 0;
  std::vector<PositionCheck> passed;
  for (std::size_t s = 0; s < layout.steps.size(); ++s) {
    const auto& step = layout.steps[s];
    const auto seen = [&](const PositionCheck& check) {
      return std::any_of(passed.begin(), passed.end(),
                         [&](const PositionCheck& p) { return p.covers(check); });
    };
    const auto& checks = step->checks;
    const bool all_seen = !checks.empty() && std::all_of(checks.begin(), checks.end(), seen);
    if (step->may_fail && !all_seen) count = static_cast<std::ptrdiff_t>(s) + 1;
    passed.insert(passed.end(), checks.begin(), checks.end());
  }
  return count;
}

/// What a step reads and may write outputs of the plan over: an update's parameter and state.
std::vector<ValueId> overwritten(const Step& step, const Layout& layout) {
  std::vector<ValueId> found;
  for (const ValueId v : step.reads)
    for (std::size_t o = 0; o < step.writes.size(); ++o)
      if (contains(layout.outputs, step.writes[o]) && step.may_overwrite(v, static_cast<int>(o)))
        found.push_back(v);
  return found;
}

/// Moves updates, which come last, to where their gradients have just been computed: these need
/// memory no longer then, and are in the cache. Each stays behind what reads its old values, and
/// behind all that may fail; constants that it reads go with it.
void advance_updates(Layout& layout) {
  auto& steps = layout.steps;
  const auto safe = steps.begin() + failing_steps(layout);
  for (auto at = safe; at != steps.end(); ++at) {
    const Step& update = **at;
    const std::vector<ValueId> old = overwritten(update, layout);
    if (old.empty()) continue;
    const auto feeds = [&](const Step& other) {
      return std::any_of(other.writes.begin(), other.writes.end(),
                         [&](ValueId v) { return contains(update.reads, v); });
    };
    const auto reads_old = [&](const Step& other) {
      return std::any_of(old.begin(), old.end(),
                         [&](ValueId v) { return contains(other.reads, v); });
    };
    auto to = at;
    while (to != safe && !reads_old(**(to - 1)) &&
           (!feeds(**(to - 1)) || (*(to - 1))->reads.empty()))
      --to;
    const auto constants = std::stable_partition(
        to, at, [&](const auto& step) { return step->reads.empty() && feeds(*step); });
    std::rotate(constants, at, at + 1);
  }
}

/// The input that each output may be written over, or -1.
std::vector<int> find_donors(const Layout& layout) {
  std::vector<int> last(layout.specs.size(), -1);
  for (std::size_t s = 0; s < layout.steps.size(); ++s) {
    for (const ValueId v : layout.steps[s]->reads)
      last[static_cast<std::size_t>(v)] = static_cast<int>(s);
    for (const ValueId v : layout.steps[s]->writes)
      last[static_cast<std::size_t>(v)] = static_cast<int>(s);
  }
  // What may fail comes before every write over an input, or is that step itself: an error must
  // find the inputs as they were.
  const std::ptrdiff_t failing = failing_steps(layout);
  std::vector<int> donors;
  std::vector<bool> given(layout.inputs.size(), false);
  for (ValueId output : layout.outputs) {
    int donor = -1;
    if (output >= 0) {
      const auto writer =
          std::find_if(layout.steps.begin(), layout.steps.end(), [&](const auto& step) {
            return std::find(step->writes.begin(), step->writes.end(), output) !=
                   step->writes.end();
          });
      const bool may_donate =
          writer != layout.steps.end() && writer - layout.steps.begin() + 1 >= failing;
      for (std::size_t k = 0; donor < 0 && k < layout.inputs.size() && may_donate; ++k) {
        const ValueId input = layout.inputs[k];
        if (input < 0 || given[k] ||
            layout.specs[static_cast<std::size_t>(input)].bytes() !=
                layout.specs[static_cast<std::size_t>(output)].bytes())
          continue;
        const auto& writes = (*writer)->writes;
        const auto position = std::find(writes.begin(), writes.end(), output) - writes.begin();
        if ((*writer)->may_overwrite(input, static_cast<int>(position)) &&
            last[static_cast<std::size_t>(input)] == writer - layout.steps.begin()) {
          donor = static_cast<int>(k);
          given[k] = true;
        }
      }
    }
    donors.push_back(donor);
  }
  return donors;
}

}  // namespace

std::unique_ptr<Executable> lay_out(Layout layout) {
  advance_updates(layout);
  std::vector<int> donors = find_donors(layout);
  return std::make_unique<CpuExecutable>(std::move(layout), std::move(donors));
}

}  // namespace fathom::cpu
