#include "fathom/keras/hdf5.h"

#include <hdf5.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "fathom/core/error.h"
#include "fathom/io/stored.h"

namespace fathom::keras::detail {
namespace {

using io::detail::Stored;

constexpr std::size_t most_datasets = 100000;
constexpr int most_levels = 32;
constexpr std::uint64_t harmless_bytes = std::uint64_t{256} << 20, harmless_gain = 100;
constexpr std::size_t most_text = std::size_t{64} << 20;

[[noreturn]] void bad_hdf5(const std::string& source, const std::string& problem,
                           const std::string& at, const std::string& expected = "") {
  throw FormatError({.operation = "hdf5",
                     .problem = problem,
                     .received = {{"path", source}, {"at", at}},
                     .expected = expected,
                     .hint = "was the file cut off or damaged?"});
}

// An identifier of the library's, given back at the end of the scope.
class Held {
 public:
  Held(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Held(Held&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }  // NOLINT(google-explicit-constructor)
  bool good() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

std::optional<Stored> stored_type(hid_t type) {
  const std::size_t size = H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_FLOAT: {
      std::size_t sign, exponent, exponent_bits, mantissa, mantissa_bits;
      H5Tget_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits);
      if (size == 8) return Stored::f64;
      if (size == 4) return Stored::f32;
      if (size == 2) return exponent_bits == 8 ? Stored::bf16 : Stored::f16;
      return std::nullopt;
    }
    case H5T_INTEGER: {
      const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
      if (size == 8) return is_signed ? Stored::i64 : Stored::u64;
      if (size == 4) return is_signed ? Stored::i32 : Stored::u32;
      if (size == 2) return is_signed ? Stored::i16 : Stored::u16;
      if (size == 1) return is_signed ? Stored::i8 : Stored::u8;
      return std::nullopt;
    }
    case H5T_ENUM:  // what h5py makes of bool
      return size == 1 && H5Tget_nmembers(type) == 2 ? std::optional(Stored::boolean)
                                                     : std::nullopt;
    default:
      return std::nullopt;
  }
}

// Data that lie outside of the file, or are packed in a way that might load a plugin.
const char* unsafe(hid_t dataset) {
  const Held made(H5Dget_create_plist(dataset), H5Pclose);
  if (H5Pget_external_count(made) != 0) return "data in another file";
  const H5D_layout_t layout = H5Pget_layout(made);
  if (layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED && layout != H5D_COMPACT)
    return "data that other data sets make up";
  for (int i = 0; i < H5Pget_nfilters(made); ++i) {
    unsigned flags = 0;
    std::size_t count = 0;
    const H5Z_filter_t filter = H5Pget_filter2(made, static_cast<unsigned>(i), &flags, &count,
                                               nullptr, 0, nullptr, nullptr);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
        filter != H5Z_FILTER_FLETCHER32)
      return "data packed in a way that is not gzip";
  }
  return nullptr;
}

std::optional<std::vector<std::string>> attribute_texts(hid_t file, const std::string& group,
                                                        const std::string& name) {
  if (!group.empty() && H5Lexists(file, group.c_str(), H5P_DEFAULT) <= 0) return std::nullopt;
  const Held object(H5Oopen(file, group.empty() ? "/" : group.c_str(), H5P_DEFAULT), H5Oclose);
  if (!object.good() || H5Aexists(object, name.c_str()) <= 0) return std::nullopt;
  const Held attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
  const Held type(H5Aget_type(attribute), H5Tclose);
  const Held space(H5Aget_space(attribute), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  if (H5Tget_class(type) != H5T_STRING || count < 0 || count > 1000000) return std::nullopt;
  std::vector<std::string> texts;
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> read(static_cast<std::size_t>(count));
    if (H5Aread(attribute, type, read.data()) < 0) return std::nullopt;
    for (const char* text : read) texts.emplace_back(text ? text : "");
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, read.data());
    return texts;
  }
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || size > most_text || static_cast<std::size_t>(count) > most_text / size)
    return std::nullopt;
  std::string all(size * static_cast<std::size_t>(count), '\0');
  if (H5Aread(attribute, type, all.data()) < 0) return std::nullopt;
  for (std::size_t at = 0; at < all.size(); at += size)
    texts.emplace_back(all.data() + at, strnlen(all.data() + at, size));
  return texts;
}

}  // namespace

struct Hdf5File::State {
  hid_t file = -1;
  ~State() {
    if (file >= 0) H5Fclose(file);
  }
};

