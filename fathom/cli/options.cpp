// Reads a command line by getopt_long and explains what it may hold.
#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "fathom/cli/command.h"

namespace fathom::cli {

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

namespace {

constexpr std::size_t help_column = 28;

/// "-1" and "-.5,2" are numbers, "-" is a file; all else with a dash is an option.
bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word[0] == '-' &&
         std::string_view(".0123456789").find(word[1]) == word.npos;
}

/// What is wrong with a command line.
struct Faults {
  std::string unknown, unexpected, incomplete;
};

constexpr int first_id = 256;  // what is smaller is a letter

}  // namespace

struct Options::Parser {
  std::vector<std::shared_ptr<Item>> items;
  std::vector<std::string>* rest = nullptr;
  std::string examples;

  Item& add(Item item) { return *items.emplace_back(std::make_shared<Item>(std::move(item))); }
  /// Gives each item its words. Returns what is wrong with them, or "".
  std::string sort(std::span<const std::string> words);
  /// The words as getopt_long is to know them; the id of item i is first_id + i.
  std::vector<struct ::option> known() const;
  std::string complaint(const Faults& faults) const;
  std::string help(const Command& command) const;
};

std::vector<struct ::option> Options::Parser::known() const {
  std::vector<struct ::option> list;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (items[i]->is_option())
      list.push_back({items[i]->name.c_str() + 2,
                      items[i]->is_flag() ? no_argument : required_argument, nullptr,
                      first_id + static_cast<int>(i)});
  list.push_back({});
  return list;
}

std::string Options::Parser::sort(std::span<const std::string> words) {
  const std::vector<struct ::option> options = known();
  std::vector<std::string> copy(words.begin(), words.end());
  std::vector<char*> argv{nullptr};  // getopt skips the first
  for (std::string& word : copy) argv.push_back(word.data());

  Faults faults;
  const auto take_input = [&](const char* word) {
    for (const std::shared_ptr<Item>& item : items)
      if (!item->is_option() && (item->many || item->words.empty())) {
        item->words.emplace_back(word);
        return true;
      }
    if (!rest && faults.unexpected.empty()) faults.unexpected = word;
    return false;
  };
  const auto leave = [&](std::size_t from) {
    rest->assign(copy.begin() + static_cast<std::ptrdiff_t>(from) - 1, copy.end());
  };
  // Inputs may stand anywhere ("-"), what is missing is told apart (":"). getopt goes on behind
  // `start` when a word was not what it took it for.
  std::size_t start = 0, at = 1;
  opterr = optind = 0;
  for (;;) {
    const int count = static_cast<int>(argv.size() - start);
    const int code = getopt_long(count, argv.data() + start, "-:h", options.data(), nullptr);
    if (code == -1) break;
    const std::string word = argv[at];
    const std::size_t next = start + static_cast<std::size_t>(optind);
    const int id = code == '?' || code == ':' ? optopt : code;
    Item* item = id == 'h'        ? items.front().get()
                 : id >= first_id ? items[static_cast<std::size_t>(id - first_id)].get()
                                  : nullptr;
    const std::size_t equals = std::min(word.find('='), word.size());
    // "-1" is a number, and no option is known by a part of its name.
    const bool is_input = code == 1 || !looks_like_option(word);
    if (!is_input && item && id != 'h' && item->name != word.substr(0, equals)) item = nullptr;
    if (is_input || !item) {
      if (is_input ? !take_input(argv[at]) : faults.unknown.empty()) {
        if (rest) {
          leave(at);
          break;
        }
        if (!is_input) faults.unknown = word;
      }
      start = at;
      at = start + 1;
      optind = 0;
      continue;
    }
    if (code == '?')
      faults.incomplete =
          fmt::format("{} takes no value, got '{}'", item->name, word.substr(equals + 1));
    else if (code == ':')
      faults.incomplete =
          fmt::format("{} needs a value ({}): {}", item->name, item->kind, item->help);
    else
      item->words.emplace_back(optarg ? optarg : word);
    at = next;
  }
  // Behind "--" all are inputs.
  for (std::size_t i = start + static_cast<std::size_t>(optind); i < argv.size() && !rest; ++i)
    take_input(argv[i]);
  return complaint(faults);
}

