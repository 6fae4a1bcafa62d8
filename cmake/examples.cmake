# Examples: each is a program of its own (target example_chNN_name) and also part of the fathom program
# (`fathom example chNN/name`). For the latter it is compiled inside a namespace of its own, so that two
# examples may both have a `Net`; what it includes is included first, outside of the namespace.
# An example whose main takes arguments takes one, the number of epochs, or what its line "// Usage: " says.
#
# fathom_add_examples(TARGET): an object library of the wrappers and the list of examples.
function(fathom_add_examples target)
  file(GLOB examples CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/examples/ch*/*.cpp)
  set(sources "")
  set(declarations "")
  set(rows "")
  foreach(source ${examples})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR}/examples ${source})
    string(REGEX REPLACE "\\.cpp$" "" path ${path})
    string(REPLACE "/" "_" id "example_${path}")
    file(STRINGS ${source} includes REGEX "^#include")
    file(STRINGS ${source} summary REGEX "^// " LIMIT_COUNT 1)
    string(REGEX REPLACE "^// *" "" summary "${summary}")
    string(REGEX REPLACE "[\"\\\\]" "" summary "${summary}")
    list(JOIN includes "\n" includes)
    file(STRINGS ${source} takes_epochs REGEX "^int main\\(int" LIMIT_COUNT 1)
    file(STRINGS ${source} usage REGEX "^// Usage: " LIMIT_COUNT 1)
    string(REGEX REPLACE "^// Usage: *" "" usage "${usage}")
    if("${usage}" STREQUAL "" AND NOT "${takes_epochs}" STREQUAL "")
      set(usage "[epochs]")
    endif()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/examples/${id}.cpp CONTENT
"// Written by cmake/examples.cmake.
#include \"fathom/cli/example.h\"
@includes@
namespace @id@ {
#include \"@source@\"
}  // namespace @id@
int run_@id@(int argc, char** argv) { return fathom::cli::call(@id@::main, argc, argv); }
" @ONLY)
    list(APPEND sources ${CMAKE_BINARY_DIR}/examples/${id}.cpp)
    string(APPEND declarations "int run_${id}(int argc, char** argv);\n")
    string(APPEND rows "    {\"${path}\", \"${summary}\", \"${usage}\", run_${id}},\n")
    add_executable(${id} EXCLUDE_FROM_ALL ${source})
    target_link_libraries(${id} PRIVATE fathom_train fathom_text)
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/examples/list.cpp CONTENT
"// Written by cmake/examples.cmake.
#include \"fathom/cli/example.h\"
@declarations@
namespace fathom::cli {
std::span<const Example> examples() {
  static const std::initializer_list<Example> list = {
@rows@  };
  return {list.begin(), list.size()};
}
}  // namespace fathom::cli
" @ONLY)
  add_library(${target} OBJECT ${sources} ${CMAKE_BINARY_DIR}/examples/list.cpp)
  # Falling off the end of main() is fine in a program, but not in the function it becomes here.
  target_compile_options(${target} PRIVATE -Werror=return-type)
  target_link_libraries(${target} PRIVATE fathom_train)
endfunction()
