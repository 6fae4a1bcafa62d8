// The list of subcommands. A new one is its own file and two lines here.
#include "fathom/cli/command.h"

namespace fathom::cli {

Action info(Options& options);
Action train(Options& options);

std::span<const Command> commands() {
  static constexpr Command list[] = {
      {"train", "Train a model on a data set", train},
      {"info", "Show versions, instruction sets and what this machine can do", info},
  };
  return list;
}

std::string_view version() { return FATHOM_VERSION; }

}  // namespace fathom::cli
