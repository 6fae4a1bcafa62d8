#include "fathom/ops/scatter.h"

#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples scatter_samples() {
  const SampleOptions exact{.exact = true};
  const SampleOptions smooth{.exact = true, .second = true};
  const SampleOptions flat{.exact = true, .gradient = false};
  const SampleOptions large{.exact = true, .large = true};
  using enum ScatterReduction;
  const std::vector<Input> operands{real({3, 4}), whole({3, 6}, 0, 4), real({3, 6})};
  const std::vector<Input> smaller{real({4, 5}), whole({3, 2}, 0, 4), real({5, 3})};
  const std::vector<Input> integers{whole({5}, -3, 4), whole({9}, 0, 5), whole({9}, -3, 4)};
  const std::vector<Input> vectors{real({40}), whole({70000}, 0, 40), real({70000})};
  const auto reduce = [](ScatterReduction r, int axis, bool self) {
    return [=](In x) { return scatter_reduce(x[0], axis, x[1], x[2], r, self); };
  };
  return {
      {"scatter", [](In x) { return scatter(x[0], 1, x[1], x[2]); }, operands, smooth},
      {"scatter/smaller", [](In x) { return scatter(x[0], 0, x[1], x[2]); }, smaller, exact},
      {"scatter/number",
       [](In x) { return scatter(x[0], -1, x[1], 2.5); },
       {real({2, 3}), whole({2, 2}, 0, 3)},
       exact},
      {"scatter/nothing",
       [](In x) { return scatter(x[0], 0, x[1], x[2]); },
       {real({3}), whole({0}, 0, 1), real({0})},
       exact},
      {"scatter/bool",
       [](In x) { return scatter(x[0], 0, x[1], x[2]); },
       {truth({5}), whole({3}, 0, 5), truth({3})},
       flat},
      {"scatter/large", [](In x) { return scatter(x[0], 0, x[1], x[2]); }, vectors, large},
      {"scatter_add", [](In x) { return scatter_add(x[0], 1, x[1], x[2]); }, operands, smooth},
      {"scatter_add/smaller", [](In x) { return scatter_add(x[0], 0, x[1], x[2]); }, smaller,
       exact},
      {"scatter_add/i32",
       [](In x) { return scatter_add(x[0], 0, x[1], x[2]); },
       {whole({5}, -3, 4, DType::i32), whole({9}, 0, 5, DType::i32), whole({9}, -3, 4, DType::i32)},
       flat},
      {"scatter_add/large", [](In x) { return scatter_add(x[0], 0, x[1], x[2]); }, vectors, large},
      {"scatter_add/large rows",
       [](In x) { return scatter_add(x[0], 0, x[1], x[2]); },
       {real({7, 800}), whole({60, 800}, 0, 7), real({60, 800})},
       large},
      {"scatter_add/large outer",
       [](In x) { return scatter_add(x[0], 1, x[1], x[2]); },
       {real({800, 7}), whole({800, 60}, 0, 7), real({800, 60})},
       large},
      {"scatter_reduce/sum", reduce(sum, 1, true), operands, exact},
      {"scatter_reduce/sum, others", reduce(sum, 1, false), operands, smooth},
      {"scatter_reduce/prod", reduce(prod, 1, true), operands, smooth},
      {"scatter_reduce/prod, others", reduce(prod, 1, false), operands, exact},
      {"scatter_reduce/prod of zeros",
       [=](In x) { return scatter_reduce(x[0], 0, x[1], where(x[2] > 0, x[2], 0), prod); },
       {real({3}), whole({9}, 0, 3), real({9})},
       exact},
      {"scatter_reduce/mean", reduce(mean, 1, true), operands, smooth},
      {"scatter_reduce/mean, others", reduce(mean, 1, false), operands, exact},
      {"scatter_reduce/mean of integers", reduce(mean, 0, true), integers, flat},
      {"scatter_reduce/amax", reduce(amax, 1, true), operands, exact},
      {"scatter_reduce/amax, others", reduce(amax, 1, false), operands, exact},
      {"scatter_reduce/amax, smaller", reduce(amax, 0, true), smaller, exact},
      {"scatter_reduce/amax of integers", reduce(amax, 0, false), integers, flat},
      {"scatter_reduce/amax with NaN",
       reduce(amax, 0, true),
       {real({4}), whole({9}, 0, 4), special({9})},
       flat},
      {"scatter_reduce/amin", reduce(amin, 1, true), operands, exact},
      {"scatter_reduce/amin, others",
       reduce(amin, 0, false),
       {real({4}), whole({3}, 0, 4), real({3})},
       exact},
      {"scatter_reduce/large", reduce(amin, 0, true), vectors, large},
      {"index_add",
       [](In x) { return index_add(x[0], 0, x[1], x[2]); },
       {real({4, 3}), whole({6}, 0, 4), real({6, 3})},
       smooth},
      {"index_add/alpha",
       [](In x) { return index_add(x[0], 1, x[1], x[2], -0.5); },
       {real({2, 4}), whole({3}, 0, 4), real({2, 3})},
       exact},
      {"index_add/i64",
       [](In x) { return index_add(x[0], -1, x[1], x[2], 3); },
       {whole({2, 4}, 0, 9), whole({5}, 0, 4), whole({2, 5}, 0, 9)},
       flat},
      {"index_add/large", [](In x) { return index_add(x[0], 0, x[1], x[2]); }, vectors, large},
      {"index_copy",
       [](In x) { return index_copy(x[0], 1, x[1], x[2]); },
       {real({2, 4, 2}), whole({6}, 0, 4), real({2, 6, 2})},
       smooth},
      {"index_copy/one",
       [](In x) { return index_copy(x[0], 0, x[1], x[2]); },
       {real({4}), whole({}, 0, 4), real({1})},
       exact},
      {"index_fill",
       [](In x) { return index_fill(x[0], 1, x[1], x[2]); },
       {real({2, 4}), whole({2}, -4, 4), real({})},
       smooth},
      {"index_fill/number",
       [](In x) { return index_fill(x[0], 0, x[1], 7); },
       {whole({5, 2}, 0, 9), whole({2}, 0, 5)},
       flat},
      {"put",
       [](In x) { return put(x[0], x[1], x[2]); },
       {real({2, 4}), whole({2, 3}, -8, 8), real({6})},
       smooth},
      {"put/added",
       [](In x) { return put(x[0], x[1], x[2], true); },
       {real({2, 4}), whole({9}, -8, 8), real({9})},
       exact},
      {"put/number",
       [](In x) { return put(x[0], x[1], 3); },
       {real({2, 4}), whole({3}, -8, 8)},
       exact},
  };
}

}  // namespace fathom::test
