// Types, extents and the numbers of data sets.
#include "fathom/keras/hdf5_data.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "fathom/core/error.h"

namespace fathom::keras::detail {
namespace {

using io::detail::Stored;

constexpr std::uint64_t harmless_bytes = std::uint64_t{256} << 20, harmless_gain = 100;
constexpr int most_axes = 32;

std::optional<Stored> whole_number(std::uint64_t bytes, bool with_sign) {
  switch (bytes) {
    case 1:
      return with_sign ? Stored::i8 : Stored::u8;
    case 2:
      return with_sign ? Stored::i16 : Stored::u16;
    case 4:
      return with_sign ? Stored::i32 : Stored::u32;
    case 8:
      return with_sign ? Stored::i64 : Stored::u64;
    default:
      return std::nullopt;
  }
}

// Sums of pairs of bytes, as the filter Fletcher32 keeps them: carries are added at the low end.
std::uint32_t fletcher32(io::ByteView bytes) {
  const auto added = [](std::uint32_t a, std::uint32_t b) {
    return ((a + b) & 0xffff) + ((a + b) >> 16);
  };
  std::uint32_t low = 0, high = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const std::uint32_t second = i + 1 < bytes.size() ? bytes[i + 1] : 0;
    low = added(low, std::uint32_t{bytes[i]} << 8 | second);
    high = added(high, low);
  }
  return high << 16 | low;
}

void unshuffle(io::Bytes& bytes, std::size_t element) {
  if (element < 2) return;
  const io::Bytes planes = bytes;
  const std::size_t count = bytes.size() / element;
  for (std::size_t b = 0; b < element; ++b)
    for (std::size_t i = 0; i < count; ++i) bytes[i * element + b] = planes[b * count + i];
}

}  // namespace

Hdf5Type type_of(const Hdf5Image& image, io::ByteView message) {
  Hdf5Cursor fields(image, message, "an element type");
  const int kind = fields.byte() & 15;
  const std::uint64_t bits = fields.number(3);
  Hdf5Type type{.bytes = fields.number(4)};
  if (type.bytes == 0) fields.damaged();
  switch (kind) {
    case 0:
      type.stored = whole_number(type.bytes, bits & 8);
      type.swapped = bits & 1;
      break;
    case 1: {
      fields.skip(5);
      const std::uint8_t exponent_bits = fields.byte();
      type.stored = type.bytes == 8   ? std::optional(Stored::f64)
                    : type.bytes == 4 ? std::optional(Stored::f32)
                    : type.bytes == 2
                        ? std::optional(exponent_bits == 8 ? Stored::bf16 : Stored::f16)
                        : std::nullopt;
      type.swapped = bits & 1;
      break;
    }
    case 3:
      type.text = true;
      break;
    case 8:  // what h5py makes of bool: an enumeration of two
      if (type.bytes == 1 && (bits & 0xffff) == 2) type.stored = Stored::boolean;
      break;
    case 9:
      type.text_elsewhere = (bits & 15) == 1;
      break;
    default:
      break;
  }
  return type;
}

std::optional<std::vector<std::int64_t>> space_of(const Hdf5Image& image, io::ByteView message) {
  Hdf5Cursor fields(image, message, "the extents of a data set");
  const std::uint8_t version = fields.byte(), rank = fields.byte();
  fields.skip(1);
  constexpr std::uint8_t empty = 2;
  if (version == 1)
    fields.skip(5);
  else if (version != 2)
    fields.damaged();
  else if (fields.byte() == empty)
    return std::nullopt;
  if (rank > most_axes) fields.damaged();
  std::vector<std::int64_t> extents;
  for (int i = 0; i < rank; ++i) extents.push_back(static_cast<std::int64_t>(fields.number(8)));
  return extents;
}

Hdf5Dataset::Hdf5Dataset(const Hdf5Image& image, const Hdf5Object& object, std::string path)
    : image_(image), object_(object), path_(std::move(path)) {
  const auto type = object.find(Hdf5About::type), space = object.find(Hdf5About::space);
  if (!type || !space) bad_hdf5(image, "a damaged data set", path_);
  type_ = type_of(image, *type);
  extents_ = space_of(image, *space).value_or(std::vector<std::int64_t>{0});
}

std::optional<std::uint64_t> Hdf5Dataset::bytes() const {
  return io::detail::bytes_of(extents_, type_.bytes);
}

void Hdf5Dataset::check_size(std::uint64_t packed) const {
  const auto all = bytes();
  if (!all || (*all > harmless_bytes && *all / harmless_gain > packed))
    bad_hdf5(image_, "a data set larger than the file can hold", path_,
             "at most 256 MiB, or 100 times its " + std::to_string(packed) + " packed bytes");
}

