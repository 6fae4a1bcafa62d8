// CSV: tables of text with numbers in them, and their way into tensors.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/io/file.h"

namespace fathom::io {

/// Whether the first row holds the columns' names.
enum class CsvHeader {
  automatic,  ///< the first row is a header if none of its fields is a number but a later row has
              ///< one
  present,
  absent
};

/// How a file is read.
struct CsvOptions {
  char delimiter = 0;  ///< 0: a tab if the file's name ends in .tsv or .tsv.gz, else a comma
  CsvHeader header = CsvHeader::automatic;
  std::size_t skip_rows = 0;  ///< rows before the header or the first row of data
};

/// The fields of one row, and the line that it began on.
struct CsvRow {
  std::size_t line = 0;  ///< where the row begins in the file, counted from 1
  std::vector<std::string> fields;
};

/// A table: every row has the same number of fields.
struct CsvTable {
  std::string source;               ///< the path, for errors
  std::vector<std::string> header;  ///< empty if the file has none
  std::vector<CsvRow> rows;

  std::size_t columns() const;
  /// "column 3" or "column 3 (petal_length)", counted from 1: for messages.
  std::string describe(std::size_t column) const;
  /// The index of a column given by its name (blanks around it do not matter), or by its number
  /// from 0; "-1" is the last.
  /// Errors: ValueError that lists the columns there are.
  std::size_t column(std::string_view name_or_number, Where where = Where::current()) const;
};

/// Reads a CSV file, plain or gzip. Fields may be quoted, with "" for a quote inside, and may then
/// hold delimiters and line breaks; lines end in LF or CRLF; empty lines and a UTF-8 byte order
/// mark are skipped.
///
/// Errors  IoError; FormatError, with file, line and column, for rows of different lengths, a quote
///         that stays open, a quote inside a plain field, text after a closing quote, a NUL byte;
///         ValueError for a delimiter that is a quote or a line end.
/// Source  RFC 4180.
CsvTable load_csv(const std::string& path, const CsvOptions& options = {},
                  Where where = Where::current());

/// The same from memory. `source` stands for the path in errors.
CsvTable parse_csv(std::string_view text, const std::string& source = "(memory)",
                   const CsvOptions& options = {}, Where where = Where::current());

/// Whether a field, but for blanks around it, is a finite number that fits f32.
bool is_number(std::string_view field);

/// Columns as numbers.
///
/// Shapes  -> (rows, columns.size()), f32, each number rounded once.
/// Errors  FormatError, with file, line and column, for a field that is empty, no number, NaN,
///         infinite or too large for f32; IndexError for a column that is not there.
Tensor columns_to_f32(const CsvTable& table, const std::vector<std::size_t>& columns,
                      Where where = Where::current());

/// A column as class numbers, in the order of the names: by value if all are whole numbers, else
/// alphabetical. So the same data give the same classes in whatever order the rows come.
/// Shapes: -> i64 (rows,) and the names. Errors: FormatError for an empty field; IndexError for a
/// column that is not there.
std::pair<Tensor, std::vector<std::string>> column_to_classes(const CsvTable& table,
                                                              std::size_t column,
                                                              Where where = Where::current());

/// Writes a table, with quotes where they are needed and CRLF line ends as RFC 4180 says; gzip if
/// the name ends in ".gz". Errors: IoError; ValueError for rows of different lengths and for a
/// delimiter that is a quote or a line end.
void save_csv(const std::string& path, const CsvTable& table, char delimiter = ',',
              Where where = Where::current());
/// A table as text, quoted where needed.
std::string csv_text(const CsvTable& table, char delimiter = ',', Where where = Where::current());

}  // namespace fathom::io
