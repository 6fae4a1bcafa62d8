// Every metric against scikit-learn, whole and cut into uneven batches.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "fathom/data/dataset.h"
#include "fathom/fathom.h"
#include "fathom/io/safetensors.h"
#include "fathom/metrics/classification.h"
#include "fathom/metrics/probability.h"
#include "fathom/metrics/ranking.h"
#include "fathom/metrics/regression.h"

using namespace fathom;
using namespace fathom::metrics;
using nlohmann::json;

namespace {

template <class E> E choice(const json& options, const char* key, std::map<std::string, E> names) {
  return names.at(options.value(key, names.begin()->first));
}

Metric make(const std::string& name, const json& o, Task task) {
  const auto average = choice<Average>(o, "average",
                                       {{"macro", Average::macro},
                                        {"binary", Average::macro},
                                        {"micro", Average::micro},
                                        {"weighted", Average::weighted},
                                        {"samples", Average::samples},
                                        {"none", Average::none}});
  const ClassOptions c{
      .task = task, .average = average, .zero_division = o.value("zero_division", 0.0)};
  const ScoreOptions s{.task = task, .average = average};
  const ProbabilityOptions p{.task = task};
  const Columns columns = o.value("each", false) ? Columns::each : Columns::mean;
  const std::map<std::string, std::function<Metric()>> makers = {
      {"accuracy", [&] { return accuracy(c); }},
      {"exact_match", [&] { return exact_match(c); }},
      {"balanced_accuracy", [&] { return balanced_accuracy(c, o.value("adjusted", false)); }},
      {"top_k", [&] { return top_k(o.at("k")); }},
      {"hamming_loss", [&] { return hamming_loss(c); }},
      {"precision", [&] { return precision(c); }},
      {"recall", [&] { return recall(c); }},
      {"specificity", [&] { return specificity(c); }},
      {"f1", [&] { return f1(c); }},
      {"f_beta", [&] { return f_beta(o.at("beta"), c); }},
      {"jaccard", [&] { return jaccard(c); }},
      {"matthews", [&] { return matthews(c); }},
      {"cohen_kappa",
       [&] {
         return cohen_kappa(c, choice<Weighting>(o, "weights",
                                                 {{"none", Weighting::none},
                                                  {"linear", Weighting::linear},
                                                  {"quadratic", Weighting::quadratic}}));
       }},
      {"confusion_matrix",
       [&] {
         return confusion_matrix(c, choice<Normalize>(o, "normalize",
                                                      {{"none", Normalize::none},
                                                       {"true", Normalize::truth},
                                                       {"pred", Normalize::prediction},
                                                       {"all", Normalize::all}}));
       }},
      {"roc_auc", [&] { return roc_auc(s); }},
      {"average_precision", [&] { return average_precision(s); }},
      {"roc_curve", [&] { return roc_curve(); }},
      {"precision_recall_curve", [&] { return precision_recall_curve(); }},
      {"log_loss", [&] { return log_loss(p); }},
      {"brier", [&] { return brier(p); }},
      {"hinge", [&] { return hinge(task); }},
      {"expected_calibration_error", [&] { return expected_calibration_error(p, o.at("bins")); }},
      {"maximum_calibration_error", [&] { return maximum_calibration_error(p, o.at("bins")); }},
      {"kl_divergence", [&] { return kl_divergence(); }},
      {"mean_absolute_error", [&] { return mean_absolute_error(); }},
      {"mean_squared_error", [&] { return mean_squared_error(); }},
      {"root_mean_squared_error", [&] { return root_mean_squared_error(); }},
      {"mean_squared_log_error", [&] { return mean_squared_log_error(); }},
      {"mean_absolute_percentage_error", [&] { return mean_absolute_percentage_error(); }},
      {"symmetric_mean_absolute_percentage_error",
       [&] { return symmetric_mean_absolute_percentage_error(); }},
      {"max_error", [&] { return max_error(); }},
      {"r2", [&] { return r2(columns, o.value("regressors", 0)); }},
      {"explained_variance", [&] { return explained_variance(columns); }},
      {"pearson", [&] { return pearson(); }},
      {"spearman", [&] { return spearman(); }},
      {"cosine_similarity", [&] { return cosine_similarity(); }}};
  return makers.at(name)();
}

Task task_of(const std::string& set) {
  if (set.starts_with("binary") || set == "edge") return Task::binary;
  return set.starts_with("labels") ? Task::multilabel : Task::multiclass;
}

bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

Tensor rows(const Tensor& x, std::int64_t begin, std::int64_t end) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = begin; i < end; ++i) numbers.push_back(i);
  return x.defined() ? data::gather_rows(x, numbers) : x;
}

}  // namespace

TEST_CASE("metrics equal scikit-learn's, however the rows are cut into batches") {
  const io::Safetensors file =
      io::load_safetensors(FATHOM_TEST_SOURCE "/golden/metrics/metrics.safetensors");
  std::map<std::string, int> seen;
  for (const json& test : json::parse(file.metadata.at("cases"))) {
    const std::string name = test["metric"], set = test["set"];
    CAPTURE(name);
    CAPTURE(test.dump());
    Metric metric = make(name, test["options"], task_of(set));
    const Tensor &p = *file.find(set + ".prediction"), &t = *file.find(set + ".target");
    const Tensor w = test["weighted"] ? *file.find(set + ".weight") : Tensor();
    const std::vector<double> expected =
        file.find(test["name"].get<std::string>())->to_vector<double>();
    const std::vector<double> whole = metric(p, t, w).to_vector<double>();
    REQUIRE(whole.size() == expected.size());
    for (std::size_t i = 0; i < whole.size(); ++i)
      CHECK((same_number(whole[i], expected[i]) ||
             std::abs(whole[i] - expected[i]) <= 1e-12 * std::fmax(1, std::abs(expected[i]))));
    const std::int64_t n = t.size(0);
    for (std::int64_t at = 0, step = 1; at < n; at += step, step = step * 3 % 11) {
      const std::int64_t end = std::min(n, at + step);
      metric.update(rows(p, at, end), rows(t, at, end), rows(w, at, end));
    }
    CHECK(std::ranges::equal(metric.compute().to_vector<double>(), whole, same_number));
    ++seen[name];
  }
  CHECK(seen.size() == 36);
}

TEST_CASE("metrics of logits are those of their probabilities") {
  const io::Safetensors file =
      io::load_safetensors(FATHOM_TEST_SOURCE "/golden/metrics/metrics.safetensors");
  const Tensor& t = *file.find("ranked.target");
  const Tensor &p = *file.find("ranked.prediction"), &x = *file.find("ranked.logits");
  const auto close = [&](const Metric& of_logits, const Metric& of_probabilities) {
    CHECK(of_logits(x, t).item() == doctest::Approx(of_probabilities(p, t).item()).epsilon(1e-12));
  };
  close(roc_auc({.from_logits = true}), roc_auc());
  close(log_loss({.from_logits = true}), log_loss());
  close(brier({.from_logits = true}), brier());
  close(expected_calibration_error({.from_logits = true}), expected_calibration_error());
  close(accuracy(), accuracy());
  const Tensor b = *file.find("binary.prediction"), bt = *file.find("binary.target");
  const Tensor z = log((b + 0.01) / (1.01 - b));
  const Tensor q = sigmoid(z);
  CHECK(log_loss({.from_logits = true})(z, bt).item() == doctest::Approx(log_loss()(q, bt).item()));
  CHECK(accuracy({.threshold = 0})(z, bt).item() == accuracy()(q, bt).item());
}
