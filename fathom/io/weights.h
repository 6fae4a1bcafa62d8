// A model's weights in a safetensors file, by their names: what PyTorch calls a state dict.
//
//   io::save_weights("net.safetensors", net);
//   Net other;
//   io::load_weights("net.safetensors", other);
#pragma once
#include "fathom/io/safetensors.h"
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

/// Replaces every parameter and buffer by the file's tensor of its name. Strict: nothing changes
/// if one does not fit. Errors: IoError; FormatError for a damaged file, or one that lists every
/// missing, unexpected and mismatched name.
template <class M>
void load_weights(const std::string& path, M& model, Where where = Where::current()) {
  nn::load_state(model, load_safetensors(path, where).tensors, path, where);
}

}  // namespace fathom::io
