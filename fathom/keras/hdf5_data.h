// Private to fathom/keras: what numbers and texts of an HDF5 file are like, and the numbers of a
// data set.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "fathom/io/stored.h"
#include "fathom/keras/hdf5_objects.h"

namespace fathom::keras::detail {

/// The type of an element.
struct Hdf5Type {
  std::uint64_t bytes = 0;                    ///< in the file
  std::optional<io::detail::Stored> stored;   ///< none: no tensor has such elements
  bool swapped = false;                       ///< the highest byte comes first
  bool text = false, text_elsewhere = false;  ///< of this many bytes, or of any length
};
Hdf5Type type_of(const Hdf5Image& image, io::ByteView message);
/// Extents; none for a space without any element.
std::optional<std::vector<std::int64_t>> space_of(const Hdf5Image& image, io::ByteView message);

/// A data set before its numbers are read.
class Hdf5Dataset {
 public:
  /// Errors: FormatError.
  Hdf5Dataset(const Hdf5Image& image, const Hdf5Object& object, std::string path);
  const Hdf5Type& type() const { return type_; }
  const std::vector<std::int64_t>& extents() const { return extents_; }
  /// Of all elements; none if no memory has so many.
  std::optional<std::uint64_t> bytes() const;
  /// The elements in row-major order, the lowest byte first. Errors: FormatError, also for more
  /// bytes than those in the file can stand for; UnsupportedError.
  io::Bytes read() const;

 private:
  struct Part {
    std::vector<std::uint64_t> first;
    std::uint64_t skipped_filters;
    io::ByteView packed;
  };
  struct Filter {
    std::uint64_t id, flags;
    std::vector<std::uint64_t> values;
  };
  std::vector<Filter> filters() const;
  io::Bytes filled(std::uint64_t bytes) const;
  std::vector<Part> parts(std::uint64_t tree, std::uint64_t part_bytes) const;
  io::Bytes unpacked(const Part& part, std::uint64_t bytes, const std::vector<Filter>& how) const;
  void read_parts(Hdf5Cursor layout, io::Bytes& numbers) const;
  void check_size(std::uint64_t packed) const;

  const Hdf5Image& image_;
  const Hdf5Object& object_;
  std::string path_;
  Hdf5Type type_;
  std::vector<std::int64_t> extents_;
};

}  // namespace fathom::keras::detail
