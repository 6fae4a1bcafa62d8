#include "fathom/io/torch_file.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "fathom/core/error.h"

namespace fathom::io::detail {
namespace {

using Kind = PickleNode::Kind;

constexpr std::uint64_t max_torch_pickle = std::uint64_t{64} << 20;
// What torch.save wrote first, before version 1.6: this number, in a pickle of its own.
constexpr std::uint8_t magic_number[] = {0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                         0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};

[[noreturn]] void bad_torch(const std::string& path, const std::string& problem,
                            std::vector<std::pair<std::string, std::string>> received,
                            const std::string& expected,
                            const std::string& hint = "was the file cut off or damaged?") {
  received.emplace(received.begin(), "path", path);
  throw FormatError({.operation = "torch",
                     .problem = problem,
                     .received = std::move(received),
                     .expected = expected,
                     .hint = hint});
}

// Checks that each tensor lies within its storage and that all together are not far more than the
// file: an expanded tensor repeats numbers, which a hostile file could do without end.
void check_tensors(const TorchContents& contents, const std::string& path,
                   std::uint64_t file_bytes) {
  constexpr std::uint64_t free_bytes = std::uint64_t{64} << 20, most_repeats = 16;
  std::uint64_t total = 0;
  for (const TorchTensor& tensor : contents.tensors) {
    const TorchStorage& storage = contents.storages.at(tensor.storage);
    const std::size_t size = size_of(tensor.array.type);
    const auto extent = extent_of(tensor.array.shape, tensor.array.strides);
    const std::uint64_t numbers = storage.bytes / size;
    if (!extent || *extent > numbers || tensor.offset > numbers - *extent)
      bad_torch(path, "a tensor reaches beyond its storage",
                {{"tensor", tensor.name}, {"shape", to_string(tensor.array.shape)}},
                "at most the " + std::to_string(numbers) + " numbers of storage " + tensor.storage);
    const auto bytes = bytes_of({tensor.array.shape.begin(), tensor.array.shape.end()},
                                fathom::size_of(tensor_dtype(tensor.array.type)));
    if (!bytes || __builtin_add_overflow(total, *bytes, &total) ||
        total > free_bytes + most_repeats * file_bytes)
      bad_torch(path, "tensors of far more numbers than the file has",
                {{"tensor", tensor.name}, {"shape", to_string(tensor.array.shape)}},
                "at most 64 MiB beside 16 times the file",
                "this file was made to exhaust memory; expanded tensors are to be saved as they "
                "were before");
  }
}

// The tensors of one storage; those that are the same become one.
class OneStorage {
 public:
  OneStorage(const std::string& path, std::vector<const TorchTensor*> tensors,
             const TorchStorage& storage)
      : path_(path), tensors_(std::move(tensors)), storage_(storage) {}

  /// `read` fills memory with the storage's bytes; `put` gets each tensor.
  void make(const std::function<void(void*)>& read,
            const std::function<void(const TorchTensor&, Tensor)>& put) {
    if (is_whole()) {
      const TorchTensor& only = *tensors_[0];
      auto [tensor, memory] =
          Tensor::uninitialized(tensor_dtype(only.array.type), only.array.shape);
      read(memory);
      check_stored(tensor, {"torch", path_, only.name});
      put(only, std::move(tensor));
      return;
    }
    Bytes bytes(storage_.bytes);
    read(bytes.data());
    std::map<
        std::tuple<std::uint64_t, Stored, std::vector<std::int64_t>, std::vector<std::int64_t>>,
        Tensor>
        made;
    for (const TorchTensor* tensor : tensors_) {
      const auto& [type, shape, strides] = tensor->array;
      Tensor& known = made[{tensor->offset, type, {shape.begin(), shape.end()}, strides}];
      if (!known.defined())
        known = tensor_of(tensor->array, bytes.data() + tensor->offset * size_of(type),
                          {"torch", path_, tensor->name});
      put(*tensor, known);
    }
  }

