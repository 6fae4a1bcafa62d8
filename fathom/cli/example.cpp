// `fathom example [chNN/name [EPOCHS]]`: lists or runs the examples of the book that the program
// carries.
#include "fathom/cli/example.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "fathom/cli/command.h"

namespace fathom::cli::example_command {
namespace {

struct Wanted {
  std::string name;
  std::vector<std::string> rest;
};

std::string usage_of(const Example& example) {
  return std::string(example.name) + (example.usage.empty() ? "" : " ") +
         std::string(example.usage);
}

int list() {
  std::size_t width = 0;
  for (const Example& example : examples()) width = std::max(width, example.name.size());
  for (const Example& example : examples())
    std::printf("%-*s  %s%s%s\n", static_cast<int>(width), std::string(example.name).c_str(),
                std::string(example.summary).c_str(), example.usage.empty() ? "" : "  ",
                std::string(example.usage).c_str());
  return 0;
}

// What an example cannot use is an error, not ignored.
void check_arguments(const Example& example, const std::vector<std::string>& rest) {
  const bool takes_epochs = example.usage == "[epochs]";
  if (!takes_epochs && !example.usage.empty()) return;  // it looks at its options itself
  if (rest.size() > (takes_epochs ? 1U : 0U))
    throw UsageError("too many words for this example; it takes: " + usage_of(example));
  int epochs = 0;
  for (const std::string& word : rest) {
    const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), epochs);
    if (fault != std::errc{} || end != word.data() + word.size() || epochs < 1)
      throw UsageError("a number of epochs is 1 or more, got " + word);
  }
}

int run(const Wanted& wanted) {
  if (wanted.name.empty() && !wanted.rest.empty()) {
    throw UsageError("unknown option " + wanted.rest[0]);
  }
  if (wanted.name.empty()) return list();
  std::vector<std::string> names;
  for (const Example& example : examples()) {
    names.emplace_back(example.name);
    names.emplace_back(example.name.substr(example.name.find('/') + 1));
    // The name alone is enough: no two chapters share one.
    if (example.name != wanted.name && !example.name.ends_with("/" + wanted.name)) continue;
    check_arguments(example, wanted.rest);
    std::vector<std::string> words = {wanted.name};
    words.insert(words.end(), wanted.rest.begin(), wanted.rest.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return example.run(static_cast<int>(words.size()), pointers.data());
  }
  const std::string near = nearest(wanted.name, names);
  throw UsageError("there is no example " + wanted.name +
                   (near.empty() ? "; without a name, `fathom example` lists them"
                                 : "; did you mean " + near + "?"));
}

Action example(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("NAME", wanted->name, "chapter and name; without it, the examples are listed");
  options.rest(wanted->rest);
  options.example("fathom example ch02/xor");
  options.example("fathom example ch03/mnist_mlp 2");
  return [wanted] { return run(*wanted); };
}
const Command command(90, "example", "List or run the examples of the book", example);

}  // namespace
}  // namespace fathom::cli::example_command
