// f16 and bf16: every operation that computes takes them, in f32, and rounds once.
#include "fathom/fathom.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {

Input half(const Shape& shape, DType dtype, double low = -2, double high = 2) {
  return {shape, dtype, low, high};
}

void add(Samples& to, DType d) {
  const std::string type(name(d));
  // Kernels and definitions may differ by the rounding of one half.
  const SampleOptions close{.tolerance = d == DType::f16 ? 2e-3 : 1.6e-2};
  const SampleOptions flat{.tolerance = close.tolerance, .gradient = false};
  const auto row = [&](const char* what, Builder build, std::vector<Input> inputs,
                       const SampleOptions& options) {
    to.push_back({std::string(what) + " " + type, std::move(build), std::move(inputs), options});
  };
  row(
      "add/half and number", [](In x) { return 0.1 * x[0] + 1e-3; }, {half({3, 7}, d)}, close);
  row(
      "mul/half and large number", [](In x) { return x[0] * 1e5; }, {half({9}, d, -1e-3, 1e-3)},
      close);
  row(
      "eq/half and number", [](In x) { return cast(x[0], x[0].dtype()) == 0.1; },
      {half({9}, d, 0.0999, 0.1001)}, flat);
  row(
      "add/half and rank 0", [](In x) { return x[0] + x[1]; }, {half({9}, d), real({})}, close);
  row(
      "mul/half and integers", [](In x) { return x[0] * x[1]; }, {half({9}, d), whole({9}, -5, 5)},
      close);
  row(
      "add/half and f32", [](In x) { return x[0] + x[1]; }, {half({9}, d), real({9})}, close);
  row(
      "tanh/half chain", [](In x) { return tanh(x[0] * x[1] + 1) / (x[1] * x[1] + 1); },
      {half({5, 9}, d), half({9}, d)}, close);
  row(
      "where/half", [](In x) { return where(x[0] > 0, x[0], 0.5); }, {half({9}, d)}, close);
  row(
      "sum/half", [](In x) { return sum(x[0], {1}); }, {half({3, 700}, d, 0, 2)}, close);
  row(
      "max/half", [](In x) { return max(x[0], {0}); }, {half({5, 9}, d)}, close);
  row(
      "argmax/half", [](In x) { return argmax(x[0], 1); }, {half({5, 9}, d)}, flat);
  row(
      "softmax/half", [](In x) { return softmax(x[0], -1); }, {half({5, 9}, d)}, close);
  row(
      "matmul/half", [](In x) { return matmul(x[0], x[1]); }, {half({5, 70}, d), half({70, 3}, d)},
      close);
  row(
      "linear/half", [](In x) { return linear(x[0], x[1], x[2]); },
      {half({5, 9}, d), half({4, 9}, d), half({4}, d)}, close);
  row(
      "layer_norm/half", [](In x) { return layer_norm(x[0], x[1], x[2]); },
      {half({5, 9}, d), half({9}, d), half({9}, d)}, close);
  row(
      "reshape/half",
      [](In x) {
        return flip(transpose(reshape(x[0], {2, 9})), {0});
      },
      {half({18}, d)}, close);
  row(
      "concat/half",
      [](In x) {
        return concat({x[0], x[1]}, 0);
      },
      {half({2, 3}, d), half({1, 3}, d)}, close);
  row(
      "take/half", [](In x) { return take(x[0], x[1]); }, {half({5, 3}, d), whole({7}, 0, 5)},
      close);
  row(
      "cast/half to i64", [](In x) { return cast(x[0], DType::i64); }, {half({40}, d, -99, 99)},
      flat);
  row(
      "cast/f64 to half", [d](In x) { return cast(x[0], d); }, {{{40}, DType::f64}}, flat);
  row("cast/half to f32 special", [](In x) { return cast(x[0], DType::f32); },
      {Input{{18}, d, -2, 2, true}}, {.exact = true, .gradient = false});
  row("cast/f32 to half special", [d](In x) { return cast(x[0], d); }, {special({1000})},
      {.exact = true, .gradient = false});
  row(
      "arange/half", [d](In) { return arange(7, d); }, {}, flat);
  row(
      "full/half", [d](In) { return full({3}, 0.1, d) + ones({3}, d); }, {}, flat);
}

}  // namespace

Samples half_samples() {
  Samples samples;
  add(samples, DType::f16);
  add(samples, DType::bf16);
  return samples;
}

}  // namespace fathom::test
