#include "fathom/train/settings.h"

#include "fathom/train/json.h"

namespace fathom::train {

std::string to_json(const Settings& s) {
  return Json{{"data", s.data},
              {"label", s.label},
              {"data_sha256", s.data_sha256},
              {"model", s.model},
              {"hidden", s.hidden},
              {"batch_norm", s.batch_norm},
              {"relu", s.relu},
              {"dropout", s.dropout},
              {"epochs", s.epochs},
              {"batch_size", s.batch_size},
              {"optimizer", s.optimizer},
              {"learning_rate", s.learning_rate},
              {"weight_decay", s.weight_decay},
              {"schedule", s.schedule},
              {"warm_up", s.warm_up},
              {"seed", s.seed}}
             .dump(2) +
         "\n";
}

Settings settings_from_json(const std::string& text, const std::string& source) {
  return read_json(text, source, [](const Json& json) {
    Settings s;
    json.at("data").get_to(s.data);
    json.at("label").get_to(s.label);
    json.at("data_sha256").get_to(s.data_sha256);
    json.at("model").get_to(s.model);
    json.at("hidden").get_to(s.hidden);
    json.at("batch_norm").get_to(s.batch_norm);
    json.at("relu").get_to(s.relu);
    json.at("dropout").get_to(s.dropout);
    json.at("epochs").get_to(s.epochs);
    json.at("batch_size").get_to(s.batch_size);
    json.at("optimizer").get_to(s.optimizer);
    json.at("learning_rate").get_to(s.learning_rate);
    json.at("weight_decay").get_to(s.weight_decay);
    json.at("schedule").get_to(s.schedule);
    json.at("warm_up").get_to(s.warm_up);
    json.at("seed").get_to(s.seed);
    return s;
  });
}

}  // namespace fathom::train
