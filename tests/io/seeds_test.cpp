// Every file of tests/fuzz/seeds, which once broke a parser or is like those that break others, is
// read or refused by name. Folders are named as the parsers of tests/fuzz/parsers.h.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/fuzz/parsers.h"

using namespace fathom;

TEST_CASE("files that break parsers are refused by name") {
  const std::filesystem::path seeds = FATHOM_TEST_SOURCE "/fuzz/seeds";
  int files = 0;
  for (const auto& folder : std::filesystem::directory_iterator(seeds)) {
    const std::string name = folder.path().filename().string();
    const auto* parser = std::ranges::find(test::parsers, name, &test::Parser::name);
    REQUIRE_MESSAGE(parser != std::end(test::parsers), name);
    for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
      const std::string path = file.path().string();
      CAPTURE(path);
      const io::Bytes bytes = io::read_file(path);
      CHECK(bytes.size() <= (256 << 10));
      CHECK_NOTHROW(test::feed(*parser, bytes));
      ++files;
    }
  }
  CHECK(files > 0);
}
