// Private to fathom/keras: the objects of an HDF5 file (groups, data sets), made of messages, and
// what hangs on them: links to further objects, attributes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "fathom/keras/hdf5_image.h"

namespace fathom::keras::detail {

/// What a message of an object is about.
enum class Hdf5About : std::uint16_t {
  space = 0x01,
  links = 0x02,
  type = 0x03,
  fill = 0x05,
  link = 0x06,
  layout = 0x08,
  filters = 0x0b,
  attribute = 0x0c,
  more = 0x10,
  symbols = 0x11,
  attributes = 0x15,
};
struct Hdf5Message {
  Hdf5About about;
  io::ByteView body;
};
/// An object's messages.
class Hdf5Object {
 public:
  Hdf5Object(const Hdf5Image& image, std::uint64_t address);
  const std::vector<Hdf5Message>& messages() const { return messages_; }
  /// The first message about this.
  std::optional<io::ByteView> find(Hdf5About about) const;
  bool is_group() const { return find(Hdf5About::symbols) || find(Hdf5About::links); }
  bool is_dataset() const { return find(Hdf5About::layout).has_value(); }
  /// Of its header in the file.
  std::uint64_t bytes() const { return read_bytes_; }

 private:
  void read_old(const Hdf5Image& image, std::uint64_t address);
  void read_new(const Hdf5Image& image, std::uint64_t address);
  void add(const Hdf5Image& image, std::uint64_t about, std::uint8_t flags, io::ByteView body);
  std::vector<Hdf5Message> messages_;
  std::vector<io::ByteView> blocks_;  // with messages, the first one's place and those named since
  std::uint64_t read_bytes_ = 0;
};

/// The address of the root group. Errors: FormatError; UnsupportedError for offsets of another size
/// than 8 bytes.
std::uint64_t hdf5_root(const Hdf5Image& image);

/// An object's place by its name in a group.
struct Hdf5Link {
  std::string name;
  std::uint64_t address;
};
/// The objects that a group holds, by their names' order; soft and external links are left out.
std::vector<Hdf5Link> links_of(const Hdf5Image& image, const Hdf5Object& group);
/// The bodies of an object's attributes.
std::vector<io::ByteView> attributes_of(const Hdf5Image& image, const Hdf5Object& object);

/// What new groups keep of many links and attributes: the objects of a fractal heap that a B-tree
/// of version 2 lists by their names.
std::vector<io::ByteView> heap_objects(const Hdf5Image& image, std::uint64_t heap,
                                       std::uint64_t tree);

struct Hdf5TreeEntry {
  io::ByteView key;
  std::uint64_t child;
};
/// What old groups (kind 0) and the parts of data sets (kind 1) are listed in: the entries of the
/// leaves of a B-tree of version 1.
std::vector<Hdf5TreeEntry> tree_entries(const Hdf5Image& image, std::uint64_t address,
                                        std::uint8_t kind, std::size_t key_bytes);

}  // namespace fathom::keras::detail
