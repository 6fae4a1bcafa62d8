#include "fathom/backend/cpu/arena.h"

#include <algorithm>

namespace fathom::cpu {
namespace {

using graph::ValueId;

struct Lifetime {
  ValueId value;
  std::size_t bytes;
  int first;
  int last;
};

/// Largest first, each at the lowest place that is free for its whole life.
Places assign_offsets(std::vector<Lifetime> lives) {
  std::stable_sort(lives.begin(), lives.end(),
                   [](const Lifetime& a, const Lifetime& b) { return a.bytes > b.bytes; });
  struct Taken {
    Lifetime life;
    std::size_t offset;
  };
  std::vector<Taken> taken;  // ordered by offset
  Places result;
  for (const Lifetime& life : lives) {
    const std::size_t bytes = (std::max<std::size_t>(life.bytes, 1) + 63) / 64 * 64;
    std::size_t offset = 0;
    for (const Taken& t : taken) {
      if (t.life.last < life.first || t.life.first > life.last) continue;
      if (t.offset >= offset + bytes) break;
      offset = std::max(offset, t.offset + t.life.bytes);
    }
    result.places.push_back({life.value, offset});
    result.bytes = std::max(result.bytes, offset + bytes);
    Taken entry{{life.value, bytes, life.first, life.last}, offset};
    taken.insert(
        std::upper_bound(taken.begin(), taken.end(), entry,
                         [](const Taken& a, const Taken& b) { return a.offset < b.offset; }),
        entry);
  }
  return result;
}

}  // namespace

std::vector<bool> outside_values(const Layout& layout) {
  std::vector<bool> outside(layout.specs.size(), false);
  for (const ValueId v : layout.inputs)
    if (v >= 0) outside[static_cast<std::size_t>(v)] = true;
  for (const ValueId v : layout.outputs)
    if (v >= 0) outside[static_cast<std::size_t>(v)] = true;
  return outside;
}

Places place_values(const Layout& layout, const std::vector<bool>& runs) {
  std::vector<int> first(layout.specs.size(), -1), last(layout.specs.size(), -1);
  for (std::size_t s = 0; s < layout.steps.size(); ++s) {
    if (!runs[s]) continue;
    const auto touch = [&](ValueId v, bool made) {
      const auto i = static_cast<std::size_t>(v);
      if (made && first[i] < 0) first[i] = static_cast<int>(s);
      last[i] = static_cast<int>(s);
    };
    for (const ValueId v : layout.steps[s]->reads) touch(v, false);
    for (const ValueId v : layout.steps[s]->writes) touch(v, true);
    for (const ValueId v : layout.steps[s]->scratches) touch(v, true);
  }
  const std::vector<bool> outside = outside_values(layout);
  std::vector<Lifetime> lives;
  for (std::size_t v = 0; v < layout.specs.size(); ++v)
    if (first[v] >= 0 && !outside[v])
      lives.push_back({static_cast<ValueId>(v), layout.specs[v].bytes(), first[v], last[v]});
  return assign_offsets(std::move(lives));
}

}  // namespace fathom::cpu
