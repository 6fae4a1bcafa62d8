// Private to fathom/keras: a whole model's description, and how it is built.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "fathom/keras/layer.h"

namespace fathom::keras::detail {

/// What the JSON of a model says.
struct ModelConfig {
  std::string type;  ///< "Sequential", "Functional"
  bool functional = false;
  std::vector<LayerConfig> layers;
  Json inputs, outputs;  ///< of a Functional model
};

/// Gives the weights of a layer, of which there are `count`.
using WeightsOf = std::function<std::vector<Tensor>(const LayerConfig&, std::size_t count)>;

/// Errors: FormatError; UnsupportedError for a class of the user's and for models in models.
ModelConfig parse_model(const std::string& json, const std::string& source);
/// Errors: FormatError; UnsupportedError that lists the layers that are not known.
Model build_model(const ModelConfig& config, const WeightsOf& weights, const std::string& source);

}  // namespace fathom::keras::detail
