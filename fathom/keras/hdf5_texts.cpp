// Attributes that are texts.
#include <algorithm>

#include "fathom/keras/hdf5.h"
#include "fathom/keras/hdf5_data.h"

namespace fathom::keras::detail {
namespace {

constexpr std::uint64_t most_texts = 100000, most_letters = std::uint64_t{64} << 20;
constexpr const char* what = "an attribute";

struct Attribute {
  std::string name;
  io::ByteView type, space, data;
};

Attribute attribute_of(const Hdf5Image& image, io::ByteView body) {
  Hdf5Cursor fields(image, body, what);
  const std::uint8_t version = fields.byte(), flags = fields.byte();
  if (version < 1 || version > 3) fields.damaged();
  if (version > 1 && flags != 0)
    unusual_hdf5(image, "an attribute whose type is kept elsewhere", what);
  const std::uint64_t name = fields.number(2), type = fields.number(2), space = fields.number(2);
  if (version == 3) fields.skip(1);  // how the name is written: UTF-8 or ASCII
  const auto next = [&](std::uint64_t bytes) {
    const io::ByteView part = fields.take(bytes);
    if (version == 1) fields.skip((8 - bytes % 8) % 8);
    return part;
  };
  Attribute attribute;
  attribute.name = Hdf5Cursor(image, next(name), what).text_to_zero();
  attribute.type = next(type);
  attribute.space = next(space);
  attribute.data = fields.take(fields.left());
  return attribute;
}

/// Texts of any length lie in collections; an attribute holds their places there.
class TextCollections {
 public:
  explicit TextCollections(const Hdf5Image& image) : image_(image) {}

  /// The text of a reference, which is read.
  std::string next(Hdf5Cursor& reference) {
    const std::uint64_t length = reference.number(4), address = reference.address(),
                        index = reference.number(4);
    if (length == 0) return "";
    letters_ += length;
    if (letters_ > most_letters) reference.damaged();
    if (!collections_.contains(address)) open(address);
    const auto& texts = collections_[address];
    const auto found = texts.find(index);
    if (found == texts.end()) reference.damaged();
    return Hdf5Cursor(image_, found->second, what).text(length);
  }

 private:
  void open(std::uint64_t address) {
    constexpr std::uint64_t header = 16;
    Hdf5Cursor start(image_, address, "a collection of texts");
    start.expect("GCOL");
    start.skip(4);
    const std::uint64_t size = start.address();
    opened_bytes_ += size;  // collections do not overlap
    if (size < header || opened_bytes_ > image_.bytes.size()) start.damaged();
    Hdf5Cursor collection(image_, start.take(size - header), "a collection of texts");
    std::map<std::uint64_t, io::ByteView>& texts = collections_[address];
    while (collection.left() >= header) {
      const std::uint64_t index = collection.number(2);
      collection.skip(6);
      const std::uint64_t bytes = collection.address();
      if (index == 0) break;  // free space, the last of it
      texts.emplace(index, collection.take(bytes));
      collection.skip(std::min<std::uint64_t>((8 - bytes % 8) % 8, collection.left()));
    }
  }

  const Hdf5Image& image_;
  std::map<std::uint64_t, std::map<std::uint64_t, io::ByteView>> collections_;
  std::uint64_t letters_ = 0, opened_bytes_ = 0;
};

std::optional<std::vector<std::string>> texts_of(const Hdf5Image& image,
                                                 const Attribute& attribute) {
  const Hdf5Type type = type_of(image, attribute.type);
  if (!type.text && !type.text_elsewhere) return std::nullopt;
  const auto extents = space_of(image, attribute.space).value_or(std::vector<std::int64_t>{0});
  const auto count = io::detail::bytes_of(extents, 1);
  Hdf5Cursor data(image, attribute.data, what);
  if (!count || *count > most_texts) data.damaged();
  std::vector<std::string> texts;
  TextCollections collections(image);
  for (std::uint64_t i = 0; i < *count; ++i) {
    const std::string text = type.text ? data.text(type.bytes) : collections.next(data);
    texts.push_back(text.substr(0, text.find('\0')));
  }
  return texts;
}

std::optional<std::vector<std::string>> attribute_texts(const Hdf5Image& image,
                                                        const std::uint64_t* group,
                                                        const std::string& name) {
  if (!group) return std::nullopt;
  for (const io::ByteView body : attributes_of(image, Hdf5Object(image, *group))) {
    const Attribute attribute = attribute_of(image, body);
    if (attribute.name == name) return texts_of(image, attribute);
  }
  return std::nullopt;
}

const std::uint64_t* place_in(const std::map<std::string, std::uint64_t>& places,
                              const std::string& path) {
  const auto found = places.find(path);
  return found == places.end() ? nullptr : &found->second;
}

}  // namespace

std::optional<std::string> Hdf5File::text(const std::string& group, const std::string& name) const {
  auto all = attribute_texts(image_, place_in(groups_, group), name);
  if (!all || all->size() != 1) return std::nullopt;
  return std::move(all->front());
}

std::vector<std::string> Hdf5File::texts(const std::string& group, const std::string& name) const {
  return attribute_texts(image_, place_in(groups_, group), name)
      .value_or(std::vector<std::string>{});
}

}  // namespace fathom::keras::detail
