#include "fathom/io/safetensors.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <nlohmann/json.hpp>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/safetensors_header.h"

namespace fathom::io {
namespace {

struct Name {
  DType dtype;
  std::string_view text;
};

// In the order in which tensors are written: by falling alignment, as the reference does.
constexpr Name names[dtype_count] = {
    {DType::i64, "I64"}, {DType::f64, "F64"},   {DType::f32, "F32"},
    {DType::i32, "I32"}, {DType::bf16, "BF16"}, {DType::f16, "F16"},
    {DType::i8, "I8"},   {DType::u8, "U8"},     {DType::boolean, "BOOL"}};

std::ptrdiff_t place_of(DType dtype) {
  return std::ranges::find(names, dtype, &Name::dtype) - std::begin(names);
}

// The type and shape of the tensor that an entry becomes.
std::pair<DType, Shape> tensor_type(const SafetensorsEntry& entry, const std::string& source) {
  const auto* known = std::ranges::find(names, std::string_view(entry.dtype), &Name::text);
  if (known == std::end(names))
    throw UnsupportedError({.operation = "safetensors",
                            .problem = "no tensor of dtype " + entry.dtype,
                            .received = {{"path", source}, {"tensor", entry.name}},
                            .expected = "F64 F32 F16 BF16 I64 I32 I8 U8 or BOOL",
                            .hint = "convert this tensor in the program that wrote it"});
  if (entry.shape.size() > Shape::max_rank)
    throw UnsupportedError({.operation = "safetensors",
                            .problem = "too many axes",
                            .received = {{"path", source},
                                         {"tensor", entry.name},
                                         {"axes", std::to_string(entry.shape.size())}},
                            .expected = "at most 8 axes"});
  return {known->dtype, Shape(entry.shape)};
}

void check_booleans(const SafetensorsEntry& entry, ByteView bytes, const std::string& source) {
  const auto wrong = std::ranges::find_if(bytes, [](std::uint8_t b) { return b > 1; });
  if (wrong == bytes.end()) return;
  detail::bad_safetensors(source, "a BOOL that is neither 0 nor 1",
                          {{"tensor", entry.name},
                           {"element", std::to_string(wrong - bytes.begin())},
                           {"value", std::to_string(*wrong)}},
                          "bytes of 0 or 1");
}

// `read(offset, to, count)` copies a part of the file.
template <class Read>
Safetensors load(SafetensorsListing listing, const std::string& source, const Read& read) {
  Safetensors file;
  file.metadata = std::move(listing.metadata);
  for (const SafetensorsEntry& entry : listing.entries) tensor_type(entry, source);
  for (SafetensorsEntry& entry : listing.entries) {
    const auto [dtype, shape] = tensor_type(entry, source);
    auto [tensor, memory] = Tensor::uninitialized(dtype, shape);
    read(entry.offset, memory, entry.bytes);
    if (dtype == DType::boolean)
      check_booleans(entry, {static_cast<const std::uint8_t*>(memory), entry.bytes}, source);
    file.tensors.emplace_back(std::move(entry.name), std::move(tensor));
  }
  return file;
}

SafetensorsListing list(const InputFile& file) {
  std::uint8_t first[8] = {};
  const std::size_t count = std::min<std::uint64_t>(8, file.size());
  file.read(0, first, count);
  const auto length = detail::header_length({first, count}, file.size(), file.path());
  std::string header(length, '\0');
  file.read(8, header.data(), length);
  return detail::parse_header(header, file.size() - 8 - length, file.path());
}

void check_names(std::span<const NamedTensor> tensors) {
  std::vector<std::string_view> seen;
  for (const auto& [name, tensor] : tensors) {
    seen.push_back(name);
    if (!tensor.defined() || name == "__metadata__")
      throw ValueError({.operation = "save_safetensors",
                        .problem = tensor.defined() ? "this name belongs to the format"
                                                    : "an empty tensor handle",
                        .received = {{"name", name}}});
  }
  std::ranges::sort(seen);
  if (const auto twice = std::ranges::adjacent_find(seen); twice != seen.end())
    throw ValueError({.operation = "save_safetensors",
                      .problem = "two tensors of one name",
                      .received = {{"name", std::string(*twice)}},
                      .expected = "names that differ"});
}

// The tensors in the order of the file.
std::vector<const NamedTensor*> canonical_order(std::span<const NamedTensor> tensors) {
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& tensor : tensors) order.push_back(&tensor);
  std::ranges::sort(order, [](const NamedTensor* a, const NamedTensor* b) {
    const auto place_a = place_of(a->second.dtype()), place_b = place_of(b->second.dtype());
    return place_a != place_b ? place_a < place_b : a->first < b->first;
  });
  return order;
}

// JSON without a tree: an object that keeps the order of its keys would search them all at each new
// one.
std::string json_of(const std::vector<const NamedTensor*>& order,
                    const std::map<std::string, std::string>& metadata) {
  using json = nlohmann::ordered_json;
  std::string text = "{";
  if (!metadata.empty()) text += "\"__metadata__\":" + json(metadata).dump();
  std::uint64_t at = 0;
  for (const NamedTensor* entry : order) {
    const auto& [name, tensor] = *entry;
    if (text.size() > 1) text += ',';
    text += json(name).dump() + ":{\"dtype\":\"";
    text += names[place_of(tensor.dtype())].text;
    text += "\",\"shape\":[";
    for (int axis = 0; axis < tensor.rank(); ++axis)
      text += (axis > 0 ? "," : "") + std::to_string(tensor.shape()[axis]);
    text += "],\"data_offsets\":[" + std::to_string(at);
    at += tensor.bytes();
    text += "," + std::to_string(at) + "]}";
  }
  return text + "}";
}

// The length field and the header, padded so that the data begin at a multiple of 8.
std::string header_of(const std::vector<const NamedTensor*>& order,
                      const std::map<std::string, std::string>& metadata) {
  std::string text;
  try {
    text = json_of(order, metadata);
  } catch (const nlohmann::ordered_json::type_error&) {
    throw ValueError({.operation = "save_safetensors",
                      .problem = "a name or metadata that is not UTF-8",
                      .hint = "convert it to UTF-8 first"});
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string length(8, '\0');
  for (int i = 0; i < 8; ++i) length[i] = static_cast<char>(text.size() >> (8 * i) & 255);
  return length + text;
}

void write(Sink& sink, std::span<const NamedTensor> tensors,
           const std::map<std::string, std::string>& metadata) {
  check_names(tensors);
  const auto order = canonical_order(tensors);
  sink.write(header_of(order, metadata));
  for (const NamedTensor* entry : order) {
    const Tensor& tensor = entry->second;
    sink.write(ByteView(static_cast<const std::uint8_t*>(tensor.raw_data()), tensor.bytes()));
  }
}

struct MemorySink final : Sink {
  using Sink::write;
  void write(ByteView more) override { bytes.insert(bytes.end(), more.begin(), more.end()); }
  Bytes bytes;
};

}  // namespace

const Tensor* Safetensors::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors, name, &NamedTensor::first);
  return found == tensors.end() ? nullptr : &found->second;
}

