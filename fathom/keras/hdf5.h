// Private to fathom/keras: HDF5 files as named tensors and texts, through libhdf5. Knows nothing of
// Keras.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fathom/io/file.h"
#include "fathom/io/tensor_file.h"

namespace fathom::keras::detail {

/// Whether a file begins like HDF5.
bool is_hdf5(io::ByteView start);

/// An HDF5 file open for reading. Only what lies in the file itself is followed: no soft or
/// external links, no data in other files, no plugins.
///
/// Bombs    a data set may be at most 100 times as large as its bytes in the file, or 256 MiB.
/// Errors   FormatError for a damaged file; UnsupportedError for what no tensor holds.
class Hdf5File {
 public:
  /// `bytes` are the whole file; `source` stands for the path in errors.
  Hdf5File(io::Bytes bytes, std::string source);
  ~Hdf5File();
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
  void list(std::int64_t group, const std::string& path, int level);
  struct State;
  std::unique_ptr<State> state_;
  std::string source_;
  std::uint64_t file_bytes_ = 0;
  std::vector<std::string> datasets_;
};

}  // namespace fathom::keras::detail
