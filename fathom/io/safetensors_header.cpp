// The header is read event by event, not into a JSON tree: a tree keeps the last of two equal keys
// and so hides them, and hostile nesting is refused before it costs memory.
#include "fathom/io/safetensors_header.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "fathom/core/error.h"

namespace fathom::io::detail {
namespace {

using json = nlohmann::ordered_json;

// Bytes of an element of every type of the format; 0 if there is no such type.
int element_bytes(std::string_view dtype) {
  static constexpr std::pair<std::string_view, int> known[] = {
      {"F64", 8},  {"F32", 4}, {"F16", 2},     {"BF16", 2},    {"I64", 8},    {"I32", 4},
      {"I16", 2},  {"I8", 1},  {"U64", 8},     {"U32", 4},     {"U16", 2},    {"U8", 1},
      {"BOOL", 1}, {"C64", 8}, {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"F8_E8M0", 1}};
  for (const auto& [name, bytes] : known)
    if (name == dtype) return bytes;
  return 0;
}

std::string in_quotes(const std::string& text) {
  constexpr std::size_t longest = 120;
  const std::string cut = text.size() > longest ? text.substr(0, longest) + "..." : text;
  return json(cut).dump(-1, ' ', false, json::error_handler_t::replace);
}

// The grammar: { name: { "dtype": text, "shape": [n...], "data_offsets": [n, n] }...,
//                "__metadata__": { text: text... } }
class Handler : public nlohmann::json_sax<json> {
 public:
  explicit Handler(const std::string& source) : source_(source) {}

  SafetensorsListing listing;

  bool null() override { return value("null"); }
  bool boolean(bool v) override { return value(v ? "true" : "false"); }
  bool number_float(number_float_t, const string_t& text) override { return value(text); }
  bool binary(binary_t&) override { return value("binary"); }
  bool number_integer(number_integer_t v) override { return value(std::to_string(v)); }
  bool number_unsigned(number_unsigned_t v) override {
    const bool fits = v <= std::numeric_limits<std::int64_t>::max();
    if (place_ == Place::shape && fits)
      entry_.shape.push_back(static_cast<std::int64_t>(v));
    else if (place_ == Place::offsets && offsets_.size() < 2)
      offsets_.push_back(v);
    else
      return value(std::to_string(v));
    return true;
  }
  bool string(string_t& text) override {
    if (place_ == Place::metadata)
      listing.metadata[key_] = text;
    else if (place_ == Place::entry && key_ == "dtype")
      entry_.dtype = text;
    else
      return value(in_quotes(text));
    return true;
  }
  bool start_object(std::size_t) override {
    if (place_ == Place::outside) {
      place_ = Place::top;
    } else if (place_ == Place::top) {
      place_ = key_ == "__metadata__" ? Place::metadata : Place::entry;
      inner_keys_.clear();
      entry_ = {.name = key_};
      offsets_.clear();
    } else {
      return value("an object");
    }
    return true;
  }
  bool end_object() override {
    if (place_ == Place::entry) finish_entry();
    place_ = place_ == Place::top ? Place::outside : Place::top;
    return true;
  }
  bool start_array(std::size_t) override {
    if (place_ == Place::entry && key_ == "shape")
      place_ = Place::shape;
    else if (place_ == Place::entry && key_ == "data_offsets")
      place_ = Place::offsets;
    else
      return value("an array");
    return true;
  }
  bool end_array() override {
    if (place_ == Place::offsets && offsets_.size() != 2)
      bad("wrong data_offsets", std::to_string(offsets_.size()) + " numbers", "begin and end");
    place_ = Place::entry;
    return true;
  }
  bool key(string_t& text) override {
    auto& keys = place_ == Place::top ? top_keys_ : inner_keys_;
    if (!keys.insert(text).second)
      bad_safetensors(source_, "the header has a key twice",
                      {{"in", where()}, {"key", in_quotes(text)}}, "keys that differ",
                      "readers differ in which of the two they take");
    if (place_ == Place::entry && text != "dtype" && text != "shape" && text != "data_offsets")
      bad("unknown key in a tensor's entry", in_quotes(text), "dtype, shape and data_offsets");
    key_ = text;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: what is wrong"
    std::string what = error.what();
    if (const auto start = what.find(": "); start != std::string::npos) what.erase(0, start + 2);
    bad_safetensors(source_, "the header is not valid JSON",
                    {{"at byte", std::to_string(position + 7)}, {"reason", in_quotes(what)}},
                    "one JSON object in UTF-8");
  }

 private:
  enum class Place { outside, top, metadata, entry, shape, offsets };

