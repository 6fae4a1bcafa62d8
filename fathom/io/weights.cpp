#include "fathom/io/weights.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "fathom/core/error.h"
#include "fathom/core/pattern.h"
#include "fathom/graph/context.h"
#include "fathom/io/weight_match.h"
#include "fathom/ops/elementwise.h"

namespace fathom::io {
namespace {

std::string first_names(std::span<const NamedTensor> tensors) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, tensors.size()); ++i)
    text += (i > 0 ? ", " : "") + tensors[i].first;
  return text + (tensors.size() > 3 ? ", ..." : "");
}

std::string apply_rule(const Rename& rule, const std::vector<std::string>& parts) {
  std::string name;
  std::size_t part = 0;
  for (std::size_t i = 0; i < rule.replacement.size(); ++i) {
    if (rule.replacement[i] != '*') {
      name += rule.replacement[i];
      continue;
    }
    if (i + 1 < rule.replacement.size() && rule.replacement[i + 1] == '*') ++i;
    name += parts[part++];
  }
  return name;
}

std::size_t stars(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find('*', at)) != text.npos; ++count)
    at += text.substr(at).starts_with("**") ? 2 : 1;
  return count;
}

// What all names of the file have before the model's own: "module.".
std::string common_prefix(std::span<const nn::NamedTensor> targets,
                          std::span<const NamedTensor> sources) {
  if (targets.empty() || sources.empty()) return "";
  const std::string& name = sources[0].first;
  for (const nn::NamedTensor& target : targets) {
    if (name == target.name) return "";
    if (name.size() <= target.name.size() || !name.ends_with(target.name)) continue;
    const std::string prefix = name.substr(0, name.size() - target.name.size());
    if (std::ranges::all_of(sources,
                            [&](const NamedTensor& s) { return s.first.starts_with(prefix); }))
      return prefix;
  }
  return "";
}

// The file's weights that the options choose, under their new names; `from` gets their names in
// the file.
std::vector<NamedTensor> chosen(const TensorFile& file, const std::string& path,
                                const LoadOptions& options, std::vector<std::string>& from,
                                const Where& where) {
  std::vector<NamedTensor> inside;
  const std::vector<NamedTensor> tensors = file.weights();
  for (const auto& [name, tensor] : tensors)
    if (name.starts_with(options.prefix)) {
      inside.emplace_back(name.substr(options.prefix.size()), tensor);
      from.push_back(name);
    }
  if (inside.empty() && !options.prefix.empty())
    throw ValueError({.operation = "load_weights",
                      .problem = "no tensor's name begins with the prefix",
                      .received = {{"file", path}, {"prefix", options.prefix}},
                      .expected = "as in " + first_names(tensors)});
  return renamed(std::move(inside), options.rename, where);
}

void convert(NamedTensor& tensor, const Tensor& own, LoadReport& report) {
  if (tensor.second.dtype() == own.dtype() || !is_floating(own.dtype()) ||
      !is_floating(tensor.second.dtype()))
    return;
  report.notes.push_back(tensor.first + ": " + std::string(name(tensor.second.dtype())) +
                         " became " + std::string(name(own.dtype())));
  tensor.second = cast(tensor.second, own.dtype());
}

// Lists that only some of the model's names are in the file: counts that old files lack are kept.
bool is_optional(const std::string& name, const std::set<std::string>& present) {
  constexpr std::string_view count = "num_batches_tracked", mean = "running_mean";
  if (!name.ends_with(count)) return false;
  return present.contains(name.substr(0, name.size() - count.size()) + std::string(mean));
}

}  // namespace

