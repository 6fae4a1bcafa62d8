#include "fathom/keras/hdf5.h"

#include <algorithm>
#include <utility>

#include "fathom/core/error.h"
#include "fathom/keras/hdf5_data.h"

namespace fathom::keras::detail {
namespace {

constexpr std::uint64_t most_objects = 100000, most_letters_of_paths = std::uint64_t{64} << 20;
constexpr int most_levels = 32;
constexpr std::uint64_t harmless_sum = std::uint64_t{256} << 20, harmless_share = 100;

}  // namespace

bool is_hdf5(io::ByteView start) {
  constexpr std::uint8_t magic[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  return start.size() >= sizeof magic &&
         std::equal(std::begin(magic), std::end(magic), start.begin());
}

Hdf5File::Hdf5File(io::Bytes bytes, std::string source)
    : image_{std::move(bytes), std::move(source)} {
  if (!is_hdf5(image_.bytes)) bad_hdf5(image_, "not a whole HDF5 file", "its start");
  list(hdf5_root(image_), "", 0);
}

void Hdf5File::list(std::uint64_t group, const std::string& path, int level) {
  if (level > most_levels) bad_hdf5(image_, "groups nested too deep", path, "at most 32 levels");
  groups_.emplace(path, group);
  for (const Hdf5Link& link : links_of(image_, Hdf5Object(image_, group))) {
    const std::string full = path.empty() ? link.name : path + "/" + link.name;
    path_letters_ += full.size();
    if (++objects_ > most_objects || path_letters_ > most_letters_of_paths)
      bad_hdf5(image_, "too many data sets and groups", path, "at most 100000");
    const Hdf5Object object(image_, link.address);
    header_bytes_ += object.bytes();
    if (header_bytes_ > 4 * image_.bytes.size())
      bad_hdf5(image_, "the same objects in many places", full);
    if (object.is_group()) list(link.address, full, level + 1);
    if (!object.is_dataset()) continue;
    datasets_.push_back(full);
    places_.emplace(full, link.address);
    const auto bytes = Hdf5Dataset(image_, object, full).bytes();
    if (!bytes || __builtin_add_overflow(unpacked_bytes_, *bytes, &unpacked_bytes_) ||
        (unpacked_bytes_ > harmless_sum && unpacked_bytes_ / harmless_share > image_.bytes.size()))
      bad_hdf5(image_, "data sets larger than the file can hold", full,
               "at most 256 MiB in all, or 100 times the file's bytes");
  }
}

bool Hdf5File::has(const std::string& path) const { return places_.contains(path); }

Tensor Hdf5File::tensor(const std::string& path, std::vector<std::string>& notes) const {
  const Hdf5Object object(image_, places_.at(path));
  const Hdf5Dataset dataset(image_, object, path);
  const auto stored = dataset.type().stored;
  if (!stored || dataset.extents().size() > Shape::max_rank)
    throw UnsupportedError(
        {.operation = "hdf5",
         .problem = !stored ? "no tensor of this element type" : "too many axes",
         .received = {{"path", image_.source}, {"data set", path}},
         .expected = "numbers of 8 to 64 bits with at most 8 axes, in the file"});
  const io::Bytes numbers = dataset.read();
  if (!io::detail::is_kept(*stored))
    notes.push_back(path + ": " + std::string(io::detail::name(*stored)) + " became " +
                    std::string(name(io::detail::tensor_dtype(*stored))));
  const Shape own(dataset.extents());
  return io::detail::tensor_of({*stored, own, io::detail::row_major(own)}, numbers.data(),
                               {"hdf5", image_.source, path});
}

}  // namespace fathom::keras::detail
