// Tables as data sets: numeric columns are features, one column is the class.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "fathom/data/dataset.h"
#include "fathom/io/csv.h"

namespace fathom::data {

/// All columns but the label's, as f32, and the label's as classes.
///
/// `label` is a column's name, its number from 0, or "-1" for the last.
/// Errors: ValueError for an unknown column, a table with no features, a feature without a number,
/// fewer than two classes, or nearly as many classes as rows (a column of measurements taken for
/// the label); FormatError with file, line and column.
Dataset from_table(const io::CsvTable& table, std::string_view label = "-1",
                   Where where = Where::current());

/// Both parts with columns brought to mean 0 and deviation 1, as measured on the training part
/// alone.
Split standardized(Split parts, Where where = Where::current());

/// A CSV file with a label column: a fifth of the rows, drawn by `seed`, is the test part.
/// Errors: IoError; those of from_table.
Split load_csv(const std::string& path, std::string_view label = "-1", std::uint64_t seed = 0,
               Where where = Where::current());

}  // namespace fathom::data
