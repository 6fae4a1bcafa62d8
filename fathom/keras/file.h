// Private to fathom/keras: an open file of Keras, and the weights of its layers.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fathom/keras/hdf5.h"

namespace fathom::keras::detail {

/// What a file of either kind holds.
struct KerasFile {
  std::string format, config, version;
  std::unique_ptr<Hdf5File> weights;
};
/// A .h5 file or a .keras archive. Errors: IoError, FormatError, UnsupportedError.
KerasFile open_file(const std::string& path);

/// The weights of a layer: by its name where the file lists them so, else as the one of this number
/// among those of its class ("conv2d"). None if it is not there.
std::optional<std::vector<Tensor>> layer_weights(const KerasFile& file, const std::string& layer,
                                                 const std::string& type, int number,
                                                 std::vector<std::string>& notes);

}  // namespace fathom::keras::detail
