// Products, norms, powers, distances.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults linalg_faults() {
  return {
      fault<ShapeError>(
          "inner extents of a product",
          [] {
            matmul(zeros({2, 3}), zeros({4, 5}));
          },
          R"(matmul: inner dimensions differ
  a: f32 (2, 3)     b: f32 (4, 5)
  expected a.shape[-1] == b.shape[-2], got 3 and 4
  in: @)"),
      fault<ShapeError>(
          "a product of a scalar", [] { matmul(zeros({}), zeros({3})); },
          R"(matmul: an operand is a scalar
  a: f32 ()     b: f32 (3,)
  hint: use a * b
  in: @)"),
      fault<ShapeError>(
          "batches that do not broadcast",
          [] {
            matmul(zeros({2, 3, 4}), zeros({3, 4, 5}));
          },
          R"(matmul: the leading axes do not broadcast
  a: f32 (2, 3, 4)     b: f32 (3, 4, 5)
  in: @)"),
      fault<DTypeError>(
          "a product of two types", [] { matmul(arange(3), zeros({3})); },
          R"(matmul: needs two operands of one floating-point type
  a: i64 (1, 3)     b: f32 (3, 1)
  hint: cast one of them
  in: @)"),
      fault<ValueError>(
          "a product with a tensor that was never set",
          [] {
            matmul(zeros({2, 2}), Tensor());
          },
          empty_operand("matmul")),
      fault<ShapeError>(
          "linear of another width",
          [] {
            linear(zeros({5, 7}), zeros({4, 8}));
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (5, 7)     weight: f32 (4, 8)
  expected x.shape[-1] == weight.shape[1], got 7 and 8
  in: @)"),
      fault<ShapeError>(
          "a bias of another width",
          [] {
            linear(zeros({5, 8}), zeros({4, 8}), zeros({3}));
          },
          R"(linear: the bias does not fit the weight
  weight: f32 (4, 8)     bias: f32 (3,)
  in: @)"),
      fault<ShapeError>(
          "dot of unlike lengths", [] { dot(zeros({2}), zeros({3})); },
          R"(dot: inner dimensions differ
  a: f32 (1, 2)     b: f32 (3, 1)
  expected a.shape[-1] == b.shape[-2], got 2 and 3
  in: @)"),
      fault<ShapeError>(
          "bmm of matrices",
          [] {
            bmm(zeros({2, 3}), zeros({3, 2}));
          },
          R"(bmm: wrong rank
  a: f32 (2, 3)     b: f32 (3, 2)
  expected ranks 3 and 3
  hint: matmul takes other ranks
  in: @)"),
      fault<ShapeError>(
          "outer of matrices",
          [] {
            outer(zeros({2, 2}), zeros({2}));
          },
          R"(outer: wrong rank
  a: f32 (2, 2)     b: f32 (2,)
  expected ranks 1 and 1
  hint: matmul takes other ranks
  in: @)"),
      fault<ShapeError>(
          "cross of vectors of two", [] { linalg::cross(zeros({2}), zeros({2})); },
          R"(linalg.cross: the vectors do not have three elements
  a: f32 (2,)     b: f32 (2,)
  expected extent 3 on axis -1 of both
  in: @)"),
      fault<ValueError>(
          "einsum of fewer operands than it names",
          [] {
            einsum("ij,jk->ik", {zeros({2, 2})});
          },
          R"(einsum: 2 operands in the equation, 1 given
  equation: "ij,jk->ik"
  in: @)"),
      fault<ShapeError>(
          "einsum of unlike extents",
          [] {
            einsum("ij,jk->ik", {zeros({2, 3}), zeros({4, 5})});
          },
          R"(einsum: the extents of 'j' differ
  equation: "ij,jk->ik"     extents: 3 and 4
  in: @)"),
      fault<ValueError>(
          "einsum of a letter from nowhere", [] { einsum("i->j", {zeros({2})}); },
          R"(einsum: the result has 'j', no operand does
  equation: "i->j"
  in: @)"),
      fault<ShapeError>(
          "a power of what is not square",
          [] {
            linalg::matrix_power(zeros({2, 3}), 2);
          },
          R"(linalg.matrix_power: the matrices are not square
  x: f32 (2, 3)
  expected (..., n, n)
  in: @)"),
      fault<ShapeError>(
          "distances in spaces of unlike dimensions",
          [] {
            cdist(zeros({2, 3}), zeros({2, 4}));
          },
          R"(cdist: the rows differ in length
  a: f32 (2, 3)     b: f32 (2, 4)
  expected (..., m, d) and (..., n, d)
  in: @)"),
      fault<ShapeError>(
          "matmul hint",
          [] {
            matmul(zeros({32, 784}), zeros({10, 784}));
          },
          R"(matmul: inner dimensions differ
  a: f32 (32, 784)     b: f32 (10, 784)
  expected a.shape[-1] == b.shape[-2], got 784 and 10
  hint: if b is stored (out, in), pass transpose(b)
  in: @)"),
      fault<ShapeError>(
          "linear scalar",
          [] {
            linear(zeros({}), zeros({5, 3}));
          },
          R"(linear: wrong rank
  x: f32 ()     weight: f32 (5, 3)
  expected x (..., in) and weight (out, in)
  in: @)"),
      fault<ValueError>(
          "matrix_norm order",
          [] {
            linalg::matrix_norm(zeros({2, 2}), 3.0);
          },
          R"(linalg.matrix_norm: order 3.000000 is none of a matrix
  expected 1, -1, 2, -2, infinity, -infinity, "fro" or "nuc"
  in: @)"),
      fault<ValueError>(
          "matrix_norm name",
          [] {
            linalg::matrix_norm(zeros({2, 2}), "max");
          },
          R"(linalg.matrix_norm: order "max" is unknown
  expected "fro", "nuc" or a number
  in: @)"),
      fault<IndexError>(
          "matrix_norm axes",
          [] {
            linalg::matrix_norm(zeros({2, 2}), "fro", {0, -2});
          },
          R"(linalg.matrix_norm: axis -2 is named twice
  in: @)"),
      fault<ShapeError>(
          "norm rank",
          [] {
            linalg::norm(zeros({2, 2, 2}), 1);
          },
          R"(linalg.norm: x is no vector and no matrix
  x: f32 (2, 2, 2)
  hint: vector_norm and matrix_norm take axes
  in: @)"),
      fault<ShapeError>(
          "mm rank",
          [] {
            mm(zeros({2}), zeros({2, 2}));
          },
          R"(mm: wrong rank
  a: f32 (2,)     b: f32 (2, 2)
  expected ranks 2 and 2
  hint: matmul takes other ranks
  in: @)"),
      fault<ShapeError>(
          "bmm batch",
          [] {
            bmm(zeros({1, 2, 2}), zeros({2, 2, 2}));
          },
          R"(bmm: the batches differ
  a: f32 (1, 2, 2)     b: f32 (2, 2, 2)
  hint: matmul broadcasts batches
  in: @)"),
      fault<ShapeError>(
          "integer matmul",
          [] {
            matmul(zeros({2, 3}, DType::i64), zeros({2, 3}, DType::i64));
          },
          R"(matmul: inner dimensions differ
  a: i64 (2, 3)     b: i64 (2, 3)
  expected a.shape[-1] == b.shape[-2], got 3 and 2
  hint: if b is stored (out, in), pass transpose(b)
  in: @)"),
      fault<ShapeError>(
          "addmm",
          [] {
            addmm(zeros({3, 3}), zeros({2, 3}), zeros({3, 2}));
          },
          R"(addmm: x does not broadcast to the product
  x: f32 (3, 3)     product: f32 (2, 2)
  in: @)"),
      fault<ShapeError>(
          "tensordot",
          [] {
            tensordot(zeros({2, 3}), zeros({2, 3}), 1);
          },
          R"(tensordot: the summed axes do not fit
  a: f32 (2, 3)     b: f32 (2, 3)
  expected as many axes of a as of b, with equal extents
  in: @)"),
      fault<ShapeError>(
          "multi_dot",
          [] {
            linalg::multi_dot({zeros({2, 3}), zeros({2, 3})});
          },
          R"(linalg.multi_dot: operand 1 does not fit
  operand: f32 (2, 3)
  in: @)"),
      fault<ValueError>(
          "einsum operands",
          [] {
            einsum("ij,jk", {zeros({2, 2})});
          },
          R"(einsum: 2 operands in the equation, 1 given
  equation: "ij,jk"
  in: @)"),
      fault<ValueError>(
          "einsum letter",
          [] {
            einsum("i1->i", {zeros({2, 2})});
          },
          R"(einsum: '1' is no letter
  equation: "i1->i"
  in: @)"),
      fault<ValueError>(
          "einsum unknown result",
          [] {
            einsum("ij->k", {zeros({2, 2})});
          },
          R"(einsum: the result has 'k', no operand does
  equation: "ij->k"
  in: @)"),
      fault<ValueError>(
          "einsum result twice",
          [] {
            einsum("ij->ii", {zeros({2, 2})});
          },
          R"(einsum: 'i' is twice in the result
  equation: "ij->ii"
  in: @)"),
      fault<ShapeError>(
          "einsum rank",
          [] {
            einsum("ijk", {zeros({2, 2})});
          },
          R"(einsum: "ijk" does not name the axes of its operand
  operand: f32 (2, 2)
  in: @)"),
      fault<ShapeError>(
          "einsum extents",
          [] {
            einsum("ij,jk", {zeros({2, 2}), zeros({3, 2})});
          },
          R"(einsum: the extents of 'j' differ
  equation: "ij,jk"     extents: 2 and 3
  in: @)"),
      fault<ShapeError>(
          "distances among the numbers of a list", [] { pdist(zeros({3})); },
          R"(pdist: needs a matrix
  x: f32 (3,)
  expected rows (n, d)
  in: @)"),
      fault<ValueError>(
          "distances of a negative order",
          [] {
            pdist(zeros({3, 2}), -1);
          },
          R"(pdist: p is -1
  expected a number that is not negative
  in: @)"),
      fault<DTypeError>(
          "distances among integers",
          [] {
            pdist(zeros({3, 2}, DType::i64));
          },
          R"(pdist: needs floating-point numbers
  x: i64 (3, 2)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<ValueError>(
          "bounded norms of order 0",
          [] {
            renorm(zeros({3, 2}), 0, 0, 1);
          },
          R"(renorm: p is 0
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "norms of a negative bound",
          [] {
            renorm(zeros({3, 2}), 2, 0, -1);
          },
          R"(renorm: max_norm is -1
  expected a number that is not negative
  in: @)"),
      fault<IndexError>(
          "bounded norms along no axis",
          [] {
            renorm(zeros({3, 2}), 2, 2, 1);
          },
          no_axis("renorm", 2, 2)),
  };
}

}  // namespace fathom::test
