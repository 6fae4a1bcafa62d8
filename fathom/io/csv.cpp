// Tables as text: the rules of RFC 4180, read and written.
#include "fathom/io/csv.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/gzip.h"

namespace fathom::io {
namespace {

/// "1 field", "3 fields".
std::string counted_fields(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " field" : " fields");
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

void require_delimiter(char delimiter) {
  if (delimiter == '"' || delimiter == '\r' || delimiter == '\n')
    throw ValueError({.operation = "csv",
                      .problem = "this byte cannot stand between fields",
                      .received = {{"delimiter", "byte " + std::to_string(delimiter)}},
                      .expected = "a character that is no quote and no line end"});
}

}  // namespace

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