bool is_hdf5(io::ByteView start) {
  constexpr std::uint8_t magic[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  return start.size() >= sizeof magic &&
         std::equal(std::begin(magic), std::end(magic), start.begin());
}

Hdf5File::Hdf5File(io::Bytes bytes, std::string source)
    : state_(std::make_unique<State>()), source_(std::move(source)), file_bytes_(bytes.size()) {
  H5open();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // its errors become ours
  H5PLset_loading_state(0);
  const Held access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access, std::size_t{1} << 16, 0);
  H5Pset_file_image(access, bytes.data(), bytes.size());
  bytes = {};  // the library has a copy of its own
  state_->file = H5Fopen("image", H5F_ACC_RDONLY, access);
  if (state_->file < 0) bad_hdf5(source_, "not a whole HDF5 file", "its start");
  list(state_->file, "", 0);
}

Hdf5File::~Hdf5File() = default;

void Hdf5File::list(std::int64_t group, const std::string& path, int level) {
  if (level > most_levels) bad_hdf5(source_, "groups nested too deep", path, "at most 32 levels");
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t* info, void* to) -> herr_t {
    if (info->type != H5L_TYPE_HARD) return 0;
    auto& list = *static_cast<std::vector<std::string>*>(to);
    if (list.size() > most_datasets) return 1;
    list.emplace_back(name);
    return 0;
  };
  hsize_t at = 0;
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &at, add, &names) < 0)
    bad_hdf5(source_, "a damaged group", path.empty() ? "/" : path);
  for (const std::string& name : names) {
    const std::string full = path.empty() ? name : path + "/" + name;
    const Held object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
    const H5I_type_t kind = object.good() ? H5Iget_type(object) : H5I_BADID;
    if (kind == H5I_BADID) bad_hdf5(source_, "a damaged object", full);
    if (kind == H5I_GROUP) list(object, full, level + 1);
    if (kind == H5I_DATASET) datasets_.push_back(full);
    if (datasets_.size() > most_datasets)
      bad_hdf5(source_, "too many data sets", full, "at most 100000");
  }
}

bool Hdf5File::has(const std::string& path) const {
  return std::ranges::find(datasets_, path) != datasets_.end();
}

Tensor Hdf5File::tensor(const std::string& path, std::vector<std::string>& notes) const {
  const Held dataset(H5Dopen2(state_->file, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.good()) bad_hdf5(source_, "a damaged data set", path);
  const Held type(H5Dget_type(dataset), H5Tclose);
  const Held space(H5Dget_space(dataset), H5Sclose);
  const std::optional<Stored> stored = type.good() ? stored_type(type) : std::nullopt;
  const int rank = H5Sget_simple_extent_ndims(space);
  const char* refused = unsafe(dataset);
  if (!stored || rank < 0 || rank > Shape::max_rank || refused)
    throw UnsupportedError(
        {.operation = "hdf5",
         .problem = refused   ? refused
                    : !stored ? "no tensor of this element type"
                              : "too many axes",
         .received = {{"path", source_}, {"data set", path}},
         .expected = "numbers of 8 to 64 bits with at most 8 axes, in the file"});
  hsize_t extents[Shape::max_rank] = {};
  H5Sget_simple_extent_dims(space, extents, nullptr);
  std::vector<std::int64_t> shape(extents, extents + rank);
  const auto bytes = io::detail::bytes_of(shape, io::detail::size_of(*stored));
  const std::uint64_t packed = H5Dget_storage_size(dataset);
  if (!bytes || packed > file_bytes_ ||
      (*bytes > harmless_bytes ? *bytes / harmless_gain > packed : *bytes > 0 && packed == 0))
    bad_hdf5(source_, "a data set larger than the file can hold", path,
             "at most 256 MiB, or 100 times its " + std::to_string(packed) + " packed bytes");
  const Held native(H5Tcopy(type), H5Tclose);
  if (H5Tget_class(type) != H5T_ENUM) H5Tset_order(native, H5T_ORDER_LE);
  io::Bytes numbers(*bytes);
  if (!numbers.empty() &&
      H5Dread(dataset, native, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) < 0)
    bad_hdf5(source_, "a damaged data set", path);
  if (!io::detail::is_kept(*stored))
    notes.push_back(path + ": " + std::string(io::detail::name(*stored)) + " became " +
                    std::string(name(io::detail::tensor_dtype(*stored))));
  const Shape own(shape);
  return io::detail::tensor_of({*stored, own, io::detail::row_major(own)}, numbers.data(),
                               {"hdf5", source_, path});
}

std::optional<std::string> Hdf5File::text(const std::string& group, const std::string& name) const {
  auto all = attribute_texts(state_->file, group, name);
  if (!all || all->size() != 1) return std::nullopt;
  return std::move(all->front());
}

std::vector<std::string> Hdf5File::texts(const std::string& group, const std::string& name) const {
  return attribute_texts(state_->file, group, name).value_or(std::vector<std::string>{});
}

}  // namespace fathom::keras::detail
