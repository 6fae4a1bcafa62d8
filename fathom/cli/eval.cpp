// `fathom eval`: tests a trained model.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "fathom/backend/cpu/pool.h"
#include "fathom/cli/command.h"
#include "fathom/data/builtin.h"
#include "fathom/data/table.h"
#include "fathom/io/csv.h"
#include "fathom/io/file.h"
#include "fathom/ops/shape.h"
#include "fathom/train/evaluation.h"
#include "fathom/train/model_folder.h"
#include "fathom/train/settings.h"

namespace fathom::cli::eval_command {
namespace {

struct Wanted {
  std::string folder, data, label = "-1";
  int threads = cpu::threads();
  bool json = false;
};

/// What to test on: the test part of what the run was trained on or of a built-in set, or every row
/// of another CSV file.
data::Dataset test_rows(const Wanted& wanted) {
  const std::string config = wanted.folder + "/config.json";
  const bool is_run = io::exists(wanted.folder + "/model/config.json");
  if (is_run) {
    const train::Settings s = train::settings_from_json(io::read_text(config), config);
    if (wanted.data.empty() || wanted.data == s.data)
      return data::open(s.data, s.label, s.seed).test;
  }
  if (wanted.data.empty())
    throw UsageError("DATA is missing: a model's own folder does not say what to test on");
  if (data::is_builtin(wanted.data)) return data::load(wanted.data).test;
  return data::from_table(io::load_csv(wanted.data), wanted.label);
}

void print_table(const train::Evaluation& e, const std::vector<std::string>& names) {
  std::size_t width = 5;
  for (const std::string& name : names) width = std::max(width, name.size());
  const auto n = static_cast<std::int64_t>(names.size());
  const auto cells = e.confusion.data<double>();
  const auto at = [&](std::int64_t truth, std::int64_t predicted) {
    return static_cast<std::int64_t>(cells[static_cast<std::size_t>(truth * n + predicted)]);
  };
  fmt::print("\n{:<{}}  rows  recall  precision  mostly taken for\n", "class", width);
  for (std::int64_t c = 0; c < n; ++c) {
    std::int64_t rows = 0, read = 0, other = -1;
    for (std::int64_t k = 0; k < n; ++k) {
      rows += at(c, k);
      read += at(k, c);
      if (k != c && at(c, k) > 0 && (other < 0 || at(c, k) > at(c, other))) other = k;
    }
    const auto share = [&](std::int64_t of) {
      return of == 0 ? std::string("-")
                     : fmt::format("{:.1f} %",
                                   100.0 * static_cast<double>(at(c, c)) / static_cast<double>(of));
    };
    fmt::print("{:<{}}  {:>4}  {:>7}  {:>9}", names[static_cast<std::size_t>(c)], width, rows,
               share(rows), share(read));
    if (other >= 0) fmt::print("  {} ({})", names[static_cast<std::size_t>(other)], at(c, other));
    fmt::print("\n");
  }
}

int run(const Wanted& wanted) {
  cpu::set_threads(wanted.threads);
  const train::Classifier classifier = train::load_model(wanted.folder);
  const data::Dataset rows = classifier.adapt(test_rows(wanted));
  const train::Evaluation e = train::evaluate_classifier(classifier.net, rows);
  const std::string hash = train::fingerprint(classifier.net);
  if (wanted.json) {
    nlohmann::ordered_json matrix = nlohmann::ordered_json::array();
    for (std::int64_t c = 0; c < e.confusion.size(0); ++c)
      matrix.push_back(select(e.confusion, 0, c).to_vector<std::int64_t>());
    const nlohmann::ordered_json line = {
        {"data", rows.name},        {"rows", rows.size()}, {"correct", e.correct},
        {"accuracy", e.accuracy()}, {"loss", e.loss},      {"class_names", classifier.class_names},
        {"confusion", matrix},      {"model_sha256", hash}};
    std::printf("%s\n", line.dump().c_str());
    return 0;
  }
  fmt::print("{}: {} of {} rows right, {:.2f} %, loss {:.4f}\n", rows.name, e.correct, rows.size(),
             100 * e.accuracy(), e.loss);
  print_table(e, classifier.class_names);
  return 0;
}

Action eval(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("DIR", wanted->folder, "a run's folder, or a model's", Need::required);
  options.input("DATA", wanted->data,
                "digits, iris, mnist, fashion_mnist, cifar10, cifar100, or a CSV file; by default "
                "the test part "
                "of what it was trained on");
  options.option("--label", wanted->label,
                 "label column of a CSV file, by name or number; -1 is the last");
  options.option("--threads", wanted->threads, "threads to compute with", {1, 256});
  options.flag("--json", wanted->json, "print JSON");
  options.example("fathom eval runs/digits-mlp");
  return [wanted] { return run(*wanted); };
}
const Command command(20, "eval", "Test a trained model", eval);

}  // namespace
}  // namespace fathom::cli::eval_command
