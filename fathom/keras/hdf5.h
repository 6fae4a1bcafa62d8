// Private to fathom/keras: HDF5 files as named tensors and texts. Knows nothing of Keras.
//
// Read here, since the reference library crashes at files that were made to: groups and data sets
// of both the old form, which h5py writes unless it is told otherwise, and the new one that Keras 3
// asks for; data in one piece or in parts packed by gzip; attributes of texts.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/keras/hdf5_objects.h"

namespace fathom::keras::detail {

/// Whether a file begins like HDF5.
bool is_hdf5(io::ByteView start);

/// An HDF5 file open for reading. Only what lies in the file itself is followed: no soft or
/// external links, no data in other files.
///
/// Bombs    a data set may be at most 100 times as large as its bytes in the file, or 256 MiB; all
///          together 100 times as large as the file, or 256 MiB
/// Errors   FormatError for a damaged file; UnsupportedError for what no tensor holds and for forms
///          that Keras does not write
/// Source   HDF5 File Format Specification, version 3.0
class Hdf5File {
 public:
  /// `bytes` are the whole file; `source` stands for the path in errors.
  Hdf5File(io::Bytes bytes, std::string source);
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  /// The paths of all data sets, "model_weights/conv2d/bias", by the names' order.
  const std::vector<std::string>& datasets() const { return datasets_; }
  bool has(const std::string& path) const;
  /// A data set. u2 and i2 become i32, u4 and u8 i64; what was widened is noted.
  Tensor tensor(const std::string& path, std::vector<std::string>& notes) const;
  /// An attribute that is one text, of a group ("" is the root); none if there is no such.
  std::optional<std::string> text(const std::string& group, const std::string& name) const;
  /// An attribute that is a list of texts; empty if there is no such.
  std::vector<std::string> texts(const std::string& group, const std::string& name) const;

 private:
  void list(std::uint64_t group, const std::string& path, int level);
  Hdf5Image image_;
  std::map<std::string, std::uint64_t> groups_, places_;  // of data sets
  std::vector<std::string> datasets_;
  // What a file can make grow, each with a bound.
  std::uint64_t objects_ = 0, path_letters_ = 0, header_bytes_ = 0, unpacked_bytes_ = 0;
};

}  // namespace fathom::keras::detail
