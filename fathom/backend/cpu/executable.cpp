#include "fathom/backend/cpu/executable.h"

#include <algorithm>

namespace fathom::cpu {
namespace {

using graph::ValueId;

struct Place {
  ValueId value;
  std::size_t offset;
};

class CpuExecutable final : public Executable {
 public:
  std::vector<std::unique_ptr<Step>> steps;
  std::size_t value_count;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::vector<int> donors;
  std::vector<Place> places;
  std::size_t arena_bytes = 0;

  void run(std::span<const void* const> input_data,
           std::span<void* const> output_data) const override {
    char* few[64];
    std::vector<char*> many;
    char** buffers = few;
    if (value_count > 64) {
      many.resize(value_count);
      buffers = many.data();
    }
    for (std::size_t k = 0; k < inputs.size(); ++k)
      if (inputs[k] >= 0)  // only donated inputs are written, through their output
        buffers[inputs[k]] = const_cast<char*>(static_cast<const char*>(input_data[k]));
    for (std::size_t o = 0; o < outputs.size(); ++o)
      if (outputs[o] >= 0) buffers[outputs[o]] = static_cast<char*>(output_data[o]);
    Arena arena(arena_bytes);
    for (const Place& place : places) buffers[place.value] = arena.base() + place.offset;
    const Buffers view(buffers, value_count);
    for (const auto& step : steps) step->run(view);
  }

  int donor(int output) const override { return donors[static_cast<std::size_t>(output)]; }
  std::size_t scratch_bytes() const override { return arena_bytes; }
  std::vector<std::string> describe() const override {
    std::vector<std::string> lines;
    for (const auto& step : steps) lines.push_back(step->describe());
    return lines;
  }

 private:
  /// Working memory of one run; small ones on the stack.
  class Arena {
   public:
    explicit Arena(std::size_t bytes) {
      if (bytes > sizeof small_) storage_ = allocate_storage(bytes);
    }
    ~Arena() {
      if (storage_) release(storage_);
    }
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    char* base() { return storage_ ? static_cast<char*>(storage_->data) : small_; }

   private:
    Storage* storage_ = nullptr;
    alignas(64) char small_[2048];
  };
};

struct Lifetime {
  ValueId value;
  std::size_t bytes;
  int first;
  int last;
};

/// Offsets such that values that live at the same time do not overlap: largest first, each at the
/// lowest place that is free for its whole life.
std::size_t assign_offsets(std::vector<Lifetime> lives, std::vector<Place>& places) {
  std::stable_sort(lives.begin(), lives.end(),
                   [](const Lifetime& a, const Lifetime& b) { return a.bytes > b.bytes; });
  struct Taken {
    Lifetime life;
    std::size_t offset;
  };
  std::vector<Taken> taken;  // ordered by offset
  std::size_t total = 0;
  for (const Lifetime& life : lives) {
    const std::size_t bytes = (std::max<std::size_t>(life.bytes, 1) + 63) / 64 * 64;
    std::size_t offset = 0;
    for (const Taken& t : taken) {
      if (t.life.last < life.first || t.life.first > life.last) continue;
      if (t.offset >= offset + bytes) break;
      offset = std::max(offset, t.offset + t.life.bytes);
    }
    places.push_back({life.value, offset});
    total = std::max(total, offset + bytes);
    Taken entry{{life.value, bytes, life.first, life.last}, offset};
    taken.insert(
        std::upper_bound(taken.begin(), taken.end(), entry,
                         [](const Taken& a, const Taken& b) { return a.offset < b.offset; }),
        entry);
  }
  return total;
}

}  // namespace

std::unique_ptr<Executable> lay_out(Layout layout) {
  auto e = std::make_unique<CpuExecutable>();
  std::vector<int> first(layout.specs.size(), -1);
  std::vector<int> last(layout.specs.size(), -1);
  for (std::size_t s = 0; s < layout.steps.size(); ++s) {
    const auto touch = [&](ValueId v) {
      if (first[static_cast<std::size_t>(v)] < 0)
        first[static_cast<std::size_t>(v)] = static_cast<int>(s);
      last[static_cast<std::size_t>(v)] = static_cast<int>(s);
    };
    for (ValueId v : layout.steps[s]->reads) touch(v);
    for (ValueId v : layout.steps[s]->writes) touch(v);
    for (ValueId v : layout.steps[s]->scratches) touch(v);
  }
  std::vector<bool> outside(layout.specs.size(), false);
  for (ValueId v : layout.inputs)
    if (v >= 0) outside[static_cast<std::size_t>(v)] = true;
  for (ValueId v : layout.outputs)
    if (v >= 0) outside[static_cast<std::size_t>(v)] = true;
  std::vector<Lifetime> lives;
  for (std::size_t v = 0; v < layout.specs.size(); ++v)
    if (first[v] >= 0 && !outside[v])
      lives.push_back({static_cast<ValueId>(v), layout.specs[v].bytes(), first[v], last[v]});
  e->arena_bytes = assign_offsets(std::move(lives), e->places);

  // What may fail comes before every write over an input: an error must find the inputs as they
  // were.
  const auto failing = std::find_if(layout.steps.rbegin(), layout.steps.rend(),
                                    [](const auto& s) { return s->may_fail; });
  const auto safe = failing == layout.steps.rend() ? layout.steps.begin() : failing.base() - 1;
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
    e->donors.push_back(donor);
  }
  e->steps = std::move(layout.steps);
  e->value_count = layout.specs.size();
  e->inputs = std::move(layout.inputs);
  e->outputs = std::move(layout.outputs);
  return e;
}

}  // namespace fathom::cpu
