// Metrics: what they take, how they go on, what they refuse.
#include <doctest/doctest.h>

#include <cmath>

#include "fathom/core/error.h"
#include "fathom/fathom.h"
#include "fathom/metrics/classification.h"
#include "fathom/metrics/probability.h"
#include "fathom/metrics/ranking.h"
#include "fathom/metrics/regression.h"
#include "tests/contains.h"
#include "tests/io/support.h"

using namespace fathom;
using namespace fathom::metrics;
using test::contains;
using test::error_text;

namespace {

const Tensor scores = tensor<float>({{0.1F, 0.7F, 0.2F}, {0.5F, 0.3F, 0.2F}, {0.2F, 0.3F, 0.5F}});
const Tensor labels = tensor<std::int64_t>({1, 2, 2});

}  // namespace

TEST_CASE("metric: the task is told by the shapes") {
  CHECK(accuracy()(scores, labels).item() == doctest::Approx(2.0 / 3));
  CHECK(accuracy()(tensor<std::int64_t>({1, 0, 2}), labels).item() == doctest::Approx(2.0 / 3));
  const Tensor chances = tensor<float>({0.2F, 0.9F, 0.6F});
  const Tensor yes = tensor<float>({0, 1, 0});
  CHECK(accuracy()(chances, yes).item() == doctest::Approx(2.0 / 3));
  CHECK(accuracy()(reshape(chances, {3, 1}), reshape(yes, {3, 1})).item() ==
        doctest::Approx(2.0 / 3));
  const Tensor many = tensor<float>({{0.2F, 0.9F}, {0.6F, 0.1F}});
  CHECK(accuracy()(many, tensor<std::int64_t>({{0, 1}, {0, 0}})).item() == 0.75);
  CHECK(exact_match()(many, tensor<std::int64_t>({{0, 1}, {0, 0}})).item() == 0.5);
}

TEST_CASE("metric: f32, bf16 and f64 scores, of equal ones the first counts") {
  for (const DType dtype : {DType::f32, DType::bf16, DType::f64})
    CHECK(accuracy()(cast(scores, dtype), labels).item() == doctest::Approx(2.0 / 3));
  const Tensor even = tensor<float>({{0.5F, 0.5F}, {0.5F, 0.5F}});
  CHECK(accuracy()(even, tensor<std::int64_t>({0, 1})).item() == 0.5);
  CHECK(top_k(1)(even, tensor<std::int64_t>({0, 1})).item() == 0.5);
  CHECK(top_k(2)(even, tensor<std::int64_t>({0, 1})).item() == 1);
}

TEST_CASE("metric: reset, restore, ignored rows, weights, names") {
  Metric m = accuracy({.ignore_index = -100});
  m.update(scores, tensor<std::int64_t>({1, -100, 2}));
  CHECK(m.compute().item() == 1);
  Metric other = accuracy({.ignore_index = -100});
  other.restore(m.state());
  other.update(scores, labels);
  CHECK(other.compute().item() == doctest::Approx(4.0 / 5));
  m.reset();
  CHECK(contains(error_text<ValueError>([&] { m.compute(); }), "before the first row"));
  m.update(zeros({0, 3}), zeros({0}, DType::i64));
  CHECK(m.state().empty());
  CHECK(accuracy()(scores, labels, tensor<float>({1, 2, 1})).item() == 0.5);
  CHECK(accuracy().named("test accuracy").name() == "test accuracy");
}

TEST_CASE("metric: classes that a later batch shows first are counted") {
  Metric m = confusion_matrix();
  m.update(tensor<std::int64_t>({0, 1}), tensor<std::int64_t>({0, 0}));
  m.update(tensor<std::int64_t>({3}), tensor<std::int64_t>({2}));
  CHECK(m.compute().to_vector<double>() ==
        std::vector<double>{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0});
}

