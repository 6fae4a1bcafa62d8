// `fathom predict`: classifies pictures, rows of numbers or texts with a trained model.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

#include "fathom/backend/cpu/pool.h"
#include "fathom/cli/model.h"
#include "fathom/core/error.h"
#include "fathom/data/picture.h"
#include "fathom/io/csv.h"
#include "fathom/io/file.h"
#include "fathom/io/image.h"
#include "fathom/ops/join.h"
#include "fathom/ops/norm.h"

namespace fathom::cli::predict_command {
namespace {

struct Wanted {
  std::string folder, weights, label;
  std::vector<std::string> inputs;
  int threads = cpu::threads();
  bool invert = false, logits = false, json = false;
};

struct Rows {
  std::vector<std::string> names;  // "7.png", "flowers.csv:3"
  Tensor values;
};

Rows read_picture(const Wanted& wanted, const train::Classifier& classifier,
                  const std::string& path) {
  if (classifier.pictures) {
    // As a person sees it: turned as the camera was held.
    const Tensor picture = io::read_image(path, {.apply_exif_orientation = true});
    return {{path}, stack({(*classifier.pictures)(picture)})};
  }
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

/// The texts of a table or the lines of a file, or a text given on the command line.
Rows read_texts(const train::TextReader& reader, const std::string& input) {
  if (!io::exists(input)) return {{input}, reader(std::array{input})};
  Rows rows;
  std::vector<std::string> texts;
  if (data::is_text_table(input)) {
    const io::CsvTable table = data::load_text_table(input);
    const bool named = !reader.column.empty() && !table.header.empty();
    const std::optional<std::size_t> column =
        named ? table.column(reader.column) : data::text_column(table);
    if (!column)
      throw ValueError({.operation = "predict",
                        .problem = "no column holds texts",
                        .received = {{"input", input}}});
    for (const io::CsvRow& row : table.rows) {
      rows.names.push_back(input + ":" + std::to_string(row.line));
      texts.push_back(row.fields[*column]);
    }
  } else {
    texts = data::load_lines(input);
    rows.names = texts;
  }
  rows.values = reader(texts);
  return rows;
}

Rows read(const Wanted& wanted, const train::Classifier& classifier, const std::string& input) {
  if (classifier.texts) return read_texts(*classifier.texts, input);
  const bool is_picture = io::has_image_name(input);
  if (is_picture && !classifier.reads_images())
    throw ValueError({.operation = "predict",
                      .problem = "the model reads rows of numbers, not pictures",
                      .received = {{"input", input}}});
  if (is_picture || classifier.pictures) return read_picture(wanted, classifier, input);
  if (!io::exists(input) && input.find(',') == std::string::npos)
    throw IoError({.operation = "predict",
                   .problem = "there is no such file",
                   .received = {{"input", input}},
                   .expected = "a picture, a CSV file, or numbers separated by commas"});
  return read_table(wanted, classifier, input);
}

/// What the model says of one input.
struct Answer {
  const std::string& name;
  std::span<const float> logits, probabilities;
  std::vector<std::size_t> order;  ///< of the classes, the best first
};

constexpr std::size_t shown_classes = 5, most_probabilities = 100;

void print_json(const Answer& a, const std::vector<std::string>& names, bool logits) {
  using Json = nlohmann::ordered_json;
  Json line = {{"input", a.name},
               {"class", names[a.order[0]]},
               {"probability", a.probabilities[a.order[0]]}};
  for (std::size_t i = 0; i < std::min(shown_classes, names.size()); ++i)
    line["best"].push_back({{"class", names[a.order[i]]},
                            {"index", a.order[i]},
                            {"probability", a.probabilities[a.order[i]]}});
  if (names.size() <= most_probabilities)
    for (std::size_t c = 0; c < names.size(); ++c)
      line["probabilities"][names[c]] = a.probabilities[c];
  if (logits) line["logits"] = a.logits;
  std::printf("%s\n", line.dump().c_str());
}

/// One line, or of a network, whose classes have long names, one a class.
void print_text(const Answer& a, const train::Classifier& classifier, bool logits) {
  const std::vector<std::string>& names = classifier.class_names;
  const auto percent = [&](std::size_t i) { return 100 * a.probabilities[a.order[i]]; };
  if (classifier.pictures) {
    fmt::print("{}\n", a.name);
    for (std::size_t i = 0; i < std::min(shown_classes, names.size()); ++i)
      fmt::print("  {:>5.1f} %  {}\n", percent(i), names[a.order[i]]);
  } else {
    fmt::print("{}: {} ({:.1f} %)", a.name, names[a.order[0]], percent(0));
    for (std::size_t i = 1; i < std::min<std::size_t>(3, a.order.size()); ++i)
      fmt::print("{} {} {:.1f} %", i == 1 ? "  then" : ",", names[a.order[i]], percent(i));
    fmt::print("\n");
  }
  if (logits)
    for (std::size_t c = 0; c < names.size(); ++c)
      fmt::print("  {:>10.5f}  {}\n", a.logits[c], names[c]);
}

int run(const Wanted& wanted) {
  cpu::set_threads(wanted.threads);
  const train::Classifier classifier = open_model(wanted.folder, wanted.weights, true);
  // All inputs are read before anything is printed: a mistyped name gives one message and no half
  // answer.
  std::vector<Rows> all;
  for (const std::string& input : wanted.inputs) all.push_back(read(wanted, classifier, input));
  for (const Rows& rows : all) {
    const Tensor logits = classifier.logits(rows.values), probabilities = softmax(logits);
    eval(std::array{logits, probabilities});
    const auto classes = static_cast<std::size_t>(classifier.classes());
    for (std::size_t i = 0; i < rows.names.size(); ++i) {
      Answer answer{rows.names[i],
                    logits.data<float>().subspan(i * classes, classes),
                    probabilities.data<float>().subspan(i * classes, classes),
                    {}};
      answer.order.resize(classes);
      std::iota(answer.order.begin(), answer.order.end(), std::size_t{0});
      std::ranges::stable_sort(answer.order, [&](std::size_t a, std::size_t b) {
        return answer.probabilities[a] > answer.probabilities[b];
      });
      if (wanted.json)
        print_json(answer, classifier.class_names, wanted.logits);
      else
        print_text(answer, classifier, wanted.logits);
    }
  }
  return 0;
}

Action predict(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("DIR", wanted->folder, model_help, Need::required);
  options.inputs("INPUT", wanted->inputs,
                 "pictures, CSV files, rows such as 5.1,3.5,1.4,0.2, or texts", Need::required);
  options.option("--weights", wanted->weights, weights_help);
  options.option("--label", wanted->label, "column of a CSV file to leave out, by name or number");
  options.flag("--invert", wanted->invert, "pictures show dark strokes on light paper");
  options.flag("--logits", wanted->logits, "what the model says of every class, before softmax");
  options.option("--threads", wanted->threads, "threads to compute with", {1, 256});
  options.flag("--json", wanted->json, "print JSON, one line an input");
  options.example("fathom predict runs/digits-mlp seven.png");
  options.example("fathom predict runs/iris-mlp 5.1,3.5,1.4,0.2");
  options.example("fathom predict runs/reviews-text_bag \"What a film!\"");
  options.example("fathom predict squeezenet1_0 --weights squeezenet1_0.pth cat.jpg");
  return [wanted] { return run(*wanted); };
}
const Command command(30, "predict", "Classify pictures, rows of numbers or texts", predict);

}  // namespace
}  // namespace fathom::cli::predict_command
