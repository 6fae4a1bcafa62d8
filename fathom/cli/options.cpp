// Reads a command line and explains what it may hold. Written here: CLI11 and its like stand on
// iostreams, which would be a tenth of the program.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "fathom/cli/command.h"

namespace fathom::cli {
namespace {

constexpr std::size_t help_column = 28;

/// An option, a flag or an input, with the words that the user gave for it.
struct Item {
  std::string name;  // "--epochs", "DIR"
  std::string help;
  std::string kind;      // what a value is, for --help: "N"; empty: a flag or an input
  std::string standard;  // the default, for --help
  std::function<void(const std::string&)> read;
  bool many = false, required = false;
  std::vector<std::string> words = {};

  bool is_option() const { return name.starts_with("-"); }
  bool is_flag() const { return is_option() && kind.empty(); }
};

/// "-1" and "-.5,2" are numbers, "-" is a file; all else with a dash is an option.
bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word[0] == '-' &&
         std::string_view(".0123456789").find(word[1]) == word.npos;
}

}  // namespace

struct Options::Parser {
  std::vector<std::shared_ptr<Item>> items;
  std::vector<std::string>* rest = nullptr;
  std::string examples;

  Item& add(Item item) { return *items.emplace_back(std::make_shared<Item>(std::move(item))); }
  /// Gives each item its words. Returns what is wrong with them, or "".
  std::string sort(std::span<const std::string> words);
  std::string help(const Command& command) const;
};

std::string Options::Parser::sort(std::span<const std::string> words) {
  std::string unknown, unexpected, incomplete;
  bool only_inputs = false;  // behind "--"
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i] == "-h" ? "--help" : words[i];
    if (word == "--" && !only_inputs) {
      only_inputs = true;
      continue;
    }
    const bool option = !only_inputs && looks_like_option(word);
    const std::size_t equals = option ? std::min(word.find('='), word.size()) : word.size();
    const auto takes_it = [&](const std::shared_ptr<Item>& item) {
      return option ? item->name == word.substr(0, equals)
                    : !item->is_option() && (item->many || item->words.empty());
    };
    const auto found = std::find_if(items.begin(), items.end(), takes_it);
    if (found == items.end() && rest) {
      rest->assign(words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    if (found == items.end()) {
      std::string& first = option ? unknown : unexpected;
      if (first.empty()) first = word;
      continue;
    }
    Item& item = **found;
    if (!option || (item.is_flag() && equals == word.size())) {
      item.words.push_back(word);
    } else if (item.is_flag()) {
      incomplete = fmt::format("{} takes no value, got '{}'", item.name, word.substr(equals + 1));
    } else if (equals < word.size()) {
      item.words.push_back(word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      item.words.push_back(words[++i]);
    } else {
      incomplete = fmt::format("{} needs a value ({}): {}", item.name, item.kind, item.help);
    }
  }
  // An unknown option comes first: what else is wrong usually follows from it.
  if (!unknown.empty()) {
    std::vector<std::string> names;
    for (const std::shared_ptr<Item>& item : items)
      if (item->is_option()) names.push_back(item->name);
    const std::string near = nearest(unknown.substr(0, unknown.find('=')), names);
    return fmt::format("unknown option {}{}", unknown,
                       near.empty() ? "" : fmt::format("; did you mean {}?", near));
  }
  if (!unexpected.empty()) return fmt::format("unexpected argument '{}'", unexpected);
  if (!incomplete.empty()) return incomplete;
  for (const std::shared_ptr<Item>& item : items)
    if (item->required && item->words.empty())
      return fmt::format("{} is missing: {}", item->name, item->help);
  return "";
}

std::string Options::Parser::help(const Command& command) const {
  std::string usage = fmt::format("{}\nUsage: fathom {} [OPTIONS]", command.summary, command.name);
  std::string inputs, options;
  for (const std::shared_ptr<Item>& item : items) {
    std::string name = item->name == "--help" ? "-h,--help" : item->name;
    if (!item->kind.empty()) name += " " + item->kind;
    if (!item->standard.empty()) name += "=" + item->standard;
    if (!item->is_option()) {
      const std::string shown = item->name + (item->many ? "..." : "");
      usage += item->required ? " " + shown : " [" + shown + "]";
      if (item->many) name += " ...";
      if (item->required) name += " REQUIRED";
    }
    if (name.size() + 2 >= help_column) name += fmt::format("\n{:{}}", "", help_column);
    std::string& list = item->is_option() ? options : inputs;
    list += fmt::format("  {:<{}}{}\n", name, help_column - 2, item->help);
  }
  if (!inputs.empty()) inputs = "\nPositionals:\n" + inputs;
  return usage + "\n" + inputs + "\nOptions:\n" + options + examples;
}

namespace {

std::string range_text(Range range, bool whole) {
  const bool low = std::isfinite(range.low), high = std::isfinite(range.high);
  const char* kind = whole ? "a whole number" : "a number";
  if (low && high) return fmt::format("{} from {} to {}", kind, range.low, range.high);
  if (low) return fmt::format("{} of at least {}", kind, range.low);
  if (high) return fmt::format("{} of at most {}", kind, range.high);
  return kind;
}

template <class T> T parse_number(const std::string& name, std::string_view text, Range range) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  const bool whole = std::is_integral_v<T>;
  if (code != std::errc{} || stop != end || text.empty() ||
      !(static_cast<double>(value) >= range.low && static_cast<double>(value) <= range.high)) {
    throw UsageError(fmt::format("{} must be {}, got '{}'", name, range_text(range, whole), text));
  }
  return value;
}

template <class T>
std::function<void(const std::string&)> number(const char* name, T& value, Range range) {
  return [&value, label = std::string(name), range](const std::string& text) {
    value = parse_number<T>(label, text, range);
  };
}

}  // namespace

