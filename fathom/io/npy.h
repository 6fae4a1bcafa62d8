// NumPy's files: .npy holds one array, .npz is an archive of them by name.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "fathom/io/safetensors.h"

namespace fathom::io {

/// Reads a .npy file of any version, row- or column-major, of either byte order.
///
/// Dtypes  f8 f4 f2 i8 i4 i1 u1 and bool as they are; i2 and u2 become i32, u4 becomes i64, and u8
///         does where every number fits.
/// Errors  IoError; FormatError for bytes that break the format; UnsupportedError for complex
///         numbers, text, records and pickled objects, and for more than 8 axes.
/// Source  https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
Tensor load_npy(const std::string& path, Where where = Where::current());
/// The same from memory. `source` stands for the path in errors.
Tensor parse_npy(ByteView bytes, const std::string& source = "(memory)",
                 Where where = Where::current());

/// Reads a .npz file, stored or deflated, in the order of the archive; a name is that of its member
/// without ".npy". Errors: as load_npy, and those of the archive (fathom/io/zip.h).
std::vector<NamedTensor> load_npz(const std::string& path, Where where = Where::current());
/// The same from memory.
std::vector<NamedTensor> parse_npz(ByteView bytes, const std::string& source = "(memory)",
                                   Where where = Where::current());

/// The bytes that numpy.save writes: version 1, row-major, little-endian. Evaluates.
/// Errors: UnsupportedError for bf16, which NumPy has not.
Bytes npy_bytes(const Tensor& tensor, Where where = Where::current());
/// Writes a .npy file, atomically. Errors: IoError; UnsupportedError for bf16.
void save_npy(const std::string& path, const Tensor& tensor, Where where = Where::current());

/// Writes a .npz file, atomically; the same tensors give the same bytes. `compressed` deflates, as
/// numpy.savez_compressed does. Evaluates.
/// Errors: IoError; ValueError for a name given twice or one that no archive may have;
/// UnsupportedError for bf16.
void save_npz(const std::string& path, std::span<const NamedTensor> tensors,
              bool compressed = false, Where where = Where::current());
/// The bytes that save_npz writes.
Bytes npz_bytes(std::span<const NamedTensor> tensors, bool compressed = false,
                Where where = Where::current());

}  // namespace fathom::io
