// `fathom predict`: classifies pictures or rows of numbers with a trained model.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

#include "fathom/backend/cpu/pool.h"
#include "fathom/cli/command.h"
#include "fathom/core/error.h"
#include "fathom/data/picture.h"
#include "fathom/io/csv.h"
#include "fathom/io/file.h"
#include "fathom/io/image.h"
#include "fathom/train/model_folder.h"

namespace fathom::cli::predict_command {
namespace {

struct Wanted {
  std::string folder, label;
  std::vector<std::string> inputs;
  int threads = cpu::threads();
  bool invert = false, json = false;
};

struct Rows {
  std::vector<std::string> names;  // "7.png", "flowers.csv:3"
  Tensor values;
};

Rows read_picture(const Wanted& wanted, const train::Classifier& classifier,
                  const std::string& path) {
  const data::PictureOptions as{classifier.sample_shape, classifier.largest_pixel, wanted.invert};
  Rows rows{{path}, data::load_picture(path, as)};
  if (data::looks_inverted(rows.values, as))
    fmt::print(
        stderr,
        "note: {} is bright at its rim, but the model learnt bright strokes on black; try {}\n",
        path, wanted.invert ? "it without --invert" : "--invert");
  return rows;
}

/// A CSV file, or a row given on the command line: "5.1,3.5,1.4,0.2".
Rows read_table(const Wanted& wanted, const train::Classifier& classifier,
                const std::string& input) {
  const bool is_file = io::exists(input);
  const io::CsvTable table =
      is_file ? io::load_csv(input)
              : io::parse_csv(input, "'" + input + "'", {.header = io::CsvHeader::absent});
  std::vector<std::size_t> columns;
  if (!table.header.empty() && !classifier.feature_names.empty()) {
    // By name, in whatever order and beside whatever else they stand.
    for (const std::string& name : classifier.feature_names) columns.push_back(table.column(name));
  } else {
    columns.resize(table.columns());
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    if (!wanted.label.empty())
      columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(table.column(wanted.label)));
  }
  const auto features = static_cast<std::size_t>(classifier.config.in_features);
  if (columns.size() != features)
    throw ShapeError({.operation = "predict",
                      .problem = "the rows do not fit the model",
                      .received = {{"input", input}, {"columns", std::to_string(columns.size())}},
                      .expected = std::to_string(features) + " numbers in a row",
                      .hint = columns.size() == features + 1
                                  ? "to leave out the label's column: --label -1"
                                  : ""});
  Rows rows;
  for (const io::CsvRow& row : table.rows)
    rows.names.push_back(is_file ? input + ":" + std::to_string(row.line) : input);
  rows.values = io::columns_to_f32(table, columns);
  return rows;
}

Rows read(const Wanted& wanted, const train::Classifier& classifier, const std::string& input) {
  const bool is_picture = io::has_image_name(input);
  if (is_picture && !classifier.reads_images())
    throw ValueError({.operation = "predict",
                      .problem = "the model reads rows of numbers, not pictures",
                      .received = {{"input", input}}});
  if (is_picture) return read_picture(wanted, classifier, input);
  if (!io::exists(input) && input.find(',') == std::string::npos)
    throw IoError({.operation = "predict",
                   .problem = "there is no such file",
                   .received = {{"input", input}},
                   .expected = "a picture, a CSV file, or numbers separated by commas"});
  return read_table(wanted, classifier, input);
}

void print_row(const Wanted& wanted, const train::Classifier& classifier, const std::string& name,
               std::span<const float> probabilities) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return probabilities[a] > probabilities[b]; });
  const std::vector<std::string>& names = classifier.class_names;
  if (wanted.json) {
    nlohmann::ordered_json shares;
    for (std::size_t c = 0; c < names.size(); ++c) shares[names[c]] = probabilities[c];
    const nlohmann::ordered_json line = {{"input", name},
                                         {"class", names[order[0]]},
                                         {"probability", probabilities[order[0]]},
                                         {"probabilities", shares}};
    std::printf("%s\n", line.dump().c_str());
    return;
  }
  fmt::print("{}: {} ({:.1f} %)", name, names[order[0]], 100 * probabilities[order[0]]);
  for (std::size_t i = 1; i < std::min<std::size_t>(3, order.size()); ++i)
    fmt::print("{} {} {:.1f} %", i == 1 ? "  then" : ",", names[order[i]],
               100 * probabilities[order[i]]);
  fmt::print("\n");
}

int run(const Wanted& wanted) {
  cpu::set_threads(wanted.threads);
  const train::Classifier classifier = train::load_model(wanted.folder);
  // All inputs are read before anything is printed: a mistyped name gives one message and no half
  // answer.
  std::vector<Rows> all;
  for (const std::string& input : wanted.inputs) all.push_back(read(wanted, classifier, input));
  for (const Rows& rows : all) {
    const Tensor probabilities = classifier.probabilities(rows.values);
    const auto values = probabilities.data<float>();
    const auto classes = static_cast<std::size_t>(classifier.config.classes);
    for (std::size_t i = 0; i < rows.names.size(); ++i)
      print_row(wanted, classifier, rows.names[i], values.subspan(i * classes, classes));
  }
  return 0;
}

Action predict(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("DIR", wanted->folder, "a run's folder, or a model's", Need::required);
  options.inputs("INPUT", wanted->inputs, "pictures, CSV files, or rows such as 5.1,3.5,1.4,0.2",
                 Need::required);
  options.option("--label", wanted->label, "column of a CSV file to leave out, by name or number");
  options.flag("--invert", wanted->invert, "pictures show dark strokes on light paper");
  options.option("--threads", wanted->threads, "threads to compute with", {1, 256});
  options.flag("--json", wanted->json, "print JSON, one line an input");
  options.example("fathom predict runs/digits-mlp seven.png");
  options.example("fathom predict runs/iris-mlp 5.1,3.5,1.4,0.2");
  return [wanted] { return run(*wanted); };
}
const Command command(30, "predict", "Classify pictures or rows of numbers", predict);

}  // namespace
}  // namespace fathom::cli::predict_command
