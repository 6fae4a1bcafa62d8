// Random numbers.
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {
Tensor key() { return make_key(1, 2); }
}  // namespace

Faults random_faults() {
  return {
      fault<DTypeError>(
          "a key that is none", [] { random_uniform({2}, zeros({})); },
          R"(random_uniform: the key is no rank-0 i64 tensor
  key: f32 ()
  hint: use make_key or next_key
  in: @)"),
      fault<ValueError>(
          "a key that was never set", [] { random_normal({2}, Tensor()); },
          empty_operand("random_normal")),
      fault<ValueError>(
          "an empty range", [] { randint(3, 3, {2}, key()); }, R"(randint: the range [3, 3) is empty
  expected low < high
  in: @)"),
      fault<DTypeError>(
          "a key of floats for whole numbers", [] { randint(0, 3, {2}, zeros({})); },
          R"(randint: the key is no rank-0 i64 tensor
  key: f32 ()
  hint: use make_key or next_key
  in: @)"),
      fault<ValueError>(
          "an empty range like another tensor", [] { randint_like(zeros({2}), 5, 4, key()); },
          R"(randint_like: the range [5, 4) is empty
  expected low < high
  in: @)"),
      fault<ValueError>(
          "rand_like of a tensor that was never set", [] { rand_like(Tensor(), key()); },
          empty_tensor("rand_like")),
      fault<ValueError>(
          "a permutation of fewer than none", [] { randperm(-1, key()); }, R"(randperm: n is -1
  expected 0 and more
  in: @)"),
      fault<ValueError>(
          "a probability above 1", [] { bernoulli(1.5, key()); },
          R"(bernoulli: p 1.5 is out of range
  expected a number in [0, 1]
  in: @)"),
      fault<ValueError>(
          "a tensor with a probability above 1",
          [] {
            bernoulli(tensor({0.5f, 1.25f}), key()).eval();
          },
          R"(bernoulli: p 1.25 is out of range
  element: (1)
  expected a number in [0, 1]
  in: @)"),
      fault<ValueError>(
          "a tensor with a negative probability",
          [] {
            bernoulli(tensor({{0.5, 0.5}, {-0.25, 0.5}}), key()).eval();
          },
          R"(bernoulli: p -0.25 is out of range
  element: (1, 0)
  expected a number in [0, 1]
  in: @)"),
      fault<ValueError>(
          "weights of a scalar", [] { multinomial(1.0, 2, key()); },
          R"(multinomial: the weights are a scalar
  expected weights (..., n) and at least one draw
  in: @)"),
      fault<ValueError>(
          "no draws", [] { multinomial(ones({3}), 0, key()); }, R"(multinomial: count is 0
  expected weights (..., n) and at least one draw
  in: @)"),
      fault<ValueError>(
          "a negative weight",
          [] {
            multinomial(tensor({1.f, -1.f}), 1, key()).eval();
          },
          R"(multinomial: a parameter is -1
  expected finite weights of 0 or more
  in: @)"),
      fault<ValueError>(
          "more draws than weights", [] { multinomial(ones({2}), 3, key()).eval(); },
          R"(multinomial: 3 draws from 2 positive weights
  hint: pass replacement = true
  in: @)"),
      fault<ValueError>(
          "an interval of nothing", [] { random_truncated_normal({2}, key(), 0, 1, 2, 1); },
          R"(random_truncated_normal: the interval [2, 1] with deviation 1
  expected low < high and a positive deviation
  in: @)"),
      fault<ValueError>(
          "a deviation of 0", [] { random_truncated_normal({2}, key(), 0, 0); },
          R"(random_truncated_normal: the interval [-2, 2] with deviation 0
  expected low < high and a positive deviation
  in: @)"),
      fault<ValueError>(
          "a rate of 0", [] { random_exponential({2}, key(), 0.0); },
          R"(random_exponential: rate 0 is out of range
  expected a number above 0
  in: @)"),
      fault<ValueError>(
          "a negative scale", [] { random_laplace({2}, key(), 0.0, -1.0); },
          R"(random_laplace: scale -1 is out of range
  expected a number above 0
  in: @)"),
      fault<ValueError>(
          "a scale of 0 of a Gumbel", [] { random_gumbel({2}, key(), 0.0, 0.0); },
          R"(random_gumbel: scale 0 is out of range
  expected a number above 0
  in: @)"),
      fault<ValueError>(
          "a tensor with a negative scale",
          [] {
            random_cauchy({2}, key(), 0.0, tensor({1.f, -2.f})).eval();
          },
          R"(random_cauchy: scale -2 is out of range
  element: (1)
  expected a number above 0
  in: @)"),
      fault<ValueError>(
          "a shape of 0 of a Weibull", [] { random_weibull({2}, key(), 1.0, 0.0); },
          R"(random_weibull: concentration 0 is out of range
  expected a number above 0
  in: @)"),
      fault<ValueError>(
          "a concentration of 0", [] { random_gamma({2}, key(), 0.0).eval(); },
          R"(random_gamma: a parameter is 0
  expected a positive concentration
  in: @)"),
      fault<ValueError>(
          "a negative rate of a gamma", [] { random_gamma({2}, key(), 1.0, -1.0); },
          R"(random_gamma: rate -1 is out of range
  expected a number above 0
  in: @)"),
      fault<ValueError>(
          "a negative concentration of a beta", [] { random_beta({2}, key(), -1.0, 1.0).eval(); },
          R"(random_beta: a parameter is -1
  expected a positive concentration
  in: @)"),
      fault<ShapeError>(
          "a Dirichlet of a scalar", [] { random_dirichlet(1.0, key()); },
          R"(random_dirichlet: the concentration is a scalar
  in: @)"),
      fault<ValueError>(
          "a negative rate of a Poisson", [] { random_poisson(tensor({-1.f}), key()).eval(); },
          R"(random_poisson: a parameter is -1
  expected a rate of 0 or more
  in: @)"),
      fault<ValueError>(
          "half a trial", [] { random_binomial(0.5, 0.5, key()).eval(); },
          R"(random_binomial: a parameter is 0.5
  expected a whole count of 0 or more
  in: @)"),
      fault<ValueError>(
          "trials of an impossible probability", [] { random_binomial(3, 2.0, key()).eval(); },
          R"(random_binomial: a parameter is 2
  expected a probability in [0, 1]
  in: @)"),
      fault<ShapeError>(
          "trials that do not broadcast", [] { random_binomial(zeros({2}), zeros({3}), key()); },
          R"(random_binomial: shapes do not broadcast
  count: f32 (2,)     probability: f32 (3,)
  in: @)"),
      fault<ValueError>(
          "a success that never comes", [] { random_geometric({2}, key(), 0.0); },
          R"(random_geometric: probability 0 is out of range
  expected a number in (0, 1]
  in: @)"),
      fault<ShapeError>(
          "parameters that do not fit the shape", [] { random_gamma({2}, key(), zeros({3})); },
          R"(random_gamma: the shape does not broadcast to the one asked for
  x: f32 (3,)     shape: (2,)
  in: @)"),
      fault<ValueError>(
          "dropout", [] { dropout(zeros({2}), 1.5, make_key(0, 0), 0); },
          R"(dropout: probability is 1.500000
  expected a number in [0, 1]
  in: @)"),
      fault<DTypeError>(
          "key", [] { randperm(3, zeros({1})); }, R"(randperm: the key is no rank-0 i64 tensor
  key: f32 (1,)
  hint: use make_key or next_key
  in: @)"),
      fault<DTypeError>(
          "dropout of integers", [] { dropout(zeros({2}, DType::i8), 0.5, key(), 0); },
          R"(dropout: needs floating-point numbers
  x: i8 (2,)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<ShapeError>(
          "a normal vector of two lengths",
          [] { random_multivariate_normal({}, key(), zeros({2}), eye(3)); },
          R"(random_multivariate_normal: mean and scale_tril do not fit
  mean: f32 (2,)     scale_tril: f32 (3, 3)
  expected mean (..., n) and scale_tril (..., n, n)
  in: @)"),
      fault<ShapeError>(
          "a normal vector without a matrix",
          [] { random_multivariate_normal({}, key(), zeros({2}), zeros({2})); },
          R"(random_multivariate_normal: mean and scale_tril do not fit
  mean: f32 (2,)     scale_tril: f32 (2,)
  expected mean (..., n) and scale_tril (..., n, n)
  in: @)"),
      fault<DTypeError>(
          "a normal vector by a matrix of integers",
          [] { random_multivariate_normal({}, key(), zeros({2}), eye(2, DType::i64)); },
          R"(random_multivariate_normal: the factor holds no floating-point numbers
  scale_tril: i64 (2, 2)
  hint: cast(scale_tril, DType::f32)
  in: @)"),
      fault<DTypeError>(
          "a normal vector by a key that is none",
          [] { random_multivariate_normal({}, zeros({}), zeros({2}), eye(2)); },
          R"(random_multivariate_normal: the key is no rank-0 i64 tensor
  key: f32 ()
  hint: use make_key or next_key
  in: @)"),
      fault<ShapeError>(
          "normal vectors that do not broadcast",
          [] {
            random_multivariate_normal({3}, key(), zeros({2, 2}), eye(2));
          },
          R"(random_multivariate_normal: shapes do not broadcast
  a: f32 (2, 2)     b: f32 (3, 2)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
  };
}

}  // namespace fathom::test
