#include "fathom/cli/model.h"

#include <fmt/core.h>

#include <cstdio>
#include <filesystem>

#include "fathom/io/file.h"
#include "fathom/keras/applications.h"
#include "fathom/keras/keras.h"
#include "fathom/models/create.h"
#include "fathom/models/published.h"

namespace fathom::cli {

train::NetworkOptions network_options(const std::string& name, const std::string& weights) {
  train::NetworkOptions options{.weights = weights};
  std::error_code ignored;
  if (weights.empty() || std::filesystem::is_directory(weights, ignored) ||
      !keras::is_keras_file(weights))
    return options;
  options.foreign = {keras::load_application(name, weights), models::keras_preprocessing(name)};
  return options;
}

train::Classifier open_model(const std::string& name, const std::string& weights, bool trained) {
  if (io::exists(name) || !train::is_network(name)) {
    if (!weights.empty() && io::exists(name))
      throw UsageError("--weights is for a network by its name; " + name + " has its own");
    const std::string near = io::exists(name) ? "" : nearest(name, models::list());
    if (!near.empty())
      throw UsageError("there is no folder and no network " + name + "; did you mean " + near +
                       "?");
    return train::load_model(name);
  }
  if (trained && weights.empty())
    throw UsageError("--weights is missing: " + name + " by its name has learnt nothing");
  train::NetworkReport report;
  train::Classifier classifier = train::load_network(name, network_options(name, weights), &report);
  for (const std::string& note : train::notes_of(report)) fmt::print(stderr, "note: {}\n", note);
  return classifier;
}

}  // namespace fathom::cli
