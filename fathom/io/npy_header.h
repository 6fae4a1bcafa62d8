// Private to fathom/io: the header of a .npy file, a literal of Python's.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "fathom/io/stored.h"

namespace fathom::io::detail {

/// What a .npy file says of its array.
struct NpyHeader {
  Stored type = Stored::f32;
  Shape shape;
  bool swapped = false;  ///< big-endian
  bool fortran_order = false;
};

/// The length of what stands before the header proper: magic, version, length.
/// Errors: FormatError if `start` is not that of a .npy file.
struct NpyStart {
  std::size_t start = 0, header = 0;
};
inline constexpr std::size_t npy_start_bytes = 12;
NpyStart npy_start(ByteView start, const std::string& source);

/// Parses "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }".
/// Errors: FormatError, UnsupportedError.
NpyHeader npy_header(std::string_view text, const std::string& source);

[[noreturn]] void bad_npy(const std::string& source, const std::string& problem,
                          const std::string& received, const std::string& expected,
                          const std::string& hint = "");

}  // namespace fathom::io::detail
