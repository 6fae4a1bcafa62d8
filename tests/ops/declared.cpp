#include "tests/ops/declared.h"

#include <filesystem>
#include <fstream>
#include <regex>

namespace fathom::test {
namespace {

std::set<std::string> functions_of(const std::filesystem::path& header) {
  // At the start of a line: template functions, inline ones and plain ones that return tensors.
  static const std::regex declaration(
      R"(^(?:inline )?(?:Tensor|std::vector<Tensor>|\w+Result) (\w+)\()");
  std::set<std::string> names;
  std::ifstream in(header);
  bool internal = false;  // namespace ops is not for users
  for (std::string line; std::getline(in, line);) {
    if (line == "namespace ops {") internal = true;
    if (line == "}  // namespace ops") internal = false;
    std::smatch found;
    if (!internal && std::regex_search(line, found, declaration)) names.insert(found[1]);
  }
  return names;
}

}  // namespace

const std::map<std::string, std::set<std::string>>& declared_operations() {
  static const std::map<std::string, std::set<std::string>> all = [] {
    const std::set<std::string> internal{
        "operands.h",         "matrix_parts.h", "gradient.h",    "function_table.h",
        "scalar_functions.h", "reduction.h",    "norm_shapes.h", "pool_options.h",
        "recurrent_loops.h",  "names.h"};  // names_test.cpp has its sample
    const auto folder = std::filesystem::path(FATHOM_TEST_SOURCE).parent_path() / "fathom" / "ops";
    std::map<std::string, std::set<std::string>> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(".h") || internal.contains(name)) continue;
      if (std::set<std::string> functions = functions_of(entry.path()); !functions.empty())
        found[name] = std::move(functions);
    }
    return found;
  }();
  return all;
}

}  // namespace fathom::test
