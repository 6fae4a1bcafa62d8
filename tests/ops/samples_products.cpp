#include <limits>

#include "fathom/ops/einsum.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/products.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {

Sample equation(const std::string& text, std::vector<Input> inputs, SampleOptions options = {}) {
  return {"einsum/" + text,
          [text](In x) {
            return einsum(text, {x.begin(), x.end()});
          },
          std::move(inputs), options};
}

}  // namespace

Samples product_samples() {
  const SampleOptions exact{.exact = true, .gradient = false};  // of integers
  const SampleOptions second{.second = true};
  const Input m34 = real({3, 4}), m45 = real({4, 5});
  const auto whole34 = [](DType d) { return whole({2, 3, 4}, -9, 10, d); };
  const auto whole45 = [](DType d) { return whole({4, 5}, -9, 10, d); };
  Samples all{
      {"matmul/i64",
       [](In x) { return matmul(x[0], x[1]); },
       {whole34(DType::i64), whole45(DType::i64)},
       exact},
      {"matmul/i32 batch",
       [](In x) { return matmul(x[0], x[1]); },
       {whole({2, 1, 3, 4}, -9, 10, DType::i32), whole({3, 4, 2}, -9, 10, DType::i32)},
       exact},
      {"matmul/i8 wraps",
       [](In x) { return matmul(x[0], x[1]); },
       {whole({5}, -100, 100, DType::i8), whole({5}, -100, 100, DType::i8)},
       exact},
      {"matmul/u8 empty",
       [](In x) { return matmul(x[0], x[1]); },
       {whole({3, 0}, 0, 9, DType::u8), whole({0, 2}, 0, 9, DType::u8)},
       exact},
      equation("ij,jk->ik", {m34, m45}, second),
      equation("ij,jk", {m34, m45}),
      equation("bij,bjk->bik", {real({2, 3, 4}), real({2, 4, 5})}),
      equation("ij->ji", {m34}),
      equation("ba", {m34}),
      equation("ij->", {m34}),
      equation("ij->j", {m34}),
      equation("ii->i", {real({4, 4})}, second),
      equation("ii", {real({4, 4})}),
      equation("iji->j", {real({3, 2, 3})}),
      equation("iii->i", {real({3, 3, 3})}),
      equation("i,j->ij", {real({3}), real({4})}),
      equation("i,i->i", {real({3}), real({3})}),
      equation("i,i", {real({3}), real({3})}),
      equation("ij,ij->ij", {m34, m34}),
      equation("ij,kj->ik", {m34, real({5, 4})}),
      equation("ik,kj,jl->il", {real({3, 4}), real({4, 5}), real({5, 2})}, second),
      equation("bi,oij,bj->bo", {real({2, 3}), real({5, 3, 4}), real({2, 4})}),
      equation("...ij,...jk->...ik", {real({2, 1, 3, 4}), real({3, 4, 2})}),
      equation("...ij,jk", {real({2, 3, 4}), m45}),
      equation("b...,b->b...", {real({2, 3, 4}), real({2})}),
      equation("...->...", {m34}),
      equation("i...->...", {m34}),
      equation(" i j , j -> i ", {m34, real({4})}),
      equation("ij,j->i", {real({3, 1}), real({4})}),
      equation("ij,jk->k", {m34, m45}),
      equation(",->", {real({}), real({})}),
      equation(",ij->ji", {real({}), m34}),
      equation("abcd,efd->abcef", {real({2, 2, 1, 3}), real({2, 2, 3})}),
      equation("bhqd,bhkd->bhqk", {real({2, 2, 3, 4}), real({2, 2, 5, 4})}),
      equation("ij,jk->ik ", {real({0, 4}), m45}),
      equation(" ij,jk->ik", {real({3, 0}), real({0, 5})}),
      equation("ij,jk->ki", {whole({3, 4}, -9, 10), whole({4, 2}, -9, 10)}, exact),
      equation("aB,Bc", {m34, m45}),
      {"tensordot",
       [](In x) { return tensordot(x[0], x[1]); },
       {real({2, 3, 4}), real({3, 4, 5})},
       second},
      {"tensordot/one axis", [](In x) { return tensordot(x[0], x[1], 1); }, {m34, m45}, {}},
      {"tensordot/no axis", [](In x) { return tensordot(x[0], x[1], 0); }, {m34, real({2})}, {}},
      {"tensordot/named axes",
       [](In x) {
         return tensordot(x[0], x[1], std::vector<int>{0, -1}, std::vector<int>{2, 0});
       },
       {real({2, 3, 4}), real({4, 5, 2})},
       {}},
      {"outer", [](In x) { return outer(x[0], x[1]); }, {real({3}), real({4})}, second},
      {"inner", [](In x) { return inner(x[0], x[1]); }, {real({2, 4}), real({3, 4})}, {}},
      {"inner/scalar", [](In x) { return inner(x[0], x[1]); }, {real({}), real({3, 4})}, {}},
      {"kron", [](In x) { return kron(x[0], x[1]); }, {real({2, 3}), real({3, 2})}, second},
      {"kron/ranks", [](In x) { return kron(x[0], x[1]); }, {real({2}), real({2, 3, 2})}, {}},
      {"dot", [](In x) { return dot(x[0], x[1]); }, {real({5}), real({5})}, second},
      {"dot/empty", [](In x) { return dot(x[0], x[1]); }, {real({0}), real({0})}, {}},
      {"vdot", [](In x) { return vdot(x[0], x[1]); }, {real({5}), real({5})}, {}},
      {"mv", [](In x) { return mv(x[0], x[1]); }, {m34, real({4})}, {}},
      {"mm", [](In x) { return mm(x[0], x[1]); }, {m34, m45}, {}},
      {"bmm", [](In x) { return bmm(x[0], x[1]); }, {real({2, 3, 4}), real({2, 4, 5})}, {}},
      {"addmm",
       [](In x) { return addmm(x[0], x[1], x[2], 0.5, 2); },
       {real({5}), m34, m45},
       second},
      {"addmm/beta 0",
       [](In x) { return addmm(x[0], x[1], x[2], 0); },
       {special({3, 5}), m34, m45},
       {}},
      {"addmm/i64",
       [](In x) { return addmm(x[0], x[1], x[2], 2, 3); },
       {whole({3, 2}, -5, 6), whole({3, 4}, -5, 6), whole({4, 2}, -5, 6)},
       exact},
      {"baddbmm",
       [](In x) { return baddbmm(x[0], x[1], x[2], 2, -1); },
       {real({2, 1, 5}), real({2, 3, 4}), real({2, 4, 5})},
       {}},
      {"addbmm",
       [](In x) { return addbmm(x[0], x[1], x[2], 2, -1); },
       {real({3, 5}), real({2, 3, 4}), real({2, 4, 5})},
       {}},
      {"addmv", [](In x) { return addmv(x[0], x[1], x[2]); }, {real({3}), m34, real({4})}, {}},
      {"addr",
       [](In x) { return addr(x[0], x[1], x[2], 0.5, 3); },
       {m34, real({3}), real({4})},
       {}},
      {"bilinear",
       [](In x) { return bilinear(x[0], x[1], x[2], x[3]); },
       {real({2, 3}), real({2, 4}), real({5, 3, 4}), real({5})},
       second},
      {"trace", [](In x) { return trace(x[0]); }, {m34}, {}},
      {"trace/tall", [](In x) { return trace(x[0]); }, {real({4, 3})}, {}},
      {"trace/empty", [](In x) { return trace(x[0]); }, {real({0, 3})}, {}},
      {"multi_dot",
       [](In x) {
         return linalg::multi_dot({x[0], x[1], x[2], x[3]});
       },
       {real({3, 8}), real({8, 2}), real({2, 7}), real({7, 3})},
       second},
      {"multi_dot/vectors",
       [](In x) {
         return linalg::multi_dot({x[0], x[1], x[2]});
       },
       {real({3}), m34, real({4})},
       {}},
      {"vecdot", [](In x) { return linalg::vecdot(x[0], x[1]); }, {m34, real({4})}, {}},
      {"vecdot/axis", [](In x) { return linalg::vecdot(x[0], x[1], 0); }, {m34, m34}, {}},
      {"cross",
       [](In x) { return linalg::cross(x[0], x[1]); },
       {real({2, 3}), real({2, 3})},
       second},
      {"cross/axis",
       [](In x) { return linalg::cross(x[0], x[1], 0); },
       {real({3, 1}), real({3, 4})},
       {}},
      {"cdist", [](In x) { return cdist(x[0], x[1]); }, {real({2, 3, 4}), real({5, 4})}, second},
      {"cdist/product",
       [](In x) { return cdist(x[0], x[1], 2, CdistForm::product); },
       {m34, real({5, 4})},
       {.tolerance = 1e-5}},
      {"cdist/of itself", [](In x) { return cdist(x[0], x[0]); }, {m34}, {}},
      {"cdist/no columns",
       [](In x) { return cdist(x[0], x[1]); },
       {real({3, 0}), real({2, 0})},
       {}},
  };
  for (const double p : {0.0, 1.0, 1.5, 3.0, std::numeric_limits<double>::infinity()})
    all.push_back({"cdist/p " + std::to_string(p),
                   [p](In x) { return cdist(x[0], x[1], p); },
                   {m34, real({5, 4})},
                   {.tolerance = 1e-5}});
  return all;
}

}  // namespace fathom::test
