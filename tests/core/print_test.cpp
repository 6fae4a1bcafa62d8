// Tensors print as NumPy's arrays do.
#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "fathom/fathom.h"

using namespace fathom;

namespace {
const float inf = INFINITY;
std::string printed(std::initializer_list<float> v) { return to_string(tensor(v)); }
}  // namespace

TEST_CASE("print: floats in fixed notation") {
  CHECK(printed({1, 2, 3}) == "[1. 2. 3.]");
  CHECK(to_string(tensor<float>({{1.5f, -2.25f}, {3, 4}})) == "[[ 1.5  -2.25]\n [ 3.    4.  ]]");
  CHECK(printed({1.f / 3, 2.f / 3}) == "[0.33333334 0.6666667 ]");
  CHECK(to_string(tensor({1. / 3, 2. / 3})) == "[0.33333333 0.66666667]");
  CHECK(printed({123456.789f}) == "[123456.79]");
  CHECK(printed({-0.f, 0.f}) == "[-0.  0.]");
}

TEST_CASE("print: what is not finite") {
  CHECK(printed({1.5f, NAN, -inf}) == "[ 1.5  nan -inf]");
  CHECK(printed({NAN, NAN}) == "[nan nan]");
  CHECK(printed({1, inf}) == "[ 1. inf]");
}

TEST_CASE("print: floats in scientific notation, where NumPy takes it") {
  CHECK(printed({1e-5f, 1}) == "[1.e-05 1.e+00]");
  CHECK(printed({1e10f, 1.5f}) == "[1.0e+10 1.5e+00]");
  CHECK(printed({0.1f, 100.25f}) == "[1.0000e-01 1.0025e+02]");
  CHECK(printed({1e7f, 3}) == "[1.e+07 3.e+00]");
  CHECK(printed({1e-20f, 2e-20f}) == "[1.e-20 2.e-20]");
  CHECK(printed({0.001f, 999.5f}) == "[1.000e-03 9.995e+02]");
  CHECK(printed({1e-9f, NAN, 1}) == "[1.e-09    nan 1.e+00]");
  CHECK(printed({-1e-9f, 1e10f}) == "[-1.e-09  1.e+10]");
  CHECK(to_string(tensor({1e100, 1.5})) == "[1.0e+100 1.5e+000]");
  CHECK(to_string(tensor({1e-300, 1.0})) == "[1.e-300 1.e+000]");
}

TEST_CASE("print: integers, truth values, scalars") {
  CHECK(to_string(tensor<std::int64_t>({{1, -20}, {300, 4}})) == "[[  1 -20]\n [300   4]]");
  CHECK(to_string(tensor<std::uint8_t>({1, 255})) == "[  1 255]");
  CHECK(to_string(tensor<std::int64_t>({std::int64_t{1} << 62})) == "[4611686018427387904]");
  CHECK(to_string(tensor({true, false})) == "[ True False]");
  CHECK(to_string(constant(2.5)) == "2.5");
  CHECK(to_string(constant(190.0)) == "190.0");
  CHECK(to_string(constant(-0.0)) == "-0.0");
  CHECK(to_string(constant(0.1)) == "0.1");
  CHECK(to_string(constant(1e-5)) == "1e-05");
  CHECK(to_string(constant(1e20, {}, DType::f64)) == "1e+20");
  CHECK(to_string(constant(std::int64_t{-5}, {}, DType::i64)) == "-5");
  CHECK(to_string(constant(std::int64_t{1}, {}, DType::boolean)) == "True");
  CHECK(to_string(constant(1. / 3, {}, DType::f64)) == "0.3333333333333333");
  CHECK(to_string(tensor<float>({{5}})) == "[[5.]]");
}

TEST_CASE("print: rank 3, and long axes abbreviated") {
  CHECK(to_string(reshape(arange(12), {2, 3, 2})) ==
        "[[[ 0  1]\n  [ 2  3]\n  [ 4  5]]\n\n [[ 6  7]\n  [ 8  9]\n  [10 11]]]");
  CHECK(to_string(arange(2000)) == "[   0    1    2 ... 1997 1998 1999]");
  CHECK(
      to_string(reshape(arange(4000), {2000, 2})) ==
      "[[   0    1]\n [   2    3]\n [   4    5]\n ...\n [3994 3995]\n [3996 3997]\n [3998 3999]]");
}

TEST_CASE("print: long lines are broken") {
  CHECK(to_string(arange(40)) ==
        "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
        " 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39]");
  CHECK(to_string(reshape(arange(60), {2, 30})) ==
        "[[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
        "  24 25 26 27 28 29]\n"
        " [30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53\n"
        "  54 55 56 57 58 59]]");
  CHECK(to_string(slice(arange(5000, DType::f32) / 3, 0, 0, 5000)) ==
        "[0.0000000e+00 3.3333334e-01 6.6666669e-01 ... 1.6656666e+03 1.6660000e+03\n"
        " 1.6663334e+03]");
}

TEST_CASE("print: half types as the numbers they hold") {
  CHECK(to_string(cast(tensor({1.5f, 2.f}), DType::bf16)) == "[1.5 2. ]");
}

TEST_CASE("print: empty handles and empty tensors say what they are") {
  CHECK(to_string(Tensor()) == "(empty tensor)");
  CHECK(to_string(zeros({0, 3})) == "[] f32 (0, 3)");
}

TEST_CASE("print: tensors, shapes and types go into streams") {
  const Tensor x = zeros({2, 3}, DType::f16);
  std::ostringstream out;
  out << x.shape() << " " << x.dtype() << " " << x[0];
  CHECK(out.str() == "(2, 3) f16 [0. 0. 0.]");
}
