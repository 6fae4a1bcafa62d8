// idx: the format of MNIST and its successors, plain or gzip.
#pragma once
#include <string>

#include "fathom/core/tensor.h"
#include "fathom/io/file.h"

namespace fathom::io {

/// Reads an idx file.
///
/// Shapes  as the file says; any rank from 1 to 8.
/// Dtypes  unsigned byte -> u8, signed byte -> i8, int -> i32, float -> f32, double -> f64; short,
///         for which there is no DType, is widened to i32.
/// Errors  IoError; FormatError for a bad header and for missing or trailing bytes. A size that the
///         file cannot hold is refused before memory is taken for it.
/// Source  Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
Tensor load_idx(const std::string& path, Where where = Where::current());

/// The same from memory. `source` stands for the path in errors.
Tensor parse_idx(ByteView bytes, const std::string& source = "(memory)",
                 Where where = Where::current());

/// Writes an idx file, gzip if the name ends in ".gz".
/// Errors: IoError; UnsupportedError for dtypes other than u8, i8, i32, f32, f64 and for scalars.
void save_idx(const std::string& path, const Tensor& tensor, Where where = Where::current());
/// What save_idx writes.
Bytes idx_bytes(const Tensor& tensor, Where where = Where::current());

}  // namespace fathom::io
