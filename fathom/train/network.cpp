#include "fathom/train/network.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "fathom/core/error.h"
#include "fathom/data/class_names.h"
#include "fathom/graph/context.h"
#include "fathom/io/sha256.h"
#include "fathom/models/published.h"
#include "fathom/ops/gradient.h"

namespace fathom::train {
namespace {

/// The head: tensors whose shape depends on the number of classes, with the axis that has it.
std::map<std::string, int> head_of(const std::string& name, models::ModelOptions options) {
  const graph::RecordingScope lazy;  // nothing is drawn: shapes are looked at
  const auto shapes = [&](std::int64_t classes) {
    options.classes = classes;
    return nn::named_tensors(models::create(name, options));
  };
  const std::vector<nn::NamedTensor> few = shapes(2), more = shapes(3);
  std::map<std::string, int> head;
  for (std::size_t i = 0; i < few.size(); ++i)
    for (int axis = 0; axis < few[i].tensor.rank(); ++axis)
      if (few[i].tensor.shape()[axis] != more[i].tensor.shape()[axis])
        head.emplace(few[i].name, axis);
  return head;
}

/// How many classes a file's head tells apart; nothing if it has none.
std::optional<std::int64_t> classes_in(const io::TensorFile& file,
                                       const std::map<std::string, int>& head) {
  for (const auto& [name, tensor] : file.weights())
    for (const auto& [own, axis] : head)
      if ((name == own || name.ends_with("." + own)) && axis < tensor.rank())
        return tensor.shape()[axis];
  return std::nullopt;
}

/// The weights' file, and what is known of it.
struct Source {
  std::string path;
  models::Published known;
};
Source source_of(const std::string& name, const NetworkOptions& options) {
  std::error_code ignored;
  const std::string& weights = options.weights;
  if (weights.empty()) return {"", models::published(name)};
  if (options.foreign) {
    models::Published known = models::published(name);
    known.preprocessing = options.foreign->preprocessing;
    return {weights, std::move(known)};
  }
  if (!std::filesystem::is_directory(weights, ignored))
    return {weights, models::published(name, io::sha256_file(weights))};
  const Classifier c = load_model(weights);
  if (c.model != name)
    throw FormatError({.operation = "load network",
                       .problem = "the folder holds another network",
                       .received = {{"folder", weights}, {"network", c.model}},
                       .expected = name});
  return {model_file(weights), {*c.pictures, c.class_names, c.options}};
}

/// The network's tensors: those of `from` but for the head.
nn::Layer with_head(nn::Layer fresh, const nn::Layer& from,
                    const std::map<std::string, int>& head) {
  std::map<std::string, Tensor> loaded;
  for (nn::NamedTensor& t : nn::named_tensors(from)) loaded.emplace(t.name, std::move(t.tensor));
  std::vector<io::NamedTensor> tensors = io::weights_of(fresh);
  for (auto& [name, tensor] : tensors)
    if (!head.contains(name)) tensor = loaded.at(name);
  nn::load_state(fresh, tensors, "(memory)");
  return fresh;
}

}  // namespace

std::string weights_file(const std::string& weights) {
  std::error_code ignored;
  return std::filesystem::is_directory(weights, ignored) ? model_file(weights) : weights;
}

bool is_network(std::string_view name) {
  return std::ranges::find(models::list(), name) != models::list().end();
}

Classifier load_network(const std::string& name, const NetworkOptions& options,
                        NetworkReport* report, Where where) {
  const graph::CallScope call(where);
  models::require_name(name);
  const auto [path, known] = source_of(name, options);
  const std::map<std::string, int> head = head_of(name, known.options);
  NetworkReport own;
  NetworkReport& told = report ? *report : own;
  told = {};
  told.guessed = !path.empty() && known.guessed;

  models::ModelOptions as = known.options;
  as.dropout = options.dropout;
  const auto with_classes = [&](std::size_t classes) {
    as.classes = static_cast<std::int64_t>(classes);
    return models::create(name, as);
  };
  std::vector<std::string> class_names = options.class_names;
  const auto load = [&]() -> nn::Layer {
    if (path.empty()) {
      if (class_names.empty()) class_names = known.class_names;
      nn::Layer net = with_classes(class_names.size());
      for (const nn::NamedTensor& t : nn::named_tensors(net)) told.fresh.push_back(t.name);
      return net;
    }
    const io::TensorFile file = options.foreign ? options.foreign->file : io::load_tensors(path);
    const auto count = static_cast<std::int64_t>(known.class_names.size());
    told.weight_classes = classes_in(file, head).value_or(count);
    nn::Layer loaded = with_classes(static_cast<std::size_t>(told.weight_classes));
    told.loaded = io::load_weights(file, loaded, {.convert = true, .find_prefix = true}, path);
    const bool known_classes = told.weight_classes == count;
    if (class_names.empty())
      class_names =
          known_classes ? known.class_names : data::numbered_class_names(told.weight_classes);
    if (known_classes && class_names == known.class_names) return loaded;
    if (options.class_names.empty()) return loaded;
    for (const auto& [tensor, axis] : head) told.fresh.push_back(tensor);
    return with_head(with_classes(class_names.size()), loaded, head);
  };
  nn::Layer net = load();
  nn::eval(net);
  const vision::ImageClassification& pictures = known.preprocessing;
  return {.model = name,
          .config = {},
          .net = std::move(net),
          .sample_shape = {pictures.channels, pictures.crop_size, pictures.crop_size},
          .largest_pixel = 255,
          .class_names = std::move(class_names),
          .preprocessing = {},
          .feature_names = {},
          .pictures = pictures,
          .options = as};
}

std::vector<std::string> notes_of(const NetworkReport& report) {
  std::vector<std::string> notes;
  if (report.guessed)
    notes.emplace_back(
        "the weights' file is none that is known: pictures are prepared as for the newest weights "
        "of this network that torchvision has");
  constexpr std::string_view converted = " became f32", uncounted = "num_batches_tracked is not in";
  std::size_t conversions = 0, counts = 0;
  for (const std::string& note : report.loaded.notes) {
    if (note.ends_with(converted))
      ++conversions;
    else if (note.find(uncounted) != note.npos)
      ++counts;
    else
      notes.push_back(note);
  }
  if (conversions > 0)
    notes.push_back(std::to_string(conversions) + " tensors of another precision became f32");
  if (counts > 0)
    notes.push_back("num_batches_tracked of " + std::to_string(counts) +
                    " batch norms is not in the file: left as it is");
  return notes;
}

std::string to_string(const NetworkReport& report) {
  const io::LoadReport& loaded = report.loaded;
  if (loaded.matched.empty())
    return "all " + std::to_string(report.fresh.size()) + " tensors are drawn anew\n";
  std::string text = "weights: " + loaded.format;
  if (!loaded.wrapper.empty()) text += ", in \"" + loaded.wrapper + "\"";
  text += "; " + std::to_string(loaded.matched.size() - report.fresh.size()) + " of " +
          std::to_string(loaded.matched.size()) + " tensors taken by their names";
  for (const std::string& note : notes_of(report)) text += "\n  " + note;
  if (!report.fresh.empty()) {
    text += "\n  new for other classes than the weights' " + std::to_string(report.weight_classes) +
            ":";
    for (const std::string& name : report.fresh) text += " " + name;
  }
  return text + "\n";
}

}  // namespace fathom::train
