#include "fathom/data/texts.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_set>

#include "fathom/core/error.h"
#include "fathom/data/split.h"
#include "fathom/graph/context.h"
#include "fathom/io/json_lines.h"
#include "fathom/io/line_file.h"

namespace fathom::data {
namespace {

std::size_t word_count(std::string_view text) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    words += !blank && !inside;
    inside = !blank;
  }
  return words;
}

/// A table whose fields are separated by tabs, where a quote is a character like others.
io::CsvTable load_plain_tsv(const std::string& path) {
  io::CsvTable table{.source = path, .header = {}, .rows = {}};
  io::LineFile file(path);
  for (std::string line; file.next(line);) {
    if (line.empty()) continue;
    io::CsvRow row{.line = static_cast<std::size_t>(file.number()), .fields = {}};
    for (std::size_t begin = 0; begin <= line.size();) {
      const std::size_t end = std::min(line.find('\t', begin), line.size());
      row.fields.push_back(line.substr(begin, end - begin));
      begin = end + 1;
    }
    if (!table.rows.empty() && row.fields.size() != table.columns())
      throw FormatError({.operation = "text data",
                         .problem = "rows of different lengths",
                         .received = {{"path", path},
                                      {"line", std::to_string(row.line)},
                                      {"fields", std::to_string(row.fields.size())}},
                         .expected = std::to_string(table.columns()) + " fields, as in line " +
                                     std::to_string(table.rows.front().line)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// A header whose names are no numbers beside columns that have none either.
void find_header(io::CsvTable& table) {
  if (!table.header.empty() || table.rows.size() < 2) return;
  const io::CsvRow& first = table.rows.front();
  for (std::size_t column = 0; column < first.fields.size(); ++column) {
    const std::string& name = first.fields[column];
    if (word_count(name) == 0 || word_count(name) > 3 || io::is_number(name)) return;
    for (std::size_t r = 1; r < table.rows.size(); ++r)
      if (table.rows[r].fields[column] == name) return;
  }
  table.header = std::move(table.rows.front().fields);
  table.rows.erase(table.rows.begin());
}

bool has_ending(const std::string& path, std::string_view ending) {
  return path.ends_with(ending) || path.ends_with(std::string(ending) + ".gz");
}

std::size_t different_fields(const io::CsvTable& table, std::size_t column) {
  std::unordered_set<std::string_view> fields;
  for (const io::CsvRow& row : table.rows) fields.insert(row.fields[column]);
  return fields.size();
}

std::size_t label_column(const io::CsvTable& table, std::size_t text) {
  std::optional<std::size_t> best;
  std::size_t fewest = 0;
  for (std::size_t column = 0; column < table.columns(); ++column) {
    if (column == text) continue;
    const std::size_t different = different_fields(table, column);
    if (different < 2 || (best && different > fewest)) continue;
    best = column;
    fewest = different;
  }
  if (best) return *best;
  throw ValueError({.operation = "text data",
                    .problem = "no column holds classes",
                    .received = {{"file", table.source}},
                    .expected = "a column beside the texts, with at least two classes"});
}

}  // namespace

std::size_t Texts::bytes() const {
  std::size_t bytes = labels.defined() ? labels.bytes() : 0;
  for (const std::string& text : texts) bytes += sizeof(std::string) + text.capacity();
  return bytes;
}

Texts select(const Texts& texts, const std::vector<std::int64_t>& rows, Where where) {
  const graph::CallScope call(where);
  require_row_numbers("data::select", rows, texts.size());
  Texts part{.name = texts.name,
             .texts = {},
             .labels = gather_rows(texts.labels, rows),
             .class_names = texts.class_names,
             .text_column = texts.text_column};
  for (const std::int64_t row : rows)
    part.texts.push_back(texts.texts[static_cast<std::size_t>(row)]);
  return part;
}

TextSplit split(const Texts& texts, double test_share, std::uint64_t seed, Where where) {
  const graph::CallScope call(where);
  const auto parts = stratified_split_rows(texts.labels, {1 - test_share, test_share}, seed);
  return {select(texts, parts[0]), select(texts, parts[1])};
}

Texts relabel(Texts texts, const std::vector<std::string>& class_names, Where where) {
  const graph::CallScope call(where);
  if (texts.class_names == class_names) return texts;
  const std::vector<std::int64_t> to = class_numbers(texts.name, texts.class_names, class_names);
  std::vector<std::int64_t> labels = texts.labels.to_vector<std::int64_t>();
  for (std::int64_t& label : labels) label = to[static_cast<std::size_t>(label)];
  texts.labels = Tensor::from(labels);
  texts.class_names = class_names;
  return texts;
}

bool is_text_table(const std::string& path) {
  for (const char* ending : {".csv", ".tsv", ".jsonl", ".ndjson"})
    if (has_ending(path, ending)) return true;
  return false;
}

io::CsvTable load_text_table(const std::string& path, Where where) {
  const graph::CallScope call(where);
  if (has_ending(path, ".jsonl") || has_ending(path, ".ndjson")) return io::load_json_lines(path);
  io::CsvTable table;
  try {
    table = io::load_csv(path);
  } catch (const FormatError&) {
    if (!has_ending(path, ".tsv")) throw;
    table = load_plain_tsv(path);
  }
  find_header(table);
  return table;
}

std::optional<std::size_t> text_column(const io::CsvTable& table,
                                       std::optional<std::size_t> label) {
  std::optional<std::size_t> best;
  std::size_t most_words = 0;
  const std::size_t rows = table.rows.size();
  for (std::size_t column = 0; column < table.columns(); ++column) {
    if (column == label) continue;
    std::size_t words = 0, long_fields = 0;
    for (const io::CsvRow& row : table.rows) {
      const std::size_t count = word_count(row.fields[column]);
      words += count;
      long_fields += count >= 3;
    }
    if (2 * long_fields <= rows || words <= most_words) continue;
    if (10 * different_fields(table, column) < 9 * rows) continue;
    best = column;
    most_words = words;
  }
  return best;
}

Texts texts_of(const io::CsvTable& table, std::string_view text, std::string_view label,
               Where where) {
  const graph::CallScope call(where);
  std::optional<std::size_t> labels;
  if (!label.empty()) labels = table.column(label);
  std::optional<std::size_t> from;
  if (!text.empty())
    from = table.column(text);
  else
    from = text_column(table, labels);
  if (!from)
    throw ValueError({.operation = "text data",
                      .problem = "no column holds texts",
                      .received = {{"file", table.source}},
                      .expected = "a column where most fields have three words or more",
                      .hint = "name it if there is one"});
  if (labels == from)
    throw ValueError({.operation = "text data",
                      .problem = "texts and labels are of one column",
                      .received = {{"file", table.source}, {"column", table.describe(*from)}},
                      .expected = "two columns"});
  if (!labels) labels = label_column(table, *from);
  Texts result{.name = table.source, .texts = {}, .labels = {}, .class_names = {}};
  std::tie(result.labels, result.class_names) = io::column_to_classes(table, *labels);
  if (result.classes() < 2 || 2 * result.classes() > result.labels.size(0))
    throw ValueError({.operation = "text data",
                      .problem = "the label column holds " + std::to_string(result.classes()) +
                                 " classes in " + std::to_string(table.rows.size()) + " rows",
                      .received = {{"file", table.source}, {"label", table.describe(*labels)}},
                      .expected = "at least two classes, each of several rows",
                      .hint = "name the label: --label COLUMN"});
  for (const io::CsvRow& row : table.rows) result.texts.push_back(row.fields[*from]);
  if (!table.header.empty()) result.text_column = table.header[*from];
  return result;
}

Texts load_texts(const std::string& path, std::string_view text, std::string_view label,
                 Where where) {
  const graph::CallScope call(where);
  return texts_of(load_text_table(path), text, label);
}

std::vector<std::string> load_lines(const std::string& path, Where where) {
  const graph::CallScope call(where);
  std::vector<std::string> lines;
  io::LineFile file(path);
  for (std::string line; file.next(line);) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == line.npos) continue;
    lines.push_back(line.substr(begin, line.find_last_not_of(" \t") + 1 - begin));
  }
  return lines;
}

}  // namespace fathom::data
