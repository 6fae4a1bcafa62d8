// The examples that the program carries. The list is written by cmake/examples.cmake.
#pragma once
#include <initializer_list>
#include <span>
#include <string_view>

namespace fathom::cli {

struct Example {
  std::string_view name;     // "ch02/xor"
  std::string_view summary;  // the first comment line of its source
  std::string_view usage;    // what its main takes: nothing, "[epochs]", or options
  int (*run)(int argc, char** argv);
};

/// All examples, by chapter and name.
std::span<const Example> examples();

/// Calls an example's main, whether it takes arguments or not.
inline int call(int (*main)(), int, char**) { return main(); }
inline int call(int (*main)(int, char**), int argc, char** argv) { return main(argc, argv); }

}  // namespace fathom::cli
