#include "fathom/data/table.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"

namespace fathom::data {

Dataset from_table(const io::CsvTable& table, std::string_view label, Where where) {
  const graph::CallScope call(where);
  const std::size_t label_column = table.column(label);
  std::vector<std::size_t> features;
  for (std::size_t column = 0; column < table.columns(); ++column)
    if (column != label_column) features.push_back(column);
  const auto refuse = [&](const std::string& problem, const std::string& hint) {
    throw ValueError({.operation = "CSV data",
                      .problem = problem,
                      .received = {{"file", table.source}, {"label", table.describe(label_column)}},
                      .hint = hint});
  };
  if (table.rows.empty()) refuse("the table has no rows", "");
  if (features.empty())
    refuse("the table has no columns but the label",
           "columns are separated by commas, in a file named .tsv by tabs");

  Dataset d;
  d.name = table.source;
  std::tie(d.labels, d.class_names) = io::column_to_classes(table, label_column);
  if (d.classes() < 2)
    refuse("the label column holds a single class", "name the label: --label COLUMN");
  if (d.classes() > 2 && 2 * d.classes() > d.labels.size(0))
    refuse("the label column holds " + std::to_string(d.classes()) + " classes in " +
               std::to_string(d.labels.size(0)) + " rows",
           "classes are learnt, not measurements: name the label with --label COLUMN");
  for (const std::size_t column : features)
    if (std::ranges::none_of(table.rows,
                             [&](const auto& row) { return io::is_number(row.fields[column]); }))
      throw ValueError({.operation = "CSV data",
                        .problem = "a column holds no numbers",
                        .received = {{"file", table.source}, {"column", table.describe(column)}},
                        .expected = "numbers in all columns but the label",
                        .hint = "leave it out, or write its categories as numbers; in code "
                                "data::TableEncoder does that"});
  d.inputs = io::columns_to_f32(table, features);
  if (const std::set<std::string> names(table.header.begin(), table.header.end());
      !names.empty() && names.size() == table.columns())
    for (const std::size_t column : features) d.feature_names.push_back(table.header[column]);
  d.sample_shape = {static_cast<std::int64_t>(features.size())};
  check(d);
  return d;
}

Split standardized(Split parts, Where where) {
  parts.train.preprocessing = Preprocessing::standardize(parts.train.inputs, where);
  parts.test.preprocessing = parts.train.preprocessing;
  return parts;
}

Split load_csv(const std::string& path, std::string_view label, std::uint64_t seed, Where where) {
  const graph::CallScope call(where);
  return standardized(split(from_table(io::load_csv(path), label), 0.2, seed));
}

}  // namespace fathom::data
