// What decides the outcome of a training run: the same settings give the same model, bit for bit.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fathom::train {

/// Threads and loader workers are not here, since the result does not depend on them.
struct Settings {
  std::string data = "digits";  ///< a built-in name, a CSV file, or pictures in folders
  std::string label = "-1";     ///< of a CSV file: the label's column; of texts may be empty
  std::string data_sha256;      ///< of a CSV file, or of pictures' names, when the run began
  std::string model = "mlp";    ///< of models::names(), a network of models::list(), or text_model
  std::vector<std::int64_t> hidden = {100};
  bool batch_norm = true;
  bool relu = true;
  std::optional<double> dropout = {};  ///< none: 0, or of a network as published
  std::int64_t epochs = 0;             ///< 0: enough for 2000 steps, from 20 to 200
  std::int64_t batch_size = 32;
  std::string optimizer = "adam";
  double learning_rate = 1e-3;
  double weight_decay = 0;
  std::string schedule = "constant";  ///< of the learning rate, over the whole run
  std::int64_t warm_up = 0;           ///< steps in which it rises from 0
  std::uint64_t seed = 0;
  // Of networks for pictures.
  std::string weights = {};              ///< to begin with; empty: drawn anew
  std::string weights_sha256 = {};       ///< what the file held when the run began
  std::vector<std::string> freeze = {};  ///< patterns of what is not trained, as nn::freeze takes
  std::int64_t size = 0;                 ///< of the pictures' sides; 0: as the weights take them
  std::string augment = "automatic";     ///< one of augmentation_names()
  // Of texts.
  std::string text = {};  ///< the column that holds them; empty: found by data::text_column
};

/// JSON text, one key a line.
std::string to_json(const Settings& settings);
/// Errors: FormatError for text that is no JSON or misses a key, ValueError for what no run can
/// have; `source` stands for the file.
Settings settings_from_json(const std::string& text, const std::string& source);

}  // namespace fathom::train
