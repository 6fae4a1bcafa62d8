#include "fathom/data/encoder.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"

namespace fathom::data {
namespace {

constexpr std::string_view missing_category = "(missing)";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_missing_in(const EncoderOptions& options, std::string_view field) {
  return std::ranges::find(options.missing, trimmed(field)) != options.missing.end();
}

/// A table of one column, with the same lines: what reads numbers and classes then names them.
io::CsvTable one_column(const io::CsvTable& table, std::size_t column,
                        const std::vector<std::string>& fields) {
  io::CsvTable one{.source = table.source, .header = {}, .rows = {}};
  one.header = {column < table.header.size() ? table.header[column]
                                             : "column " + std::to_string(column + 1)};
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    one.rows.push_back({table.rows[i].line, {fields[i]}});
  return one;
}

/// The most frequent field, the first in order of equals.
std::string most_frequent(const io::CsvTable& present) {
  const auto [numbers, names] = io::column_to_classes(present, 0);
  std::vector<std::int64_t> counts(names.size());
  for (const std::int64_t c : numbers.to_vector<std::int64_t>())
    ++counts[static_cast<std::size_t>(c)];
  return names[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

std::string middle_of(std::vector<float> values, Missing how) {
  double middle = 0;
  if (how == Missing::mean) {
    for (const float v : values) middle += v;
    middle /= static_cast<double>(values.size());
  } else {
    std::ranges::sort(values);
    const std::size_t n = values.size();
    middle = (static_cast<double>(values[(n - 1) / 2]) + values[n / 2]) / 2;
  }
  return fmt::format("{}", static_cast<float>(middle));  // the shortest text of these bits
}

[[noreturn]] void refuse(const io::CsvTable& table, std::size_t column, std::string problem,
                         std::string hint = {}) {
  throw ValueError({.operation = "data::TableEncoder",
                    .problem = std::move(problem),
                    .received = {{"file", table.source}, {"at", table.describe(column)}},
                    .hint = std::move(hint)});
}

}  // namespace

TableEncoder::TableEncoder(std::vector<ColumnRule> rules, EncoderOptions options, Where where)
    : rules_(std::move(rules)), options_(std::move(options)) {
  const graph::CallScope call(where);
  for (const ColumnRule& rule : rules_) {
    const bool of_numbers = rule.missing == Missing::mean || rule.missing == Missing::median;
    if (rule.as == Column::number ? rule.missing == Missing::own_category : of_numbers)
      throw ValueError({.operation = "data::TableEncoder",
                        .problem = "this way to fill missing fields does not suit the column",
                        .received = {{"column", rule.column}},
                        .expected = "mean and median for numbers, own_category for categories"});
  }
}

bool TableEncoder::is_missing(std::string_view field) const {
  return is_missing_in(options_, field);
}

std::vector<ColumnRule> TableEncoder::rules_for(const io::CsvTable& table, std::string_view label,
                                                const EncoderOptions& options, Where where) {
  const graph::CallScope call(where);
  const std::size_t skipped = label.empty() ? table.columns() : table.column(label);
  std::vector<ColumnRule> rules;
  for (std::size_t column = 0; column < table.columns(); ++column) {
    if (column == skipped) continue;
    const bool numbers = std::ranges::all_of(table.rows, [&](const io::CsvRow& row) {
      return is_missing_in(options, row.fields[column]) || io::is_number(row.fields[column]);
    });
    rules.push_back(
        {.column = column < table.header.size() ? table.header[column] : std::to_string(column),
         .as = numbers ? Column::number : Column::one_hot});
  }
  return rules;
}

void TableEncoder::fit(const io::CsvTable& table, Where where) {
  const graph::CallScope call(where);
  std::vector<Learned> learned;
  for (const ColumnRule& rule : rules_) {
    const std::size_t column = table.column(rule.column);
    io::CsvTable present = one_column(table, column, [&] {
      std::vector<std::string> fields;
      for (const io::CsvRow& row : table.rows) fields.push_back(row.fields[column]);
      return fields;
    }());
    const auto missing = [&](const io::CsvRow& row) { return is_missing(row.fields[0]); };
    const bool some_missing = std::ranges::any_of(present.rows, missing);
    std::erase_if(present.rows, missing);
    if (present.rows.empty()) refuse(table, column, "there is no field to learn from");
    Learned l;
    if (rule.missing == Missing::constant) {
      l.fill = rule.fill;
    } else if (rule.missing == Missing::own_category) {
      l.fill = missing_category;
    } else if (rule.missing == Missing::most_frequent) {
      l.fill = most_frequent(present);
    } else if (rule.missing != Missing::error) {
      l.fill = middle_of(io::columns_to_f32(present, {0}).to_vector<float>(), rule.missing);
    }
    if (rule.as != Column::number) {
      // A fill is a category of its own even if no field of this table needs it.
      if (rule.missing == Missing::constant || rule.missing == Missing::own_category)
        present.rows.push_back({0, {l.fill}});
      l.categories = io::column_to_classes(present, 0).second;
    } else {
      (void)io::columns_to_f32(present, {0});  // its errors
    }
    if (some_missing && rule.missing == Missing::error)
      refuse(table, column, "fields are missing",
             "say what stands for them: Missing::mean, most_frequent, ...; or drop_missing(table)");
    learned.push_back(std::move(l));
  }
  learned_ = std::move(learned);
}

std::vector<std::string> TableEncoder::filled(const io::CsvTable& table, std::size_t i) const {
  const std::size_t column = table.column(rules_[i].column);
  std::vector<std::string> fields;
  for (const io::CsvRow& row : table.rows) {
    const std::string& field = row.fields[column];
    const bool fill = rules_[i].missing != Missing::error && is_missing(field);
    fields.push_back(fill ? learned_[i].fill : std::string(trimmed(field)));
  }
  return fields;
}

EncodedTable TableEncoder::operator()(const io::CsvTable& table, Where where) const {
  const graph::CallScope call(where);
  if (learned_.size() != rules_.size())
    throw ValueError({.operation = "data::TableEncoder",
                      .problem = "nothing has been learned yet",
                      .hint = "call fit(table) on the training part first"});
  const std::size_t n = table.rows.size();
  std::vector<std::vector<float>> columns;
  std::vector<std::vector<std::int64_t>> categories;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const std::size_t column = table.column(rules_[i].column);
    const std::vector<std::string> fields = filled(table, i);
    if (rules_[i].as == Column::number) {
      columns.push_back(
          io::columns_to_f32(one_column(table, column, fields), {0}).to_vector<float>());
      continue;
    }
    const std::vector<std::string>& names = learned_[i].categories;
    std::map<std::string_view, std::size_t> number_of;
    for (std::size_t k = 0; k < names.size(); ++k) number_of[names[k]] = k;
    std::vector<std::int64_t> numbers;
    for (std::size_t row = 0; row < n; ++row) {
      const auto found = number_of.find(fields[row]);
      if (found == number_of.end() && options_.unknown == Unknown::error)
        throw FormatError({.operation = "data::TableEncoder",
                           .problem = "a category that was not learned",
                           .received = {{"path", table.source},
                                        {"line", std::to_string(table.rows[row].line)},
                                        {"at", table.describe(column)},
                                        {"got", "'" + fields[row] + "'"}},
                           .hint = "Unknown::zero lets it pass as no category at all"});
      numbers.push_back(
          static_cast<std::int64_t>(found == number_of.end() ? names.size() : found->second));
    }
    if (rules_[i].as == Column::category) {
      categories.push_back(std::move(numbers));
      continue;
    }
    for (std::size_t k = 0; k < names.size(); ++k) {
      std::vector<float>& hot = columns.emplace_back();
      for (const std::int64_t c : numbers) hot.push_back(c == static_cast<std::int64_t>(k));
    }
  }
  const auto by_rows = [n]<class T>(const std::vector<std::vector<T>>& list) {
    std::vector<T> values;
    for (std::size_t row = 0; row < n; ++row)
      for (const auto& column : list) values.push_back(column[row]);
    return list.empty() ? Tensor()
                        : Tensor::from(values, {static_cast<std::int64_t>(n),
                                                static_cast<std::int64_t>(list.size())});
  };
  return {by_rows(columns), by_rows(categories)};
}

std::vector<std::string> TableEncoder::names() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].as == Column::number) names.push_back(rules_[i].column);
    if (rules_[i].as == Column::one_hot && i < learned_.size())
      for (const std::string& c : learned_[i].categories)
        names.push_back(rules_[i].column + "=" + c);
  }
  return names;
}

const std::vector<std::string>& TableEncoder::categories(std::string_view column,
                                                         Where where) const {
  const graph::CallScope call(where);
  for (std::size_t i = 0; i < learned_.size(); ++i)
    if (rules_[i].column == column && rules_[i].as != Column::number) return learned_[i].categories;
  throw ValueError({.operation = "data::TableEncoder",
                    .problem = "this is no column of categories that were learned",
                    .received = {{"column", std::string(column)}}});
}

io::CsvTable drop_missing(const io::CsvTable& table, const std::vector<std::string>& columns,
                          const EncoderOptions& options, Where where) {
  const graph::CallScope call(where);
  std::vector<std::size_t> looked_at;
  for (const std::string& column : columns) looked_at.push_back(table.column(column));
  if (columns.empty())
    for (std::size_t c = 0; c < table.columns(); ++c) looked_at.push_back(c);
  io::CsvTable kept = table;
  std::erase_if(kept.rows, [&](const io::CsvRow& row) {
    return std::ranges::any_of(
        looked_at, [&](std::size_t c) { return is_missing_in(options, row.fields[c]); });
  });
  return kept;
}

}  // namespace fathom::data
