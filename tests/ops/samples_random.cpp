#include <limits>

#include "fathom/ops/creation.h"
#include "fathom/ops/distributions.h"
#include "fathom/ops/elementwise.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples random_samples() {
  const SampleOptions exact{.exact = true, .gradient = false};
  const auto key = [] { return make_key(11, 3); };
  const Input positive = real({70}, 0.2, 9);
  const Input chance = real({70}, 0.01, 0.99);
  return {
      {"rand_like", [=](In x) { return rand_like(x[0], key()); }, {real({3, 4})}, exact},
      {"randn_like", [=](In x) { return randn_like(x[0], key()); }, {{{3, 4}, DType::f64}}, exact},
      {"randint_like", [=](In x) { return randint_like(x[0], -3, 9, key()); }, {real({70})}, exact},
      {"randint",
       [=](In) {
         return randint(-5, 20, {3, 700}, key());
       },
       {},
       exact},
      {"randint/whole range",
       [=](In) {
         return randint(std::numeric_limits<std::int64_t>::min(),
                        std::numeric_limits<std::int64_t>::max(), {9}, key());
       },
       {},
       exact},
      {"randint/empty", [=](In) { return randint(0, 2, {0}, key()); }, {}, exact},
      {"randperm", [=](In) { return randperm(100, key()); }, {}, exact},
      {"randperm/none", [=](In) { return randperm(0, key()); }, {}, exact},
      {"multinomial",
       [=](In x) { return multinomial(x[0], 4, key()); },
       {real({3, 9}, 0.1, 2)},
       exact},
      {"multinomial/replaced",
       [=](In x) { return multinomial(x[0], 40, key(), true); },
       {real({9}, 0.1, 2)},
       exact},
      {"bernoulli", [=](In x) { return bernoulli(x[0], key()); }, {chance}, exact},
      {"random_truncated_normal",
       [=](In) { return random_truncated_normal({3000}, key(), 1, 2, -1, 3); },
       {},
       exact},
      {"random_truncated_normal/tail",
       [=](In) { return random_truncated_normal({300}, key(), 0, 1, 4, 9); },
       {},
       exact},
      {"random_log_normal",
       [=](In x) { return random_log_normal({70}, key(), x[0], 0.5); },
       {real({70})},
       {.second = true}},
      {"random_exponential",
       [=](In x) { return random_exponential({70}, key(), x[0]); },
       {positive},
       {.second = true}},
      {"random_laplace",
       [=](In x) { return random_laplace({70}, key(), x[0], x[1]); },
       {real({70}), positive},
       {}},
      {"random_gumbel",
       [=](In x) { return random_gumbel({70}, key(), x[0], x[1]); },
       {real({70}), positive},
       {}},
      {"random_cauchy",
       [=](In x) { return random_cauchy({70}, key(), x[0], x[1]); },
       {real({70}), positive},
       {}},
      {"random_weibull",
       [=](In x) { return random_weibull({70}, key(), x[0], x[1]); },
       {positive, real({70}, 0.5, 3)},
       {.tolerance = 1e-5}},
      {"random_gamma",
       [=](In x) {
         return random_gamma({2, 70}, key(), 2.5, x[0]);
       },
       {positive},
       {}},
      {"random_gamma/concentration",
       [=](In x) { return random_gamma({70}, key(), x[0]); },
       {real({70}, 0.1, 3)},
       exact},
      {"random_chi_squared",
       [=](In x) { return random_chi_squared({70}, key(), x[0]); },
       {positive},
       exact},
      {"random_student_t",
       [=](In x) { return random_student_t({70}, key(), x[0]); },
       {positive},
       exact},
      {"random_beta",
       [=](In x) { return random_beta({70}, key(), x[0], x[1]); },
       {positive, positive},
       exact},
      {"random_dirichlet",
       [=](In x) { return random_dirichlet(x[0], key()); },
       {real({3, 5}, 0.5, 2)},
       {.gradient = false}},
      {"random_poisson",
       [=](In x) { return random_poisson(x[0], key()); },
       {real({300}, 0, 40)},
       exact},
      {"random_binomial",
       [=](In x) { return random_binomial(100, x[0], key()); },
       {real({300}, 0, 1)},
       exact},
      {"random_geometric", [=](In) { return random_geometric({300}, key(), 0.3); }, {}, exact},
  };
}

}  // namespace fathom::test
