// What groups hold: links to objects, in old and new groups, and attributes.
#include <algorithm>

#include "fathom/keras/hdf5_objects.h"

namespace fathom::keras::detail {
namespace {

constexpr std::size_t most_links = 100000;

void check_count(const Hdf5Image& image, std::size_t count) {
  if (count > most_links) bad_hdf5(image, "too many objects", "a group", "at most 100000");
}

// An old group: its names are in a heap of their own, its objects in nodes that a tree lists.
std::vector<Hdf5Link> old_links(const Hdf5Image& image, io::ByteView symbols) {
  constexpr const char* what = "a group";
  Hdf5Cursor message(image, symbols, what);
  const std::uint64_t tree = message.address();
  Hdf5Cursor heap(image, message.address(), what);
  heap.expect("HEAP");
  heap.skip(4);
  const std::uint64_t name_bytes = heap.address();
  heap.skip(8);
  const io::ByteView names = Hdf5Cursor(image, heap.address(), what).take(name_bytes);

  std::vector<Hdf5Link> links;
  std::size_t letters = 0;
  for (const Hdf5TreeEntry& leaf : tree_entries(image, tree, 0, 8)) {
    Hdf5Cursor node(image, leaf.child, what);
    node.expect("SNOD");
    node.skip(2);
    for (std::uint64_t left = node.number(2); left > 0; --left) {
      Hdf5Cursor name(image, names, what);
      name.skip(node.address());
      const std::uint64_t address = node.address();
      const bool soft = node.number(4) == 2;
      node.skip(20);
      if (soft) continue;
      links.push_back({name.text_to_zero(), address});
      letters += links.back().name.size();
      if (letters > names.size()) name.damaged();
      check_count(image, links.size());
    }
  }
  return links;
}

// A link of a new group, unless it is soft or external.
std::optional<Hdf5Link> link_of(const Hdf5Image& image, io::ByteView body) {
  Hdf5Cursor link(image, body, "a link");
  link.skip(1);
  const std::uint8_t flags = link.byte();
  const bool hard = !(flags & 8) || link.byte() == 0;
  if (flags & 4) link.skip(8);   // its place by time
  if (flags & 16) link.skip(1);  // how its name is written: UTF-8 or ASCII
  const std::uint64_t length = link.number(std::size_t{1} << (flags & 3));
  std::string name = link.text(length);
  if (!hard) return std::nullopt;
  return Hdf5Link{std::move(name), link.address()};
}

// Where a group keeps many links, or an object many attributes.
std::vector<io::ByteView> moved_out(const Hdf5Image& image, std::optional<io::ByteView> info,
                                    std::uint64_t counter_bytes) {
  if (!info) return {};
  Hdf5Cursor message(image, *info, "a list of links or attributes");
  message.skip(1);
  if (message.byte() & 1) message.skip(counter_bytes);
  const std::uint64_t heap = message.address(), tree = message.address();
  return heap == hdf5_nowhere ? std::vector<io::ByteView>{} : heap_objects(image, heap, tree);
}

std::vector<io::ByteView> bodies(const Hdf5Object& object, Hdf5About about) {
  std::vector<io::ByteView> found;
  for (const Hdf5Message& message : object.messages())
    if (message.about == about) found.push_back(message.body);
  return found;
}

void walk_tree(const Hdf5Image& image, std::uint64_t address, std::uint8_t kind,
               std::size_t key_bytes, int level, std::size_t& nodes,
               std::vector<Hdf5TreeEntry>& found) {
  constexpr const char* what = "a list of objects";
  Hdf5Cursor node(image, address, what);
  node.expect("TREE");
  // A node takes 24 bytes at least: who comes by more of them goes in circles.
  if (node.byte() != kind || ++nodes > image.bytes.size() / 24) node.damaged();
  const int own = node.byte();
  if (level >= 0 && own != level) node.damaged();
  const std::uint64_t count = node.number(2);
  node.skip(16);
  for (std::uint64_t i = 0; i < count; ++i) {
    const io::ByteView key = node.take(key_bytes);
    const std::uint64_t child = node.address();
    if (own > 0)
      walk_tree(image, child, kind, key_bytes, own - 1, nodes, found);
    else
      found.push_back({key, child});
    if (found.size() > image.bytes.size() / key_bytes) node.damaged();
  }
}

}  // namespace

std::vector<Hdf5TreeEntry> tree_entries(const Hdf5Image& image, std::uint64_t address,
                                        std::uint8_t kind, std::size_t key_bytes) {
  std::vector<Hdf5TreeEntry> found;
  std::size_t nodes = 0;
  walk_tree(image, address, kind, key_bytes, -1, nodes, found);
  return found;
}

std::vector<Hdf5Link> links_of(const Hdf5Image& image, const Hdf5Object& group) {
  std::vector<Hdf5Link> links;
  if (const auto symbols = group.find(Hdf5About::symbols)) links = old_links(image, *symbols);
  std::vector<io::ByteView> parts = bodies(group, Hdf5About::link);
  for (const io::ByteView part : moved_out(image, group.find(Hdf5About::links), 8))
    parts.push_back(part);
  check_count(image, parts.size());
  for (const io::ByteView part : parts)
    if (auto link = link_of(image, part)) links.push_back(std::move(*link));
  std::ranges::sort(links, {}, &Hdf5Link::name);
  return links;
}

std::vector<io::ByteView> attributes_of(const Hdf5Image& image, const Hdf5Object& object) {
  std::vector<io::ByteView> found = bodies(object, Hdf5About::attribute);
  for (const io::ByteView part : moved_out(image, object.find(Hdf5About::attributes), 2))
    found.push_back(part);
  return found;
}

}  // namespace fathom::keras::detail
