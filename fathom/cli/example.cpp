// `fathom example [chNN/name]`: lists or runs the examples of the book that the program carries.
#include "fathom/cli/example.h"

#include <cstdio>

#include "fathom/cli/command.h"

namespace fathom::cli {
namespace {

struct Wanted {
  std::string name;
  std::vector<std::string> rest;
};

int list() {
  for (const Example& example : examples()) {
    std::printf("%-20s %s\n", std::string(example.name).c_str(),
                std::string(example.summary).c_str());
  }
  return 0;
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

}  // namespace

Action example(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("NAME", wanted->name, "chapter and name; without it, the examples are listed");
  options.rest(wanted->rest);
  options.example("fathom example ch02/xor");
  return [wanted] { return run(*wanted); };
}

}  // namespace fathom::cli