std::vector<NamedTensor> renamed(std::vector<NamedTensor> tensors, std::span<const Rename> rules,
                                 Where where) {
  const graph::CallScope call(where);
  for (const Rename& rule : rules) {
    if (stars(rule.replacement) > stars(rule.pattern))
      throw ValueError(
          {.operation = "rename",
           .problem = "the replacement has more stars than the pattern",
           .received = {{"pattern", rule.pattern}, {"replacement", rule.replacement}}});
    bool met = false;
    for (auto& [name, tensor] : tensors) {
      std::vector<std::string> parts;
      if (!meets_pattern(rule.pattern, name, parts)) continue;
      met = true;
      name = apply_rule(rule, parts);
    }
    if (!met)
      throw ValueError({.operation = "rename",
                        .problem = "a rule that meets no name",
                        .received = {{"pattern", rule.pattern}},
                        .expected = "as in " + first_names(tensors),
                        .hint = "* stands for a part without a dot, ** for any text"});
  }
  std::set<std::string_view> seen;
  for (const auto& [name, tensor] : tensors)
    if (!seen.insert(name).second)
      throw ValueError({.operation = "rename",
                        .problem = "two tensors of one name",
                        .received = {{"name", name}}});
  return tensors;
}

namespace detail {

LoadReport load_weights(void (*visit)(void*, nn::Visitor&), void* model, const TensorFile& file,
                        const std::string& path, const LoadOptions& given, const Where& where) {
  const graph::CallScope call(where);
  const std::vector<nn::NamedTensor> targets = nn::detail::named(visit, model);
  LoadReport report{.format = file.format, .wrapper = file.wrapper, .notes = file.notes};
  LoadOptions options = given;
  if (options.find_prefix && options.prefix.empty()) {
    options.prefix = common_prefix(targets, file.weights());
    if (!options.prefix.empty())
      report.notes.push_back("every name begins with \"" + options.prefix + "\": it is left out");
  }
  std::vector<std::string> from;
  std::vector<NamedTensor> sources = chosen(file, path, options, from, where);

  std::vector<bool> used(sources.size());
  std::set<std::string> present;
  std::vector<WeightMatch> matches = match_weights(targets, sources);
  if (options.match == MatchBy::names)
    std::erase_if(matches, [](const WeightMatch& m) { return m.how != std::string_view("name"); });
  for (const WeightMatch& match : matches) {
    const std::string& name = targets[match.target].name;
    const bool by_name = match.how == std::string_view("name") && name != from[match.source];
    report.matched.push_back({name, from[match.source], by_name ? "renamed" : match.how});
    sources[match.source].first = name;
    if (options.convert) convert(sources[match.source], targets[match.target].tensor, report);
    used[match.source] = true;
    present.insert(name);
  }

  std::vector<NamedTensor> fitting;
  const bool complain = options.strict && options.match == MatchBy::names;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!used[i]) report.unexpected.push_back(from[i]);
    if (used[i] || complain) fitting.push_back(std::move(sources[i]));
  }
  for (const nn::NamedTensor& target : targets) {
    if (present.contains(target.name)) continue;
    const bool optional = is_optional(target.name, present);
    if (optional) report.notes.push_back(target.name + " is not in the file: left as it is");
    if (!optional) report.missing.push_back(target.name);
    if (optional || !options.strict) fitting.emplace_back(target.name, target.tensor);
  }
  const std::string prefix = report.matched.empty() ? common_prefix(targets, fitting) : "";
  nn::detail::load_state(
      visit, model, path, fitting, where,
      prefix.empty() ? ""
                     : "every name begins with \"" + prefix + "\": load with that as the prefix");
  return report;
}

}  // namespace detail

std::string to_string(const LoadReport& report) {
  std::string text = report.format;
  if (!report.wrapper.empty()) text += ", the weights in \"" + report.wrapper + "\"";
  const auto count = [&](std::string_view how) {
    return std::to_string(std::ranges::count(report.matched, how, &LoadReport::Match::how));
  };
  text += "\n" + count("name") + " by equal names, " + count("renamed") + " renamed";
  for (const LoadReport::Match& match : report.matched)
    if (match.how != "name" && match.how != "renamed")
      text += "\n" + match.name + " from " + match.from + " by " + match.how;
  for (const std::string& name : report.missing) text += "\nmissing " + name;
  for (const std::string& name : report.unexpected) text += "\nunexpected " + name;
  for (const std::string& note : report.notes) text += "\n" + note;
  return text + "\n";
}

}  // namespace fathom::io
