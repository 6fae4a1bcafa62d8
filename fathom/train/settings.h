// What decides the outcome of a training run: the same settings give the same model, bit for bit.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace fathom::train {

/// Threads and loader workers are not here, since the result does not depend on them.
struct Settings {
  std::string data = "digits";  ///< a built-in name or a CSV file
  std::string label = "-1";     ///< of a CSV file: the label's column
  std::string data_sha256;      ///< of a CSV file: what it held when the run began
  std::string model = "mlp";
  std::vector<std::int64_t> hidden = {100};
  bool batch_norm = true;
  bool relu = true;
  double dropout = 0;
  std::int64_t epochs = 0;  ///< 0: enough for 2000 steps, from 20 to 200
  std::int64_t batch_size = 32;
  std::string optimizer = "adam";
  double learning_rate = 1e-3;
  double weight_decay = 0;
  std::string schedule = "constant";  ///< of the learning rate, over the whole run
  std::int64_t warm_up = 0;           ///< steps in which it rises from 0
  std::uint64_t seed = 0;
};

/// JSON text, one key a line.
std::string to_json(const Settings& settings);
/// Errors: FormatError for text that is no JSON or misses a key, ValueError for what no run can
/// have; `source` stands for the file.
Settings settings_from_json(const std::string& text, const std::string& source);

}  // namespace fathom::train
