#include "fathom/core/dtype.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "fathom/fathom.h"

using namespace fathom;

TEST_CASE("dtype: promotion is PyTorch's") {
  // torch.promote_types, rows and columns in the order of the enum; int16, which Fathom lacks, is
  // i32.
  const char* const table[dtype_count][dtype_count] = {
      // f32   f64    f16    bf16    i64    i32    i8     u8     bool
      {"f32", "f64", "f32", "f32", "f32", "f32", "f32", "f32", "f32"},        // f32
      {"f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64"},        // f64
      {"f32", "f64", "f16", "f32", "f16", "f16", "f16", "f16", "f16"},        // f16
      {"f32", "f64", "f32", "bf16", "bf16", "bf16", "bf16", "bf16", "bf16"},  // bf16
      {"f32", "f64", "f16", "bf16", "i64", "i64", "i64", "i64", "i64"},       // i64
      {"f32", "f64", "f16", "bf16", "i64", "i32", "i32", "i32", "i32"},       // i32
      {"f32", "f64", "f16", "bf16", "i64", "i32", "i8", "i32", "i8"},         // i8
      {"f32", "f64", "f16", "bf16", "i64", "i32", "i32", "u8", "u8"},         // u8
      {"f32", "f64", "f16", "bf16", "i64", "i32", "i8", "u8", "bool"},        // bool
  };
  for (int a = 0; a < dtype_count; ++a)
    for (int b = 0; b < dtype_count; ++b) {
      INFO(name(static_cast<DType>(a)), " with ", name(static_cast<DType>(b)));
      CHECK(name(promote(static_cast<DType>(a), static_cast<DType>(b))) == table[a][b]);
    }
}

TEST_CASE("dtype: names, sizes and kinds") {
  const std::map<std::string_view, std::size_t> sizes{{"f32", 4},  {"f64", 8}, {"f16", 2},
                                                      {"bf16", 2}, {"i64", 8}, {"i32", 4},
                                                      {"i8", 1},   {"u8", 1},  {"bool", 1}};
  for (int i = 0; i < dtype_count; ++i) {
    const auto d = static_cast<DType>(i);
    CHECK(sizes.at(name(d)) == size_of(d));
    CHECK(is_floating(d) == (name(d).find('f') != std::string_view::npos));
    CHECK(is_integer(d) == (name(d) == "u8" || name(d)[0] == 'i'));
  }
  CHECK(dtype_of<float> == DType::f32);
  CHECK(dtype_of<bool> == DType::boolean);
}

TEST_CASE("dtype: axes weigh more than rank 0, tensors more than numbers, kinds more than both") {
  const Tensor i8 = zeros({2}, DType::i8), i64 = zeros({2}, DType::i64), f32 = zeros({2}),
               truth = zeros({2}, DType::boolean);
  const Tensor scalar_f64 = zeros({}, DType::f64), scalar_i64 = zeros({}, DType::i64);
  CHECK((f32 + scalar_f64).dtype() == DType::f32);
  CHECK((i8 + scalar_i64).dtype() == DType::i8);
  CHECK((i8 + scalar_f64).dtype() == DType::f64);
  CHECK((i64 + f32).dtype() == DType::f32);
  CHECK((scalar_f64 + zeros({})).dtype() == DType::f64);
  CHECK((f32 + 1).dtype() == DType::f32);
  CHECK((f32 + 1.5).dtype() == DType::f32);
  CHECK((zeros({2}, DType::f64) + 1.5f).dtype() == DType::f64);
  CHECK((i8 + 1).dtype() == DType::i8);
  CHECK((i8 + 1.5).dtype() == DType::f32);
  CHECK((i8 + true).dtype() == DType::i8);
  CHECK((truth + 1).dtype() == DType::i64);
  CHECK((truth + truth).dtype() == DType::boolean);
  CHECK((i64 / i64).dtype() == DType::f32);
  CHECK(exp(i8).dtype() == DType::f32);
  CHECK(abs(i8).dtype() == DType::i8);
  CHECK((i8 < i64).dtype() == DType::boolean);
  CHECK(logical_not(f32).dtype() == DType::boolean);
  CHECK(where(truth, i8, f32).dtype() == DType::f32);
  CHECK(where(truth, 1, 2.5).dtype() == DType::f32);
  CHECK(sum(i8).dtype() == DType::i64);
  CHECK(sum(truth).dtype() == DType::i64);
  CHECK(max(i8).dtype() == DType::i8);
  CHECK(concat({i8, f32}).dtype() == DType::f32);
}
