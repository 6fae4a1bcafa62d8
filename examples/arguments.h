// The options of an example: flags, and options with a value.
//
//   const examples::Arguments arguments(argc, argv, {"--fine-tune"}, {"--epochs"});
//   const int epochs = arguments.number("--epochs", 10);
#pragma once
#include <fathom/core/error.h>

#include <charconv>
#include <initializer_list>
#include <map>
#include <string>

namespace examples {

/// The words behind a program's name. Errors: fathom::ValueError for any that it does not know.
class Arguments {
 public:
  Arguments(int argc, char** argv, std::initializer_list<const char*> flags,
            std::initializer_list<const char*> options) {
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      bool known = false;
      for (const char* flag : flags)
        if (word == flag) known = true, given_[word] = "";
      for (const char* option : options)
        if (word == option && i + 1 < argc) known = true, given_[word] = argv[++i];
      if (!known) refuse(word, "an option that it has, with its value");
    }
  }
  bool has(const std::string& name) const { return given_.count(name) > 0; }
  std::string text(const std::string& name, const std::string& standard) const {
    return has(name) ? given_.at(name) : standard;
  }
  /// A whole number of at least 1.
  int number(const std::string& name, int standard) const {
    if (!has(name)) return standard;
    const std::string& word = given_.at(name);
    int value = 0;
    const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (fault != std::errc{} || end != word.data() + word.size() || value < 1)
      refuse(name + " " + word, "a number of at least 1");
    return value;
  }

 private:
  [[noreturn]] static void refuse(const std::string& word, const char* expected) {
    throw fathom::ValueError({.operation = "example",
                              .problem = "it does not understand " + word,
                              .expected = expected,
                              .hint = "`fathom example` shows what it takes"});
  }
  std::map<std::string, std::string> given_;
};

}  // namespace examples
