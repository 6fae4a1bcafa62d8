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

/// Whether each step may still fail when those before it have not.
std::vector<bool> failing_steps(const Layout& layout) {
  std::vector<bool> failing;
  std::vector<PositionCheck> passed;
  for (const auto& step : layout.steps) {
    const auto seen = [&](const PositionCheck& check) {
      return std::any_of(passed.begin(), passed.end(),
                         [&](const PositionCheck& p) { return p.covers(check); });
    };
    const auto& checks = step->checks;
    const bool all_seen = !checks.empty() && std::all_of(checks.begin(), checks.end(), seen);
    failing.push_back(step->may_fail && !all_seen);
    passed.insert(passed.end(), checks.begin(), checks.end());
  }
  return failing;
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
  // What may fail comes before every write over an input: an error must find the inputs as they
  // were.
  const std::vector<bool> failing = failing_steps(layout);
  const auto last_failing = std::find(failing.rbegin(), failing.rend(), true);
  const auto safe = layout.steps.begin() +
                    (last_failing == failing.rend() ? 0 : failing.rend() - last_failing - 1);
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
      const bool may_donate = writer != layout.steps.end() && writer >= safe;
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
  std::vector<int> donors = find_donors(layout);
  return std::make_unique<CpuExecutable>(std::move(layout), std::move(donors));
}

}  // namespace fathom::cpu