std::string Options::Parser::complaint(const Faults& faults) const {
  // An unknown option comes first: what else is wrong usually follows from it.
  const std::string& unknown = faults.unknown;
  if (!unknown.empty()) {
    std::vector<std::string> names;
    for (const std::shared_ptr<Item>& item : items)
      if (item->is_option()) names.push_back(item->name);
    const std::string near = nearest(unknown.substr(0, unknown.find('=')), names);
    return fmt::format("unknown option {}{}", unknown,
                       near.empty() ? "" : fmt::format("; did you mean {}?", near));
  }
  if (!faults.unexpected.empty()) return fmt::format("unexpected argument '{}'", faults.unexpected);
  if (!faults.incomplete.empty()) return faults.incomplete;
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

/// Reads a text. An empty one, such as an unset "$DIR" gives, is none of the user's wishes.
template <class F> std::function<void(const std::string&)> text(const char* name, F take) {
  return [take, label = std::string(name)](const std::string& word) {
    if (word.empty()) throw UsageError(label + " must not be empty");
    take(word);
  };
}

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

/// An option with a number. A default out of its range stands for "as the help says".
template <class T> Item number(const char* name, T& value, const char* help, Range range) {
  const auto now = static_cast<double>(value);
  const bool is_default = now >= range.low && now <= range.high;
  return {name, help, "N", is_default ? fmt::format("{}", value) : "",
          [&value, label = std::string(name), range](const std::string& text) {
            value = parse_number<T>(label, text, range);
          }};
}

}  // namespace

void Options::option(const char* name, int& value, const char* help, Range range) {
  parser_.add(number(name, value, help, range));
}

void Options::option(const char* name, std::int64_t& value, const char* help, Range range) {
  parser_.add(number(name, value, help, range));
}

void Options::option(const char* name, std::uint64_t& value, const char* help, Range range) {
  parser_.add(number(name, value, help, range));
}

void Options::option(const char* name, double& value, const char* help, Range range) {
  parser_.add(number(name, value, help, range));
}

void Options::option(const char* name, std::string& value, const char* help,
                     std::vector<std::string> choices) {
  const auto take = [&value](const std::string& word) { value = word; };
  if (choices.empty()) {
    parser_.add({name, help, "TEXT", value, text(name, take)});
    return;
  }
  const std::string kind = fmt::format("{}", fmt::join(choices, "|"));
  parser_.add({name, help, kind, value,
               [take, label = std::string(name), choices](const std::string& word) {
                 if (std::find(choices.begin(), choices.end(), word) == choices.end()) {
                   const std::string near = nearest(word, choices);
                   throw UsageError(fmt::format(
                       "{} must be one of {}, got '{}'{}", label, fmt::join(choices, ", "), word,
                       near.empty() ? "" : "; did you mean " + near + "?"));
                 }
                 take(word);
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

void Options::option(const char* name, std::vector<std::string>& values, const char* help) {
  parser_.add({name, help, "TEXT", "",
               text(name, [&values](const std::string& word) { values.push_back(word); })});
}

void Options::flag(const char* name, bool& value, const char* help) {
  parser_.add({name, help, "", "", [&value](const std::string&) { value = true; }});
}

void Options::input(const char* name, std::string& value, const char* help, Need need) {
  parser_
      .add({name, help, "", value, text(name, [&value](const std::string& word) { value = word; })})
      .required = need == Need::required;
}

void Options::inputs(const char* name, std::vector<std::string>& values, const char* help,
                     Need need) {
  Item& item =
      parser_.add({name, help, "", "",
                   text(name, [&values](const std::string& word) { values.push_back(word); })});
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
