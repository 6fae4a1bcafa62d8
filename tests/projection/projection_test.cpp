// Principal components and t-SNE against scikit-learn (tools/golden/projection.py).
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "fathom/backend/cpu/pool.h"
#include "fathom/io/safetensors.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/reduce.h"
#include "fathom/projection/affinities.h"
#include "fathom/projection/pca.h"
#include "fathom/projection/tsne.h"

using namespace fathom;
using projection::Pca;

namespace {

const io::Safetensors& projections() {
  static const io::Safetensors file =
      io::load_safetensors(FATHOM_TEST_SOURCE "/golden/projection/points.safetensors");
  return file;
}
const Tensor& stored(const std::string& name) { return *projections().find(name); }

void check_near(const Tensor& got, const std::string& name, double tolerance) {
  CAPTURE(name);
  REQUIRE(got.shape() == stored(name).shape());
  CHECK(max(abs(got - stored(name))).item() <= tolerance);
}

}  // namespace

TEST_CASE("projection: principal components are scikit-learn's") {
  for (const std::string name : {"x", "wide"}) {
    const Pca pca = Pca::fit(stored(name), {.components = 3});
    check_near(pca.mean, name + ".mean", 1e-12);
    check_near(pca.components, name + ".components", 1e-10);
    check_near(pca.explained_variance, name + ".explained_variance", 1e-10);
    check_near(pca.explained_variance_ratio, name + ".explained_variance_ratio", 1e-10);
    check_near(pca.singular_values, name + ".singular_values", 1e-10);
    check_near(pca.transform(stored(name)), name + ".transformed", 1e-10);
    const Pca white = Pca::fit(stored(name), {.components = 3, .whiten = true});
    check_near(white.transform(stored(name)), name + ".whitened", 1e-9);
    const Pca whole = Pca::fit(stored(name), {.whiten = name == "x"});
    const Tensor back = whole.inverse_transform(whole.transform(stored(name)));
    if (name == "x") check_near(back, "x", 1e-10);
  }
  CHECK(Pca::fit(cast(stored("x"), DType::f32)).components.dtype() == DType::f32);
}

TEST_CASE("projection: affinities are scikit-learn's") {
  const auto x = stored("x").data<double>();
  const std::size_t n = 120;
  const auto got = projection::affinities(x, n, n - 1, 20);
  const auto want = stored("affinities").data<double>();
  double worst = 0, sum = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t at = got.begin[i]; at < got.begin[i + 1]; ++at) {
      worst = std::max(worst, std::abs(got.value[at] - want[i * n + got.column[at]]));
      sum += got.value[at];
    }
  CHECK(worst < 1e-8);
  CHECK(sum == doctest::Approx(1));
}

TEST_CASE("projection: t-SNE comes as near as scikit-learn's, with the same bits on any threads") {
  for (const bool exact : {true, false}) {
    projection::TsneOptions options{.perplexity = 20, .initial = stored("start")};
    if (exact) options.method = projection::TsneMethod::exact;
    std::size_t told = 0;
    options.on_step = [&](const projection::TsneStep& step) { told = step.iteration; };
    const auto map = projection::tsne(stored("x"), options);
    const double peer = stored(exact ? "exact.divergence" : "barnes_hut.divergence").item();
    MESSAGE(std::string(exact ? "exact " : "Barnes-Hut ")
            << map.kl_divergence << ", scikit-learn " << peer);
    CHECK(map.kl_divergence < peer * 1.05);
    CHECK(told == map.iterations);
    const int threads = cpu::threads();
    for (const int n : {1, 3, 8}) {
      cpu::set_threads(n);
      CHECK(projection::tsne(stored("x"), options).points.to_vector<double>() ==
            map.points.to_vector<double>());
    }
    cpu::set_threads(threads);
  }
}

TEST_CASE("projection: t-SNE of one and of three numbers, of points that are one") {
  for (const std::int64_t d : {1, 3}) {
    const auto map = projection::tsne(cast(stored("x"), DType::f32),
                                      {.components = d, .perplexity = 10, .max_iter = 300});
    CHECK(map.points.shape() == Shape{120, d});
    CHECK(map.points.dtype() == DType::f32);
    CHECK(map.kl_divergence < 1.5);
  }
  const Tensor same = zeros({10, 3}, DType::f64);
  const auto map = projection::tsne(same, {.perplexity = 3, .max_iter = 250});
  CHECK(std::isfinite(map.kl_divergence));
  const Tensor lost = full({10, 2}, std::numeric_limits<double>::quiet_NaN());
  CHECK_THROWS_AS(projection::tsne(lost, {.perplexity = 3}), NumericError);
  CHECK_THROWS_AS(projection::tsne(same, {.perplexity = 3, .initial = lost}), NumericError);
}
