// Keras' files: .h5, and .keras, which is an archive of a description and a .h5.
#include <algorithm>
#include <cctype>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/zip.h"
#include "fathom/keras/file.h"
#include "fathom/keras/model.h"

namespace fathom::keras {
namespace detail {
namespace {

constexpr std::uint64_t most_config = std::uint64_t{64} << 20,
                        most_weights = std::uint64_t{64} << 30;
constexpr const char* archive_weights = "model.weights.h5";

io::Bytes start_of(const io::InputFile& file) {
  io::Bytes start(std::min<std::uint64_t>(8, file.size()));
  file.read(0, start.data(), start.size());
  return start;
}
bool is_archive(io::ByteView start) {
  return start.size() > 3 && start[0] == 'P' && start[1] == 'K';
}

}  // namespace

KerasFile open_file(const std::string& path) {
  KerasFile file;
  const io::InputFile input(path);
  if (!is_archive(start_of(input))) {
    file.format = "keras (h5)";
    file.weights = std::make_unique<Hdf5File>(io::read_file(path), path);
    file.config = file.weights->text("", "model_config").value_or("");
    file.version = file.weights->text("", "keras_version")
                       .value_or(file.weights->text("model_weights", "keras_version").value_or(""));
    return file;
  }
  const io::ZipReader archive(io::source_of(input));
  const io::ZipMember* config = archive.find("config.json");
  const io::ZipMember* weights = archive.find(archive_weights);
  if (!config || !weights)
    throw FormatError({.operation = "keras",
                       .problem = "an archive that is no model of Keras",
                       .received = {{"path", path}},
                       .expected = "config.json and model.weights.h5"});
  const io::Bytes text = archive.read(*config, most_config);
  file.format = "keras";
  file.config.assign(text.begin(), text.end());
  file.weights = std::make_unique<Hdf5File>(archive.read(*weights, most_weights), path);
  if (const io::ZipMember* metadata = archive.find("metadata.json")) {
    const io::Bytes json = archive.read(*metadata, most_config);
    const Json parsed = Json::parse(json.begin(), json.end(), nullptr, false);
    if (parsed.contains("keras_version") && parsed["keras_version"].is_string())
      file.version = parsed["keras_version"].get<std::string>();
  }
  return file;
}

namespace {

// The groups of a .keras file count the layers of each class.
std::string counted_group(const std::string& type, int number) {
  return "layers/" + type + (number > 0 ? "_" + std::to_string(number) : "") + "/";
}

// "MaxPooling2D" is max_pooling2d: a capital begins a word if a small letter follows it, or stands
// before it.
std::string snake_case(const std::string& type) {
  std::string name;
  for (std::size_t i = 0; i < type.size(); ++i) {
    const auto is = [&](std::size_t at, int (*kind)(int)) {
      return at < type.size() && kind(static_cast<unsigned char>(type[at])) != 0;
    };
    if (i > 0 && is(i, std::isupper) && (is(i + 1, std::islower) || is(i - 1, std::islower)))
      name += '_';
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(type[i])));
  }
  return name;
}

// Of a .keras file, whatever the layers' names are.
WeightsOf counted_weights(const Hdf5File& file, const ModelConfig& config) {
  std::map<std::string, std::string> groups;
  std::map<std::string, int> used;
  for (const LayerConfig& layer : config.layers) {
    const std::string name = snake_case(layer.type);
    groups[layer.name] = counted_group(name, used[name]++);
  }
  return [&file, groups](const LayerConfig& layer, std::size_t count) {
    std::vector<Tensor> weights;
    std::vector<std::string> notes;
    const std::vector<std::string> places = recurrent_weight_places(layer);
    for (const std::string& place : places)
      for (std::size_t i = 0; i < count / places.size(); ++i) {
        const std::string path = groups.at(layer.name) + place + "vars/" + std::to_string(i);
        if (!file.has(path))
          bad_keras("layer " + layer.name, "a weight is missing", "no " + path, path);
        weights.push_back(file.tensor(path, notes));
      }
    return weights;
  };
}

// A .h5 file lists the weights of each layer in the order of get_weights().
WeightsOf named_weights(const Hdf5File& file) {
  const bool whole = std::ranges::any_of(
      file.datasets(), [](const std::string& path) { return path.starts_with("model_weights/"); });
  return [&file, whole](const LayerConfig& layer, std::size_t count) {
    const std::string group = (whole ? "model_weights/" : "") + layer.name;
    std::vector<Tensor> weights;
    std::vector<std::string> notes;
    for (const std::string& name : file.texts(group, "weight_names")) {
      const std::string path = group + "/" + name;
      if (!file.has(path))
        bad_keras("layer " + layer.name, "a weight is missing", "no " + path, path);
      weights.push_back(file.tensor(path, notes));
    }
    if (weights.size() != count)
      bad_keras("layer " + layer.name, "a wrong number of weights", std::to_string(weights.size()),
                std::to_string(count));
    return weights;
  };
}

}  // namespace

