#include <limits>

#include "fathom/fathom.h"
#include "tests/ops/samples.h"

namespace fathom::test {

std::vector<ErrorCase> linalg_error_cases() {
  const auto f = [](const Shape& s) { return zeros(s); };
  const auto i = [](const Shape& s) { return zeros(s, DType::i64); };
  const std::string here = "in: samples_errors_linalg.cpp:";
  const Tensor nan = full({2, 2}, std::numeric_limits<double>::quiet_NaN());
  return {
      throws<ShapeError>(
          "inv shape",
          [=] {
            linalg::inv(f({2, 3}));
          },
          {"linalg.inv: the matrices are not square", "f32 (2, 3)", "(..., n, n)", here}),
      throws<ShapeError>("svd of a vector", [=] { linalg::svd(f({3})); },
                         {"linalg.svd: x is no matrix", "f32 (3,)", here}),
      throws<DTypeError>("det of integers",
                         [=] {
                           linalg::det(i({2, 2}));
                         },
                         {"linalg.det: needs f32 or f64", "i64 (2, 2)", "hint", here}),
      throws<NumericError>(
          "inv singular",
          [=] {
            linalg::inv(f({2, 2})).eval();
          },
          {"linalg.solve: the matrix is singular: pivot 0 is 0", "f32 (2, 2)", "hint", here}),
      throws<NumericError>("solve singular in a batch",
                           [=] {
                             const Tensor a = stack({eye(2), ones({2, 2})});
                             linalg::solve(a, f({2, 2, 1})).eval();
                           },
                           {"pivot 1 is 0", "matrix 1 of x: f32 (2, 2, 2)", here}),
      throws<NumericError>("cholesky", [=] { linalg::cholesky(-eye(2)).eval(); },
                           {"linalg.cholesky: the matrix is not positive definite", "hint", here}),
      throws<NumericError>("svd of NaN", [=] { linalg::svdvals(nan).eval(); },
                           {"linalg.svd: the matrix has NaN or infinite elements", here}),
      throws<NumericError>("eigh of NaN", [=] { linalg::eigvalsh(nan).eval(); },
                           {"linalg.eigh: the matrix has NaN or infinite elements", here}),
      throws<ShapeError>("solve rows",
                         [=] {
                           linalg::solve(f({2, 2}), f({3, 1}));
                         },
                         {"linalg.solve: b does not fit a", "f32 (3, 1)", "rows", here}),
      throws<ShapeError>("solve batches",
                         [=] {
                           linalg::solve(f({2, 3, 3}), f({4, 3, 1}));
                         },
                         {"linalg.solve: the leading axes do not broadcast", here}),
      throws<DTypeError>("solve types",
                         [=] {
                           linalg::solve(f({2, 2}), zeros({2, 1}, DType::f64));
                         },
                         {"linalg.solve: needs two operands of one type", here}),
      throws<UnsupportedError>("qr complete",
                               [=] {
                                 const Tensor x = ones({3, 2});
                                 const auto q = linalg::qr(x, linalg::QrMode::complete).q;
                                 gradients(sum(q), {x})[0].eval();
                               },
                               {"linalg.qr: the complete form of a tall matrix has no gradient"}),
      throws<ValueError>("matrix_norm order",
                         [=] {
                           linalg::matrix_norm(f({2, 2}), 3.0);
                         },
                         {"linalg.matrix_norm: order 3", "expected", here}),
      throws<ValueError>("matrix_norm name",
                         [=] {
                           linalg::matrix_norm(f({2, 2}), "max");
                         },
                         {"order \"max\" is unknown", "\"nuc\"", here}),
      throws<IndexError>("matrix_norm axes",
                         [=] {
                           linalg::matrix_norm(f({2, 2}), "fro", {0, -2});
                         },
                         {"axis -2 is named twice", here}),
      throws<ShapeError>("norm rank",
                         [=] {
                           linalg::norm(f({2, 2, 2}), 1);
                         },
                         {"linalg.norm: x is no vector and no matrix", here}),
      throws<ShapeError>("mm rank",
                         [=] {
                           mm(f({2}), f({2, 2}));
                         },
                         {"mm: wrong rank", "ranks 2 and 2", here}),
      throws<ShapeError>("bmm batch",
                         [=] {
                           bmm(f({1, 2, 2}), f({2, 2, 2}));
                         },
                         {"bmm: the batches differ", here}),
      throws<ShapeError>("integer matmul",
                         [=] {
                           matmul(i({2, 3}), i({2, 3}));
                         },
                         {"matmul: inner dimensions differ", "i64 (2, 3)"}),
      throws<ShapeError>("addmm",
                         [=] {
                           addmm(f({3, 3}), f({2, 3}), f({3, 2}));
                         },
                         {"addmm: x does not broadcast to the product", here}),
      throws<ShapeError>("tensordot",
                         [=] {
                           tensordot(f({2, 3}), f({2, 3}), 1);
                         },
                         {"tensordot: the summed axes do not fit", here}),
      throws<ShapeError>("multi_dot",
                         [=] {
                           linalg::multi_dot({f({2, 3}), f({2, 3})});
                         },
                         {"linalg.multi_dot: operand 1 does not fit", here}),
      throws<ShapeError>("cross", [=] { linalg::cross(f({2}), f({2})); },
                         {"linalg.cross: the vectors do not have three elements", here}),
      throws<ShapeError>("cdist",
                         [=] {
                           cdist(f({2, 3}), f({2, 2}));
                         },
                         {"cdist: the rows differ in length", here}),
      throws<ValueError>("einsum operands",
                         [=] {
                           einsum("ij,jk", {f({2, 2})});
                         },
                         {"einsum: 2 operands in the equation, 1 given", "ij,jk", here}),
      throws<ValueError>("einsum letter",
                         [=] {
                           einsum("i1->i", {f({2, 2})});
                         },
                         {"einsum: '1' is no letter", here}),
      throws<ValueError>("einsum unknown result",
                         [=] {
                           einsum("ij->k", {f({2, 2})});
                         },
                         {"einsum: the result has 'k', no operand does", here}),
      throws<ValueError>("einsum result twice",
                         [=] {
                           einsum("ij->ii", {f({2, 2})});
                         },
                         {"einsum: 'i' is twice in the result", here}),
      throws<ShapeError>("einsum rank",
                         [=] {
                           einsum("ijk", {f({2, 2})});
                         },
                         {"einsum: \"ijk\" does not name the axes", "f32 (2, 2)", here}),
      throws<ShapeError>("einsum extents",
                         [=] {
                           einsum("ij,jk", {f({2, 2}), f({3, 2})});
                         },
                         {"einsum: the extents of 'j' differ", "2 and 3", here}),
      throws<ShapeError>("fft of real numbers", [=] { fft::fft(f({3})); },
                         {"fft.fft: x is not complex", "f32 (3,)", "hint: complex(x, 0)", here}),
      throws<ValueError>("fft of nothing", [=] { fft::rfft(f({0})); },
                         {"fft.rfft: length 0", here}),
      throws<ShapeError>("fftn lengths",
                         [=] {
                           fft::rfftn(f({3, 3}), {2}, {0, 1});
                         },
                         {"fft.rfftn: 1 lengths for 2 axes", here}),
      throws<ValueError>("randint", [=] { randint(3, 3, {2}, make_key(0, 0)); },
                         {"randint: the range [3, 3) is empty"}),
      throws<ValueError>("multinomial weights",
                         [=] { multinomial(-ones({3}), 1, make_key(0, 0)).eval(); },
                         {"multinomial: a parameter is -1", here}),
      throws<ValueError>("multinomial draws",
                         [=] { multinomial(eye(3), 2, make_key(0, 0)).eval(); },
                         {"multinomial: 2 draws from 1 positive weights", "hint", here}),
      throws<ValueError>("gamma", [=] { random_gamma({2}, make_key(0, 0), -1.0).eval(); },
                         {"random_gamma: a parameter is -1", here}),
      throws<DTypeError>("key", [=] { randperm(3, f({1})); },
                         {"randperm: the key is no rank-0 i64 tensor", "hint"}),
      throws<ShapeError>("eig",
                         [=] {
                           linalg::eig(f({2, 3}));
                         },
                         {"linalg.eig: the matrices are not square", "f32 (2, 3)", here}),
      throws<NumericError>("eigvals of NaN", [=] { linalg::eigvals(nan).eval(); },
                           {"linalg.eig: the matrix has NaN or infinite elements", "hint", here}),
      throws<ShapeError>("tensorsolve",
                         [=] {
                           linalg::tensorsolve(f({2, 3, 5}), f({2, 3}));
                         },
                         {"linalg.tensorsolve: a is no square matrix", "f32 (2, 3, 5)", here}),
      throws<ShapeError>("tensorinv",
                         [=] {
                           linalg::tensorinv(f({2, 3, 5}), 2);
                         },
                         {"linalg.tensorinv: x is no square matrix", "f32 (2, 3, 5)", here}),
      throws<ValueError>("tensorinv axes",
                         [=] {
                           linalg::tensorinv(f({2, 2}), 0);
                         },
                         {"linalg.tensorinv: axes is 0", "positive", here}),
      throws<ShapeError>(
          "householder_product",
          [=] {
            linalg::householder_product(f({2, 3}), f({2}));
          },
          {"linalg.householder_product: the factors do not fit", "f32 (2, 3)", "m >= n", here}),
      throws<ShapeError>("pdist", [=] { pdist(f({3})); },
                         {"pdist: needs a matrix", "f32 (3,)", here}),
      throws<ValueError>("renorm", [=] { renorm(f({3}), 0, 0, 1); },
                         {"renorm: got 0", "positive", here}),
      throws<ShapeError>("stft",
                         [=] {
                           stft(f({2, 3, 9}), 4);
                         },
                         {"stft: x is no signal", "f32 (2, 3, 9)", here}),
      throws<ValueError>("stft window", [=] { stft(f({9}), 4, {.win_length = 5}); },
                         {"stft: the lengths do not fit", "n_fft: 4", "win_length: 5", here}),
      throws<ValueError>("istft gaps",
                         [=] {
                           istft(f({3, 2, 2}), 4, {.hop_length = 4, .window = hann_window(4)});
                         },
                         {"istft: the windows leave a sample uncovered", "hint", here}),
      throws<ShapeError>("multivariate normal",
                         [=] {
                           random_multivariate_normal({2}, make_key(0, 0), f({3}), f({2, 2}));
                         },
                         {"random_multivariate_normal: mean and scale_tril do not fit", here}),
  };
}

}  // namespace fathom::test
