// Private to fathom/io: files of torch.save and torch.jit.save. The pickle in them says what lies
// where (pickle.h), the containers hold the numbers.
#pragma once
#include <map>

#include "fathom/io/pickle.h"
#include "fathom/io/stored.h"
#include "fathom/io/tensor_file.h"
#include "fathom/io/zip.h"

namespace fathom::io::detail {

/// Whether an archive is one of PyTorch's: it has a member NAME/data.pkl.
bool is_torch_archive(const ZipReader& archive);
/// Whether a file begins as torch.save's did before version 1.6: a pickle of the magic number.
bool is_legacy_torch(ByteView start);

/// Reads an archive. Errors: as load_tensors.
TensorFile read_torch_archive(const ZipReader& archive, const std::string& path,
                              std::uint64_t file_bytes);
/// Reads a file that is_legacy_torch.
TensorFile read_legacy_torch(const ByteSource& source);

/// A tensor's place in a storage, which the pickle names by a key.
struct TorchTensor {
  std::string name;  ///< the path that leads to it
  std::string storage;
  StoredArray array;
  std::uint64_t offset = 0;  ///< in elements
};
/// A storage, as the pickle describes it.
struct TorchStorage {
  Stored type = Stored::f32;
  std::uint64_t bytes = 0;
};
/// What the pickle of a file says.
struct TorchContents {
  std::vector<TorchTensor> tensors;
  std::map<std::string, TorchStorage> storages;
};

/// Goes over what was pickled from its root: tensors to `contents`, arrays of NumPy to
/// `file.tensors`, the rest to `file.values`; finds the wrapper.
/// Errors: FormatError for what contains itself or is made to grow without bound.
TorchContents walk_torch(const Pickle& pickle, const std::string& path, TensorFile& file);

}  // namespace fathom::io::detail
