#include "fathom/io/npy.h"

#include <algorithm>
#include <functional>
#include <set>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/npy_header.h"
#include "fathom/io/zip.h"

namespace fathom::io {
namespace {

using detail::Stored;

std::string_view npy_code(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return "<f8";
    case DType::f32:
      return "<f4";
    case DType::f16:
      return "<f2";
    case DType::i64:
      return "<i8";
    case DType::i32:
      return "<i4";
    case DType::i8:
      return "|i1";
    case DType::u8:
      return "|u1";
    case DType::boolean:
      return "|b1";
    case DType::bf16:
      break;
  }
  throw UnsupportedError({.operation = "save_npy",
                          .problem = "NumPy has no bf16",
                          .received = {{"dtype", std::string(name(dtype))}},
                          .hint = "cast to f32, or save as safetensors"});
}

void reverse_each(Bytes& bytes, std::size_t size) {
  for (std::size_t i = 0; i + size <= bytes.size(); i += size)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                 bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
}

// `read` takes the next bytes of the file, which has `left` of them.
Tensor parse_array(const std::string& source, std::uint64_t left,
                   const std::function<void(void*, std::size_t)>& read) {
  std::uint8_t first[detail::npy_start_bytes];
  const auto known = static_cast<std::size_t>(std::min<std::uint64_t>(10, left));
  read(first, known);
  std::size_t taken = known;
  if (known == 10 && first[6] > 1 && left >= sizeof first)
    read(first + 10, 2), taken = sizeof first;
  const detail::NpyStart start = detail::npy_start({first, taken}, source);
  left -= start.start;
  if (start.header > left)
    detail::bad_npy(source, "the header ends early", std::to_string(left) + " bytes",
                    std::to_string(start.header) + " bytes", "was the file cut off?");
  std::string text(start.header, '\0');
  read(text.data(), text.size());
  left -= text.size();
  const detail::NpyHeader header = detail::npy_header(text, source);
  const auto bytes =
      detail::bytes_of({header.shape.begin(), header.shape.end()}, detail::size_of(header.type));
  if (!bytes || *bytes != left)
    detail::bad_npy(source, "the numbers do not fill the shape",
                    std::to_string(left) + " bytes for shape " + to_string(header.shape),
                    bytes ? std::to_string(*bytes) + " bytes" : "a shape that a file can fill",
                    "was the file cut off?");
  const detail::StoredPlace place{"npy", source, ""};
  if (detail::is_kept(header.type) && !header.swapped &&
      (!header.fortran_order || header.shape.rank() < 2)) {
    auto [tensor, memory] = Tensor::uninitialized(tensor_dtype(header.type), header.shape);
    read(memory, *bytes);
    detail::check_stored(tensor, place);
    return std::move(tensor);
  }
  Bytes numbers(*bytes);
  read(numbers.data(), numbers.size());
  if (header.swapped) reverse_each(numbers, detail::size_of(header.type));
  return detail::tensor_of(
      {header.type, header.shape,
       header.fortran_order ? detail::column_major(header.shape) : detail::row_major(header.shape)},
      numbers.data(), place);
}

Tensor parse_from(const ByteSource& source) {
  std::uint64_t at = 0;
  return parse_array(source.name, source.size, [&](void* to, std::size_t count) {
    source.read(at, to, count);
    at += count;
  });
}

std::vector<NamedTensor> parse_archive(ByteSource source) {
  const std::string path = source.name;
  const ZipReader archive(std::move(source));
  std::vector<NamedTensor> tensors;
  for (const ZipMember& member : archive.members()) {
    if (!member.name.ends_with(".npy"))
      throw FormatError({.operation = "npz",
                         .problem = "a member that is no array",
                         .received = {{"path", path}, {"member", member.name}},
                         .expected = "names that end in .npy"});
    ZipReader::Stream stream = archive.open(member);
    tensors.emplace_back(member.name.substr(0, member.name.size() - 4),
                         parse_array(path + ":" + member.name, member.bytes,
                                     [&](void* to, std::size_t count) { stream.read(to, count); }));
  }
  return tensors;
}

}  // namespace

Tensor load_npy(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const InputFile file(path);
  return parse_from(source_of(file));
}

Tensor parse_npy(ByteView bytes, const std::string& source, Where where) {
  const graph::CallScope call(where);
  return parse_from(source_of(bytes, source));
}

std::vector<NamedTensor> load_npz(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const InputFile file(path);
  return parse_archive(source_of(file));
}

std::vector<NamedTensor> parse_npz(ByteView bytes, const std::string& source, Where where) {
  const graph::CallScope call(where);
  return parse_archive(source_of(bytes, source));
}

Bytes npy_bytes(const Tensor& tensor, Where where) {
  const graph::CallScope call(where);
  std::string text = "{'descr': '" + std::string(npy_code(tensor.dtype())) +
                     "', 'fortran_order': False, 'shape': " + to_string(tensor.shape()) + ", }";
  constexpr std::size_t before = 10, unit = 64;
  text.resize((before + text.size() + 1 + unit - 1) / unit * unit - before - 1, ' ');
  text += '\n';
  Bytes bytes{0x93,
              'N',
              'U',
              'M',
              'P',
              'Y',
              1,
              0,
              static_cast<std::uint8_t>(text.size() & 255),
              static_cast<std::uint8_t>(text.size() >> 8)};
  bytes.reserve(before + text.size() + tensor.bytes());
  bytes.insert(bytes.end(), text.begin(), text.end());
  const auto* data = static_cast<const std::uint8_t*>(tensor.raw_data());
  bytes.insert(bytes.end(), data, data + tensor.bytes());
  return bytes;
}

void save_npy(const std::string& path, const Tensor& tensor, Where where) {
  const graph::CallScope call(where);
  write_atomically(path, npy_bytes(tensor));
}

Bytes npz_bytes(std::span<const NamedTensor> tensors, bool compressed, Where where) {
  const graph::CallScope call(where);
  std::set<std::string_view> seen;
  ZipWriter archive;
  for (const auto& [name, tensor] : tensors) {
    const bool usable = !name.empty() && name[0] != '/' && name.find("..") == name.npos &&
                        name.find('\\') == name.npos && name.find('\0') == name.npos &&
                        name.size() < 60000;
    if (!usable || !seen.insert(name).second)
      throw ValueError(
          {.operation = "save_npz",
           .problem = usable ? "two tensors of one name" : "no name for a member",
           .received = {{"name", name}},
           .expected = usable ? "names that differ" : "a name that is no path upwards"});
    archive.add(name + ".npy", npy_bytes(tensor), compressed);
  }
  return archive.finish();
}

void save_npz(const std::string& path, std::span<const NamedTensor> tensors, bool compressed,
              Where where) {
  const graph::CallScope call(where);
  write_atomically(path, npz_bytes(tensors, compressed));
}

}  // namespace fathom::io
