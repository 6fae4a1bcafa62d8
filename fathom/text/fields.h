// Private to fathom/text: reading what a tokenizer.json says, with errors that name the place.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::text {

using Json = nlohmann::json;                 // as it is read: many keys, found fast
using OrderedJson = nlohmann::ordered_json;  // as it is written: keys in their order

/// A value of a tokenizer.json and where it stands: "normalizer.normalizers[2]".
class Field {
 public:
  Field(const Json& value, std::string path) : value_(value), path_(std::move(path)) {}

  const Json& value() const { return value_; }
  const std::string& path() const { return path_; }
  bool is_text() const;
  bool is_array() const;

  /// The member `name`. Errors: FormatError if this is no object or has no such member.
  Field operator[](const char* name) const;
  /// The same, or nothing if it is not there or null.
  std::optional<Field> find(const char* name) const;
  /// The elements of an array. Errors: FormatError for anything else.
  std::vector<Field> elements() const;
  /// The same for a list of parts, which may be lists themselves. Errors: FormatError if they are
  /// nested deeper than any tokenizer has reason to.
  std::vector<Field> parts() const;

  std::string text() const;
  bool boolean() const;
  double number() const;
  /// A whole number from 0 to `most`.
  std::uint32_t count(std::uint64_t most = UINT32_MAX) const;
  /// A text of one character.
  char32_t character() const;

  std::string text_or(const char* name, const std::string& otherwise) const;
  bool boolean_or(const char* name, bool otherwise) const;

  /// The member "type".
  std::string type() const { return (*this)["type"].text(); }
  /// Errors: FormatError that says what stands here and what was expected.
  [[noreturn]] void fail(const std::string& problem, const std::string& expected) const;
  /// Errors: UnsupportedError for a part of this type.
  [[noreturn]] void unknown_type(const char* kind, const std::string& known) const;

 private:
  const Json& value_;
  std::string path_;
};

/// A value as it is shown in an error: short, printable.
std::string shown(const Json& value);

/// A text as JSON, in quotes.
std::string in_quotes(std::string_view text);
/// A number as JSON: the shortest text that gives it back.
std::string number_text(double number);

}  // namespace fathom::text
