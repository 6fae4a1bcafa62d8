#include "fathom/io/tensor_file.h"

#include <fmt/core.h>

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/npy.h"
#include "fathom/io/torch_file.h"

namespace fathom::io {
namespace {

TensorFile of_safetensors(Safetensors from) {
  TensorFile file{.format = "safetensors", .tensors = std::move(from.tensors)};
  for (auto& [key, value] : from.metadata) file.values.emplace_back(key, std::move(value));
  return file;
}

// `bytes` are the whole file, or none where `path` is to be read.
TensorFile read_any(const ByteSource& source, const std::function<Safetensors()>& safetensors,
                    const std::function<std::vector<NamedTensor>()>& npz,
                    const std::function<Tensor()>& npy) {
  Bytes start(std::min<std::uint64_t>(source.size, 32));
  source.read(0, start.data(), start.size());
  const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  if (text.starts_with("\x93NUMPY")) return {.format = "npy", .tensors = {{"array", npy()}}};
  if (text.starts_with("PK\x03\x04")) {
    const ZipReader archive(source);
    if (detail::is_torch_archive(archive))
      return detail::read_torch_archive(archive, source.name, source.size);
    if (std::ranges::any_of(archive.members(),
                            [](const ZipMember& m) { return m.name.ends_with(".npy"); }))
      return {.format = "npz", .tensors = npz()};
  }
  if (detail::is_legacy_torch(start)) return detail::read_legacy_torch(source);
  if (text.size() > 8 && text[8] == '{') return of_safetensors(safetensors());
  if (text.starts_with("\x89HDF\r\n"))
    throw UnsupportedError({.operation = "load_tensors",
                            .problem = "an HDF5 file",
                            .received = {{"path", source.name}},
                            .hint = "keras::load_tensors reads it (fathom/keras/keras.h)"});
  throw FormatError(
      {.operation = "load_tensors",
       .problem = "a file of no known format",
       .received = {{"path", source.name}, {"size", std::to_string(source.size) + " bytes"}},
       .expected = "safetensors, .npy, .npz, a file of torch.save or TorchScript",
       .hint = "was the file cut off, or is it the page of a web site?"});
}

}  // namespace

std::string to_string(const PlainValue& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "True" : "False";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return "None";
}

const Tensor* TensorFile::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors, name, &NamedTensor::first);
  return found == tensors.end() ? nullptr : &found->second;
}

std::vector<NamedTensor> TensorFile::weights() const {
  if (wrapper.empty()) return tensors;
  std::vector<NamedTensor> inside;
  const std::size_t start = wrapper.size() + 1;
  for (const auto& [name, tensor] : tensors)
    if (name.starts_with(wrapper + ".") || name.starts_with(wrapper + "/"))
      inside.emplace_back(name.substr(start), tensor);
  return inside;
}

bool is_tensor_file(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const InputFile file(path);
  Bytes start(std::min<std::uint64_t>(file.size(), 32));
  file.read(0, start.data(), start.size());
  const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  return text.starts_with("\x93NUMPY") || text.starts_with("PK\x03\x04") ||
         detail::is_legacy_torch(start) || (text.size() > 8 && text[8] == '{');
}

TensorFile load_tensors(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const InputFile file(path);
  return read_any(
      source_of(file), [&] { return load_safetensors(path); }, [&] { return load_npz(path); },
      [&] { return load_npy(path); });
}

TensorFile parse_tensors(ByteView bytes, const std::string& source, Where where) {
  const graph::CallScope call(where);
  return read_any(
      source_of(bytes, source), [&] { return parse_safetensors(bytes, source); },
      [&] { return parse_npz(bytes, source); }, [&] { return parse_npy(bytes, source); });
}

}  // namespace fathom::io