TEST_CASE("metric: values at the edges") {
  const Tensor one_sided = tensor<std::int64_t>({1, 1, 1});
  const Tensor p = tensor<float>({0.2F, 0.9F, 0.6F});
  CHECK(std::isnan(roc_auc()(p, one_sided).item()));
  CHECK(average_precision()(p, one_sided).item() == 1);
  CHECK(precision({.zero_division = 1})(tensor<float>({0, 0, 0}), one_sided).item() == 1);
  CHECK(matthews()(tensor<float>({0, 0, 0}), one_sided).item() == 0);
  CHECK(r2()(tensor<float>({1, 1}), tensor<float>({1, 1})).item() == 1);
  CHECK(r2()(tensor<float>({1, 2}), tensor<float>({1, 1})).item() == 0);
  CHECK(std::isnan(pearson()(tensor<float>({1, 2}), tensor<float>({1, 1})).item()));
  CHECK(std::isinf(kl_divergence()(tensor<float>({{1, 0}}), tensor<float>({{0, 1}})).item()));
}

TEST_CASE("metric: wrong use") {
  const auto shape = [](const std::function<void()>& f) { return error_text<ShapeError>(f); };
  CHECK(contains(shape([] {
                   accuracy()(scores, tensor<std::int64_t>({1, 2}));
                 }),
                 "numbers of rows"));
  CHECK(contains(shape([] { accuracy({.task = Task::binary})(scores, labels); }), "binary"));
  CHECK(
      contains(shape([] { accuracy({.task = Task::multilabel})(scores, labels); }), "multilabel"));
  CHECK(contains(shape([] { accuracy({.classes = 4})(scores, labels); }),
                 "as many scores as classes"));
  CHECK(
      contains(shape([] { accuracy()(scores, labels, tensor<float>({1})); }), "one weight a row"));
  CHECK(contains(shape([] { top_k(4)(scores, labels); }), "4 or more classes"));
  CHECK(contains(shape([] {
                   mean_squared_error()(scores, tensor<float>({1, 2, 3}));
                 }),
                 "same shape"));
  CHECK(contains(error_text<IndexError>([] {
                   accuracy()(scores, tensor<std::int64_t>({1, 3, 0}));
                 }),
                 "label 3 at position 1 is out of range"));
  CHECK(contains(error_text<DTypeError>([] {
                   accuracy()(scores, tensor<float>({1, 0, 0}));
                 }),
                 "labels are floating-point"));
  CHECK(contains(error_text<DTypeError>([] { roc_auc()(labels, labels); }), "no scores"));
  CHECK(contains(error_text<ValueError>([] { top_k(0); }), "k is 0"));
  CHECK(contains(error_text<ValueError>([] { f_beta(-1); }), "beta is -1"));
  CHECK(contains(error_text<ValueError>([] { expected_calibration_error({}, 0); }), "bins is 0"));
  CHECK(contains(error_text<ValueError>([] { precision({.average = Average::samples}); }),
                 "for multilabel problems"));
  CHECK(contains(error_text<ValueError>([] { roc_auc({.average = Average::samples}); }),
                 "no mean over samples"));
  CHECK(contains(error_text<ValueError>([] { expected_calibration_error()(scores * 3, labels); }),
                 "no probability"));
  CHECK(contains(error_text<ValueError>([] {
                   r2(Columns::mean, 2)(tensor<float>({1, 2, 3}), tensor<float>({1, 2, 4}));
                 }),
                 "too few rows"));
}

TEST_CASE("metric: a class that does not occur has no weight in a weighted mean of rankings") {
  const Tensor scores =
      tensor({{0.7F, 0.2F, 0.1F}, {0.3F, 0.4F, 0.3F}, {0.5F, 0.3F, 0.2F}, {0.6F, 0.2F, 0.2F}});
  const Tensor labels = tensor({0, 1, 1, 0});
  const auto auc = [&](Average average) {
    return roc_auc({.task = Task::multiclass, .average = average})(scores, labels);
  };
  const std::vector<double> each = auc(Average::none).to_vector<double>();
  CHECK(std::isnan(each[2]));
  CHECK(auc(Average::weighted).item() == doctest::Approx((2 * each[0] + 2 * each[1]) / 4));
}
