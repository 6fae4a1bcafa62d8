// The superblock, and the headers of objects, old and new.
#include "fathom/keras/hdf5_objects.h"

#include "fathom/core/error.h"

namespace fathom::keras::detail {

void bad_hdf5(const Hdf5Image& image, const std::string& problem, const std::string& at,
              const std::string& expected) {
  throw FormatError({.operation = "hdf5",
                     .problem = problem,
                     .received = {{"path", image.source}, {"at", at}},
                     .expected = expected,
                     .hint = "was the file cut off or damaged?"});
}

void unusual_hdf5(const Hdf5Image& image, const std::string& problem, const std::string& at) {
  throw UnsupportedError({.operation = "hdf5",
                          .problem = problem,
                          .received = {{"path", image.source}, {"at", at}},
                          .expected = "what Keras and h5py write by default"});
}

std::string Hdf5Cursor::text_to_zero() {
  std::size_t length = 0;
  while (length < piece_.size() && piece_[length] != 0) ++length;
  if (length == piece_.size()) damaged();
  std::string found = text(length);
  skip(1);
  return found;
}

std::uint64_t hdf5_root(const Hdf5Image& image) {
  Hdf5Cursor block(image, std::uint64_t{8}, "its start");
  const std::uint8_t version = block.byte();
  if (version > 3) unusual_hdf5(image, "a superblock of a newer version", "its start");
  if (version < 2) block.skip(4);
  const std::uint8_t offset_bytes = block.byte(), length_bytes = block.byte();
  if (offset_bytes != 8 || length_bytes != 8)
    unusual_hdf5(image, "addresses of another size than 8 bytes", "its start");
  block.skip(1);
  if (version < 2) block.skip(version == 1 ? 12 : 8);
  const std::uint64_t base = block.address();
  block.skip(8);
  const std::uint64_t end = block.address();
  if (base != 0) unusual_hdf5(image, "a file within another", "its start");
  if (end > image.bytes.size())
    bad_hdf5(image, "not a whole HDF5 file", "its start", std::to_string(end) + " bytes");
  if (version < 2) block.skip(16);
  return block.address();
}

Hdf5Object::Hdf5Object(const Hdf5Image& image, std::uint64_t address) {
  Hdf5Cursor start(image, address, "an object's header");
  if (start.left() >= 4 && start.text(4) == "OHDR")
    read_new(image, address);
  else
    read_old(image, address);
}

std::optional<io::ByteView> Hdf5Object::find(Hdf5About about) const {
  for (const Hdf5Message& message : messages_)
    if (message.about == about) return message.body;
  return std::nullopt;
}

void Hdf5Object::add(const Hdf5Image& image, std::uint64_t about, std::uint8_t flags,
                     io::ByteView body) {
  constexpr std::uint8_t shared = 2;
  const auto kind = static_cast<Hdf5About>(about);
  if (kind == Hdf5About::more) {
    Hdf5Cursor place(image, body, "an object's header");
    const std::uint64_t address = place.address(), bytes = place.address();
    blocks_.push_back(Hdf5Cursor(image, address, "an object's header").take(bytes));
    return;
  }
  // Of what is read here, types and attributes may be kept elsewhere, for several to share.
  if ((flags & shared) && (kind == Hdf5About::type || kind == Hdf5About::space ||
                           kind == Hdf5About::fill || kind == Hdf5About::filters))
    unusual_hdf5(image, "a type that several data sets share", "an object's header");
  if (!(flags & shared)) messages_.push_back({kind, body});
}

void Hdf5Object::read_old(const Hdf5Image& image, std::uint64_t address) {
  Hdf5Cursor header(image, address, "an object's header");
  if (header.byte() != 1) header.damaged();
  header.skip(7);
  const std::uint64_t bytes = header.number(4);
  header.skip(4);
  blocks_.push_back(header.take(bytes));
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    Hdf5Cursor block(image, blocks_[i], "an object's header");
    read_bytes_ += block.left();
    if (read_bytes_ > image.bytes.size()) block.damaged();
    while (block.left() >= 8) {
      const std::uint64_t about = block.number(2), size = block.number(2);
      const std::uint8_t flags = block.byte();
      block.skip(3);
      add(image, about, flags, block.take(size));
    }
  }
}

void Hdf5Object::read_new(const Hdf5Image& image, std::uint64_t address) {
  Hdf5Cursor header(image, address, "an object's header");
  header.expect("OHDR");
  if (header.byte() != 2) header.damaged();
  const std::uint8_t flags = header.byte();
  if (flags & 0x20) header.skip(16);  // times
  if (flags & 0x10) header.skip(4);   // when attributes move out
  const std::size_t before_body = (flags & 4) ? 6 : 4;
  blocks_.push_back(header.take(header.number(std::size_t{1} << (flags & 3))));
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    Hdf5Cursor block(image, blocks_[i], "an object's header");
    read_bytes_ += block.left();
    if (read_bytes_ > image.bytes.size()) block.damaged();
    constexpr std::size_t checksum = 4;
    if (i > 0) block.expect("OCHK");
    const std::size_t end = i > 0 ? checksum : 0;
    while (block.left() >= before_body + end) {
      const std::uint64_t about = block.byte(), size = block.number(2);
      const std::uint8_t message_flags = block.byte();
      block.skip(before_body - 4);
      add(image, about, message_flags, block.take(size));
    }
  }
}

}  // namespace fathom::keras::detail
