#include "fathom/data/table.h"

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
  if (features.empty()) refuse("the table has no columns but the label", "");

  Dataset d;
  d.name = table.source;
  std::tie(d.labels, d.class_names) = io::column_to_classes(table, label_column);
  if (d.classes() < 2)
    refuse("the label column holds a single class", "name the label: --label COLUMN");
  if (d.classes() > 2 && 2 * d.classes() > d.labels.size(0))
    refuse("the label column holds " + std::to_string(d.classes()) + " classes in " +
               std::to_string(d.labels.size(0)) + " rows",
           "a column of measurements is no label: name the label with --label COLUMN");
  d.inputs = io::columns_to_f32(table, features);
  d.sample_shape = {static_cast<std::int64_t>(features.size())};
  check(d);
  return d;
}

Split standardized(Split parts) {
  parts.train.preprocessing = Preprocessing::standardize(parts.train.inputs);
  parts.test.preprocessing = parts.train.preprocessing;
  return parts;
}

Split load_csv(const std::string& path, std::string_view label, std::uint64_t seed, Where where) {
  const graph::CallScope call(where);
  return standardized(split(from_table(io::load_csv(path), label), 0.2, seed));
}

}  // namespace fathom::data
