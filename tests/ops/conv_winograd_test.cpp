// Convolutions by Winograd's minimal filtering: how far their numbers are from the direct sum's,
// the same bits for any number of threads, and which convolutions are computed so.
#include <doctest/doctest.h>

#include <cmath>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/backend/cpu/winograd_choice.h"
#include "fathom/graph/plan.h"
#include "fathom/ops/conv.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/gradient.h"
#include "fathom/ops/reduce.h"
#include "tests/ops/compare.h"

namespace fathom::test {
namespace {

/// Makes a choice, and puts it, threads and instruction set back.
class WinogradScope {
 public:
  explicit WinogradScope(cpu::Winograd choice) { set(choice); }
  ~WinogradScope() {
    cpu::set_threads(threads_);
    cpu::set_isa_for_test(isa_);
    set(choice_);
  }
  WinogradScope(const WinogradScope&) = delete;
  WinogradScope& operator=(const WinogradScope&) = delete;

 private:
  static void set(cpu::Winograd choice) {
    cpu::set_winograd_for_test(choice);
    graph::clear_plan_cache();
  }
  cpu::Winograd choice_ = cpu::winograd();
  int threads_ = cpu::threads();
  cpu::Isa isa_ = cpu::isa();
};

struct Layer {
  std::int64_t batch, channels, outputs, height, width;
  ConvOptions<2> options;

  std::string name() const {
    return std::to_string(batch) + "x" + std::to_string(channels) + "x" + std::to_string(height) +
           "x" + std::to_string(width) + " > " + std::to_string(outputs) + ", padding " +
           std::to_string(options.padding.widths[0]) + "x" +
           std::to_string(options.padding.widths[1]);
  }
};

Tensor numbers(const Layer& l, const char* what, const Shape& shape) {
  return make_numbers(l.name() + what, {shape, DType::f32, -1, 1});
}

/// Value, and gradients by x, weight and bias, of a type.
Tensors results(const Layer& l, DType dtype) {
  const Tensor x = cast(numbers(l, "x", {l.batch, l.channels, l.height, l.width}), dtype);
  const Tensor weight = cast(numbers(l, "weight", {l.outputs, l.channels, 3, 3}), dtype);
  const Tensor bias = cast(numbers(l, "bias", {l.outputs}), dtype);
  const Tensor y = conv2d(x, weight, bias, l.options);
  Tensors all = gradients(sum(y * cast(numbers(l, "dy", y.shape()), dtype)), {x, weight, bias});
  all.insert(all.begin(), y);
  eval(all);
  return all;
}
Tensors results_by(cpu::Winograd choice, const Layer& l) {
  const WinogradScope scope(choice);
  return results(l, DType::f32);
}

/// The largest difference over the largest number.
double error(const Tensor& got, const Tensor& truth) {
  const std::vector<double> a = to_doubles(got), b = to_doubles(truth);
  double most = 0, largest = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    most = std::max(most, std::abs(a[i] - b[i]));
    largest = std::max(largest, std::abs(b[i]));
  }
  return most / largest;
}

// Sizes that tiles divide and that they do not, fewer outputs than a tile, channels that fill
// vectors and that do not, one channel, more tiles than share their inputs.
const Layer small_layers[] = {
    {2, 8, 16, 8, 8, {.padding = 1}},     {1, 3, 5, 7, 9, {}},
    {3, 5, 19, 5, 6, {.padding = 2}},     {1, 1, 1, 3, 3, {}},
    {2, 17, 33, 1, 2, {.padding = 1}},    {1, 20, 70, 13, 4, {.padding = {0, 2}}},
    {1, 2, 3, 4, 5, {.padding = {4, 1}}}, {9, 12, 9, 17, 15, {.padding = ConvPadding::same}},
};

}  // namespace

TEST_CASE("winograd: values and gradients of odd shapes, padding and channels") {
  for (const Layer& l : small_layers) {
    INFO(l.name());
    const Tensors wanted = on_device(Device::reference, [&] { return results(l, DType::f64); });
    for (const cpu::Winograd choice : {cpu::Winograd::two, cpu::Winograd::four}) {
      INFO(cpu::name(choice));
      const Tensors got = results_by(choice, l);
      REQUIRE(got.size() == wanted.size());
      for (std::size_t i = 0; i < got.size(); ++i) {
        CHECK(got[i].shape() == wanted[i].shape());
        CHECK(error(got[i], wanted[i]) < 2e-6);
      }
    }
  }
}

