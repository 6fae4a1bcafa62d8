// Fractal heaps, and the B-trees of version 2 that list what is in them.
#include <algorithm>
#include <bit>

#include "fathom/keras/hdf5_objects.h"

namespace fathom::keras::detail {
namespace {

/// Bytes that a number up to `most` takes.
std::size_t bytes_for(std::uint64_t most) {
  return std::max<std::size_t>(1, (static_cast<std::size_t>(std::bit_width(most)) + 7) / 8);
}

/// Blocks of doubling size, in rows of the same size: the first two rows have the smallest.
class Heap {
 public:
  Heap(const Hdf5Image& image, std::uint64_t address) : image_(image) {
    Hdf5Cursor header(image, address, what);
    header.expect("FRHP");
    header.skip(1);
    id_bytes_ = header.number(2);
    if (header.number(2) != 0) unusual_hdf5(image, "a list of links that is packed", what);
    header.skip(1);
    const std::uint64_t most_managed = header.number(4);
    header.skip(12 * 8);
    width_ = header.number(2);
    first_ = header.address();
    const std::uint64_t largest = header.address();
    const std::uint64_t bits = header.number(2);
    header.skip(2);
    root_ = header.address();
    rows_ = header.number(2);
    if (width_ == 0 || !std::has_single_bit(width_) || !std::has_single_bit(first_) ||
        !std::has_single_bit(largest) || largest < first_ || largest > (1u << 30) || bits > 64 ||
        bits == 0)
      header.damaged();
    offset_bytes_ = (bits + 7) / 8;
    length_bytes_ = std::min<std::size_t>(
        (static_cast<std::size_t>(std::bit_width(largest)) + 6) / 8, bytes_for(most_managed));
    direct_rows_ = static_cast<std::uint64_t>(std::bit_width(largest) - std::bit_width(first_)) + 2;
  }

  /// An object by its identifier.
  io::ByteView object(io::ByteView identifier) const {
    Hdf5Cursor id(image_, identifier, what);
    if ((id.byte() >> 4) != 0)
      unusual_hdf5(image_, "a link or an attribute of its own block", what);
    const std::uint64_t offset = id.number(offset_bytes_), length = id.number(length_bytes_);
    return within(root_, rows_, offset, length, 0);
  }
  std::size_t id_bytes() const { return id_bytes_; }

 private:
  static constexpr const char* what = "a list of links or attributes";

  std::uint64_t block_bytes(std::uint64_t row) const { return first_ << (row < 2 ? 0 : row - 1); }

  // `rows` of 0: the block holds the objects themselves.
  io::ByteView within(std::uint64_t address, std::uint64_t rows, std::uint64_t offset,
                      std::uint64_t length, int level) const {
    Hdf5Cursor block(image_, address, what);
    if (rows == 0) {
      block.expect("FHDB");
      Hdf5Cursor data(image_, address, what);
      data.skip(offset);
      return data.take(length);
    }
    // All rows together are a number of 64 bits.
    if (level > 32 || static_cast<std::uint64_t>(std::bit_width(first_ * width_)) + rows > 62)
      block.damaged();
    block.expect("FHIB");
    block.skip(9 + offset_bytes_);
    std::uint64_t row = 0, row_start = 0;
    for (; row < rows && offset - row_start >= width_ * block_bytes(row); ++row)
      row_start += width_ * block_bytes(row);
    if (row == rows) block.damaged();
    const std::uint64_t size = block_bytes(row), column = (offset - row_start) / size;
    block.skip(8 * (row * width_ + column));
    const std::uint64_t child = block.address(), inner = (offset - row_start) % size;
    if (row < direct_rows_) {
      if (inner > size || length > size - inner) block.damaged();
      return within(child, 0, inner, length, level + 1);
    }
    const int inner_rows = std::bit_width(size) - std::bit_width(first_ * width_) + 1;
    if (inner_rows < 1) block.damaged();
    return within(child, static_cast<std::uint64_t>(inner_rows), inner, length, level + 1);
  }

  const Hdf5Image& image_;
  std::uint64_t id_bytes_ = 0, width_ = 0, first_ = 0, root_ = 0, rows_ = 0, direct_rows_ = 0;
  std::size_t offset_bytes_ = 0, length_bytes_ = 0;
};

/// The records of a B-tree of version 2.
class Records {
 public:
  Records(const Hdf5Image& image, std::uint64_t address) : image_(image) {
    Hdf5Cursor header(image, address, what);
    header.expect("BTHD");
    header.skip(1);
    kind_ = header.byte();
    const std::uint64_t node_bytes = header.number(4);
    record_bytes_ = header.number(2);
    const std::uint64_t depth = header.number(2);
    header.skip(2);
    const std::uint64_t root = header.address(), count = header.number(2);
    // Signature, version, kind and checksum are around the records of a node.
    constexpr std::uint64_t around = 10;
    if (record_bytes_ == 0 || node_bytes < around + record_bytes_ || depth > 16) header.damaged();
    std::uint64_t most = (node_bytes - around) / record_bytes_, all = most;
    count_bytes_ = bytes_for(most);
    totals_.push_back(0);
    for (std::uint64_t level = 1; level <= depth; ++level) {
      const std::uint64_t pointer = 8 + count_bytes_ + totals_.back();
      most = node_bytes < around + pointer
                 ? 0
                 : (node_bytes - around - pointer) / (record_bytes_ + pointer);
      if (most == 0 || __builtin_mul_overflow(most + 1, all, &all)) header.damaged();
      all += most;
      totals_.push_back(bytes_for(all));
    }
    if (root != hdf5_nowhere) walk(root, count, depth);
  }
  std::uint8_t kind() const { return kind_; }
  const std::vector<io::ByteView>& all() const { return records_; }

 private:
  static constexpr const char* what = "a list of links or attributes";

  void walk(std::uint64_t address, std::uint64_t count, std::uint64_t depth) {
    Hdf5Cursor node(image_, address, what);
    node.expect(depth > 0 ? "BTIN" : "BTLF");
    node.skip(1);
    // A record is at one place: more than fit into the file are the same ones again.
    seen_ += count + 1;
    if (node.byte() != kind_ || seen_ > image_.bytes.size() / record_bytes_) node.damaged();
    for (std::uint64_t i = 0; i < count; ++i) records_.push_back(node.take(record_bytes_));
    for (std::uint64_t i = 0; depth > 0 && i <= count; ++i) {
      const std::uint64_t child = node.address(), inside = node.number(count_bytes_);
      node.skip(totals_[depth - 1]);
      walk(child, inside, depth - 1);
    }
  }

  const Hdf5Image& image_;
  std::uint8_t kind_ = 0;
  std::uint64_t record_bytes_ = 0, seen_ = 0;
  std::size_t count_bytes_ = 0;
  std::vector<std::size_t> totals_;  // bytes of the number of all records below, by level
  std::vector<io::ByteView> records_;
};

}  // namespace

std::vector<io::ByteView> heap_objects(const Hdf5Image& image, std::uint64_t heap_address,
                                       std::uint64_t tree) {
  constexpr std::uint8_t links_by_name = 5, attributes_by_name = 8;
  const Heap heap(image, heap_address);
  const Records records(image, tree);
  std::vector<io::ByteView> found;
  for (const io::ByteView record : records.all()) {
    Hdf5Cursor fields(image, record, "a list of links or attributes");
    if (records.kind() == links_by_name)
      fields.skip(4);  // the name's hash
    else if (records.kind() != attributes_by_name)
      fields.damaged();
    found.push_back(heap.object(fields.take(heap.id_bytes())));
  }
  return found;
}

}  // namespace fathom::keras::detail
