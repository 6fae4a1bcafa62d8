// JSON lines: a file with a JSON object on each line, as a table.
#pragma once
#include <string>
#include <string_view>

#include "fathom/io/csv.h"

namespace fathom::io {

/// Reads a file of JSON lines, plain or gzip; empty lines are skipped. The columns are the keys of
/// the first object, in its order; texts stand as they are, numbers and truth values as JSON writes
/// them, null and a key that is not there as an empty field.
///
/// Errors  IoError; FormatError, with file and line, for a line that is no object, for a value that
///         is a list or an object, and for a key that the first object has not
CsvTable load_json_lines(const std::string& path, Where where = Where::current());
/// The same from memory. `source` stands for the path in errors.
CsvTable parse_json_lines(std::string_view text, const std::string& source = "(memory)",
                          Where where = Where::current());

}  // namespace fathom::io
