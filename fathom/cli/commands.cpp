// The list of subcommands. A new one is its own file and two lines here.
#include <cstdlib>

#include "fathom/cli/command.h"

namespace fathom::cli {

Action bench(Options& options);
Action eval(Options& options);
Action example(Options& options);
Action info(Options& options);
Action inspect(Options& options);
Action new_project(Options& options);
Action plan(Options& options);
Action predict(Options& options);
Action summary(Options& options);
Action train(Options& options);

std::span<const Command> commands() {
  static constexpr Command list[] = {
      {"train", "Train a model on a data set", train},
      {"eval", "Test a trained model", eval},
      {"predict", "Classify pictures or rows of numbers", predict},
      {"info", "Show versions, instruction sets and what this machine can do", info},
      {"inspect", "List what a file of weights or data holds", inspect},
      {"plan", "Show what a model's training step or prediction is compiled to", plan},
      {"summary", "List a model's layers, shapes, parameters and memory", summary},
      {"new", "Write a small CMake project of one's own", new_project},
      {"example", "List or run the examples of the book", example},
      {"bench", "Measure Fathom's speed, beside its peers", bench},
  };
  return list;
}

std::string invoked_as() {
  const char* command = std::getenv("FATHOM_COMMAND");
  return command && *command ? command : "fathom";
}

std::string_view version() { return FATHOM_VERSION; }

}  // namespace fathom::cli
