// `fathom eval`: tests a trained model.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "fathom/backend/cpu/pool.h"
#include "fathom/cli/model.h"
#include "fathom/data/builtin.h"
#include "fathom/data/pictures.h"
#include "fathom/data/table.h"
#include "fathom/data/texts.h"
#include "fathom/io/csv.h"
#include "fathom/io/file.h"
#include "fathom/ops/shape.h"
#include "fathom/train/evaluation.h"
#include "fathom/train/settings.h"

namespace fathom::cli::eval_command {
namespace {

struct Wanted {
  std::string folder, weights, data, label = "-1";
  int threads = cpu::threads(), workers = 0;
  bool json = false;
};

/// The settings of the run, if the folder is that of one.
std::optional<train::Settings> settings_of(const std::string& folder) {
  const std::string config = folder + "/config.json";
  if (!io::exists(folder + "/model/config.json")) return std::nullopt;
  return train::settings_from_json(io::read_text(config), config);
}

/// Whether to test on what the run was tested on; DATA must be given where there is no run.
bool is_own_data(const Wanted& wanted, const std::optional<train::Settings>& settings) {
  if (settings && (wanted.data.empty() || wanted.data == settings->data)) return true;
  if (wanted.data.empty())
    throw UsageError("DATA is missing: a model's own folder does not say what to test on");
  return false;
}

/// What to test on: the test part of what the run was trained on or of a built-in set, or every row
/// of another CSV file.
data::Dataset test_rows(const Wanted& wanted) {
  const std::optional<train::Settings> s = settings_of(wanted.folder);
  if (is_own_data(wanted, s)) return data::open(s->data, s->label, s->seed).test;
  if (data::is_builtin(wanted.data)) return data::load(wanted.data).test;
  return data::from_table(io::load_csv(wanted.data), wanted.label);
}

/// The same for a network; of a folder of pictures its part to test on, or all if it has none.
data::Pictures test_pictures(const Wanted& wanted, const train::Classifier& network) {
  const std::optional<train::Settings> s = settings_of(wanted.folder);
  if (is_own_data(wanted, s)) return data::open_pictures(s->data, s->seed).test;
  const auto other = [&]() -> data::Pictures {
    if (!data::is_image_folder(wanted.data)) return data::open_pictures(wanted.data).test;
    const auto [train, test] = data::image_folder_parts(wanted.data);
    return data::pictures_of(test.size() > 0 ? test : train, wanted.data);
  };
  data::Pictures photos = other();
  const std::vector<std::string>& known = network.class_names;
  const auto is_known = [&](const std::string& name) {
    return std::ranges::find(known, name) != known.end();
  };
  if (photos.classes() == network.classes() && !std::ranges::all_of(photos.class_names, is_known)) {
    fmt::print(stderr, "note: classes are taken in their order: {} is {}, ...\n",
               photos.class_names.front(), known.front());
    photos.class_names = known;
  }
  return photos;
}

/// The same for texts.
data::Texts test_texts(const Wanted& wanted) {
  const std::optional<train::Settings> s = settings_of(wanted.folder);
  if (is_own_data(wanted, s))
    return data::split(data::load_texts(s->data, s->text, s->label), 0.2, s->seed).test;
  return data::load_texts(wanted.data, "", wanted.label == "-1" ? "" : wanted.label);
}

/// What was found, of how many rows.
struct Tested {
  std::string data;
  train::Evaluation evaluation;
};
Tested test(const Wanted& wanted, const train::Classifier& classifier) {
  if (classifier.texts) {
    const data::Texts texts = test_texts(wanted);
    return {texts.name,
            train::evaluate_classifier(classifier.net, classifier.adapt(texts),
                                       classifier.classes(), train::text_batch, wanted.workers)};
  }
  if (!classifier.pictures) {
    const data::Dataset rows = classifier.adapt(test_rows(wanted));
    return {rows.name, train::evaluate_classifier(classifier.net, rows)};
  }
  const data::Pictures photos = test_pictures(wanted, classifier);
  return {photos.name,
          train::evaluate_classifier(classifier.net, classifier.adapt(photos), classifier.classes(),
                                     train::picture_batch, wanted.workers)};
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
    if (rows == 0 && read == 0) continue;  // most of a thousand classes
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
  const train::Classifier classifier = open_model(wanted.folder, wanted.weights, true);
  const auto [data, e] = test(wanted, classifier);
  const std::string hash = train::fingerprint(classifier.net);
  if (wanted.json) {
    nlohmann::ordered_json matrix = nlohmann::ordered_json::array();
    for (std::int64_t c = 0; c < e.confusion.size(0); ++c)
      matrix.push_back(select(e.confusion, 0, c).to_vector<std::int64_t>());
    const nlohmann::ordered_json line = {
        {"data", data},         {"rows", e.rows()},
        {"correct", e.correct}, {"accuracy", e.accuracy()},
        {"loss", e.loss},       {"class_names", classifier.class_names},
        {"confusion", matrix},  {"model_sha256", hash}};
    std::printf("%s\n", line.dump().c_str());
    return 0;
  }
  fmt::print("{}: {} of {} rows right, {:.2f} %, loss {:.4f}\n", data, e.correct, e.rows(),
             100 * e.accuracy(), e.loss);
  print_table(e, classifier.class_names);
  return 0;
}

Action eval(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("DIR", wanted->folder, model_help, Need::required);
  options.input("DATA", wanted->data,
                "digits, iris, mnist, fashion_mnist, cifar10, cifar100, a CSV file, or a folder of "
                "pictures; by default the test part of what it was trained on");
  options.option("--weights", wanted->weights, weights_help);
  options.option("--label", wanted->label,
                 "label column of a CSV file, by name or number; -1 is the last");
  options.option("--threads", wanted->threads, "threads to compute with", {1, 256});
  options.option("--workers", wanted->workers, "threads that read pictures ahead", {0, 256});
  options.flag("--json", wanted->json, "print JSON");
  options.example("fathom eval runs/digits-mlp");
  options.example("fathom eval resnet20_cifar --weights resnet20.th cifar10");
  return [wanted] { return run(*wanted); };
}
const Command command(20, "eval", "Test a trained model", eval);

}  // namespace
}  // namespace fathom::cli::eval_command
