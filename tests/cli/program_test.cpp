// What every subcommand of the program has in common: help, facts as JSON, a reader that leaves.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/faults/cli_faults.h"

using namespace fathom;
using test::make_files;
using test::run_shell;

TEST_CASE("program: every command explains itself with an example") {
  const test::TemporaryFolder folder;
  const test::Outcome help = run_shell("$fathom --help", folder);
  CHECK(help.code == 0);
  int commands = 0;
  for (std::size_t at = help.out.find("Commands:\n"); at != std::string::npos;) {
    at = help.out.find("\n  ", at + 1);
    if (at == std::string::npos) break;
    const std::size_t end = help.out.find(' ', at + 3);
    const std::string name = help.out.substr(at + 3, end - at - 3);
    const test::Outcome one = run_shell("$fathom " + name + " --help", folder);
    CHECK_MESSAGE(one.code == 0, name);
    CHECK_MESSAGE(one.err.empty(), name);
    CHECK_MESSAGE(one.out.find("Example:\n  ") != std::string::npos, name);
    ++commands;
  }
  CHECK(commands >= 3);
}

TEST_CASE("program: a reader that leaves early ends nothing") {
  const test::TemporaryFolder folder;
  make_files(folder);
  const test::Outcome outcome =
      run_shell("{ $fathom inspect model.safetensors; echo code $? >&2; } | true", folder);
  CHECK(outcome.err == "code 0\n");
}

TEST_CASE("program: facts are one JSON object with --json") {
  const test::TemporaryFolder folder;
  make_files(folder);
  const test::Outcome outcome = run_shell("$fathom inspect model.safetensors --json", folder);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.starts_with("{\"format\":\"safetensors\",\"tensors\":[{\"name\":\"bias\""));
  CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 1);
}
