// `fathom inspect FILE`: what a file of weights or data, or a network by its name, holds, without
// taking its data into memory where the format allows.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "fathom/cli/model.h"
#include "fathom/core/error.h"
#include "fathom/data/encoder.h"
#include "fathom/io/csv.h"
#include "fathom/io/idx.h"
#include "fathom/io/image.h"
#include "fathom/io/tensor_file.h"
#include "fathom/keras/keras.h"
#include "fathom/ops/gradient.h"
#include "fathom/train/classification_json.h"

namespace fathom::cli::inspect_command {
namespace {

using Json = nlohmann::ordered_json;

struct Wanted {
  std::string file, weights;
  bool json = false;
};

std::string shape_text(const Json& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i > 0 ? ", " : "") + std::to_string(shape[i].get<std::int64_t>());
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::string bytes_text(double bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", bytes / 1024);
  if (bytes < 1024. * 1024 * 1024) return fmt::format("{:.1f} MiB", bytes / (1024 * 1024));
  return fmt::format("{:.2f} GiB", bytes / (1024. * 1024 * 1024));
}

/// A foreign name as it may be printed: no control characters, which could drive the terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

/// "1 row", "3 rows".
std::string counted(std::uint64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// `tensors` have a name, a dtype, a shape and bytes each.
Json tensors_facts(const std::string& format, Json tensors, Json metadata) {
  Json per_type = Json::object();
  std::uint64_t bytes = 0, elements = 0;
  for (const Json& tensor : tensors) {
    std::uint64_t size = 1;
    for (const Json& extent : tensor.at("shape")) size *= extent.get<std::uint64_t>();
    const auto dtype = tensor.at("dtype").get<std::string>();
    bytes += tensor.at("bytes").get<std::uint64_t>(), elements += size;
    per_type[dtype] = per_type.value(dtype, std::uint64_t{0}) + size;
  }
  const std::size_t count = tensors.size();
  return {{"format", format},
          {"tensors", std::move(tensors)},
          {"tensor_count", count},
          {"elements", elements},
          {"elements_by_type", std::move(per_type)},
          {"bytes", bytes},
          {"metadata", std::move(metadata)}};
}

Json safetensors_facts(const std::string& path) {
  const io::SafetensorsListing listing = io::list_safetensors(path);
  Json tensors = Json::array();
  for (const io::SafetensorsEntry& entry : listing.entries)
    tensors.push_back({{"name", entry.name},
                       {"dtype", entry.dtype},
                       {"shape", entry.shape},
                       {"bytes", entry.bytes},
                       {"offset", entry.offset}});
  return tensors_facts("safetensors", std::move(tensors), listing.metadata);
}

Json json_of(const io::PlainValue& value) {
  return std::visit(
      [](const auto& v) {
        if constexpr (std::is_same_v<decltype(v), const std::monostate&>)
          return Json();
        else
          return Json(v);
      },
      value);
}

/// Names and shapes; dtypes are spelled as in safetensors.
Json tensor_list(std::span<const io::NamedTensor> list) {
  Json tensors = Json::array();
  for (const auto& [name, tensor] : list) {
    std::string dtype(fathom::name(tensor.dtype()));
    std::ranges::transform(dtype, dtype.begin(), [](unsigned char c) { return std::toupper(c); });
    const Shape shape = tensor.shape();
    tensors.push_back({{"name", name},
                       {"dtype", dtype},
                       {"shape", std::vector<std::int64_t>(shape.begin(), shape.end())},
                       {"bytes", tensor.bytes()}});
  }
  return tensors;
}

/// Any other file of named tensors.
Json tensor_file_facts(const io::TensorFile& file) {
  Json values = Json::object();
  for (const auto& [name, value] : file.values) values[name] = json_of(value);
  Json facts = tensors_facts(file.format, tensor_list(file.tensors), std::move(values));
  facts["wrapper"] = file.wrapper;
  facts["notes"] = file.notes;
  return facts;
}

void print_tensors(const Json& f) {
  std::size_t name_width = 4, shape_width = 5;
  for (const Json& t : f.at("tensors")) {
    name_width = std::max(name_width, printable(t.at("name").get<std::string>()).size());
    shape_width = std::max(shape_width, shape_text(t.at("shape")).size());
  }
  name_width = std::min<std::size_t>(name_width, 60);
  fmt::print("{:<{}}  {:<7}  {:<{}}  {:>12}\n", "name", name_width, "dtype", "shape", shape_width,
             "bytes");
  for (const Json& t : f.at("tensors")) {
    fmt::print("{:<{}}  {:<7}  {:<{}}  {:>12}\n", printable(t.at("name").get<std::string>()),
               name_width, t.at("dtype").get<std::string>(), shape_text(t.at("shape")), shape_width,
               t.at("bytes").get<std::uint64_t>());
  }
  fmt::print("{}, {}, {}\n", counted(f.at("tensor_count").get<std::size_t>(), "tensor"),
             counted(f.at("elements").get<std::uint64_t>(), "number"),
             bytes_text(f.at("bytes").get<double>()));
  if (!f.at("metadata").empty()) fmt::print("metadata\n");
  for (const auto& [key, value] : f.at("metadata").items()) {
    fmt::print("  {}: {}\n", printable(key),
               printable(value.is_string() ? value.get<std::string>() : value.dump()));
  }
  if (const std::string wrapper = f.value("wrapper", ""); !wrapper.empty())
    fmt::print("the weights are in \"{}\"\n", printable(wrapper));
  for (const Json& note : f.value("notes", Json::array()))
    fmt::print("{}\n", printable(note.get<std::string>()));
}

Json tensor_facts(const char* format, const Tensor& tensor) {
  const Shape shape = tensor.shape();
  return {{"format", format},
          {"dtype", name(tensor.dtype())},
          {"shape", std::vector<std::int64_t>(shape.begin(), shape.end())},
          {"bytes", static_cast<std::uint64_t>(shape.size()) * size_of(tensor.dtype())}};
}

/// Of the picture as a person sees it: turned as the camera was held.
Json picture_facts(const std::string& path) {
  const io::Bytes bytes = io::read_file(path);
  const Tensor picture = io::decode_image(
      bytes, {.mode = io::ImageReadMode::unchanged, .apply_exif_orientation = true}, path);
  return tensor_facts(std::string(io::image_format(bytes)).c_str(), picture);
}

void print_tensor(const Json& f) {
  fmt::print("{}: {} {}, {}\n", f.at("format").get<std::string>(), f.at("dtype").get<std::string>(),
             shape_text(f.at("shape")), bytes_text(f.at("bytes").get<double>()));
}

/// A column of numbers shows its range, any other how many values differ. Fields that say that
/// something is missing are counted apart.
Json column_facts(const io::CsvTable& table, std::size_t c) {
  const std::vector<std::string> missing_words = data::EncoderOptions{}.missing;
  std::set<std::string_view> values;
  std::size_t missing = 0;
  double low = INFINITY, high = -INFINITY;
  bool numbers = true;
  for (const io::CsvRow& row : table.rows) {
    const std::string& field = row.fields[c];
    if (std::ranges::find(missing_words, field) != missing_words.end()) {
      ++missing;
      continue;
    }
    values.insert(field);
    numbers = numbers && io::is_number(field);
    const double number = std::strtod(field.c_str(), nullptr);
    low = std::min(low, number);
    high = std::max(high, number);
  }
  Json facts = {{"name", table.header.empty() ? std::to_string(c) : table.header[c]},
                {"distinct", values.size()},
                {"missing", missing}};
  if (numbers && !values.empty()) facts["low"] = low, facts["high"] = high;
  return facts;
}

Json csv_facts(const std::string& path) {
  const io::CsvTable table = io::load_csv(path);
  Json columns = Json::array();
  for (std::size_t c = 0; c < table.columns(); ++c) columns.push_back(column_facts(table, c));
  return {{"format", "csv"}, {"rows", table.rows.size()}, {"columns", columns}};
}

void print_csv(const Json& f) {
  fmt::print("csv: {}, {}\n", counted(f.at("rows").get<std::size_t>(), "row"),
             counted(f.at("columns").size(), "column"));
  for (const Json& c : f.at("columns")) {
    const std::string range =
        c.contains("low") ? fmt::format("numbers from {:g} to {:g}", c.at("low").get<double>(),
                                        c.at("high").get<double>())
                          : "text";
    const auto missing = c.at("missing").get<std::size_t>();
    fmt::print("  {:<24}  {}, {} distinct{}\n", printable(c.at("name").get<std::string>()), range,
               c.at("distinct").get<std::size_t>(),
               missing > 0 ? fmt::format(", {} missing", missing) : "");
  }
}

bool ends_with(const std::string& path, std::initializer_list<const char*> ends) {
  return std::any_of(ends.begin(), ends.end(), [&](const char* e) { return path.ends_with(e); });
}

/// A network by its name, and what its weights were taken from.
Json network_facts(const Wanted& wanted) {
  const graph::RecordingScope lazy;  // without weights nothing is drawn
  train::NetworkReport report;
  const train::Classifier c =
      train::load_network(wanted.file, network_options(wanted.file, wanted.weights), &report);
  Json metadata = {{"classes", c.classes()},
                   {"parameters", nn::parameter_count(c.net)},
                   {"preprocessing", train::preprocessing_json(*c.pictures)}};
  Json facts = tensors_facts(wanted.file, tensor_list(io::weights_of(c.net)), std::move(metadata));
  if (!wanted.weights.empty()) facts["notes"] = Json::array({train::to_string(report)});
  return facts;
}

int inspect_file(const Wanted& wanted) {
  const std::string& path = wanted.file;
  Json facts;
  void (*print)(const Json&) = print_tensor;
  const bool is_network = !io::exists(path) && train::is_network(path);
  if (!wanted.weights.empty() && !is_network)
    throw UsageError("--weights is for a network by its name, not for a file");
  if (is_network) {
    facts = network_facts(wanted);
    print = print_tensors;
  } else if (ends_with(path, {".safetensors"})) {
    facts = safetensors_facts(path);
    print = print_tensors;
  } else if (ends_with(path, {"ubyte", "ubyte.gz", ".idx", ".idx.gz"})) {
    facts = tensor_facts("idx", io::load_idx(path));
  } else if (io::has_image_name(path)) {
    facts = picture_facts(path);
  } else if (ends_with(path, {".csv", ".csv.gz", ".data", ".tsv", ".tsv.gz"})) {
    facts = csv_facts(path);
    print = print_csv;
  } else if (keras::is_keras_file(path)) {
    facts = tensor_file_facts(keras::load_tensors(path));
    print = print_tensors;
  } else if (ends_with(path, {".pt", ".pth", ".th", ".ptl", ".npz", ".npy"}) ||
             io::is_tensor_file(path)) {
    facts = tensor_file_facts(io::load_tensors(path));
    print = print_tensors;
  } else {
    io::InputFile exists(path);  // a wrong path is the likelier mistake, so it is named first
    throw UnsupportedError(ErrorInfo{.operation = "inspect",
                                     .problem = "the file's name ends in none of the known endings",
                                     .received = {{"file", path}},
                                     .expected = ".safetensors, .pt, .pth, .npz, .npy, .h5, "
                                                 ".keras, .png, .jpg, .webp, .bmp, .ppm, .csv, "
                                                 ".csv.gz, .data, .idx, -ubyte or -ubyte.gz"});
  }
  if (wanted.json) {
    fmt::print("{}\n", facts.dump(-1, ' ', false, Json::error_handler_t::replace));
  } else {
    print(facts);
  }
  return 0;
}

Action inspect(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("FILE", wanted->file,
                "weights (safetensors, PyTorch's, Keras', npz), a picture, an idx or CSV file, or "
                "a network's name",
                Need::required);
  options.option("--weights", wanted->weights, weights_help);
  options.flag("--json", wanted->json, "print one JSON object");
  options.example("fathom inspect runs/digits/model/model.safetensors");
  options.example("fathom inspect train-images-idx3-ubyte.gz --json");
  options.example("fathom inspect resnet18 --weights resnet18.pth");
  return [wanted] { return inspect_file(*wanted); };
}
const Command command(50, "inspect", "List what a file of weights or data, or a network, holds",
                      inspect);

}  // namespace
}  // namespace fathom::cli::inspect_command
