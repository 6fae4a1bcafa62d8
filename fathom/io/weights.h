// A model's weights in a file, by their names: what PyTorch calls a state dict. Written as
// safetensors, read from any format of fathom/io/tensor_file.h.
//
//   io::save_weights("net.safetensors", net);
//   Net other;
//   io::load_weights("net.safetensors", other);
//   io::load_weights("resnet20.th", other, {.prefix = "module."});
#pragma once
#include "fathom/io/tensor_file.h"
#include "fathom/nn/state.h"

namespace fathom::io {

/// All parameters and buffers of a model, as a file takes them.
template <class M> std::vector<NamedTensor> weights_of(const M& model) {
  std::vector<NamedTensor> tensors;
  for (nn::NamedTensor& t : nn::named_tensors(model))
    tensors.emplace_back(std::move(t.name), std::move(t.tensor));
  return tensors;
}

/// Writes every parameter and buffer, atomically; the same weights give the same bytes. Evaluates.
/// Errors: IoError; ValueError for metadata that are not UTF-8.
template <class M>
void save_weights(const std::string& path, const M& model,
                  const std::map<std::string, std::string>& metadata = {},
                  Where where = Where::current()) {
  save_safetensors(path, weights_of(model), metadata, where);
}

/// Another name for some tensors of a file. In the pattern `*` stands for any text without a dot
/// and
/// `**` for any text at all; those of the replacement stand for what those of the pattern met:
/// {"features.*.conv.**", "blocks.*.**"}, {"**.gamma", "**.weight"}.
struct Rename {
  std::string pattern, replacement;
};

/// How a file's tensors are found for a model's.
enum class MatchBy {
  names,      ///< equal names
  automatic,  ///< equal names, then names that end alike, then order and shapes
};

/// What io::load_weights takes.
struct LoadOptions {
  std::string prefix;          ///< only what is named so, and without it: "module."
  std::vector<Rename> rename;  ///< one after another, each on what the last one left
  bool strict = true;          ///< false: names may be missing or unexpected, as in PyTorch
  bool convert = false;        ///< floating types of the file become the model's
  MatchBy match = MatchBy::names;
  bool find_prefix =
      false;  ///< what all names have before the model's is the prefix; a note says so
};

/// What io::load_weights did: nothing of it happens in silence.
struct LoadReport {
  /// A tensor of the model and where it came from.
  struct Match {
    std::string name;  ///< in the model
    std::string from;  ///< in the file
    std::string how;   ///< "name", "renamed", "end of the name", "order and shape"
  };
  std::string format, wrapper;          ///< of the file
  std::vector<Match> matched;           ///< in the model's order
  std::vector<std::string> missing;     ///< of the model, left as they were
  std::vector<std::string> unexpected;  ///< of the file, not used
  std::vector<std::string> notes;       ///< what was converted or is to be known of the file
};
/// The report as lines of text; matches by equal names and by renaming are counted, all others
/// listed.
std::string to_string(const LoadReport& report);

/// The tensors of a file under other names. Errors: ValueError for a rule that meets no name, or
/// whose replacement has more stars than its pattern.
std::vector<NamedTensor> renamed(std::vector<NamedTensor> tensors, std::span<const Rename> rules,
                                 Where where = Where::current());

namespace detail {
LoadReport load_weights(void (*visit)(void*, nn::Visitor&), void* model, const TensorFile& file,
                        const std::string& path, const LoadOptions& options, const Where& where);
}  // namespace detail

/// Replaces every parameter and buffer by the file's tensor of its name. Strict: nothing changes if
/// one does not fit. A batch norm's num_batches_tracked may be missing, as in files of before
/// PyTorch 0.4.1, and is then left as it is.
/// Errors: as load_tensors; FormatError that lists every missing, unexpected and mismatched name;
/// ValueError for a prefix or a rule that meets no name.
template <class M>
LoadReport load_weights(const std::string& path, M& model, const LoadOptions& options = {},
                        Where where = Where::current()) {
  return detail::load_weights(nn::detail::visit_erased<M>, &model, load_tensors(path, where), path,
                              options, where);
}

/// The same for a file that was read already; `source` stands for its path in errors.
template <class M>
LoadReport load_weights(const TensorFile& file, M& model, const LoadOptions& options = {},
                        const std::string& source = "(memory)", Where where = Where::current()) {
  return detail::load_weights(nn::detail::visit_erased<M>, &model, file, source, options, where);
}

}  // namespace fathom::io

namespace fathom {
/// io::load_weights, with the model first: load(net, "net.pt").
template <class M>
io::LoadReport load(M& model, const std::string& path, const io::LoadOptions& options = {},
                    Where where = Where::current()) {
  return io::load_weights(path, model, options, where);
}
}  // namespace fathom
