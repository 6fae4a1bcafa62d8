// Table columns as numbers: what is a number, what is a category, and what stands for a field that
// is missing. What is learned of one table (means, categories) is applied to others.
//
//   data::TableEncoder encoder({{"age", Column::number, Missing::median},
//                               {"port", Column::one_hot, Missing::most_frequent}});
//   encoder.fit(train);
//   Tensor x = encoder(train).numbers, y = encoder(test).numbers;
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/io/csv.h"

namespace fathom::data {

/// What a column of a table holds.
enum class Column : std::uint8_t {
  number,   ///< one f32 column
  one_hot,  ///< an f32 column of 0 and 1 for each category
  category  ///< one i64 column of category numbers, for an embedding
};

/// What stands for a missing field. Means and the like are of the fields that `fit` saw.
enum class Missing : std::uint8_t {
  error,
  mean,           ///< numbers only
  median,         ///< numbers only
  most_frequent,  ///< of equals the smallest number, or the first in the alphabet
  constant,       ///< ColumnRule::fill
  own_category    ///< categories only: one more, named "(missing)"
};

/// How one column becomes numbers.
struct ColumnRule {
  std::string column;  ///< its name, or its number from 0; "-1" is the last
  Column as = Column::number;
  Missing missing = Missing::error;
  std::string fill{};  ///< for Missing::constant: as it would stand in the file
};

/// What happens to a category that `fit` did not see.
enum class Unknown : std::uint8_t {
  error,
  zero  ///< all zeros if one_hot; the number after the last if a category
};

/// What fields mean in all columns.
struct EncoderOptions {
  Unknown unknown = Unknown::error;
  /// Fields that count as missing; blanks around them do not matter.
  std::vector<std::string> missing = {"", "?", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"};
};

/// Shapes: f32 (N, columns), i64 (N, category columns); undefined without such columns.
struct EncodedTable {
  Tensor numbers, categories;
};

/// Turns the rows of a table into tensors, by rules that are learnt from one table and kept for
/// others.
class TableEncoder {
 public:
  /// Errors: ValueError for a way to fill missing fields that does not suit its column.
  explicit TableEncoder(std::vector<ColumnRule> rules, EncoderOptions options = {},
                        Where where = Where::current());
  /// A rule for every column but `label`: numbers if all fields that are there are, else one_hot;
  /// missing fields are an error.
  static std::vector<ColumnRule> rules_for(const io::CsvTable& table, std::string_view label = "",
                                           const EncoderOptions& options = {},
                                           Where where = Where::current());

  /// Learns means and categories. Errors: ValueError for an unknown column, a rule that does not
  /// suit its column, or a column without any field to learn from; FormatError, with file, line and
  /// column, for a field that is no number or missing.
  void fit(const io::CsvTable& table, Where where = Where::current());
  /// Errors: ValueError before fit; FormatError as for fit, and for an unknown category.
  EncodedTable operator()(const io::CsvTable& table, Where where = Where::current()) const;

  /// What the columns of `numbers` are: "age", "port=S".
  std::vector<std::string> names() const;
  /// Of a column that is a category or one_hot. Errors: ValueError.
  const std::vector<std::string>& categories(std::string_view column,
                                             Where where = Where::current()) const;

 private:
  struct Learned {
    std::string fill;
    std::vector<std::string> categories;
  };
  std::vector<std::string> filled(const io::CsvTable& table, std::size_t rule) const;
  bool is_missing(std::string_view field) const;

  std::vector<ColumnRule> rules_;
  EncoderOptions options_;
  std::vector<Learned> learned_;
};

/// The rows in which none of the columns is missing; no columns means all. Errors: ValueError for
/// an unknown column.
io::CsvTable drop_missing(const io::CsvTable& table, const std::vector<std::string>& columns = {},
                          const EncoderOptions& options = {}, Where where = Where::current());

}  // namespace fathom::data