// What stands where nothing was written.
io::Bytes Hdf5Dataset::filled(std::uint64_t bytes) const {
  io::Bytes numbers(bytes);
  const auto message = object_.find(Hdf5About::fill);
  if (!message) return numbers;
  Hdf5Cursor fields(image_, *message, "a data set's value for what is not written");
  const std::uint8_t version = fields.byte();
  bool given = true;
  if (version == 3) {
    given = fields.byte() & 32;
  } else {
    fields.skip(2);
    given = fields.byte() != 0;
  }
  const std::uint64_t size = given ? fields.number(4) : 0;
  const io::ByteView value = fields.take(size);
  if (size == type_.bytes && std::ranges::any_of(value, [](std::uint8_t b) { return b != 0; }))
    for (std::uint64_t at = 0; at + size <= bytes; at += size)
      std::memcpy(numbers.data() + at, value.data(), size);
  return numbers;
}

std::vector<Hdf5Dataset::Filter> Hdf5Dataset::filters() const {
  std::vector<Filter> found;
  const auto message = object_.find(Hdf5About::filters);
  if (!message) return found;
  Hdf5Cursor fields(image_, *message, "how a data set is packed");
  const std::uint8_t version = fields.byte();
  const std::uint8_t count = fields.byte();
  if (version == 1) fields.skip(6);
  for (int i = 0; i < count; ++i) {
    Filter filter{.id = fields.number(2), .flags = 0, .values = {}};
    const std::uint64_t name = version == 1 || filter.id >= 256 ? fields.number(2) : 0;
    filter.flags = fields.number(2);
    const std::uint64_t values = fields.number(2);
    fields.skip(version == 1 ? (name + 7) / 8 * 8 : name);
    for (std::uint64_t v = 0; v < values; ++v) filter.values.push_back(fields.number(4));
    if (version == 1 && values % 2 == 1) fields.skip(4);
    found.push_back(std::move(filter));
  }
  return found;
}

io::Bytes Hdf5Dataset::read() const {
  Hdf5Cursor layout(image_, *object_.find(Hdf5About::layout), "where a data set lies");
  const std::uint8_t version = layout.byte();
  if (version != 3 && version != 4) unusual_hdf5(image_, "a data set of an old layout", path_);
  const std::uint8_t kind = layout.byte();
  constexpr std::uint8_t compact = 0, contiguous = 1, in_parts = 2;
  io::ByteView plain;
  bool written = true;
  if (kind == compact) {
    plain = layout.take(layout.number(2));
  } else if (kind == contiguous) {
    const std::uint64_t address = layout.address(), size = layout.address();
    written = address != hdf5_nowhere;
    if (written) plain = Hdf5Cursor(image_, address, "a data set").take(size);
  } else if (kind != in_parts) {
    unusual_hdf5(image_, "data that other data sets make up", path_);
  } else if (version == 4) {
    unusual_hdf5(image_, "a data set in parts that are listed in a new way", path_);
  }

  io::Bytes numbers;
  if (kind == in_parts) {
    read_parts(layout, numbers);
  } else {
    check_size(plain.size());
    const std::uint64_t all = *bytes();
    if (written && plain.size() < all) bad_hdf5(image_, "a data set that ends early", path_);
    numbers = written ? io::Bytes(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(all))
                      : filled(all);
  }
  const std::size_t element = type_.bytes;
  if (type_.swapped)
    for (std::size_t at = 0; at < numbers.size(); at += element)
      std::reverse(numbers.begin() + static_cast<std::ptrdiff_t>(at),
                   numbers.begin() + static_cast<std::ptrdiff_t>(at + element));
  return numbers;
}

std::vector<Hdf5Dataset::Part> Hdf5Dataset::parts(std::uint64_t tree,
                                                  std::uint64_t most_parts) const {
  std::vector<Part> found;
  if (tree == hdf5_nowhere) return found;
  const std::size_t axes = extents_.size();
  for (const Hdf5TreeEntry& entry : tree_entries(image_, tree, 1, 8 + 8 * (axes + 1))) {
    Hdf5Cursor key(image_, entry.key, "a part of a data set");
    const std::uint64_t packed = key.number(4);
    Part part{.first = {}, .skipped_filters = key.number(4), .packed = {}};
    for (std::size_t i = 0; i < axes; ++i) part.first.push_back(key.address());
    part.packed = Hdf5Cursor(image_, entry.child, "a part of a data set").take(packed);
    found.push_back(std::move(part));
    if (found.size() > most_parts) bad_hdf5(image_, "more parts than the data set has", path_);
  }
  return found;
}

