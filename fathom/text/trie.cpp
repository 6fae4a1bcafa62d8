#include "fathom/text/trie.h"

#include <algorithm>

namespace fathom::text {

Trie::Trie(std::vector<std::pair<std::string_view, std::uint32_t>> keys) {
  std::ranges::stable_sort(keys, {}, [](const auto& key) { return key.first; });
  nodes_.resize(512);
  nodes_[root].parent = none - 1;  // taken, and no child of anybody
  // Nodes whose children are still to be placed, with the keys below them and their depth.
  struct Open {
    std::uint32_t node;
    std::size_t begin, end, depth;
  };
  std::vector<Open> open;
  std::size_t first = 0;
  while (first < keys.size() && keys[first].first.empty()) ++first;
  if (first < keys.size()) open.push_back({root, first, keys.size(), 0});
  std::uint32_t free_block = 0;  // blocks of 256 before this one are (nearly) full
  std::vector<std::uint32_t> used(2, 0);
  used[0] = 1;
  std::vector<std::pair<unsigned char, std::size_t>> children;  // byte, where its keys begin
  while (!open.empty()) {
    Open at = open.back();
    open.pop_back();
    // Keys that end here come first.
    while (at.begin < at.end && keys[at.begin].first.size() == at.depth)
      nodes_[at.node].value = keys[at.begin++].second;
    if (at.begin == at.end) continue;
    children.clear();
    for (std::size_t i = at.begin; i < at.end; ++i) {
      const auto byte = static_cast<unsigned char>(keys[i].first[at.depth]);
      if (children.empty() || children.back().first != byte) children.emplace_back(byte, i);
    }
    // A base within one block of 256 puts all children into that block.
    std::uint32_t base = none;
    for (std::uint32_t block = free_block; base == none; ++block) {
      if (block == used.size()) used.push_back(0), nodes_.resize((used.size() + 1) * 256);
      if (used[block] + children.size() > 256) continue;
      for (std::uint32_t low = 0; low < 256 && base == none; ++low) {
        const bool fits = std::ranges::all_of(children, [&](const auto& child) {
          return nodes_[(block << 8 | low) ^ child.first].parent == none;
        });
        if (fits) base = block << 8 | low;
      }
    }
    while (free_block < used.size() && used[free_block] > 240) ++free_block;
    used[base >> 8] += static_cast<std::uint32_t>(children.size());
    nodes_[at.node].base = base;
    for (std::size_t i = 0; i < children.size(); ++i) {
      const std::uint32_t child = base ^ children[i].first;
      nodes_[child].parent = at.node;
      open.push_back({child, children[i].second,
                      i + 1 < children.size() ? children[i + 1].second : at.end, at.depth + 1});
    }
  }
}

}  // namespace fathom::text