TEST_CASE(
    "winograd: the same bits for any number of threads and pictures, on every instruction set") {
  for (const cpu::Winograd choice : {cpu::Winograd::two, cpu::Winograd::four})
    for (const Layer& l :
         {small_layers[5], small_layers[7], Layer{2, 150, 72, 6, 7, {.padding = 1}}}) {
      INFO(cpu::name(choice), " ", l.name());
      const WinogradScope scope(choice);
      Tensors wanted;
      for (const cpu::Isa isa : {cpu::Isa::avx2, cpu::Isa::avx512}) {
        if (!cpu::available(isa)) continue;
        cpu::set_isa_for_test(isa);
        graph::clear_plan_cache();
        for (const int threads : {1, 2, 3, 8}) {
          cpu::set_threads(threads);
          const Tensors got = results(l, DType::f32);
          if (wanted.empty()) wanted = got;
          for (std::size_t i = 0; i < got.size(); ++i)
            CHECK(bit_difference(got[i], wanted[i]) == "");
        }
      }
    }
}

// What docs/performance.md states: uniform numbers, max error over max output, against f64.
TEST_CASE("winograd: errors of layers stay near the direct sum's") {
  struct Row {
    Layer layer;
    double two, four;  // times the direct sum's error
  };
  const Row rows[] = {
      {{2, 16, 16, 32, 32, {.padding = 1}}, 0.5, 2.0},
      {{2, 32, 32, 32, 32, {.padding = 1}}, 0.5, 1.25},
      {{2, 64, 64, 16, 16, {.padding = 1}}, 0.5, 1.0},
      {{2, 128, 128, 8, 8, {.padding = 1}}, 0.5, 1.0},
      {{1, 256, 256, 14, 14, {.padding = 1}}, 0.25, 0.75},
      {{1, 512, 512, 7, 7, {.padding = 1}}, 0.25, 0.75},
  };
  for (const auto& [l, two, four] : rows) {
    INFO(l.name());
    const Tensors wanted = results(l, DType::f64);
    const Tensors direct = results_by(cpu::Winograd::off, l);
    const Tensors by_two = results_by(cpu::Winograd::two, l);
    const Tensors by_four = results_by(cpu::Winograd::four, l);
    for (const std::size_t i : {0, 1}) {  // the value, and the gradient by x
      const double base = error(direct[i], wanted[i]);
      const double of_two = error(by_two[i], wanted[i]), of_four = error(by_four[i], wanted[i]);
      INFO(std::string(i ? "gradient: " : "value: "), base,
           " direct; times it by F(2x2), F(4x4): ", of_two / base, ", ", of_four / base);
      CHECK(of_two <= two * base);
      CHECK(of_four <= four * base);
    }
  }
}

TEST_CASE("winograd: chosen by shape, for f32 alone") {
  const auto chosen = [](const Layer& l, DType dtype = DType::f32) {
    graph::clear_plan_cache();
    const Tensor x = cast(numbers(l, "x", {l.batch, l.channels, l.height, l.width}), dtype);
    const Tensor weight = cast(numbers(l, "weight", {l.outputs, l.channels, 3, 3}), dtype);
    const Tensor y = conv2d(x.eval(), weight.eval(), {}, l.options).eval();
    const std::string plan = graph::cached_plans().front()->describe();
    const std::size_t at = plan.find("F(");
    return at == std::string::npos ? "" : plan.substr(at, 6);
  };
  const WinogradScope scope(cpu::Winograd::automatic);
  CHECK(chosen({1, 64, 64, 56, 56, {.padding = 1}}) == "F(4x4)");
  CHECK(chosen({50, 16, 16, 32, 32, {.padding = 1}}) == "F(4x4)");
  CHECK(chosen({1, 256, 256, 14, 14, {.padding = 1}}) == "F(4x4)");
  CHECK(chosen({1, 512, 512, 7, 7, {.padding = 1}}) == "F(2x2)");  // few outputs of much weight
  CHECK(chosen({2, 512, 512, 7, 7, {.padding = 1}}) == "F(2x2)");  // so, whatever the batch
  CHECK(chosen({1, 3, 64, 32, 32, {.padding = 1}}) == "");         // transforms outweigh the sums
  CHECK(chosen({1, 64, 64, 3, 3, {}}) == "");                      // one output
  CHECK(chosen({1, 64, 64, 16, 16, {.stride = 2, .padding = 1}}) == "");
  CHECK(chosen({1, 64, 64, 16, 16, {.dilation = 2}}) == "");
  CHECK(chosen({1, 64, 64, 16, 16, {.padding = 1}}, DType::f64) == "");
  cpu::set_winograd_for_test(cpu::Winograd::off);
  CHECK(chosen({1, 64, 64, 56, 56, {.padding = 1}}) == "");
  cpu::set_winograd_for_test(cpu::Winograd::two);
  CHECK(chosen({1, 64, 64, 56, 56, {.padding = 1}}) == "F(2x2)");
  CHECK(chosen({1, 3, 64, 32, 32, {.padding = 1}}) == "F(2x2)");
}

}  // namespace fathom::test
