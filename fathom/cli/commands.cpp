// The list of subcommands, which their own files join, and what all of them know of the program.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "fathom/cli/command.h"

namespace fathom::cli {
namespace {
constinit const Command* first = nullptr;  // before any object of another file is made
}  // namespace

Command::Command(int place, std::string_view name, std::string_view summary,
                 Action (*declare)(Options&))
    : place(place), name(name), summary(summary), declare(declare), next(first) {
  first = this;
}

std::vector<const Command*> commands() {
  std::vector<const Command*> list;
  for (const Command* command = first; command; command = command->next) list.push_back(command);
  std::ranges::sort(list, {}, [](const Command* c) { return std::pair(c->place, c->name); });
  return list;
}

std::string invoked_as() {
  const char* command = std::getenv("FATHOM_COMMAND");
  return command && *command ? command : "fathom";
}

std::string_view version() { return FATHOM_VERSION; }

}  // namespace fathom::cli
