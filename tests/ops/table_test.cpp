// The table itself: nothing public may be missing from it, and what must fail does, with the right
// words.
#include <doctest/doctest.h>

#include <set>

#include "fathom/ops/function_table.h"
#include "tests/ops/declared.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {

std::set<std::string> sampled_operations() {
  std::set<std::string> names;
  for (const Sample& s : all_samples()) names.insert(s.operation());
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
  const std::set<std::string> sampled = sampled_operations();
  std::size_t count = 0;
  for (const auto& [header, functions] : declared_operations())
    for (const std::string& name : functions) {
      ++count;
      INFO(header, ": ", name);
      CHECK(sampled.contains(name));
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

}  // namespace fathom::test
