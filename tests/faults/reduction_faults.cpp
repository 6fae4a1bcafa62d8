// Reductions, scans, sorting, statistics.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults reduction_faults() {
  return {
      fault<IndexError>(
          "an axis that is not there",
          [] {
            sum(zeros({2, 3}), 5);
          },
          no_axis("sum", 5, 2)),
      fault<IndexError>(
          "an axis named twice",
          [] {
            sum(zeros({2, 3}), {1, -1});
          },
          R"(sum: axis -1 is named twice
  in: @)"),
      fault<ValueError>(
          "the sum of a tensor that was never set", [] { sum(Tensor()); }, empty_operand("sum")),
      fault<ShapeError>(
          "the largest of nothing", [] { max(zeros({0})); }, R"(max: no elements to choose from
  x: f32 (0,)
  expected reduced axes of extent 1 and more
  in: @)"),
      fault<ShapeError>(
          "the place of the smallest of nothing",
          [] {
            argmin(zeros({2, 0}), 1);
          },
          R"(argmin: no elements to choose from
  x: f32 (2, 0)
  expected reduced axes of extent 1 and more
  in: @)"),
      fault<IndexError>(
          "argmax along no axis", [] { argmax(zeros({2}), 1); }, no_axis("argmax", 1, 1)),
      fault<DTypeError>(
          "the mean of integers", [] { mean(arange(3)); }, R"(mean: needs floating-point numbers
  x: i64 (3,)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<IndexError>(
          "the mean along no axis", [] { mean(zeros({2}), 3); }, no_axis("mean", 3, 1)),
      fault<DTypeError>(
          "a mean that is to be an integer", [] { mean(zeros({2}), {}, false, DType::i64); },
          R"(mean: the result's type is not floating
  dtype: i64
  in: @)"),
      fault<DTypeError>(
          "the variance of integers", [] { var(arange(3)); }, R"(var: needs floating-point numbers
  x: i64 (3,)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<IndexError>(
          "the deviation along no axis", [] { std_dev(zeros({2}), 2); }, no_axis("std_dev", 2, 1)),
      fault<DTypeError>(
          "logsumexp of integers", [] { logsumexp(arange(3)); },
          R"(logsumexp: needs floating-point numbers
  x: i64 (3,)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<IndexError>(
          "amax along no axis", [] { amax(zeros({2}), 2); }, no_axis("amax", 2, 1)),
      fault<IndexError>(
          "any along no axis", [] { any(zeros({2}), 2); }, no_axis("any", 2, 1)),
      fault<IndexError>(
          "cumsum along no axis", [] { cumsum(zeros({2}), 1); }, no_axis("cumsum", 1, 1)),
      fault<IndexError>(
          "sort along no axis", [] { sort(zeros({2}), 1); }, no_axis("sort", 1, 1)),
      fault<ValueError>(
          "topk of more than there are", [] { topk(zeros({3}), 4); }, R"(topk: k is 4
  x: f32 (3,)
  expected k in [0, 3], the extent of axis 0
  in: @)"),
      fault<ValueError>(
          "kthvalue of the 0th", [] { kthvalue(zeros({3}), 0); }, R"(kthvalue: k is 0
  x: f32 (3,)
  expected k in [1, 3], the extent of axis 0
  in: @)"),
      fault<ShapeError>(
          "the median of nothing", [] { median(zeros({0}), 0); },
          R"(median: no elements to choose from
  x: f32 (0,)
  expected an axis of extent 1 and more
  in: @)"),
      fault<ValueError>(
          "a quantile above 1", [] { quantile(zeros({3}), 1.5); }, R"(quantile: q is 1.5
  expected numbers in [0, 1]
  in: @)"),
      fault<ShapeError>(
          "a sequence that does not fit the values",
          [] {
            searchsorted(zeros({2, 3}), zeros({3, 1}));
          },
          R"(searchsorted: the rows differ
  sequence: f32 (2, 3)     values: f32 (3, 1)
  expected a sequence with one axis, or equal extents on all axes but the last
  in: @)"),
      fault<ShapeError>(
          "bincount of a matrix",
          [] {
            bincount(zeros({2, 2}, DType::i64));
          },
          R"(bincount: needs one axis
  x: i64 (2, 2)
  hint: flatten(x)
  in: @)"),
      fault<ValueError>(
          "bincount of a negative number",
          [] {
            bincount(labels({1, -2})).eval();
          },
          R"(bincount: element -2
  expected integers of 0 and more
  in: @)"),
      fault<DTypeError>(
          "bincount of floats", [] { bincount(zeros({2})); }, R"(bincount: needs integers
  x: f32 (2,)
  in: @)"),
      fault<ValueError>(
          "a histogram of no bins", [] { histogram(zeros({3}), 0); }, R"(histogram: bins is 0
  expected one bin and more
  in: @)"),
      fault<ValueError>(
          "softmax of a tensor that was never set", [] { softmax(Tensor(), 0); },
          empty_operand("softmax")),
      fault<IndexError>(
          "softmax along no axis", [] { softmax(zeros({2}), 1); }, no_axis("softmax", 1, 1)),
      fault<IndexError>(
          "diff along no axis", [] { diff(zeros({2}), 1, 3); }, no_axis("diff", 3, 1)),
      fault<ValueError>(
          "diff of a negative order", [] { diff(zeros({2}), -1); }, R"(diff: n is -1
  expected how many times to take differences, 0 and more
  in: @)"),
      fault<ShapeError>(
          "the covariance of a cube",
          [] {
            cov(zeros({2, 2, 2}));
          },
          R"(cov: more than two axes
  x: f32 (2, 2, 2)
  expected (variables, observations) or (observations,)
  in: @)"),
      fault<DTypeError>(
          "logcumsumexp of integers", [] { logcumsumexp(zeros({2}, DType::i64), 0); },
          R"(logcumsumexp: needs floating-point numbers
  x: i64 (2,)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<ShapeError>(
          "searchsorted scalar", [] { searchsorted(zeros({}), zeros({3})); },
          R"(searchsorted: the sequence has no axis
  sequence: f32 ()
  in: @)"),
      fault<ShapeError>(
          "mode of nothing", [] { mode(zeros({0})); }, R"(mode: no elements to choose from
  x: f32 (0,)
  expected an axis of extent 1 and more
  in: @)"),
      fault<ValueError>(
          "quantile above 1 in a tensor",
          [] {
            quantile(zeros({2}), tensor({0.5f, 3.0f})).eval();
          },
          R"(quantile: q 3 is out of range
  element: (1)
  expected a number in [0, 1]
  in: @)"),
      fault<ShapeError>(
          "quantile of a matrix of q",
          [] {
            quantile(zeros({2}), zeros({1, 1}));
          },
          R"(quantile: q has several axes
  q: f32 (1, 1)
  expected a number or a tensor with one axis
  in: @)"),
      fault<DTypeError>(
          "quantile of integers", [] { quantile(zeros({2}, DType::i64), 0.5); },
          R"(quantile: needs floating-point numbers
  x: i64 (2,)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<ShapeError>(
          "cov weights",
          [] {
            cov(zeros({2, 3}), 1, zeros({2}, DType::i64));
          },
          R"(cov: the weights do not fit
  x: f32 (2, 3)     weights: i64 (2,)
  expected one weight for each of 3 observations
  in: @)"),
      fault<DTypeError>(
          "norm of integers", [] { norm(zeros({2}, DType::i64)); },
          R"(norm: needs floating-point numbers
  x: i64 (2,)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<ShapeError>(
          "norm of nothing", [] { vector_norm(zeros({0}), -1); },
          R"(vector_norm: no elements to choose from
  x: f32 (0,)
  expected reduced axes of extent 1 and more
  in: @)"),
      fault<ShapeError>(
          "gradient of one sample", [] { gradient(zeros({1})); }, R"(gradient: too few samples
  x: f32 (1,)     spacing: f32 ()
  expected at least 2 samples along axis 0, and a distance or a place for each
  in: @)"),
      fault<ShapeError>(
          "gradient places", [] { gradient(zeros({4}), {zeros({3})}); },
          R"(gradient: the samples' places do not fit
  x: f32 (4,)     spacing: f32 (3,)
  expected at least 2 samples along axis 0, and a distance or a place for each
  in: @)"),
      fault<ShapeError>(
          "gradient spacings",
          [] {
            gradient(zeros({4, 4, 4}), {zeros({}), zeros({})});
          },
          R"(gradient: the spacings do not fit
  x: f32 (4, 4, 4)     spacings: 2
  expected one, or one for each of 3 axes
  in: @)"),
      fault<ValueError>(
          "gradient edge_order", [] { gradient(zeros({4}), {}, {}, 3); },
          R"(gradient: edge_order is 3
  expected 1 or 2
  in: @)"),
      fault<ShapeError>(
          "trapezoid places", [] { trapezoid(zeros({4}), zeros({3})); },
          R"(trapezoid: the samples' places do not fit
  y: f32 (4,)     x: f32 (3,)
  expected one place for each sample
  in: @)"),
      fault<ShapeError>(
          "bincount weights", [] { bincount(zeros({3}, DType::i64), zeros({2})); },
          R"(bincount: the weights do not fit
  x: i64 (3,)     weights: f32 (2,)
  expected a weight for each element
  in: @)"),
      fault<ValueError>(
          "histc bins", [] { histc(zeros({3}), 0); }, R"(histc: bins is 0
  expected one bin and more
  in: @)"),
      fault<ValueError>(
          "histc range", [] { histc(zeros({3}), 5, 2, 1); },
          R"(histc: the range is [2, 1]
  expected finite ends in ascending order
  hint: give a range if x holds NaN or infinity
  in: @)"),
      fault<ValueError>(
          "histogram of infinity", [] { histogram(zeros({3}) / 0, 5); },
          R"(histogram: the range is [nan, nan]
  expected finite ends in ascending order
  hint: give a range if x holds NaN or infinity
  in: @)"),
      fault<ShapeError>(
          "histogram edges", [] { histogram(zeros({3}), zeros({1})); },
          R"(histogram: the edges are no row
  edges: f32 (1,)
  expected one axis with at least two edges
  in: @)"),
  };
}

}  // namespace fathom::test
