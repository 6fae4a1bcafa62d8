// Every example that the program lists, run whole: its output and its files are the same bits for
// every number of threads and instruction set. Examples that train for long take a number of
// epochs, or a limit of pictures too, and run one here. Under a sanitizer, many times slower and
// after other faults, they run once.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <sstream>

#include "tests/cli/program.h"

using namespace fathom;
using test::Outcome;
using test::run_shell;
using test::TemporaryFolder;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool once = true;
#else
constexpr bool once = false;
#endif

struct Listed {
  std::string name, arguments;
};

std::vector<Listed> listed() {
  const TemporaryFolder folder;
  const Outcome list = run_shell("$fathom example", folder);
  REQUIRE(list.code == 0);
  std::vector<Listed> all;
  std::istringstream lines(list.out);
  for (std::string line; std::getline(lines, line);) {
    const auto has = [&](const char* option) { return line.find(option) != std::string::npos; };
    const std::string name = line.substr(0, line.find(' '));
    all.push_back({name, has(" [epochs]")       ? " 1"
                         : has(" [--limit N]")  ? " --epochs 1 --limit 20"
                         : has(" [--epochs N]") ? " --epochs 1"
                                                : ""});
  }
  return all;
}

struct Result {
  Outcome outcome;
  std::map<std::string, io::Bytes> files;
};

Result run_example(const Listed& example, const std::string& environment) {
  const TemporaryFolder folder;
  Result result{
      run_shell(environment + " $fathom example " + example.name + example.arguments, folder), {}};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
    if (entry.is_regular_file())
      result.files[entry.path().lexically_relative(folder.path())] = io::read_file(entry.path());
  return result;
}

}  // namespace

TEST_CASE("example: all of them, the same bits on every machine") {
  const std::vector<Listed> examples = listed();
  REQUIRE(examples.size() >= 2);
  for (const Listed& example : examples) {
    CAPTURE(example.name);
    const Result one = run_example(example, once ? "FATHOM_THREADS=2" : "FATHOM_THREADS=1");
    if (one.outcome.err.find("FATHOM_DATA is not set") != std::string::npos) {
      MESSAGE("left out, as it needs FATHOM_DATA: " << example.name);
      continue;
    }
    CHECK_MESSAGE(one.outcome.code == 0, one.outcome.err);
    CHECK(one.outcome.out.size() > 40);  // it says what it found
    if (once) continue;
    for (const char* other : {"FATHOM_THREADS=3", "FATHOM_THREADS=2 FATHOM_ISA=avx2"}) {
      CAPTURE(other);
      const Result again = run_example(example, other);
      CHECK(again.outcome.code == one.outcome.code);
      CHECK(again.outcome.out == one.outcome.out);
      REQUIRE(again.files.size() == one.files.size());
      for (const auto& [name, bytes] : one.files) {
        CAPTURE(name);
        CHECK(again.files.contains(name));
        CHECK(again.files.at(name) == bytes);
      }
    }
  }
}