io::Bytes Hdf5Dataset::unpacked(const Part& part, std::uint64_t bytes,
                                const std::vector<Filter>& how) const {
  constexpr std::uint64_t deflated = 1, shuffled = 2, summed = 3;
  io::Bytes data(part.packed.begin(), part.packed.end());
  for (std::size_t i = how.size(); i-- > 0;) {
    if (i < 32 && (part.skipped_filters >> i & 1)) continue;
    if (how[i].id == deflated) {
      io::Bytes out(bytes + 4);  // a checksum may follow within
      uLongf size = out.size();
      if (uncompress(out.data(), &size, data.data(), data.size()) != Z_OK)
        bad_hdf5(image_, "a damaged part of a data set", path_);
      out.resize(size);
      data = std::move(out);
    } else if (how[i].id == shuffled) {
      unshuffle(data, how[i].values.empty() ? type_.bytes : how[i].values[0]);
    } else if (how[i].id == summed) {
      if (data.size() < 4) bad_hdf5(image_, "a damaged part of a data set", path_);
      Hdf5Cursor sum(image_, io::ByteView(data).last(4), "a checksum");
      data.resize(data.size() - 4);
      if (sum.number(4) != fletcher32(data))
        bad_hdf5(image_, "a part of a data set whose checksum is wrong", path_);
    } else {
      unusual_hdf5(image_, "data packed in a way that is not gzip", path_);
    }
  }
  if (data.size() != bytes) bad_hdf5(image_, "a part of a data set of another size", path_);
  return data;
}

void Hdf5Dataset::read_parts(Hdf5Cursor layout, io::Bytes& numbers) const {
  const std::size_t axes = extents_.size();
  if (layout.byte() != axes + 1) layout.damaged();
  const std::uint64_t tree = layout.address();
  std::vector<std::int64_t> sides;
  std::uint64_t most_parts = 1;
  for (std::size_t i = 0; i < axes; ++i) {
    sides.push_back(static_cast<std::int64_t>(layout.number(4)));
    if (sides[i] < 1 || extents_[i] < 0) layout.damaged();
    const auto along = static_cast<std::uint64_t>((extents_[i] - 1) / sides[i] + 1);
    if (__builtin_mul_overflow(most_parts, along, &most_parts)) layout.damaged();
  }
  const auto part_bytes = io::detail::bytes_of(sides, type_.bytes);
  if (!part_bytes || *part_bytes > harmless_bytes)
    unusual_hdf5(image_, "data in parts of more than 256 MiB", path_);
  const std::vector<Part> all = parts(tree, most_parts);
  std::uint64_t packed = 0;
  for (const Part& part : all) packed += part.packed.size();
  check_size(std::min<std::uint64_t>(packed, image_.bytes.size()));
  numbers = filled(*bytes());
  if (numbers.empty()) return;

  const std::vector<Filter> how = filters();
  for (const Part& part : all) {
    const io::Bytes data = unpacked(part, *part_bytes, how);
    // Rows of the part, those outside of the data set left out; an odometer over all but the last
    // axis.
    std::vector<std::int64_t> at(axes), counts(axes);
    for (std::size_t i = 0; i < axes; ++i) {
      if (part.first[i] >= static_cast<std::uint64_t>(extents_[i]))
        bad_hdf5(image_, "a part outside of its data set", path_);
      counts[i] = std::min(sides[i], extents_[i] - static_cast<std::int64_t>(part.first[i]));
    }
    for (bool more = true; more;) {
      std::uint64_t from = 0, to = 0;
      for (std::size_t i = 0; i < axes; ++i) {
        from = from * static_cast<std::uint64_t>(sides[i]) + static_cast<std::uint64_t>(at[i]);
        to = to * static_cast<std::uint64_t>(extents_[i]) + part.first[i] +
             static_cast<std::uint64_t>(at[i]);
      }
      const auto row = static_cast<std::uint64_t>(axes == 0 ? 1 : counts[axes - 1]) * type_.bytes;
      std::memcpy(numbers.data() + to * type_.bytes, data.data() + from * type_.bytes, row);
      more = false;
      for (std::size_t i = axes; i-- > 0 && !more;) {
        if (i + 1 == axes) continue;
        more = ++at[i] < counts[i];
        if (!more) at[i] = 0;
      }
    }
  }
}

}  // namespace fathom::keras::detail
