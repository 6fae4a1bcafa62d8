// The table itself: nothing public may be missing from it, and what must fail does, with the right
// words.
#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "fathom/ops/function_table.h"
#include "tests/ops/compare.h"
#include "tests/ops/declared.h"

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

TEST_CASE("samples with a known result give it") {
  int known = 0;
  for_each_sample([&](const Sample& s) {
    if (s.known.empty()) return;
    ++known;
    for (const Device device : {Device::cpu, Device::reference}) {
      const DeviceScope scope(device);
      const std::vector<double> got = to_doubles(s.build(make_inputs(s, true)));
      REQUIRE(got.size() == s.known.size());
      for (std::size_t i = 0; i < got.size(); ++i) {
        INFO("element ", i);
        CHECK((got[i] == s.known[i] || (std::isnan(got[i]) && std::isnan(s.known[i])) ||
               std::abs(got[i] - s.known[i]) <= 1e-12 * std::max(1.0, std::abs(s.known[i]))));
      }
    }
  });
  CHECK(known > 0);
}

TEST_CASE("sample names are unique") {
  std::set<std::string> names;
  for (const Sample& s : all_samples()) {
    INFO(s.name);
    CHECK(names.insert(s.name).second);
  }
}

}  // namespace fathom::test
