// f16 and bf16: conversion of every bit pattern, creation, read-out, printing.
#include "fathom/core/half.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "fathom/fathom.h"
#include "tests/backend/cpu/isas.h"

using namespace fathom;

namespace {

template <class Half> void check_all_patterns() {
  std::vector<Half> all(65536);
  for (std::uint32_t u = 0; u < 65536; ++u) all[u].bits = static_cast<std::uint16_t>(u);
  std::vector<float> values(65536);
  for (std::uint32_t u = 0; u < 65536; ++u) {
    values[u] = static_cast<float>(all[u]);
    const Half back(values[u]);
    if (std::isnan(values[u]))
      CHECK(std::isnan(static_cast<float>(back)));
    else if (back.bits != u)
      FAIL_CHECK("pattern ", u, " came back as ", back.bits);
  }
  // The kernels convert the same, and between neighbours to the nearest, halves to even.
  const Tensor halves = Tensor::from(all);
  const std::vector<float> widened = halves.to_vector<float>();
  std::vector<float> between;
  for (std::uint32_t u = 0; u + 1 < 65536; ++u) {
    const float middle = 0.5f * (values[u] + values[u + 1]);
    between.push_back(middle);
    between.push_back(std::nextafter(middle, values[u]));
    between.push_back(std::nextafter(middle, values[u + 1]));
  }
  const Tensor rounded = cast(Tensor::from(between), dtype_of<Half>);
  const auto got = rounded.data<Half>();
  std::int64_t wrong = 0;
  for (std::size_t u = 0; u < 65536; ++u)
    wrong += std::memcmp(&widened[u], &values[u], 4) != 0 && !std::isnan(values[u]);
  for (std::size_t i = 0; i < between.size(); ++i)
    wrong += got[i].bits != Half(between[i]).bits && !std::isnan(between[i]);
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("half: every f16 and bf16 converts to float and back, in scalars and in kernels") {
  check_all_patterns<float16>();
  check_all_patterns<bfloat16>();
}

TEST_CASE("half: known numbers") {
  CHECK(float16(1.0f).bits == 0x3c00);
  CHECK(float16(65504.0f).bits == 0x7bff);
  CHECK(float16(65519.0f).bits == 0x7bff);
  CHECK(float16(65520.0f).bits == 0x7c00);
  CHECK(float16(-0x1p-24f).bits == 0x8001);
  CHECK(float16(0x1p-25f).bits == 0);  // a tie goes to the even neighbour
  CHECK(float16(1 + 0x1p-11f).bits == 0x3c00);
  CHECK(float16(1 + 3 * 0x1p-11f).bits == 0x3c02);
  CHECK(bfloat16(1.0f).bits == 0x3f80);
  CHECK(bfloat16(1 + 0x1p-8f).bits == 0x3f80);
  CHECK(bfloat16(3.4e38f).bits == 0x7f80);
}

TEST_CASE("half: creation, read-out, numbers beside a half") {
  const Tensor x = Tensor::from(std::vector<float16>{float16(0.1f), float16(-2.5f)});
  CHECK(x.dtype() == DType::f16);
  CHECK(x.data<float16>()[1].bits == float16(-2.5f).bits);
  CHECK(x.to_vector<float>()[0] == static_cast<float>(float16(0.1f)));
  CHECK(cast(x, DType::i64).to_vector<std::int64_t>() == std::vector<std::int64_t>{0, -2});
  CHECK(sum(x).item<double>() == static_cast<float>(float16(-2.4f)));
  CHECK_THROWS_AS((void)x.data<float>(), DTypeError);
  CHECK_THROWS_AS((void)x.data<bfloat16>(), DTypeError);
  const Tensor b = cast(x, DType::bf16);
  CHECK((x + 1).dtype() == DType::f16);
  CHECK((x * 0.5).dtype() == DType::f16);
  CHECK((x + b).dtype() == DType::f32);
  CHECK((x + ones({2}, DType::i64)).dtype() == DType::f16);
  CHECK((x * 0.1).to_vector<float>()[1] == static_cast<float>(float16(-2.5f * 0.1f)));
  CHECK((x == 0.1).to_vector<bool>()[0]);
  CHECK(full({2}, 0.1, DType::bf16).to_vector<float>()[1] == static_cast<float>(bfloat16(0.1f)));
}

TEST_CASE("half: sums accumulate in f32 and means do not overflow") {
  const Tensor x = full({70000}, 1, DType::f16);
  CHECK(sum(x, {0}).item<float>() == INFINITY);  // 70000 is no f16
  CHECK(mean(x).item<float>() == 1);
  CHECK(sum(full({4096}, 1, DType::bf16)).item<float>() == 4096);
  CHECK(var(full({2, 9}, 300, DType::f16)).item<float>() == 0);
  const Tensor far = cast(linspace(-1000, 1000, 5), DType::f16);
  CHECK(var(far).item<float>() == INFINITY);  // 625000
  CHECK(std_dev(far).item<float>() == 790.5f);
  CHECK(logsumexp(x).item<float>() == static_cast<float>(float16(std::log(70000.f) + 1)));
  CHECK(nanmean(x).item<float>() == 1);
}

TEST_CASE("half: gradients have the type of what they are of and are rounded once") {
  const Tensor x = cast(linspace(-2, 2, 9), DType::bf16).eval();
  const Tensor wide = cast(x, DType::f32).eval();
  const Tensor g = gradients(sum(gelu(x)), {x})[0];
  CHECK(g.dtype() == DType::bf16);
  const Tensor wanted = cast(gradients(sum(gelu(wide)), {wide})[0], DType::bf16);
  CHECK(equal(g, wanted));
}

TEST_CASE("half: printed with the digits that tell neighbours apart, as NumPy prints float16") {
  CHECK(to_string(Tensor::from(std::vector<float16>{float16(0.1f), float16(1.f),
                                                    float16(-2.5f)})) == "[ 0.1  1.  -2.5]");
  CHECK(to_string(full({}, 0.1, DType::bf16)) == "0.1");
  CHECK(to_string(full({2}, 65504, DType::f16)) == "[65500. 65500.]");
}

TEST_CASE("allclose and equal") {
  const Tensor x = Tensor::from(std::vector<float>{1, 2, NAN});
  CHECK(!allclose(x, x));
  CHECK(allclose(x, x, 1e-5, 1e-8, true));
  CHECK(allclose(ones({3}), ones({3}) + 1e-6));
  CHECK(!allclose(ones({3}), ones({3}) + 1e-4));
  CHECK(allclose(zeros({0}), zeros({0})));
  CHECK(equal(ones({2}), ones({2}, DType::i64)));
  CHECK(!equal(ones({2}), ones({1, 2})));
  CHECK(!equal(x, x));
}
