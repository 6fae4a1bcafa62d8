#include "fathom/io/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/gzip.h"

namespace fathom::io {
namespace {

/// "1 field", "3 fields".
std::string counted_fields(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " field" : " fields");
}

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

// Reads rows one by one; the rules of RFC 4180.
class Parser {
 public:
  Parser(std::string_view text, const std::string& source, char delimiter)
      : text_(text), source_(source), delimiter_(delimiter) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  // The next row with a field in it; false at the end.
  bool next(CsvRow& row) {
    while (at_ < text_.size() && end_of_line()) skip_line_end();
    if (at_ == text_.size()) return false;
    row.line = line_;
    row.fields.clear();
    for (;;) {
      row.fields.push_back(field(row.fields.size() + 1));
      if (at_ == text_.size()) return true;
      if (end_of_line()) {
        skip_line_end();
        return true;
      }
      ++at_;  // the delimiter
    }
  }

 private:
  [[noreturn]] void bad(const std::string& problem, std::size_t column, std::size_t line,
                        const std::string& hint) const {
    throw FormatError({.operation = "csv",
                       .problem = problem,
                       .received = {{"path", source_},
                                    {"line", std::to_string(line)},
                                    {"column", std::to_string(column)}},
                       .hint = hint});
  }
  bool end_of_line() const {
    return text_[at_] == '\n' ||
           (text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n'));
  }
  void skip_line_end() {
    if (text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
  }
  std::string field(std::size_t column) {
    return at_ < text_.size() && text_[at_] == '"' ? quoted_field(column) : plain_field(column);
  }
  std::string plain_field(std::size_t column) {
    const std::size_t start = at_;
    for (; at_ < text_.size() && text_[at_] != delimiter_ && !end_of_line(); ++at_) {
      if (text_[at_] == '"')
        bad("a quote inside a plain field", column, line_,
            "put the whole field in quotes and write the quote twice");
      if (text_[at_] == '\0') bad("a NUL byte", column, line_, "is this a text file?");
    }
    return std::string(text_.substr(start, at_ - start));
  }
  std::string quoted_field(std::size_t column) {
    const std::size_t first_line = line_;
    std::string value;
    for (++at_;; ++at_) {
      if (at_ == text_.size())
        bad("a quote that is never closed", column, first_line, "is a closing quote missing?");
      const char c = text_[at_];
      if (c == '"') {
        if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') break;
        ++at_;  // "" stands for one quote
      }
      if (c == '\0') bad("a NUL byte", column, line_, "is this a text file?");
      if (c == '\n') ++line_;
      value += c;
    }
    ++at_;
    if (at_ < text_.size() && text_[at_] != delimiter_ && !end_of_line())
      bad("text after a closing quote", column, line_,
          "a quote inside a quoted field is written twice");
    return value;
  }

  std::string_view text_;
  const std::string& source_;
  char delimiter_;
  std::size_t at_ = 0, line_ = 1;
};

void check_lengths(const CsvTable& table) {
  const std::size_t expected = table.columns();
  const auto wrong = std::ranges::find_if(
      table.rows, [&](const CsvRow& row) { return row.fields.size() != expected; });
  if (wrong == table.rows.end()) return;
  const std::size_t first = table.header.empty() ? table.rows.front().line : std::size_t{0};
  throw FormatError(
      {.operation = "csv",
       .problem = "rows of different lengths",
       .received = {{"path", table.source},
                    {"line", std::to_string(wrong->line)},
                    {"fields", std::to_string(wrong->fields.size())}},
       .expected = counted_fields(expected) + ", as in " +
                   (first == 0 ? "the header" : "line " + std::to_string(first)),
       .hint = "a wrong delimiter, an unquoted delimiter in a text, or a first line to skip?"});
}

void write_row(std::string& text, const std::vector<std::string>& fields, char delimiter) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += delimiter;
    const std::string& field = fields[i];
    // A row of one empty field would read as an empty line.
    const bool plain = field.find_first_of(std::string("\"\r\n") + delimiter) == field.npos &&
                       !(fields.size() == 1 && field.empty());
    if (plain) {
      text += field;
      continue;
    }
    text += '"';
    for (const char c : field) text.append(c == '"' ? 2 : 1, c);
    text += '"';
  }
  text += "\r\n";
}

void require_column(const char* operation, const CsvTable& table, std::size_t column) {
  if (column >= table.columns())
    throw IndexError({.operation = operation,
                      .problem = "no such column",
                      .received = {{"column", std::to_string(column)}},
                      .expected = "below " + std::to_string(table.columns())});
}

void require_delimiter(char delimiter) {
  if (delimiter == '"' || delimiter == '\r' || delimiter == '\n')
    throw ValueError({.operation = "csv",
                      .problem = "this byte cannot stand between fields",
                      .received = {{"delimiter", "byte " + std::to_string(delimiter)}},
                      .expected = "a character that is no quote and no line end"});
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

CsvTable parse_csv(std::string_view text, const std::string& source, const CsvOptions& options,
                   Where where) {
  const graph::CallScope call(where);
  require_delimiter(options.delimiter);
  CsvTable table{.source = source, .header = {}, .rows = {}};
  const bool tabs = source.ends_with(".tsv") || source.ends_with(".tsv.gz");
  Parser parser(text, source, options.delimiter ? options.delimiter : tabs ? '\t' : ',');
  CsvRow row;
  for (std::size_t skipped = 0; parser.next(row);)
    if (skipped++ >= options.skip_rows) table.rows.push_back(row);

  bool has_header = options.header == CsvHeader::present && !table.rows.empty();
  const auto has_number = [](const CsvRow& r) { return std::ranges::any_of(r.fields, is_number); };
  if (options.header == CsvHeader::automatic && !table.rows.empty())
    has_header = !has_number(table.rows.front()) && std::ranges::any_of(table.rows, has_number);
  if (has_header) {
    table.header = std::move(table.rows.front().fields);
    table.rows.erase(table.rows.begin());
  }
  check_lengths(table);
  return table;
}

CsvTable load_csv(const std::string& path, const CsvOptions& options, Where where) {
  const graph::CallScope call(where);
  const Bytes bytes = read_maybe_gzip(path);
  return parse_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path, options);
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

std::string csv_text(const CsvTable& table, char delimiter, Where where) {
  const graph::CallScope call(where);
  require_delimiter(delimiter);
  std::string text;
  if (!table.header.empty()) write_row(text, table.header, delimiter);
  for (const CsvRow& row : table.rows) {
    if (row.fields.size() != table.columns())
      throw ValueError({.operation = "save_csv",
                        .problem = "rows of different lengths",
                        .received = {{"fields", std::to_string(row.fields.size())}},
                        .expected = counted_fields(table.columns())});
    write_row(text, row.fields, delimiter);
  }
  return text;
}

void save_csv(const std::string& path, const CsvTable& table, char delimiter, Where where) {
  const graph::CallScope call(where);
  const std::string text = csv_text(table, delimiter);
  if (path.ends_with(".gz"))
    write_atomically(path, gzip(as_bytes(text)));
  else
    write_atomically(path, text);
}

}  // namespace fathom::io
