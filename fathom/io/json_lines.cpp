#include "fathom/io/json_lines.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/gzip.h"
#include "fathom/io/json.h"

namespace fathom::io {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void refuse_line(const std::string& problem, const std::string& expected) {
  throw FormatError({.operation = "JSON lines", .problem = problem, .expected = expected});
}

std::string field_of(const std::string& key, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "";
  if (value.is_structured())
    refuse_line("the value of '" + key + "' is a list or an object",
                "texts, numbers, truth values or null");
  return value.dump();
}

void add_row(CsvTable& table, std::size_t line, const Json& object) {
  if (!object.is_object()) refuse_line("the line is no object", "one like {\"text\": \"...\"}");
  if (table.rows.empty())
    for (const auto& [key, value] : object.items()) table.header.push_back(key);
  CsvRow row{.line = line, .fields = std::vector<std::string>(table.header.size())};
  for (const auto& [key, value] : object.items()) {
    const auto at = std::ranges::find(table.header, key);
    if (at == table.header.end())
      refuse_line("the key '" + key + "' is not in the first object", "the same keys on all lines");
    row.fields[static_cast<std::size_t>(at - table.header.begin())] = field_of(key, value);
  }
  table.rows.push_back(std::move(row));
}

}  // namespace

CsvTable parse_json_lines(std::string_view text, const std::string& source, Where where) {
  const graph::CallScope call(where);
  CsvTable table{.source = source, .header = {}, .rows = {}};
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.find_first_not_of(" \t\r") == part.npos) continue;
    read_json<Json>(
        part, source + ":" + std::to_string(line),
        [&](const Json& object) { add_row(table, line, object); }, "JSON lines");
  }
  return table;
}

CsvTable load_json_lines(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const Bytes bytes = read_maybe_gzip(path);
  return parse_json_lines({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

}  // namespace fathom::io
