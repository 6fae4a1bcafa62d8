#include "fathom/train/record.h"

#include <algorithm>
#include <limits>

#include "fathom/core/error.h"
#include "fathom/train/json.h"

namespace fathom::train {

const double* find(const Values& values, std::string_view name) {
  for (const auto& [own, value] : values)
    if (own == name) return &value;
  return nullptr;
}

std::string to_json(const Record& record) {
  Json json = {{"epoch", record.epoch}, {"step", record.step}};
  for (const auto& [name, value] : record.values) json[name] = value;
  json["seconds"] = record.seconds;
  return json.dump();
}

std::vector<std::string> History::names() const {
  std::vector<std::string> names;
  for (const Record& record : epochs)
    for (const auto& [name, value] : record.values)
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names;
}

std::vector<double> History::operator[](ValueName asked) const {
  const std::string_view name = asked.text;
  const std::vector<std::string> known = names();
  if (std::ranges::find(known, name) == known.end()) {
    std::string all;
    for (const std::string& k : known) all += (all.empty() ? "" : ", ") + k;
    const bool unvalidated = name.starts_with("val_") && all.find("val_") == all.npos;
    throw ValueError({.operation = "train::History",
                      .problem = "there is no value " + std::string(name),
                      .expected = all.empty() ? "a run with an epoch" : "one of " + all,
                      .hint = unvalidated ? "fit measures it if it is given .validation" : "",
                      .where = fathom::to_string(asked.where)});
  }
  std::vector<double> column;
  for (const Record& record : epochs) {
    const double* value = find(record.values, name);
    column.push_back(value ? *value : std::numeric_limits<double>::quiet_NaN());
  }
  return column;
}

bool is_better_small(std::string_view name) {
  for (const char* part : {"loss", "error", "brier", "hinge", "divergence"})
    if (name.find(part) != name.npos) return true;
  return false;
}

}  // namespace fathom::train