std::optional<std::vector<Tensor>> layer_weights(const KerasFile& file, const std::string& layer,
                                                 const std::string& type, int number,
                                                 std::vector<std::string>& notes) {
  const Hdf5File& weights = *file.weights;
  std::vector<std::string> paths;
  for (const char* around : {"", "model_weights/"})
    for (const std::string& name : weights.texts(around + layer, "weight_names"))
      paths.push_back(around + layer + "/" + name);
  const std::string counted = counted_group(type, number) + "vars/";
  if (paths.empty())
    for (int i = 0; weights.has(counted + std::to_string(i)); ++i)
      paths.push_back(counted + std::to_string(i));
  if (paths.empty()) return std::nullopt;
  std::vector<Tensor> tensors;
  for (const std::string& path : paths) {
    if (!weights.has(path)) return std::nullopt;
    tensors.push_back(weights.tensor(path, notes));
  }
  return tensors;
}

}  // namespace detail

bool is_keras_file(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const io::InputFile file(path);
  const io::Bytes start = detail::start_of(file);
  if (detail::is_hdf5(start)) return true;
  if (!detail::is_archive(start)) return false;
  const io::ZipReader archive(io::source_of(file));
  return archive.find("config.json") && archive.find(detail::archive_weights);
}

io::TensorFile load_tensors(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const detail::KerasFile file = detail::open_file(path);
  io::TensorFile tensors{.format = file.format};
  for (const std::string& name : file.weights->datasets())
    tensors.tensors.emplace_back(name, file.weights->tensor(name, tensors.notes));
  if (!file.version.empty()) tensors.values.emplace_back("keras_version", file.version);
  if (!file.config.empty()) tensors.values.emplace_back("config", file.config);
  for (const char* wrapper : {"model_weights", "layers"})
    if (std::ranges::any_of(tensors.tensors, [&](const io::NamedTensor& t) {
          return t.first.starts_with(std::string(wrapper) + "/");
        }))
      tensors.wrapper = wrapper;
  return tensors;
}

Model load_model(const std::string& path, const std::string& weights, Where where) {
  const graph::CallScope call(where);
  if (!weights.empty()) {
    const detail::ModelConfig config = detail::parse_model(io::read_text(path), path);
    const detail::KerasFile file = detail::open_file(weights);
    return detail::build_model(config, detail::named_weights(*file.weights), path);
  }
  const detail::KerasFile file = detail::open_file(path);
  if (file.config.empty())
    throw FormatError({.operation = "keras",
                       .problem = "weights alone, without the model's description",
                       .received = {{"path", path}},
                       .expected = "a file of model.save()",
                       .hint = "pass the JSON of model.to_json() and this file as its weights"});
  detail::ModelConfig config = detail::parse_model(file.config, path);
  for (detail::LayerConfig& layer : config.layers)
    if (!file.version.empty()) layer.major = file.version[0] - '0';
  const bool counted = file.format == "keras";
  return detail::build_model(config,
                             counted ? detail::counted_weights(*file.weights, config)
                                     : detail::named_weights(*file.weights),
                             path);
}

}  // namespace fathom::keras
