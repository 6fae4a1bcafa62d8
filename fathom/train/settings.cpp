#include "fathom/train/settings.h"

#include <algorithm>
#include <tuple>

#include "fathom/models/create.h"
#include "fathom/train/augmentation.h"
#include "fathom/train/by_name.h"
#include "fathom/train/json.h"
#include "fathom/train/network.h"
#include "fathom/train/texts.h"

namespace fathom::train {
namespace {

/// Refuses what no run has: somebody has written in the file.
void check(const Settings& s) {
  const auto require = [](bool good, const char* key, auto value, const char* expected) {
    if (!good)
      throw ValueError({.operation = "settings",
                        .problem = std::string(key) + " is " + Json(value).dump(),
                        .expected = expected});
  };
  require(s.epochs >= 0, "epochs", s.epochs, "at least 0");
  require(s.batch_size >= 1, "batch_size", s.batch_size, "at least 1");
  require(s.warm_up >= 0, "warm_up", s.warm_up, "at least 0");
  require(std::ranges::all_of(s.hidden, [](std::int64_t width) { return width >= 1; }), "hidden",
          s.hidden, "widths of at least 1");
  require(!s.dropout || (*s.dropout >= 0 && *s.dropout < 1), "dropout", s.dropout.value_or(0),
          "at least 0 and below 1");
  require(s.learning_rate >= 0, "learning_rate", s.learning_rate, "at least 0");
  require(s.weight_decay >= 0, "weight_decay", s.weight_decay, "at least 0");
  require(s.size >= 0 && s.size <= 1 << 14, "size", s.size, "0 to 16384");
  require(is_network(s.model) || s.model == text_model ||
              std::ranges::find(models::names(), s.model) != models::names().end(),
          "model", s.model, "mlp, linear, or a network's name");
  const std::tuple<const char*, const std::string&, const std::vector<std::string>&> choices[] = {
      {"augment", s.augment, augmentation_names()},
      {"optimizer", s.optimizer, Optimizer::names()},
      {"schedule", s.schedule, schedule_names()}};
  for (const auto& [key, value, names] : choices) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "one of " : ", ") + name;
    require(std::ranges::find(names, value) != names.end(), key, value, all.c_str());
  }
}

}  // namespace

std::string to_json(const Settings& s) {
  return Json{{"data", s.data},
              {"label", s.label},
              {"data_sha256", s.data_sha256},
              {"model", s.model},
              {"hidden", s.hidden},
              {"batch_norm", s.batch_norm},
              {"relu", s.relu},
              {"dropout", s.dropout ? Json(*s.dropout) : Json()},
              {"epochs", s.epochs},
              {"batch_size", s.batch_size},
              {"optimizer", s.optimizer},
              {"learning_rate", s.learning_rate},
              {"weight_decay", s.weight_decay},
              {"schedule", s.schedule},
              {"warm_up", s.warm_up},
              {"seed", s.seed},
              {"weights", s.weights},
              {"weights_sha256", s.weights_sha256},
              {"freeze", s.freeze},
              {"size", s.size},
              {"augment", s.augment},
              {"text", s.text}}
             .dump(2) +
         "\n";
}

Settings settings_from_json(const std::string& text, const std::string& source) {
  return io::read_json<Json>(text, source, [](const Json& json) {
    Settings s;
    json.at("data").get_to(s.data);
    json.at("label").get_to(s.label);
    json.at("data_sha256").get_to(s.data_sha256);
    json.at("model").get_to(s.model);
    json.at("hidden").get_to(s.hidden);
    json.at("batch_norm").get_to(s.batch_norm);
    json.at("relu").get_to(s.relu);
    if (const Json& dropout = json.at("dropout"); !dropout.is_null())
      s.dropout = dropout.get<double>();
    json.at("epochs").get_to(s.epochs);
    json.at("batch_size").get_to(s.batch_size);
    json.at("optimizer").get_to(s.optimizer);
    json.at("learning_rate").get_to(s.learning_rate);
    json.at("weight_decay").get_to(s.weight_decay);
    json.at("schedule").get_to(s.schedule);
    json.at("warm_up").get_to(s.warm_up);
    json.at("seed").get_to(s.seed);
    json.at("weights").get_to(s.weights);
    json.at("weights_sha256").get_to(s.weights_sha256);
    json.at("freeze").get_to(s.freeze);
    json.at("size").get_to(s.size);
    json.at("augment").get_to(s.augment);
    s.text = json.value("text", "");
    check(s);
    return s;
  });
}

}  // namespace fathom::train