 private:
  // One tensor that is all of the storage, in its order: no need for a copy.
  bool is_whole() const {
    const TorchTensor& first = *tensors_[0];
    return tensors_.size() == 1 && first.offset == 0 && is_kept(first.array.type) &&
           first.array.strides == row_major(first.array.shape) &&
           static_cast<std::uint64_t>(first.array.shape.size()) * size_of(first.array.type) ==
               storage_.bytes;
  }
  const std::string& path_;
  std::vector<const TorchTensor*> tensors_;
  const TorchStorage& storage_;
};

// Reads all tensors, storage after storage. `read(key, storage, to)` gets a storage's bytes.
void read_tensors(const TorchContents& contents, TensorFile& file, const std::string& path,
                  const std::function<void(const std::string&, const TorchStorage&, void*)>& read) {
  std::map<std::string, std::vector<const TorchTensor*>> by_storage;
  std::map<const TorchTensor*, Tensor> tensors;
  for (const TorchTensor& tensor : contents.tensors) by_storage[tensor.storage].push_back(&tensor);
  for (auto& [key, users] : by_storage) {
    const TorchStorage& storage = contents.storages.at(key);
    OneStorage(path, std::move(users), storage)
        .make([&](void* to) { read(key, storage, to); },
              [&](const TorchTensor& which, Tensor tensor) {
                tensors.emplace(&which, std::move(tensor));
              });
  }
  for (const TorchTensor& tensor : contents.tensors) {
    if (!is_kept(tensor.array.type))
      file.notes.push_back(tensor.name + ": " + std::string(name(tensor.array.type)) + " became " +
                           std::string(fathom::name(tensor_dtype(tensor.array.type))));
    file.tensors.emplace_back(tensor.name, std::move(tensors.at(&tensor)));
  }
}

// The folder of an archive in which PyTorch put everything: the shortest way to a data.pkl.
std::string archive_folder(const ZipReader& archive) {
  const ZipMember* best = nullptr;
  for (const ZipMember& member : archive.members())
    if ((member.name == "data.pkl" || member.name.ends_with("/data.pkl")) &&
        (!best || member.name.size() < best->name.size()))
      best = &member;
  return best ? best->name.substr(0, best->name.size() - 8) : "?";
}

}  // namespace

bool is_torch_archive(const ZipReader& archive) { return archive_folder(archive) != "?"; }

bool is_legacy_torch(ByteView start) {
  return !start.empty() && start[0] == 0x80 &&
         !std::ranges::search(start.first(std::min<std::size_t>(start.size(), 32)), magic_number)
              .empty();
}

TensorFile read_torch_archive(const ZipReader& archive, const std::string& path,
                              std::uint64_t file_bytes) {
  const std::string folder = archive_folder(archive);
  TensorFile file{.format = "torch"};
  if (const ZipMember* order = archive.find(folder + "byteorder")) {
    const Bytes text = archive.read(*order, 64);
    if (std::string(text.begin(), text.end()).starts_with("big"))
      throw UnsupportedError({.operation = "torch",
                              .problem = "a file of a big-endian machine",
                              .received = {{"path", path}},
                              .hint = "save it again on a little-endian one"});
  }
  const bool script = archive.find(folder + "constants.pkl") != nullptr;
  if (script) {
    file.format = "TorchScript";
    const std::string constants = folder + "constants/";
    if (std::ranges::any_of(archive.members(), [&](const ZipMember& member) {
          return member.name.starts_with(constants);
        }))
      file.notes.push_back("constants of the program are left out: they have no names");
  }
  const Bytes bytes = archive.read(*archive.find(folder + "data.pkl"), max_torch_pickle);
  const Pickle pickle = read_pickle(bytes, path);
  const TorchContents contents = walk_torch(pickle, path, file);
  const auto member_of = [&](const std::string& key) -> const ZipMember& {
    const ZipMember* member = archive.find(folder + "data/" + key);
    if (!member)
      bad_torch(path, "a storage is missing", {{"storage", key}}, folder + "data/" + key);
    return *member;
  };
  for (const auto& [key, storage] : contents.storages) {
    const ZipMember& member = member_of(key);
    if (member.bytes != storage.bytes)
      bad_torch(path, "a storage of the wrong size",
                {{"storage", key}, {"got", std::to_string(member.bytes) + " bytes"}},
                std::to_string(storage.bytes) + " bytes");
  }
  check_tensors(contents, path, file_bytes);
  read_tensors(contents, file, path,
               [&](const std::string& key, const TorchStorage& storage, void* to) {
                 archive.open(member_of(key)).read(to, storage.bytes);
               });
  return file;
}

TensorFile read_legacy_torch(const ByteSource& source) {
  const std::string& path = source.name;
  TensorFile file{.format = "torch (legacy)"};
  Bytes start(std::min<std::uint64_t>(source.size, max_torch_pickle));
  source.read(0, start.data(), start.size());
  // One after another: the magic number, the protocol, the machine, the object, the storages' keys.
  std::uint64_t at = 0;
  const auto next = [&] {
    Pickle pickle = read_pickle(ByteView(start).subspan(at), path);
    at += pickle.bytes;
    return pickle;
  };
  next();
  const Pickle protocol = next();
  if (protocol[protocol.root].integer != 1001)
    bad_torch(path, "an unknown protocol",
              {{"got", std::to_string(protocol[protocol.root].integer)}}, "1001");
  const Pickle machine = next();
  const PickleId little = machine.find(machine.root, "little_endian");
  if (machine[little].kind == Kind::boolean && machine[little].integer == 0)
    throw UnsupportedError({.operation = "torch",
                            .problem = "a file of a big-endian machine",
                            .received = {{"path", path}},
                            .hint = "save it again on a little-endian one"});
  const Pickle pickle = next();
  const TorchContents contents = walk_torch(pickle, path, file);
  const Pickle keys = next();
  start = {};

  std::map<std::string, std::uint64_t> places;
  for (const PickleId id : keys[keys.root].items) {
    const std::string& key = keys[id].text;
    const auto known = contents.storages.find(key);
    if (known == contents.storages.end())
      bad_torch(path, "a storage that the pickle does not know", {{"storage", key}},
                "keys of the pickle");
    const std::uint64_t bytes = known->second.bytes;
    if (source.size - at < 8 || source.size - at - 8 < bytes)
      bad_torch(path, "a storage reaches beyond the end of the file", {{"storage", key}},
                std::to_string(bytes) + " bytes");
    std::uint64_t count = 0;
    source.read(at, &count, 8);
    if (count != bytes / size_of(known->second.type) || !places.emplace(key, at + 8).second)
      bad_torch(path, "a storage of the wrong size",
                {{"storage", key}, {"got", std::to_string(count)}},
                std::to_string(bytes / size_of(known->second.type)) + " numbers, once");
    at += 8 + bytes;
  }
  for (const auto& [key, storage] : contents.storages)
    if (!places.contains(key))
      bad_torch(path, "a storage is missing", {{"storage", key}}, "the numbers of each storage");
  check_tensors(contents, path, source.size);
  read_tensors(contents, file, path,
               [&](const std::string& key, const TorchStorage& storage, void* to) {
                 source.read(places.at(key), to, storage.bytes);
               });
  return file;
}

}  // namespace fathom::io::detail
