#include "fathom/train/archive.h"

#include "fathom/core/error.h"
#include "fathom/graph/op.h"

namespace fathom::train {
namespace {

// What the metadata of such a file say; a reader refuses others.
constexpr const char* format = "fathom checkpoint";
constexpr const char* layout = "3";
// Strings are metadata under their names with this before them.
constexpr std::string_view text_prefix = "text.";

}  // namespace

Archive::Archive(const std::string& path, Where where) : reading_(true), source_(path) {
  io::Safetensors file = io::load_safetensors(path, where);
  if (file.metadata["format"] != format || file.metadata["layout"] != layout)
    refuse("this is no checkpoint that this version can read",
           std::string(format) + ", layout " + layout + ", in its metadata");
  for (auto& [name, tensor] : file.tensors) tensors_.emplace(std::move(name), std::move(tensor));
  for (auto& [name, text] : file.metadata)
    if (name.starts_with(text_prefix))
      texts_.emplace(name.substr(text_prefix.size()), std::move(text));
}

void Archive::refuse(const std::string& problem, const std::string& expected) const {
  throw FormatError({.operation = "resume",
                     .problem = problem,
                     .received = {{"file", source_}},
                     .expected = expected});
}

std::string Archive::full(std::string_view name) const { return prefix_ + std::string(name); }

Archive::Scope Archive::inside(std::string_view name) {
  const std::size_t length = prefix_.size();
  prefix_ += std::string(name) + ".";
  return {*this, length};
}

void Archive::put(std::string_view name, Tensor value) {
  if (!tensors_.emplace(full(name), std::move(value)).second)
    throw ValueError({.operation = "archive",
                      .problem = "two values of one name",
                      .received = {{"name", full(name)}}});
}

Tensor Archive::take(std::string_view name, DType dtype, int rank) {
  const auto node = tensors_.extract(full(name));
  if (!node) refuse(full(name) + " is missing", "a checkpoint of the same run");
  const Tensor& found = node.mapped();
  if (found.dtype() != dtype || found.rank() != rank)
    refuse(full(name) + " is " + graph::describe(found), "a checkpoint of the same run");
  return found;
}

template <class T> void Archive::number(std::string_view name, T& value) {
  if (reading_)
    value = take(name, dtype_of<T>, 0).template item<T>();
  else
    put(name, Tensor::from(std::vector<T>{value}, {}));
}
template void Archive::number(std::string_view, double&);
template void Archive::number(std::string_view, std::int64_t&);

template <class T> void Archive::numbers(std::string_view name, std::vector<T>& values) {
  if (reading_)
    values = take(name, dtype_of<T>, 1).template to_vector<T>();
  else
    put(name, Tensor::from(values));
}
template void Archive::numbers(std::string_view, std::vector<double>&);
template void Archive::numbers(std::string_view, std::vector<std::int64_t>&);

void Archive::require_size(std::int64_t size) const {
  // Each element has a name of its own: a damaged size must not ask for all memory.
  if (reading_ && (size < 0 || size > static_cast<std::int64_t>(tensors_.size() + texts_.size())))
    refuse(prefix_ + "size is " + std::to_string(size), "as many values as the file has");
}

void Archive::tensor(std::string_view name, Tensor& value) {
  if (reading_) {
    const auto node = tensors_.extract(full(name));
    value = node ? node.mapped() : Tensor();
  } else if (value.defined()) {
    put(name, value);
  }
}

void Archive::text(std::string_view name, std::string& value) {
  if (!reading_) {
    texts_[full(name)] = value;
    return;
  }
  const auto node = texts_.extract(full(name));
  if (!node) refuse(full(name) + " is missing", "a checkpoint of the same run");
  value = node.mapped();
}

void Archive::tensors(std::string_view name, std::vector<io::NamedTensor>& list) {
  const Scope scope = inside(name);
  if (!reading_) {
    for (const auto& [own, tensor] : list) put(own, tensor);
    return;
  }
  list.clear();
  auto at = tensors_.lower_bound(prefix_);
  while (at != tensors_.end() && at->first.starts_with(prefix_)) {
    list.emplace_back(at->first.substr(prefix_.size()), std::move(at->second));
    at = tensors_.erase(at);
  }
}

void Archive::same(std::string_view name, std::int64_t value) {
  std::int64_t kept = value;
  number(name, kept);
  if (kept != value)
    refuse("the checkpoint is of a run with another " + full(name) + ": " + std::to_string(kept),
           std::to_string(value));
}

void Archive::save(const std::string& path, Where where) const {
  std::map<std::string, std::string> metadata{{"format", format}, {"layout", layout}};
  for (const auto& [name, text] : texts_) metadata.emplace(std::string(text_prefix) + name, text);
  const std::vector<io::NamedTensor> list(tensors_.begin(), tensors_.end());
  io::save_safetensors(path, list, metadata, where);
}

void Archive::require_all_read() const {
  std::string names;
  for (const auto& [name, tensor] : tensors_) names += "\n    " + name;
  for (const auto& [name, text] : texts_) names += "\n    " + name;
  if (!names.empty())
    refuse("the checkpoint holds what this run does not:" + names,
           "the same options and callbacks as in the run that wrote it");
}

}  // namespace fathom::train
