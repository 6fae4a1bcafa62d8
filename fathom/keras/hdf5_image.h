// Private to fathom/keras: the bytes of an HDF5 file, read within their bounds. Everything else of
// hdf5_*.cpp stands on this; numbers are little-endian, addresses count from the file's start.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "fathom/io/file.h"

namespace fathom::keras::detail {

/// A file in memory.
struct Hdf5Image {
  io::Bytes bytes;
  std::string source;  ///< the path, for errors
};

/// The address of what is not there.
inline constexpr std::uint64_t hdf5_nowhere = ~std::uint64_t{0};

[[noreturn]] void bad_hdf5(const Hdf5Image& image, const std::string& problem,
                           const std::string& at, const std::string& expected = "");
/// What HDF5 has and nothing that Keras writes does.
[[noreturn]] void unusual_hdf5(const Hdf5Image& image, const std::string& problem,
                               const std::string& at);

/// Reads a piece of a file from its start on. Errors: FormatError, naming what the piece is, for a
/// piece outside of the file and for reading beyond its end.
class Hdf5Cursor {
 public:
  Hdf5Cursor(const Hdf5Image& image, io::ByteView piece, const char* what)
      : image_(image), piece_(piece), what_(what) {}
  /// From an address to the end of the file.
  Hdf5Cursor(const Hdf5Image& image, std::uint64_t address, const char* what)
      : Hdf5Cursor(image, io::ByteView(image.bytes), what) {
    take(address);
  }

  std::size_t left() const { return piece_.size(); }
  [[noreturn]] void damaged() const { bad_hdf5(image_, "the file is damaged", what_); }
  io::ByteView take(std::uint64_t count) {
    if (count > piece_.size()) damaged();
    const io::ByteView taken = piece_.first(static_cast<std::size_t>(count));
    piece_ = piece_.subspan(static_cast<std::size_t>(count));
    return taken;
  }
  void skip(std::uint64_t count) { take(count); }
  /// A number of 1 to 8 bytes.
  std::uint64_t number(std::size_t count) {
    const io::ByteView bytes = take(count);
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | bytes[i];
    return value;
  }
  std::uint8_t byte() { return take(1)[0]; }
  std::uint64_t address() { return number(8); }
  std::string text(std::uint64_t count) {
    const io::ByteView bytes = take(count);
    return {bytes.begin(), bytes.end()};
  }
  /// The text up to a zero byte.
  std::string text_to_zero();
  void expect(std::string_view signature) {
    if (text(signature.size()) != signature) damaged();
  }

 private:
  const Hdf5Image& image_;
  io::ByteView piece_;
  const char* what_;
};

}  // namespace fathom::keras::detail