Safetensors load_safetensors(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const InputFile file(path);
  return load(list(file), path, [&](std::uint64_t offset, void* to, std::size_t count) {
    file.read(offset, to, count);
  });
}

Safetensors parse_safetensors(ByteView bytes, const std::string& source, Where where) {
  const graph::CallScope call(where);
  return load(list_safetensors(bytes, source), source,
              [&](std::uint64_t offset, void* to, std::size_t count) {
                if (count > 0) std::memcpy(to, bytes.data() + offset, count);
              });
}

SafetensorsListing list_safetensors(const std::string& path, Where where) {
  const graph::CallScope call(where);
  return list(InputFile(path));
}

SafetensorsListing list_safetensors(ByteView bytes, const std::string& source, Where where) {
  const graph::CallScope call(where);
  const auto first = bytes.first(std::min<std::size_t>(8, bytes.size()));
  const auto length = detail::header_length(first, bytes.size(), source);
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + 8, length);
  return detail::parse_header(header, bytes.size() - 8 - length, source);
}

void save_safetensors(const std::string& path, std::span<const NamedTensor> tensors,
                      const std::map<std::string, std::string>& metadata, Where where) {
  const graph::CallScope call(where);
  write_atomically(path, [&](Sink& sink) { write(sink, tensors, metadata); });
}

Bytes safetensors_bytes(std::span<const NamedTensor> tensors,
                        const std::map<std::string, std::string>& metadata, Where where) {
  const graph::CallScope call(where);
  MemorySink sink;
  write(sink, tensors, metadata);
  return std::move(sink.bytes);
}

}  // namespace fathom::io
