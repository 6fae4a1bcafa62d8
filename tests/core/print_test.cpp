// Tensors print as NumPy's arrays do.
#include <doctest/doctest.h>

#include <cmath>

#include "fathom/fathom.h"

using namespace fathom;

namespace {
const float inf = INFINITY;
std::string text(std::initializer_list<float> v) { return to_string(tensor(v)); }
}  // namespace

TEST_CASE("print: floats in fixed notation") {
  CHECK(text({1, 2, 3}) == "[1. 2. 3.]");
  CHECK(to_string(tensor<float>({{1.5f, -2.25f}, {3, 4}})) == "[[ 1.5  -2.25]\n [ 3.    4.  ]]");
  CHECK(text({1.f / 3, 2.f / 3}) == "[0.33333334 0.6666667 ]");
  CHECK(to_string(tensor({1. / 3, 2. / 3})) == "[0.33333333 0.66666667]");
  CHECK(text({123456.789f}) == "[123456.79]");
  CHECK(text({-0.f, 0.f}) == "[-0.  0.]");
}

TEST_CASE("print: what is not finite") {
  CHECK(text({1.5f, NAN, -inf}) == "[ 1.5  nan -inf]");
  CHECK(text({NAN, NAN}) == "[nan nan]");
  CHECK(text({1, inf}) == "[ 1. inf]");
}

TEST_CASE("print: floats in scientific notation, where NumPy takes it") {
  CHECK(text({1e-5f, 1}) == "[1.e-05 1.e+00]");
  CHECK(text({1e10f, 1.5f}) == "[1.0e+10 1.5e+00]");
  CHECK(text({0.1f, 100.25f}) == "[1.0000e-01 1.0025e+02]");
  CHECK(text({1e7f, 3}) == "[1.e+07 3.e+00]");
  CHECK(text({1e-20f, 2e-20f}) == "[1.e-20 2.e-20]");
  CHECK(text({0.001f, 999.5f}) == "[1.000e-03 9.995e+02]");
}

TEST_CASE("print: integers, truth values, scalars") {
  CHECK(to_string(tensor<std::int64_t>({{1, -20}, {300, 4}})) == "[[  1 -20]\n [300   4]]");
  CHECK(to_string(tensor<std::uint8_t>({1, 255})) == "[  1 255]");
  CHECK(to_string(tensor<std::int64_t>({std::int64_t{1} << 62})) == "[4611686018427387904]");
  CHECK(to_string(tensor({true, false})) == "[ True False]");
  CHECK(to_string(constant(2.5)) == "2.5");
  CHECK(to_string(constant(1. / 3, {}, DType::f64)) == "0.3333333333333333");
  CHECK(to_string(tensor<float>({{5}})) == "[[5.]]");
}

TEST_CASE("print: rank 3, and long axes abbreviated") {
  CHECK(to_string(reshape(arange(12), {2, 3, 2})) ==
        "[[[ 0  1]\n  [ 2  3]\n  [ 4  5]]\n\n [[ 6  7]\n  [ 8  9]\n  [10 11]]]");
  CHECK(to_string(arange(2000)) == "[   0    1    2 ... 1997 1998 1999]");
  CHECK(to_string(reshape(arange(4000), {2000, 2})) ==
        "[[   0    1]\n [   2    3]\n [   4    5]\n ...\n [3994 3995]\n [3996 3997]\n [3998 3999]]");
}

TEST_CASE("print: empty handles and empty tensors say what they are") {
  CHECK(to_string(Tensor()) == "(empty tensor)");
  CHECK(to_string(zeros({0, 3})) == "[] f32 (0, 3)");
}
