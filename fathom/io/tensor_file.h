// A file of named tensors in any of the formats that weights come in, told apart by its first
// bytes, not by its name.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fathom/io/safetensors.h"

namespace fathom::io {

/// What a file holds beside tensors: None, a truth value, a number, or a text.
using PlainValue = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// The value as Python would write it, texts without quotes.
std::string to_string(const PlainValue& value);

/// What a file of weights holds. Dictionaries within dictionaries, lists and pickled modules are
/// flattened: "optimizer.state.0.exp_avg".
struct TensorFile {
  std::string format;                ///< "safetensors", "npz", "torch", "torch (legacy)", ...
  std::vector<NamedTensor> tensors;  ///< every one, in the file's order, NumPy's first
  std::vector<std::pair<std::string, PlainValue>> values;  ///< the plain data, named likewise
  /// The dictionary in which the weights lie ("state_dict", "model"), or "" if they are all of the
  /// file: the first of state_dict, model_state_dict, model, net, network, weights and params that
  /// stands at the top and holds tensors, if no tensor stands beside it.
  std::string wrapper;
  std::vector<std::string> notes;  ///< what was converted or left out, and why

  /// The tensor of this full name, or nullptr.
  const Tensor* find(std::string_view name) const;
  /// The weights: the tensors of the wrapper, without its name in theirs.
  std::vector<NamedTensor> weights() const;
};

/// Whether a file begins like one that load_tensors reads, whatever its name is. Errors: IoError.
bool is_tensor_file(const std::string& path, Where where = Where::current());

/// Reads a file: safetensors, .npy, .npz, what torch.save wrote (as a ZIP archive or before that,
/// a whole pickled module too) and TorchScript archives. Nothing of a pickle is executed.
///
/// Dtypes  all of Fathom's; i16 and u16 become i32, u32 and u64 become i64, and notes say so.
/// Errors  IoError; FormatError for a damaged file; UnsupportedError for element types that no
///         tensor holds, and for pickles that call functions.
TensorFile load_tensors(const std::string& path, Where where = Where::current());
/// The same from memory. `source` stands for the path in errors.
TensorFile parse_tensors(ByteView bytes, const std::string& source = "(memory)",
                         Where where = Where::current());

}  // namespace fathom::io