  std::string where() const {
    if (place_ == Place::outside || place_ == Place::top) return "the header";
    if (place_ == Place::metadata) return "__metadata__";
    return "tensor " + in_quotes(entry_.name);
  }
  [[noreturn]] void bad(const std::string& problem, const std::string& got,
                        const std::string& expected) const {
    bad_safetensors(source_, problem, {{"in", where()}, {"got", got}}, expected);
  }
  // Any value at a place where the grammar wants another one.
  [[noreturn]] bool value(const std::string& got) const {
    switch (place_) {
      case Place::outside:
        bad("the header is not an object", got, "a JSON object");
      case Place::top:
        bad("the entry of " + in_quotes(key_) + " is not an object", got, "an object");
      case Place::metadata:
        bad("the metadata " + in_quotes(key_) + " is not text", got, "a string");
      case Place::entry:
        bad("wrong " + key_, got, key_ == "dtype" ? "a string" : "an array of numbers");
      case Place::shape:
        bad("wrong shape", got, "whole numbers from 0 to 2^63 - 1");
      case Place::offsets:
        break;
    }
    bad("wrong data_offsets", got, "two whole numbers, begin and end");
  }
  void finish_entry() {
    for (const char* needed : {"dtype", "shape", "data_offsets"})
      if (!inner_keys_.contains(needed))
        bad_safetensors(source_, "a tensor's entry is not complete",
                        {{"in", where()}, {"missing", needed}}, "dtype, shape and data_offsets");
    const int element = element_bytes(entry_.dtype);
    if (element == 0)
      bad("unknown dtype", in_quotes(entry_.dtype), "F64 F32 F16 BF16 I64 I32 I8 U8 or BOOL");
    if (offsets_[0] > offsets_[1])
      bad("data_offsets that end before they begin",
          std::to_string(offsets_[0]) + ", " + std::to_string(offsets_[1]), "begin <= end");
    entry_.offset = offsets_[0];
    entry_.bytes = offsets_[1] - offsets_[0];
    std::uint64_t size = static_cast<std::uint64_t>(element);
    // Products that overflow are refused even beside an extent of 0: Shape::size() would overflow
    // too.
    bool too_large = false;
    for (const std::int64_t n : entry_.shape)
      if (n != 0) too_large |= __builtin_mul_overflow(size, static_cast<std::uint64_t>(n), &size);
    too_large |= size > std::numeric_limits<std::int64_t>::max();
    if (std::ranges::find(entry_.shape, 0) != entry_.shape.end()) size = 0;
    if (too_large || size != entry_.bytes)
      bad("shape and data_offsets do not fit",
          entry_.dtype + " " + json(entry_.shape).dump() + " in " + std::to_string(entry_.bytes) +
              " bytes",
          too_large ? "a size below 2^63 bytes" : std::to_string(size) + " bytes");
    listing.entries.push_back(std::move(entry_));
  }

  const std::string& source_;
  Place place_ = Place::outside;
  std::string key_;
  std::set<std::string> top_keys_, inner_keys_;
  SafetensorsEntry entry_;
  std::vector<std::uint64_t> offsets_;
};

}  // namespace

void bad_safetensors(const std::string& source, const std::string& problem,
                     std::vector<std::pair<std::string, std::string>> received,
                     const std::string& expected, const std::string& hint) {
  received.insert(received.begin(), {"path", source});
  throw FormatError({.operation = "safetensors",
                     .problem = problem,
                     .received = std::move(received),
                     .expected = expected,
                     .hint = hint});
}

std::uint64_t header_length(ByteView first_bytes, std::uint64_t file_bytes,
                            const std::string& source) {
  if (first_bytes.size() < 8)
    bad_safetensors(source, "too short for a header",
                    {{"file", std::to_string(file_bytes) + " bytes"}},
                    "8 bytes with the header's length first", "was the file cut off?");
  std::uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | first_bytes[i];
  if (length > file_bytes - 8)
    bad_safetensors(source, "the header reaches beyond the end",
                    {{"header", std::to_string(length) + " bytes"},
                     {"file", std::to_string(file_bytes) + " bytes"}},
                    "at most " + std::to_string(file_bytes - 8) + " bytes of header",
                    "the file was cut off or is no safetensors file");
  if (length > max_header_bytes)
    bad_safetensors(source, "the header is too long",
                    {{"header", std::to_string(length) + " bytes"}},
                    "at most " + std::to_string(max_header_bytes) + " bytes");
  return length;
}

SafetensorsListing parse_header(std::string_view text, std::uint64_t data_bytes,
                                const std::string& source) {
  Handler handler(source);
  json::sax_parse(text, &handler);
  SafetensorsListing listing = std::move(handler.listing);
  std::ranges::stable_sort(listing.entries, {}, [](const SafetensorsEntry& entry) {
    return std::pair(entry.offset, entry.bytes);
  });
  std::uint64_t end = 0;
  for (SafetensorsEntry& entry : listing.entries) {
    if (entry.offset != end)
      bad_safetensors(
          source, entry.offset > end ? "a hole in the data" : "two tensors overlap",
          {{"in", "tensor " + in_quotes(entry.name)}, {"begins at", std::to_string(entry.offset)}},
          "it to begin at " + std::to_string(end) + ", where the one before it ends");
    if (entry.bytes > data_bytes - end)
      bad_safetensors(source, "a tensor reaches beyond the end of the file",
                      {{"in", "tensor " + in_quotes(entry.name)},
                       {"ends at", std::to_string(end + entry.bytes)}},
                      "at most " + std::to_string(data_bytes) + " bytes of data",
                      "was the file cut off?");
    end += entry.bytes;
    entry.offset += 8 + text.size();
  }
  if (end != data_bytes)
    bad_safetensors(source, "bytes that belong to no tensor",
                    {{"tensors", std::to_string(end) + " bytes"}},
                    std::to_string(data_bytes) + ", all that follows the header");
  return listing;
}

}  // namespace fathom::io::detail
