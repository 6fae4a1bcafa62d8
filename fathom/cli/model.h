// The model that a command works with: that of a run or model folder, or a network by its name.
#pragma once
#include <string>

#include "fathom/cli/command.h"
#include "fathom/train/network.h"

namespace fathom::cli {

/// What --help says of the two words.
inline constexpr const char* model_help =
    "a run's folder, a model's, or a network's name (see: fathom models)";
inline constexpr const char* weights_help =
    "of a network by its name: a file of safetensors, PyTorch, NumPy or Keras, or a run's folder";

/// What makes a network by its name from weights, those of Keras' files too; "" for none. Errors:
/// those of keras::load_application.
train::NetworkOptions network_options(const std::string& name, const std::string& weights);

/// Reads a folder, or makes a network by its name with weights of a file. Notes on what was done
/// with foreign weights go to the standard error. Errors: UsageError for weights beside a folder, a
/// mistyped name, and without weights where `trained` is asked for; those of train::load_model and
/// train::load_network.
train::Classifier open_model(const std::string& name, const std::string& weights, bool trained);

}  // namespace fathom::cli
