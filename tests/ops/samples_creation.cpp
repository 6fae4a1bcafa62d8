#include "fathom/ops/creation.h"
#include "fathom/ops/dropout.h"
#include "fathom/ops/elementwise.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples creation_samples() {
  const SampleOptions flat{.exact = true, .gradient = false};
  const auto key = [] { return make_key(1, 2); };
  return {
      {"tensor",
       [](In) {
         return tensor({1.f, 2.f, 3.f});
       },
       {},
       flat},
      {"tensor/rows",
       [](In) {
         return tensor<std::int64_t>({{1, 2}, {3, 4}, {5, 6}});
       },
       {},
       flat},
      {"constant",
       [](In) {
         return constant(1.5, {2, 3});
       },
       {},
       flat},
      {"constant/i64",
       [](In) { return constant(std::int64_t{1} << 60, {2}, DType::i64); },
       {},
       flat},
      {"constant/bool",
       [](In) { return constant(std::int64_t{1}, {2}, DType::boolean); },
       {},
       flat},
      {"constant/empty",
       [](In) {
         return constant(1.5, {0, 3});
       },
       {},
       flat},
      {"constant/in arithmetic",
       [](In x) {
         return x[0] * constant(2.0, {3, 1}, x[0].dtype()) + constant(1.0, {}, x[0].dtype());
       },
       {real({3, 4})},
       {.exact = true}},
      {"full",
       [](In) {
         return full({2, 3}, 7);
       },
       {},
       flat},
      {"full/of a tensor",
       [](In x) {
         return full({2, 3}, x[0], x[0].dtype());
       },
       {real({})},
       {.exact = true}},
      {"zeros",
       [](In) {
         return zeros({2, 0, 3});
       },
       {},
       flat},
      {"zeros/u8", [](In) { return zeros({5}, DType::u8); }, {}, flat},
      {"ones",
       [](In) {
         return ones({2, 3}, DType::f64);
       },
       {},
       flat},
      {"zeros_like",
       [](In x) { return zeros_like(x[0]); },
       {whole({3, 2}, 0, 9, DType::i32)},
       flat},
      {"ones_like", [](In x) { return ones_like(x[0]); }, {truth({3})}, flat},
      {"arange", [](In) { return arange(7); }, {}, flat},
      {"arange/f32", [](In) { return arange(600, DType::f32); }, {}, flat},
      {"arange/empty", [](In) { return arange(0); }, {}, flat},
      {"arange/steps", [](In) { return arange(1.0, 3.0, 0.25); }, {}, flat},
      {"arange/backwards", [](In) { return arange(3.0, -1.0, -1.0, DType::f64); }, {}, flat},
      {"linspace", [](In) { return linspace(-1, 2, 13); }, {}, flat},
      {"linspace/one", [](In) { return linspace(3, 5, 1); }, {}, flat},
      {"eye", [](In) { return eye(5); }, {}, flat},
      {"arange/whole", [](In) { return arange(2, 13, 3); }, {}, flat},
      {"arange/whole, backwards", [](In) { return arange(10, -3, -4, DType::i32); }, {}, flat},
      {"arange/one number", [](In) { return arange(3.5); }, {}, flat},
      {"arange/u8", [](In) { return arange(200, 255, 1, DType::u8); }, {}, flat},
      {"arange/bf16",
       [](In) { return cast(arange(0.0, 3.0, 0.3, DType::bf16), DType::f32); },
       {},
       flat},
      {"arange/nothing", [](In) { return arange(3, 3); }, {}, flat},
      {"linspace/none", [](In) { return linspace(3, 5, 0); }, {}, flat},
      {"linspace/i64", [](In) { return linspace(0, 10, 5, DType::i64); }, {}, flat},
      {"linspace/f64", [](In) { return linspace(1, -1, 6, DType::f64); }, {}, flat},
      {"logspace", [](In) { return logspace(-1, 2, 7); }, {}, {.gradient = false}},
      {"logspace/base 2",
       [](In) { return logspace(0, 8, 9, 2, DType::f64); },
       {},
       {.gradient = false}},
      {"eye/wide", [](In) { return eye(3, 5); }, {}, flat},
      {"eye/nothing", [](In) { return eye(0, 5, DType::boolean); }, {}, flat},
      {"tri", [](In) { return tri(3, 5, 1); }, {}, flat},
      {"tri/below", [](In) { return tri(4, 2, -1, DType::i64); }, {}, flat},
      {"vander", [](In x) { return vander(x[0]); }, {real({4})}, {.exact = true, .second = true}},
      {"vander/increasing",
       [](In x) { return vander(x[0], 3, true); },
       {real({5})},
       {.exact = true}},
      {"vander/integers", [](In x) { return vander(x[0], 4); }, {whole({5}, -4, 5)}, flat},
      {"vander/no columns", [](In x) { return vander(x[0], 0); }, {real({5})}, {.exact = true}},
      {"vander/empty", [](In x) { return vander(x[0]); }, {real({0})}, {.exact = true}},
      {"empty",
       [](In) {
         return empty({2, 3}, DType::i8);
       },
       {},
       flat},
      {"empty_like", [](In x) { return empty_like(x[0]); }, {whole({3}, 0, 9)}, flat},
      {"full_like", [](In x) { return full_like(x[0], 2.5); }, {real({3, 2})}, flat},
      {"full_like/type", [](In x) { return full_like(x[0], 7, DType::u8); }, {real({0, 2})}, flat},
      {"zeros_like/type", [](In x) { return zeros_like(x[0], DType::i64); }, {real({3})}, flat},
      {"to", [](In x) { return to(x[0], DType::f64); }, {real({3, 2})}, {.exact = true}},
      {"to/integers", [](In x) { return to(x[0], DType::i8); }, {real({7}, -100, 100)}, flat},
      {"tensor/scalar", [](In) { return tensor(2.5f); }, {}, flat},
      {"tensor/planes",
       [](In) {
         return tensor<float>({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}, {{9, 10}, {11, 12}}});
       },
       {},
       flat},
      {"eye/i64", [](In) { return eye(3, DType::i64); }, {}, flat},
      {"make_key", [](In) { return make_key(3, 4); }, {}, flat},
      {"next_key",
       [](In) {
         seed(5);
         return next_key();
       },
       {},
       flat},
      {"random_uniform",
       [=](In) {
         return random_uniform({3, 7}, key());
       },
       {},
       flat},
      {"random_uniform/bounds",
       [=](In x) { return random_uniform({130}, key(), x[0], 3); },
       {real({}, -2, -1)},
       flat},
      {"random_uniform/large",
       [=](In) {
         return random_uniform({257, 301}, key(), -1, 1);
       },
       {},
       flat},
      {"random_uniform/empty", [=](In) { return random_uniform({0}, key()); }, {}, flat},
      {"random_uniform/temporaries",
       [=](In x) { return random_uniform({40}, key(), x[0] - 1, x[0] + 1); },
       {real({})},
       flat},
      {"random_normal/temporaries",
       [=](In x) { return random_normal({40}, key(), x[0] - 1, x[0] + 3); },
       {real({})},
       flat},
      {"full/temporary", [](In x) { return full({3}, x[0] * 2); }, {real({})}, flat},
      {"random_normal",
       [=](In) {
         return random_normal({3, 7}, key());
       },
       {},
       flat},
      {"random_normal/scaled", [=](In) { return random_normal({200}, key(), 1, 0.5); }, {}, flat},
      {"random_normal/large",
       [=](In) {
         return random_normal({257, 301}, key());
       },
       {},
       flat},
      {"rand",
       [](In) {
         seed(1);
         return rand({65});
       },
       {},
       flat},
      {"randn",
       [](In) {
         seed(1);
         return randn({3, 65});
       },
       {},
       flat},
      {"dropout", [=](In x) { return dropout(x[0], 0.4, key(), 3); }, {real({7, 11})}, {}},
      {"dropout/another site",
       [=](In x) { return dropout(x[0], 0.4, key(), 4); },
       {real({7, 11})},
       {}},
      {"dropout/none",
       [=](In x) { return dropout(x[0], 0, key(), 0); },
       {real({5})},
       {.exact = true}},
      {"dropout/all",
       [=](In x) { return dropout(x[0], 1, key(), 0); },
       {real({5})},
       {.exact = true}},
      {"dropout/empty", [=](In x) { return dropout(x[0], 0.5, key(), 0); }, {real({0, 3})}, {}},
      {"dropout/large",
       [=](In x) { return dropout(x[0], 0.1, key(), 1); },
       {real({257, 301})},
       {.large = true}},
  };
}

}  // namespace fathom::test