void Options::option(const char* name, int& value, const char* help, Range range) {
  parser_.add({name, help, "N", fmt::format("{}", value), number(name, value, range)});
}

void Options::option(const char* name, std::int64_t& value, const char* help, Range range) {
  parser_.add({name, help, "N", fmt::format("{}", value), number(name, value, range)});
}

void Options::option(const char* name, std::uint64_t& value, const char* help, Range range) {
  parser_.add({name, help, "N", fmt::format("{}", value), number(name, value, range)});
}

void Options::option(const char* name, double& value, const char* help, Range range) {
  parser_.add({name, help, "N", fmt::format("{}", value), number(name, value, range)});
}

void Options::option(const char* name, std::string& value, const char* help,
                     std::vector<std::string> choices) {
  const std::string kind = choices.empty() ? "TEXT" : fmt::format("{}", fmt::join(choices, "|"));
  parser_.add(
      {name, help, kind, value,
       [&value, label = std::string(name), choices](const std::string& text) {
         if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
           const std::string near = nearest(text, choices);
           throw UsageError(fmt::format("{} must be one of {}, got '{}'{}", label,
                                        fmt::join(choices, ", "), text,
                                        near.empty() ? "" : "; did you mean " + near + "?"));
         }
         value = text;
       }});
}

void Options::option(const char* name, std::vector<std::int64_t>& values, const char* help,
                     Range range) {
  parser_.add({name, help, "N,...", fmt::format("{}", fmt::join(values, ",")),
               [&values, label = std::string(name), range](const std::string& text) {
                 values.clear();
                 for (std::size_t at = 0; at <= text.size();) {
                   const std::size_t comma = std::min(text.find(',', at), text.size());
                   values.push_back(
                       parse_number<std::int64_t>(label, text.substr(at, comma - at), range));
                   at = comma + 1;
                 }
               }});
}

void Options::flag(const char* name, bool& value, const char* help) {
  parser_.add({name, help, "", "", [&value](const std::string&) { value = true; }});
}

void Options::input(const char* name, std::string& value, const char* help, Need need) {
  parser_.add({name, help, "", value, [&value](const std::string& text) { value = text; }})
      .required = need == Need::required;
}

void Options::inputs(const char* name, std::vector<std::string>& values, const char* help,
                     Need need) {
  Item& item = parser_.add(
      {name, help, "", "", [&values](const std::string& text) { values.push_back(text); }});
  item.many = true;
  item.required = need == Need::required;
}

void Options::rest(std::vector<std::string>& values) { parser_.rest = &values; }

void Options::example(const char* line) {
  parser_.examples += parser_.examples.empty() ? "\nExample:\n" : "";
  parser_.examples += fmt::format("  {}\n", line);
}

std::function<bool()> Options::given(const char* name) const {
  for (const std::shared_ptr<Item>& item : parser_.items)
    if (item->name == name) return [item] { return !item->words.empty(); };
  throw std::logic_error(fmt::format("there is no option {}", name));
}

Action parse(const Command& command, std::span<const std::string> words) {
  Options::Parser parser;
  const Item& help = parser.add({"--help", "Print this help", "", "", [](const std::string&) {}});
  Options options(parser);
  Action action = command.declare(options);
  const std::string complaint = parser.sort(words);
  if (!help.words.empty()) {
    fmt::print("{}", parser.help(command));
    return {};
  }
  if (!complaint.empty()) throw UsageError(complaint);
  for (const std::shared_ptr<Item>& item : parser.items)
    for (const std::string& word : item->words) item->read(word);
  return action;
}

}  // namespace fathom::cli
