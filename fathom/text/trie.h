// Private to fathom/text: which texts of a list does a text begin with? A double array (Aoe 1989):
// one look at memory for a byte.
#pragma once
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace fathom::text {

class Trie {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;
  Trie() : Trie(std::vector<std::pair<std::string_view, std::uint32_t>>{}) {}
  /// Keys with values; of equal keys the last counts, empty ones are left out.
  explicit Trie(std::vector<std::pair<std::string_view, std::uint32_t>> keys);

  static constexpr std::uint32_t root = 0;
  /// The node behind a byte, or none.
  std::uint32_t step(std::uint32_t node, char byte) const {
    const std::uint32_t next = nodes_[node].base ^ static_cast<unsigned char>(byte);
    return nodes_[next].parent == node ? next : none;
  }
  /// The value of the key that ends at a node, or none.
  std::uint32_t value(std::uint32_t node) const { return nodes_[node].value; }
  std::uint32_t walk(std::uint32_t node, std::string_view text) const {
    for (std::size_t i = 0; i < text.size() && node != none; ++i) node = step(node, text[i]);
    return node;
  }
  /// The value of a whole key, or none.
  std::uint32_t find(std::string_view text) const {
    const std::uint32_t node = walk(root, text);
    return node == none ? none : value(node);
  }

 private:
  struct Node {
    std::uint32_t base = 0, parent = none, value = none;
  };
  std::vector<Node> nodes_;  // always some 256 more than are used
};

}  // namespace fathom::text
