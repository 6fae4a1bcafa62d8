// Decompositions of matrices and systems of equations.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults decomposition_faults() {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  return {
      fault<ShapeError>(
          "the inverse of what is not square",
          [] {
            linalg::inv(zeros({2, 3}));
          },
          R"(linalg.inv: the matrices are not square
  x: f32 (2, 3)
  expected (..., n, n)
  in: @)"),
      fault<NumericError>(
          "the inverse of a singular matrix",
          [] {
            linalg::inv(zeros({2, 2})).eval();
          },
          R"(linalg.inv: the matrix is singular: pivot 0 is 0
  x: f32 (2, 2)
  hint: use pinv or lstsq
  in: @)"),
      fault<NumericError>(
          "a singular system",
          [] {
            linalg::solve(zeros({2, 2}), zeros({2})).eval();
          },
          R"(linalg.solve: the matrix is singular: pivot 0 is 0
  x: f32 (2, 2)
  hint: use pinv or lstsq
  in: @)"),
      fault<ShapeError>(
          "a system of unlike heights",
          [] {
            linalg::solve(zeros({2, 2}), zeros({3, 1}));
          },
          R"(linalg.solve: b does not fit a
  a: f32 (2, 2)     b: f32 (3, 1)
  expected as many rows in b as in a
  in: @)"),
      fault<NumericError>(
          "cholesky of what is not positive definite",
          [] {
            linalg::cholesky(tensor({{1.f, 2.f}, {2.f, 1.f}})).eval();
          },
          R"(linalg.cholesky: the matrix is not positive definite
  x: f32 (2, 2)
  hint: add a small multiple of the identity, or use eigh
  in: @)"),
      fault<DTypeError>(
          "svd of integers",
          [] {
            linalg::svd(zeros({2, 2}, DType::i64));
          },
          R"(linalg.svd: needs f32 or f64
  x: i64 (2, 2)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<ShapeError>(
          "the determinant of a vector", [] { linalg::det(zeros({3})); },
          R"(linalg.det: x is no matrix
  x: f32 (3,)
  expected (..., n, n)
  in: @)"),
      fault<ShapeError>(
          "eigenvalues of what is not square",
          [] {
            linalg::eigh(zeros({2, 3}));
          },
          R"(linalg.eigh: the matrices are not square
  x: f32 (2, 3)
  expected (..., n, n)
  in: @)"),
      fault<ShapeError>(
          "svd of a vector", [] { linalg::svd(zeros({3})); }, R"(linalg.svd: x is no matrix
  x: f32 (3,)
  expected (..., m, n)
  in: @)"),
      fault<DTypeError>(
          "det of integers",
          [] {
            linalg::det(zeros({2, 2}, DType::i64));
          },
          R"(linalg.det: needs f32 or f64
  x: i64 (2, 2)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<NumericError>(
          "solve singular in a batch",
          [] {
            const Tensor a = stack({eye(2), ones({2, 2})});
            linalg::solve(a, zeros({2, 2, 1})).eval();
          },
          R"(linalg.solve: the matrix is singular: pivot 1 is 0
  matrix 1 of x: f32 (2, 2, 2)
  hint: use pinv or lstsq
  in: @)"),
      fault<NumericError>(
          "svd of NaN",
          [] {
            linalg::svdvals(full({2, 2}, std::numeric_limits<double>::quiet_NaN())).eval();
          },
          R"(linalg.svdvals: the matrix has NaN or infinite elements
  x: f32 (2, 2)
  hint: check x with isfinite
  in: @)"),
      fault<NumericError>(
          "eigh of NaN",
          [] {
            linalg::eigvalsh(full({2, 2}, std::numeric_limits<double>::quiet_NaN())).eval();
          },
          R"(linalg.eigvalsh: the matrix has NaN or infinite elements
  x: f32 (2, 2)
  hint: check x with isfinite
  in: @)"),
      fault<ShapeError>(
          "solve batches",
          [] {
            linalg::solve(zeros({2, 3, 3}), zeros({4, 3, 1}));
          },
          R"(linalg.solve: the leading axes do not broadcast
  a: f32 (2, 3, 3)     b: f32 (4, 3, 1)
  in: @)"),
      fault<DTypeError>(
          "solve types",
          [] {
            linalg::solve(zeros({2, 2}), zeros({2, 1}, DType::f64));
          },
          R"(linalg.solve: needs two operands of one type
  a: f32 (2, 2)     b: f64 (2, 1)
  hint: cast one of them
  in: @)"),
      fault<UnsupportedError>(
          "qr complete",
          [] {
            const Tensor x = ones({3, 2});
            const auto q = linalg::qr(x, linalg::QrMode::complete).q;
            gradients(sum(q), {x})[0].eval();
          },
          R"(linalg.qr: the complete form of a tall matrix has no gradient
  x: f32 (3, 2)
  hint: use QrMode::reduced
  in: @)"),
      fault<ShapeError>(
          "complex eigenvalues of what is not square",
          [] {
            linalg::eig(zeros({2, 3}));
          },
          R"(linalg.eig: the matrices are not square
  x: f32 (2, 3)
  expected (..., n, n)
  in: @)"),
      fault<DTypeError>(
          "complex eigenvalues of integers", [] { linalg::eig(eye(3, DType::i64)); },
          R"(linalg.eig: needs f32 or f64
  x: i64 (3, 3)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<NumericError>(
          "complex eigenvalues of NaN",
          [=] {
            const auto [values, vectors] = linalg::eig(full({2, 2}, nan));
            values.eval();
          },
          R"(linalg.eig: the matrix has NaN or infinite elements
  x: f32 (2, 2)
  hint: check x with isfinite
  in: @)"),
      fault<NumericError>(
          "complex eigenvalues alone, of NaN",
          [=] {
            linalg::eigvals(full({2, 2}, nan)).eval();
          },
          R"(linalg.eigvals: the matrix has NaN or infinite elements
  x: f32 (2, 2)
  hint: check x with isfinite
  in: @)"),
      fault<ShapeError>(
          "a system over too few elements",
          [] {
            linalg::tensorsolve(zeros({2, 3, 4}), zeros({2, 3}));
          },
          R"(linalg.tensorsolve: a is no square matrix over b's elements
  a: f32 (2, 3, 4)     b: f32 (2, 3)
  expected a of b's shape and then as many elements again
  in: @)"),
      fault<NumericError>(
          "a singular system over the elements of a matrix",
          [] {
            linalg::tensorsolve(zeros({2, 2, 4}), zeros({2, 2})).eval();
          },
          R"(linalg.tensorsolve: the matrix is singular: pivot 0 is 0
  x: f32 (4, 4)
  hint: use pinv or lstsq
  in: @)"),
      fault<DTypeError>(
          "a system over the elements of two types",
          [] {
            linalg::tensorsolve(zeros({2, 2, 4}), zeros({2, 2}, DType::f64));
          },
          R"(linalg.tensorsolve: needs two operands of one type
  a: f32 (4, 4)     b: f64 (4, 1)
  hint: cast one of them
  in: @)"),
      fault<IndexError>(
          "a system over an axis that is not there",
          [] {
            linalg::tensorsolve(zeros({2, 2, 4}), zeros({2, 2}), {3});
          },
          R"(linalg.tensorsolve: source 3 is out of range
  expected an axis in [-3, 3) for a tensor of rank 3
  in: @)"),
      fault<ShapeError>(
          "the inverse over too few elements",
          [] {
            linalg::tensorinv(zeros({2, 3, 4}));
          },
          R"(linalg.tensorinv: x is no square matrix
  x: f32 (2, 3, 4)
  expected as many elements on the first 2 axes as on the others
  in: @)"),
      fault<ValueError>(
          "the inverse over no axes",
          [] {
            linalg::tensorinv(zeros({4, 2, 2}), 0);
          },
          R"(linalg.tensorinv: axes is 0
  expected a positive number
  in: @)"),
      fault<NumericError>(
          "the inverse of a singular matrix over elements",
          [] {
            linalg::tensorinv(zeros({4, 2, 2}), 1).eval();
          },
          R"(linalg.tensorinv: the matrix is singular: pivot 0 is 0
  x: f32 (4, 4)
  hint: use pinv or lstsq
  in: @)"),
      fault<ShapeError>(
          "reflections of a wide matrix",
          [] {
            linalg::householder_product(zeros({2, 3}), zeros({2}));
          },
          R"(linalg.householder_product: the factors do not fit
  x: f32 (2, 3)     tau: f32 (2,)
  expected x (..., m, n) with m >= n, and tau (..., k) with k <= n
  in: @)"),
      fault<ShapeError>(
          "reflections with too many factors",
          [] {
            linalg::householder_product(zeros({3, 2}), zeros({3}));
          },
          R"(linalg.householder_product: the factors do not fit
  x: f32 (3, 2)     tau: f32 (3,)
  expected x (..., m, n) with m >= n, and tau (..., k) with k <= n
  in: @)"),
      fault<ShapeError>(
          "reflections with one factor for all",
          [] {
            linalg::householder_product(zeros({3, 2}), 2.0);
          },
          R"(linalg.householder_product: the factors do not fit
  x: f32 (3, 2)     tau: f32 ()
  expected x (..., m, n) with m >= n, and tau (..., k) with k <= n
  in: @)"),
      fault<DTypeError>(
          "reflections of integers",
          [] {
            linalg::householder_product(zeros({3, 2}, DType::i64), zeros({2}));
          },
          R"(linalg.householder_product: needs f32 or f64
  x: i64 (3, 2)
  hint: cast(x, DType::f32)
  in: @)"),
  };
}

}  // namespace fathom::test
