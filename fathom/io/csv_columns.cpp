// A table's columns: by name or number, as numbers, as classes.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/csv.h"

namespace fathom::io {
namespace {

// What a field shows in an error: short, on one line.
std::string shown(std::string_view field) {
  std::string text = "'";
  for (const char c : field.substr(0, 40)) text += static_cast<unsigned char>(c) < 32 ? '?' : c;
  return text + (field.size() > 40 ? "...'" : "'");
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

enum class Number { good, none, too_large };

// The whole field as a number, rounded once to f32.
Number to_f32(std::string_view field, float& value) {
  field = trimmed(field);
  if (field.starts_with('+') && !field.starts_with("+-")) field.remove_prefix(1);
  const char* end = field.data() + field.size();
  const auto [stop, code] = std::from_chars(field.data(), end, value);
  if (stop != end || code == std::errc::invalid_argument) return Number::none;
  if (code == std::errc::result_out_of_range) {
    // Too large, or so small that it rounds to a subnormal or 0: a double tells which.
    double wide = 0;
    const auto again = std::from_chars(field.data(), end, wide);
    const bool tiny = again.ec == std::errc() && std::abs(wide) < 1;
    const auto exponent = field.find_first_of("eE");
    const bool very_tiny = again.ec != std::errc() && exponent != field.npos &&
                           exponent + 1 < field.size() && field[exponent + 1] == '-';
    if (!tiny && !very_tiny) return Number::too_large;
    value = static_cast<float>(again.ec == std::errc() ? wide : 0.0);
  }
  return std::isfinite(value) ? Number::good : Number::none;
}

void require_column(const char* operation, const CsvTable& table, std::size_t column) {
  if (column >= table.columns())
    throw IndexError({.operation = operation,
                      .problem = "no such column",
                      .received = {{"column", std::to_string(column)}},
                      .expected = "below " + std::to_string(table.columns())});
}

}  // namespace

bool is_number(std::string_view field) {
  float ignored;
  return to_f32(field, ignored) == Number::good;
}

std::size_t CsvTable::columns() const {
  if (!header.empty()) return header.size();
  return rows.empty() ? 0 : rows.front().fields.size();
}

std::string CsvTable::describe(std::size_t column) const {
  std::string text = "column " + std::to_string(column + 1);
  if (column < header.size()) text += " (" + header[column] + ")";
  return text;
}

std::size_t CsvTable::column(std::string_view name_or_number, Where where) const {
  const graph::CallScope call(where);
  const auto found = std::ranges::find(header, trimmed(name_or_number), trimmed);
  if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  long long number = 0;
  const char* end = name_or_number.data() + name_or_number.size();
  const auto [stop, code] = std::from_chars(name_or_number.data(), end, number);
  const auto count = static_cast<long long>(columns());
  if (code == std::errc() && stop == end && number >= -count && number < count)
    return static_cast<std::size_t>(number < 0 ? number + count : number);
  std::string known = count == 0 ? "" : "0 to " + std::to_string(count - 1);
  for (const std::string& name : header) known += ", " + name;
  throw ValueError({.operation = "csv",
                    .problem = "no such column",
                    .received = {{"path", source}, {"column", std::string(name_or_number)}},
                    .expected = known.empty() ? "a table with columns" : "one of " + known});
}

Tensor columns_to_f32(const CsvTable& table, const std::vector<std::size_t>& columns, Where where) {
  const graph::CallScope call(where);
  for (const std::size_t column : columns) require_column("columns_to_f32", table, column);
  std::vector<float> values;
  values.reserve(table.rows.size() * columns.size());
  for (const CsvRow& row : table.rows)
    for (const std::size_t column : columns) {
      const std::string& field = row.fields[column];
      float value = 0;
      const Number number = to_f32(field, value);
      if (number != Number::good)
        throw FormatError({.operation = "csv",
                           .problem = number == Number::too_large ? "a number too large for f32"
                                      : trimmed(field).empty()    ? "an empty field"
                                                                  : "not a finite number",
                           .received = {{"path", table.source},
                                        {"line", std::to_string(row.line)},
                                        {"at", table.describe(column)},
                                        {"got", shown(field)}},
                           .expected = "a number like 1, -2.5 or 3e-4"});
      values.push_back(value);
    }
  return Tensor::from(values, {static_cast<std::int64_t>(table.rows.size()),
                               static_cast<std::int64_t>(columns.size())});
}

std::pair<Tensor, std::vector<std::string>> column_to_classes(const CsvTable& table,
                                                              std::size_t column, Where where) {
  const graph::CallScope call(where);
  require_column("column_to_classes", table, column);
  std::vector<std::string> names;
  for (const CsvRow& row : table.rows) {
    const std::string name(trimmed(row.fields[column]));
    if (name.empty())
      throw FormatError({.operation = "csv",
                         .problem = "an empty label",
                         .received = {{"path", table.source},
                                      {"line", std::to_string(row.line)},
                                      {"at", table.describe(column)}},
                         .expected = "the name or number of a class"});
    names.push_back(name);
  }
  std::vector<std::string> classes = names;
  std::ranges::sort(classes);
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  const auto whole = [](const std::string& name) {
    long long value = 0;
    const auto [stop, code] = std::from_chars(name.data(), name.data() + name.size(), value);
    return code == std::errc() && stop == name.data() + name.size() ? std::optional(value)
                                                                    : std::nullopt;
  };
  const auto is_whole = [&](const std::string& name) { return whole(name).has_value(); };
  if (std::ranges::all_of(classes, is_whole))
    std::ranges::stable_sort(classes, {}, [&](const std::string& name) { return *whole(name); });

  std::map<std::string_view, std::int64_t> number_of;
  for (std::size_t i = 0; i < classes.size(); ++i)
    number_of[classes[i]] = static_cast<std::int64_t>(i);
  std::vector<std::int64_t> numbers;
  for (const std::string& name : names) numbers.push_back(number_of[name]);
  return {Tensor::from(numbers), classes};
}

}  // namespace fathom::io
