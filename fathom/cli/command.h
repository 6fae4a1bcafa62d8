// A subcommand of the program: what it is called, what it takes, what it does.
//
//   struct Wanted { std::string file; int epochs = 20; bool json = false; };
//
//   Action inspect(Options& options) {
//     auto wanted = std::make_shared<Wanted>();
//     options.input("FILE", wanted->file, "the file to list", Need::required);
//     options.option("--epochs", wanted->epochs, "how often", {1, 1000});
//     options.flag("--json", wanted->json, "print JSON");
//     options.example("fathom inspect model.safetensors");
//     return [wanted] { return run(*wanted); };
//   }
//   const Command command(50, "inspect", "List what a file holds", inspect);
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::cli {

/// What is left to do once the command line has been read; returns the exit code.
using Action = std::function<int()>;

/// A command line that makes no sense: printed as one line with a hint at --help, exit code 2.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Need { optional, required };

/// The numbers that an option takes, both ends included.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

/// Declares what a subcommand takes. Each value is bound to a variable, which must live until the
/// action has run, and whose value at the time of the call is the default that --help shows.
class Options {
 public:
  /// An option with a value: "--epochs 3" or "--epochs=3"; given twice, the last counts. A number
  /// that does not parse, has a rest or is out of range is a usage error.
  void option(const char* name, int& value, const char* help, Range range = {});
  void option(const char* name, std::int64_t& value, const char* help, Range range = {});
  void option(const char* name, std::uint64_t& value, const char* help, Range range = {});
  void option(const char* name, double& value, const char* help, Range range = {});
  /// A text that is not empty; with `choices`, one of these.
  void option(const char* name, std::string& value, const char* help,
              std::vector<std::string> choices = {});
  /// Whole numbers separated by commas: "100,50".
  void option(const char* name, std::vector<std::int64_t>& values, const char* help,
              Range range = {});
  /// Texts, one each time that it is given.
  void option(const char* name, std::vector<std::string>& values, const char* help);
  void flag(const char* name, bool& value, const char* help);

  /// A word without a name, in the order of the calls. `name` is for --help: "DIR".
  void input(const char* name, std::string& value, const char* help, Need need = Need::optional);
  /// All words that are left, at least one if required.
  void inputs(const char* name, std::vector<std::string>& values, const char* help,
              Need need = Need::optional);
  /// Everything after the inputs is left to the command, options too.
  void rest(std::vector<std::string>& values);

  /// A command line shown at the end of --help; call it again for another.
  void example(const char* line);

  /// Whether the user gave this option, once the action runs: `options.given("--hidden")`.
  /// The answer is a function, since the action outlives the Options.
  std::function<bool()> given(const char* name) const;

  struct Parser;  // private to options.cpp
  explicit Options(Parser& parser) : parser_(parser) {}

 private:
  Parser& parser_;
};

/// One line of the list of subcommands. The file of a subcommand defines it, and no other knows of
/// it: the program is linked from object files, so none is left out as one of an archive would be.
struct Command {
  /// Joins the list. `place` decides where it stands in `fathom --help`.
  Command(int place, std::string_view name, std::string_view summary, Action (*declare)(Options&));
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  int place;
  std::string_view name, summary;
  Action (*declare)(Options&);
  const Command* next;  // of the list, in no order
};

/// Every subcommand, in the order of `fathom --help`.
std::vector<const Command*> commands();

/// Reads the words after the subcommand's name. The action is empty if --help was printed.
/// Errors: UsageError.
Action parse(const Command& command, std::span<const std::string> words);

/// The candidate nearest to a mistyped word, or "" if none is near.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// What the user types to run the program, for commands that are suggested: "fathom", or what
/// FATHOM_COMMAND says ("./run").
std::string invoked_as();

/// The version of Fathom: "0.1.0".
std::string_view version();

}  // namespace fathom::cli
