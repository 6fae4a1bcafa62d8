#include "fathom/text/fields.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fathom/core/error.h"
#include "fathom/text/utf8.h"

namespace fathom::text {

std::string shown(const Json& value) {
  if (value.is_object()) return "an object of " + std::to_string(value.size());
  if (value.is_array()) return "an array of " + std::to_string(value.size());
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  constexpr std::size_t longest = 80;
  return text.size() > longest ? text.substr(0, longest) + "..." : text;
}

std::string in_quotes(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string number_text(double number) { return Json(number).dump(); }

void Field::fail(const std::string& problem, const std::string& expected) const {
  throw FormatError(
      {.operation = "tokenizer.json",
       .problem = problem,
       .received = {{"in", path_.empty() ? "the file" : path_}, {"got", shown(value_)}},
       .expected = expected});
}

void Field::unknown_type(const char* kind, const std::string& known) const {
  throw UnsupportedError({.operation = "tokenizer.json",
                          .problem = std::string("there is no ") + kind + " of this type",
                          .received = {{"in", path_}, {"type", shown(value_.at("type"))}},
                          .expected = known});
}

bool Field::is_text() const { return value_.is_string(); }
bool Field::is_array() const { return value_.is_array(); }

Field Field::operator[](const char* name) const {
  if (!value_.is_object()) fail("not an object", "an object");
  const auto at = value_.find(name);
  if (at == value_.end()) fail(std::string("a member is missing: ") + name, "an object with it");
  return {*at, path_.empty() ? name : path_ + "." + name};
}

std::optional<Field> Field::find(const char* name) const {
  if (!value_.is_object()) fail("not an object", "an object");
  const auto at = value_.find(name);
  if (at == value_.end() || at->is_null()) return std::nullopt;
  return Field{*at, path_.empty() ? name : path_ + "." + name};
}

std::vector<Field> Field::elements() const {
  if (!value_.is_array()) fail("not an array", "an array");
  std::vector<Field> out;
  out.reserve(value_.size());
  for (std::size_t i = 0; i < value_.size(); ++i)
    out.emplace_back(value_[i], path_ + "[" + std::to_string(i) + "]");
  return out;
}

std::vector<Field> Field::parts() const {
  constexpr std::ptrdiff_t deepest = 16;
  if (std::ranges::count(path_, '[') > deepest) fail("parts nested too deeply", "a few levels");
  return elements();
}

std::string Field::text() const {
  if (!value_.is_string()) fail("not a text", "a string");
  return value_.get<std::string>();
}

bool Field::boolean() const {
  if (!value_.is_boolean()) fail("not a truth value", "true or false");
  return value_.get<bool>();
}

double Field::number() const {
  if (!value_.is_number()) fail("not a number", "a number");
  return value_.get<double>();
}

std::uint32_t Field::count(std::uint64_t most) const {
  if (!value_.is_number_unsigned() || value_.get<std::uint64_t>() > most)
    fail("not a whole number in range", "a whole number from 0 to " + std::to_string(most));
  return value_.get<std::uint32_t>();
}

char32_t Field::character() const {
  const std::string text = this->text();
  if (count_characters(text) != 1) fail("not one character", "a string of one character");
  return decode(text.data());
}

std::string Field::text_or(const char* name, const std::string& otherwise) const {
  const auto field = find(name);
  return field ? field->text() : otherwise;
}

bool Field::boolean_or(const char* name, bool otherwise) const {
  const auto field = find(name);
  return field ? field->boolean() : otherwise;
}

}  // namespace fathom::text
