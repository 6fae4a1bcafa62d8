// Wrong calls of elementwise operations.
#include "fathom/fathom.h"
#include "tests/ops/samples.h"

namespace fathom::test {

std::vector<ErrorCase> elementwise_error_cases() {
  const Tensor f = zeros({2});
  const Tensor i = ones({2}, DType::i64);
  const std::string here = "in: samples_errors_elementwise.cpp:";
  return {
      throws<DTypeError>("bits of floats", [=] { bitwise_and(f, 1); },
                         {"bitwise_and: it works on integers", "f32", "hint", here}),
      throws<ValueError>("remainder by 0", [=] { remainder(i, 0); },
                         {"remainder: an integer is divided by 0", "hint", here}),
      throws<ValueError>("floor_divide by a 0 among others",
                         [=] { floor_divide(i, arange(2, DType::i64)).eval(); },
                         {"division: an integer is divided by 0", "position of the 0: 0", "hint"}),
      throws<ValueError>("integer to a negative power", [=] { pow(i, -1); },
                         {"pow: an integer is raised to a negative power", "exponent: -1", here}),
      throws<ValueError>("polygamma of a negative order", [=] { polygamma(-1, f); },
                         {"polygamma: the order is negative", "n: -1", here}),
      throws<ValueError>("multigammaln without dimensions", [=] { multigammaln(f, 0); },
                         {"multigammaln: the dimension is below 1", "p: 0", here}),
      throws<UnsupportedError>("gradient of zeta by its first operand",
                               [=] { gradients(sum(zeta(f, 2)), {f})[0].eval(); },
                               {"zeta: it has no gradient by its first operand", "hint"}),
  };
}

}  // namespace fathom::test
