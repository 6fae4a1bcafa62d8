// What the code of the docs' pages is compiled with (tools/docs_code.awk).
#pragma once
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "fathom/fathom.h"
#include "fathom/figure/figure.h"
#include "tests/io/support.h"

// Pages show values that nothing reads, and a main() without a return becomes a function.
#pragma GCC diagnostic ignored "-Wreturn-type"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wunused-value"

namespace fathom::test {

/// A temporary folder that is the current one meanwhile, and whose printing nobody sees.
class InTemporaryFolder {
 public:
  InTemporaryFolder()
      : before_(std::filesystem::current_path()), printed_(std::cout.rdbuf(nullptr)) {
    std::filesystem::current_path(folder_.path());
  }
  ~InTemporaryFolder() {
    std::cout.rdbuf(printed_);
    std::filesystem::current_path(before_);
  }
  InTemporaryFolder(const InTemporaryFolder&) = delete;
  InTemporaryFolder& operator=(const InTemporaryFolder&) = delete;

 private:
  TemporaryFolder folder_;
  std::filesystem::path before_;
  std::streambuf* printed_;
};

}  // namespace fathom::test
