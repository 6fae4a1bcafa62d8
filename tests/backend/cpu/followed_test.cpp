// Elementwise regions that follow a kernel part by part: the bits are those of both steps alone,
// for every way in which a kernel cuts its output into parts, and no memory is written too early.
#include <doctest/doctest.h>

#include "fathom/backend/cpu/pool.h"
#include "fathom/fathom.h"
#include "fathom/graph/plan.h"
#include "tests/ops/compare.h"

using namespace fathom;

namespace {

/// Steps of the newest plan that a region follows.
int followed() {
  int count = 0;
  for (const std::string& line : graph::cached_plans().front()->executable->describe())
    count += line.find(", then region") != std::string::npos;
  return count;
}

/// What follows `kernel`, against both computed one by one.
template <class F, class Rest>
void check_with(const char* what, const F& kernel, const Rest& rest) {
  CAPTURE(what);
  const Tensor alone = kernel().eval(), expected = rest(alone).eval();
  const int before = cpu::threads();
  for (const int threads : {1, 2, 3, 8}) {
    cpu::set_threads(threads);
    const Tensor got = rest(kernel()).eval();
    CAPTURE(threads);
    CHECK(followed() == 1);
    CHECK(test::bit_difference(got, expected) == "");
  }
  cpu::set_threads(before);
}

/// Activations and residual sums after `kernel`: those that kernels do in registers, and others.
template <class F> void check(const F& kernel) {
  const Tensor alone = kernel().eval();
  const Tensor noise = randn(alone.shape()).eval(), kind = (noise * 2).eval();
  // Sums of zero, infinities and NaN among them.
  const Tensor residual =
      where(kind > 3, -alone, where(kind < -3, log(minimum(noise + 2, 0.0)), noise)).eval();
  check_with("sum, relu", kernel, [&](const Tensor& x) { return relu(x + residual); });
  check_with("sum the other way, relu", kernel,
             [&](const Tensor& x) { return relu(residual + x); });
  check_with("relu", kernel, [](const Tensor& x) { return relu(x); });
  check_with("sum", kernel, [&](const Tensor& x) { return x + residual; });
  check_with("sum with itself", kernel, [](const Tensor& x) { return x + x; });
  check_with("product, sum, relu", kernel,
             [&](const Tensor& x) { return relu(x * 0.5 + residual); });
}

}  // namespace

TEST_CASE("followed: convolutions of every kind") {
  seed(11);
  const auto scope = nn::inference();
  struct Case {
    const char* what;
    Shape x;
    std::int64_t outputs, kernel;
    nn::ConvOptions<2> options;
  };
  for (const Case& c : {
           Case{"products by rows", {2, 24, 31, 30}, 40, 1, {}},
           Case{"products by panels", {1, 64, 7, 7}, 300, 1, {}},
           Case{"products in blocks", {1, 32, 20, 21}, 500, 1, {}},
           Case{"products in blocks of some columns", {1, 32, 20, 21}, 1300, 1, {}},
           Case{"products of some pixels", {2, 24, 15, 13}, 40, 1, {.stride = 2}},
           Case{"few pixels", {1, 24, 1, 2}, 40, 1, {}},
           Case{"windows", {2, 5, 23, 22}, 19, 5, {.stride = 2, .padding = 2}},
           Case{"windows, few pixels", {1, 40, 5, 5}, 90, 3, {.stride = 2, .padding = 1}},
           Case{"groups", {2, 12, 9, 10}, 18, 3, {.padding = 1, .groups = 3}},
           Case{"Winograd, many tiles", {2, 64, 30, 33}, 64, 3, {.padding = 1}},
           Case{"Winograd, few tiles", {1, 128, 7, 9}, 128, 3, {.padding = 1}},
           Case{"one filter a channel", {2, 40, 17, 16}, 40, 3, {.padding = 1, .groups = 40}},
           Case{"one filter a channel, few lines",
                {1, 96, 2, 3},
                96,
                3,
                {.padding = 1, .groups = 96}},
       }) {
    CAPTURE(c.what);
    const nn::Conv2d conv(c.x[1], c.outputs, c.kernel, c.options);
    const Tensor x = randn(c.x).eval();
    check([&] { return conv(x); });
  }
}

TEST_CASE("followed: products") {
  seed(12);
  const Tensor w = randn({150, 70}).eval(), x = randn({300, 70}).eval();
  const Tensor many = randn({3, 40, 70}).eval(), by = randn({3, 70, 20}).eval();
  const nn::Linear linear(70, 33);
  check([&] { return linear(x); });
  check([&] { return matmul(x, transpose(w, 0, 1)); });
  check([&] { return matmul(many, by); });
  check([&] { return matmul(slice(x, 0, 0, 2), transpose(w, 0, 1)); });
}

TEST_CASE("followed: gradients by the input of a convolution") {
  seed(13);
  struct Case {
    const char* what;
    std::int64_t kernel, padding, stride;
  };
  for (const Case& c : {Case{"product", 1, 0, 1}, Case{"product of some pixels", 1, 0, 2},
                        Case{"Winograd", 3, 1, 1}, Case{"windows", 5, 1, 1},
                        Case{"windows of every other pixel", 3, 0, 2}}) {
    CAPTURE(c.what);
    const nn::Conv2d first(3, 40, 3, {.padding = 1});
    const nn::Conv2d second(40, 40, c.kernel, {.stride = c.stride, .padding = c.padding});
    const Tensor x = randn({2, 3, 14, 15}).eval();
    const auto loss = [&](const Tensor& at) { return sum(square(second(relu(first(at))))); };
    const Tensor fused = grad(loss)(x).eval();
    CHECK(followed() > 0);
    const EagerScope scope;
    CHECK(test::bit_difference(fused, grad(loss)(x).eval()) == "");
  }
}

TEST_CASE("followed: what is read as a whole is not overwritten, and what others read is kept") {
  seed(14);
  const auto scope = nn::inference();
  const nn::Conv2d mix(24, 24, 1), window(24, 24, 3, {.padding = 1});
  const Tensor x = randn({2, 24, 20, 21}).eval();
  // The residual is the kernel's own input, which dies there.
  const Tensor start = (x * 2).eval();
  const Tensor expected = relu((window(start).eval() + start).eval()).eval();
  CHECK(test::bit_difference(relu(window(x * 2) + x * 2).eval(), expected) == "");
  {
    Tensor dying = (x * 2).eval();
    Tensor got = window(dying) + dying;
    dying = Tensor();
    CHECK(test::bit_difference(relu(got).eval(), expected) == "");
  }
  // Both the kernel's output and the region's are asked for, or read by another kernel.
  Tensor y = mix(x), z = relu(y);
  const Tensor sum_of_both = (mix(y) + mix(z)).eval();
  const Tensor y_alone = mix(x).eval(), z_alone = relu(y_alone).eval();
  CHECK(test::bit_difference(y, y_alone) == "");
  CHECK(test::bit_difference(z, z_alone) == "");
  CHECK(test::bit_difference(sum_of_both, (mix(y_alone).eval() + mix(z_alone).eval()).eval()) ==
        "");
}
