// Options over CLI11, the one file that includes it.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <charconv>
#include <cmath>

#include "fathom/cli/command.h"

namespace fathom::cli {

struct Options::Parser {
  std::shared_ptr<CLI::App> app;
  std::string examples;
};

namespace {

std::string range_text(Range range, bool whole) {
  const bool low = std::isfinite(range.low), high = std::isfinite(range.high);
  const char* kind = whole ? "a whole number" : "a number";
  if (low && high) return fmt::format("{} from {} to {}", kind, range.low, range.high);
  if (low) return fmt::format("{} of at least {}", kind, range.low);
  if (high) return fmt::format("{} of at most {}", kind, range.high);
  return kind;
}

/// Names the option as the user knows it: the longest of its names.
std::string shown(const char* name) {
  const std::string text = name;
  const auto comma = text.rfind(',');
  return comma == std::string::npos ? text : text.substr(comma + 1);
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

CLI::Option* add(CLI::App& app, const char* name, const char* help, const char* kind,
                 const std::string& standard, std::function<void(const std::string&)> read) {
  CLI::Option* option = app.add_option_function<std::string>(name, std::move(read), help);
  option->type_name(kind)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if (!standard.empty()) option->default_str(standard);
  return option;
}

template <class T>
void add_number(CLI::App& app, const char* name, T& value, const char* help, Range range) {
  add(app, name, help, "N", fmt::format("{}", value),
      [&value, label = shown(name), range](const std::string& text) {
        value = parse_number<T>(label, text, range);
      });
}

}  // namespace

void Options::option(const char* name, int& value, const char* help, Range range) {
  add_number(*parser_.app, name, value, help, range);
}

void Options::option(const char* name, std::int64_t& value, const char* help, Range range) {
  add_number(*parser_.app, name, value, help, range);
}

void Options::option(const char* name, std::uint64_t& value, const char* help, Range range) {
  add_number(*parser_.app, name, value, help, range);
}

void Options::option(const char* name, double& value, const char* help, Range range) {
  add_number(*parser_.app, name, value, help, range);
}

void Options::option(const char* name, std::string& value, const char* help,
                     std::vector<std::string> choices) {
  const std::string kind = choices.empty() ? "TEXT" : fmt::format("{}", fmt::join(choices, "|"));
  add(*parser_.app, name, help, kind.c_str(), value,
      [&value, label = shown(name), choices](const std::string& text) {
        if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
          const std::string near = nearest(text, choices);
          throw UsageError(fmt::format("{} must be one of {}, got '{}'{}", label,
                                       fmt::join(choices, ", "), text,
                                       near.empty() ? "" : "; did you mean " + near + "?"));
        }
        value = text;
      });
}

void Options::option(const char* name, std::vector<std::int64_t>& values, const char* help,
                     Range range) {
  add(*parser_.app, name, help, "N,...", fmt::format("{}", fmt::join(values, ",")),
      [&values, label = shown(name), range](const std::string& text) {
        values.clear();
        for (std::size_t at = 0; at <= text.size();) {
          const std::size_t comma = std::min(text.find(',', at), text.size());
          values.push_back(parse_number<std::int64_t>(label, text.substr(at, comma - at), range));
          at = comma + 1;
        }
      });
}

void Options::flag(const char* name, bool& value, const char* help) {
  parser_.app->add_flag_callback(
      name, [&value] { value = true; }, help);
}

void Options::input(const char* name, std::string& value, const char* help, Need need) {
  CLI::Option* option =
      add(*parser_.app, name, help, "", value, [&value](const std::string& text) { value = text; });
  option->required(need == Need::required);
}

void Options::inputs(const char* name, std::vector<std::string>& values, const char* help,
                     Need need) {
  parser_.app
      ->add_option_function<std::vector<std::string>>(
          name, [&values](const std::vector<std::string>& words) { values = words; }, help)
      ->type_name("")
      ->required(need == Need::required);
}

void Options::rest(std::vector<std::string>& values) {
  CLI::App* app = parser_.app.get();
  app->prefix_command();
  app->callback([app, &values] { values = app->remaining(); });
}

void Options::example(const char* line) {
  parser_.examples += parser_.examples.empty() ? "Example:" : "";
  parser_.examples += fmt::format("\n  {}", line);
  parser_.app->footer(parser_.examples);
}

std::function<bool()> Options::given(const char* name) const {
  const CLI::Option* option = parser_.app->get_option(name);
  return [app = parser_.app, option] { return option->count() > 0; };
}

namespace {

/// Says in our words what is wrong with a command line that CLI11 refused.
std::string complaint(CLI::App& app, const CLI::ParseError& error) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) names.push_back("--" + option->get_lnames().at(0));
  }
  // An unknown option comes first: what else is wrong usually follows from it.
  for (const std::string& word : app.remaining()) {
    if (!word.starts_with("-")) continue;
    const std::string near = nearest(word.substr(0, word.find('=')), names);
    return fmt::format("unknown option {}{}", word,
                       near.empty() ? "" : fmt::format("; did you mean {}?", near));
  }
  if (!app.remaining().empty()) {
    return fmt::format("unexpected argument '{}'", app.remaining().back());
  }
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_required() && option->count() == 0) {
      return fmt::format("{} is missing: {}", option->get_name(), option->get_description());
    }
  }
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error))
    return text.substr(0, text.find(':')) + " needs a value";
  return text;
}

}  // namespace

Action parse(const Command& command, std::span<const std::string> words) {
  Options::Parser parser;
  parser.app = std::make_shared<CLI::App>(std::string(command.summary),
                                          "fathom " + std::string(command.name));
  CLI::App& app = *parser.app;
  app.set_help_flag("-h,--help", "Print this help");
  app.get_formatter()->column_width(28);
  Options options(parser);
  Action action = command.declare(options);
  std::vector<std::string> reversed(words.rbegin(), words.rend());  // as CLI11 wants them
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return {};
  } catch (const CLI::ParseError& error) {
    throw UsageError(complaint(app, error));
  }
  return action;
}

}  // namespace fathom::cli
