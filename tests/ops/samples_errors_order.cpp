// What scans, sorting and statistics must refuse.
#include "fathom/ops/creation.h"
#include "fathom/ops/differences.h"
#include "fathom/ops/distance.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/histogram.h"
#include "fathom/ops/scan.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/sort.h"
#include "fathom/ops/statistics.h"
#include "tests/ops/samples.h"

namespace fathom::test {

std::vector<ErrorCase> order_error_cases() {
  const auto f = [](const Shape& s) { return zeros(s); };
  const auto i = [](const Shape& s) { return zeros(s, DType::i64); };
  const std::string here = "in: samples_errors_order.cpp:";
  return {
      throws<IndexError>("cumsum axis",
                         [=] {
                           cumsum(f({2, 3}), 2);
                         },
                         {"cumsum: axis 2 is out of range", "[-2, 2)", here}),
      throws<DTypeError>("logcumsumexp of integers", [=] { logcumsumexp(i({2}), 0); },
                         {"logcumsumexp: needs floating-point numbers", "hint", here}),
      throws<IndexError>("sort axis",
                         [=] {
                           sort(f({2, 3}), -3);
                         },
                         {"sort: axis -3 is out of range", here}),
      throws<ValueError>("topk of too few",
                         [=] {
                           topk(f({2, 3}), 4);
                         },
                         {"topk: k is 4", "f32 (2, 3)", "k in [0, 3]", "axis 1", here}),
      throws<ValueError>("kthvalue from 1",
                         [=] {
                           kthvalue(f({2, 3}), 0);
                         },
                         {"kthvalue: k is 0", "[1, 3]", here}),
      throws<ShapeError>("searchsorted rows",
                         [=] {
                           searchsorted(f({2, 3}), f({3, 3}));
                         },
                         {"searchsorted: the rows differ", "f32 (2, 3)", "f32 (3, 3)", here}),
      throws<ShapeError>("searchsorted scalar", [=] { searchsorted(f({}), f({3})); },
                         {"searchsorted: the sequence has no axis", here}),
      throws<ShapeError>("median of nothing",
                         [=] {
                           median(f({2, 0}), 1);
                         },
                         {"median: no elements", "f32 (2, 0)", here}),
      throws<ShapeError>("mode of nothing", [=] { mode(f({0})); }, {"mode: no elements", here}),
      throws<ValueError>("quantile above 1", [=] { quantile(f({2}), 1.5); },
                         {"quantile: q is 1.5", "[0, 1]", here}),
      throws<IndexError>("quantile above 1 in a tensor",
                         [=] {
                           quantile(f({2}), tensor({0.5f, 3.0f})).eval();
                         },
                         {"out of range"}),
      throws<ShapeError>("quantile of a matrix of q",
                         [=] {
                           quantile(f({2}), f({1, 1}));
                         },
                         {"quantile: q has several axes", here}),
      throws<DTypeError>("quantile of integers", [=] { quantile(i({2}), 0.5); },
                         {"quantile: needs floating-point numbers", here}),
      throws<ShapeError>("cov of rank 3",
                         [=] {
                           cov(f({2, 3, 4}));
                         },
                         {"cov: more than two axes", "f32 (2, 3, 4)", here}),
      throws<ShapeError>("cov weights",
                         [=] {
                           cov(f({2, 3}), 1, i({2}));
                         },
                         {"cov: the weights do not fit", "i64 (2,)", "3 observations", here}),
      throws<DTypeError>("norm of integers", [=] { norm(i({2})); },
                         {"vector_norm: needs floating-point numbers"}),
      throws<ShapeError>("norm of nothing", [=] { vector_norm(f({0}), -1); }, {"min: no elements"}),
      throws<ValueError>("diff", [=] { diff(f({3}), -1); }, {"diff: n is -1", here}),
      throws<ShapeError>("gradient of one sample", [=] { gradient(f({1})); },
                         {"gradient: too few samples", "at least 2", here}),
      throws<ShapeError>("gradient places", [=] { gradient(f({4}), {f({3})}); },
                         {"gradient: the samples' places do not fit", "f32 (3,)", here}),
      throws<ShapeError>("gradient spacings",
                         [=] {
                           gradient(f({4, 4, 4}), {f({}), f({})});
                         },
                         {"gradient: the spacings do not fit", "3 axes", here}),
      throws<ValueError>("gradient edge_order", [=] { gradient(f({4}), {}, {}, 3); },
                         {"gradient: edge_order is 3", "1 or 2", here}),
      throws<ShapeError>("trapezoid places", [=] { trapezoid(f({4}), f({3})); },
                         {"trapezoid: the samples' places do not fit", "f32 (3,)", here}),
      throws<DTypeError>("bincount of floats", [=] { bincount(f({3})); },
                         {"bincount: needs integers", "f32 (3,)", here}),
      throws<ShapeError>("bincount of a matrix",
                         [=] {
                           bincount(i({3, 2}));
                         },
                         {"bincount: needs one axis", "flatten", here}),
      throws<ValueError>("bincount below 0",
                         [=] {
                           bincount(tensor({std::int64_t{1}, std::int64_t{-2}}));
                         },
                         {"bincount: element -2", "0 and more", here}),
      throws<ShapeError>("bincount weights", [=] { bincount(i({3}), f({2})); },
                         {"bincount: the weights do not fit", "f32 (2,)", here}),
      throws<ValueError>("histc bins", [=] { histc(f({3}), 0); }, {"histc: bins is 0", here}),
      throws<ValueError>("histc range", [=] { histc(f({3}), 5, 2, 1); },
                         {"histc: the range is [2", "ascending", here}),
      throws<ValueError>("histogram of infinity", [=] { histogram(f({3}) / 0, 5); },
                         {"histogram: the range is", "hint", here}),
      throws<ShapeError>("histogram edges", [=] { histogram(f({3}), f({1})); },
                         {"histogram: the edges are no row", "two edges", here}),
      throws<DTypeError>("mean as integers", [=] { mean(f({3}), {}, false, DType::i64); },
                         {"mean: the result's type is not floating", "i64", here}),
  };
}

}  // namespace fathom::test
