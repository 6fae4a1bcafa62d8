// The table itself: nothing public may be missing from it, and what must fail does, with the right
// words.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "fathom/ops/function_table.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {

std::set<std::string> sampled_operations() {
  std::set<std::string> names;
  for (const Sample& s : all_samples()) names.insert(s.operation());
  return names;
}

/// The functions that a header of fathom/ops declares.
std::set<std::string> declared_functions(const std::filesystem::path& header) {
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

TEST_CASE("the sample table has every scalar function") {
  const std::set<std::string> sampled = sampled_operations();
  for (int f = 0; f < ops::function_count; ++f) {
    const std::string name(ops::function_info(f).name);
    INFO(name);
    CHECK(sampled.contains(name));
  }
}

TEST_CASE("the sample table has every public operation") {
  const std::set<std::string> internal{"operands.h", "matrix_parts.h", "function_table.h", "scalar_functions.h", "reduction.h", "norm_shapes.h",
                                       "names.h"};  // names_test.cpp has its sample
  const std::set<std::string> sampled = sampled_operations();
  const auto folder = std::filesystem::path(FATHOM_TEST_SOURCE).parent_path() / "fathom" / "ops";
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".h" || internal.contains(entry.path().filename().string()))
      continue;
    for (const std::string& name : declared_functions(entry.path())) {
      ++count;
      INFO(entry.path().filename().string(), ": ", name);
      CHECK(sampled.contains(name));
    }
  }
  CHECK(count > 100);  // the pattern still finds them
}

TEST_CASE("sample names are unique") {
  std::set<std::string> names;
  for (const Sample& s : all_samples()) {
    INFO(s.name);
    CHECK(names.insert(s.name).second);
  }
}

TEST_CASE("errors name the operation, what came, what was expected and the mend") {
  for (const ErrorCase& c : all_error_cases()) {
    INFO(c.name);
    std::string text;
    try {
      text = c.run();
    } catch (const std::exception& e) {
      FAIL_CHECK("an error of another type: ", std::string(e.what()));
      continue;
    }
    CHECK_MESSAGE(!text.empty(), "no error");
    std::size_t from = 0;
    for (const std::string& fragment : c.fragments) {  // in this order
      const std::size_t place = text.find(fragment, from);
      CHECK_MESSAGE(place != std::string::npos, "\"", fragment, "\" is missing in\n", text);
      if (place != std::string::npos) from = place;
    }
  }
}

}  // namespace fathom::test
