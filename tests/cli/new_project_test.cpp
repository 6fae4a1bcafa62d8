// `fathom new`: what it writes. That the project builds and runs is shown by
// tools/checks/install.sh.
#include <doctest/doctest.h>

#include "tests/cli/program.h"

using namespace fathom;
using test::run_shell;

TEST_CASE("fathom new writes a project and says what comes next") {
  const test::TemporaryFolder folder;
  const test::Outcome made = run_shell("mkdir sub && $fathom new sub/iris-net", folder);
  REQUIRE(made.code == 0);
  CHECK(made.err == "");
  for (const char* line :
       {"cd sub/iris-net", "cmake -G Ninja -B build", "cmake --build build", "./build/iris-net"})
    CHECK(made.out.find(line) != std::string::npos);

  const auto written = [&](const char* name) {
    return io::read_text(folder / ("sub/iris-net/" + std::string(name)));
  };
  const std::string cmake = written("CMakeLists.txt");
  CHECK(cmake.find("project(iris-net ") != std::string::npos);
  CHECK(cmake.find("find_package(Fathom 0.") != std::string::npos);
  CHECK(written("README.md").find("./build/iris-net") != std::string::npos);
  CHECK(written("main.cpp").find("#include <fathom/fathom.h>") == written("main.cpp").find('#'));
  CHECK(written(".gitignore").find("/build/") == 0);
  for (const char* name : {"CMakeLists.txt", "README.md", "main.cpp"})
    CHECK(written(name).find("{{") == std::string::npos);
}

TEST_CASE("fathom new leaves nothing behind when it fails") {
  const test::TemporaryFolder folder;
  const test::Outcome full =
      run_shell("trap '' XFSZ; ulimit -f 1; $fathom new large; code=$?; ls; exit $code", folder);
  CHECK(full.code == 1);
  CHECK(full.out.find("large") == std::string::npos);
}
