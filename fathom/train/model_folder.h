// A model directory: weights, and beside them what is needed to use them.
#pragma once
#include <string>
#include <vector>

#include "fathom/data/dataset.h"
#include "fathom/models/create.h"
#include "fathom/nn/sequential.h"

namespace fathom::train {

/// A classifier with what was done to its inputs in training.
struct Classifier {
  std::string model;  ///< a name that models::create_mlp takes
  models::MlpConfig config;
  nn::Layer net;
  Shape sample_shape;
  double largest_pixel = 0;  ///< what white is among the stored inputs; 0: inputs are no pictures
  std::vector<std::string> class_names;
  data::Preprocessing preprocessing;
  std::vector<std::string> feature_names;  ///< of a table's columns; empty if they had none

  bool reads_images() const { return largest_pixel > 0; }
  /// Class probabilities of rows as they were stored. Shapes: (N, features) -> f32 (N, classes).
  /// Errors: ShapeError for another number of features.
  Tensor probabilities(const Tensor& rows) const;
  /// Refuses data that this model cannot read or whose columns have other names, and counts labels
  /// as the model does.
  /// Errors: ShapeError, ValueError.
  data::Dataset adapt(const data::Dataset& dataset) const;
};

/// Writes model.safetensors and config.json into a folder that exists, each atomically.
/// Errors: IoError.
void save_model(const std::string& folder, const Classifier& classifier,
                Where where = Where::current());

/// Reads a model directory, or the model of a run directory.
/// Errors: IoError; FormatError that lists every tensor that does not fit.
Classifier load_model(const std::string& folder, Where where = Where::current());

/// SHA-256 of the bytes of the model's safetensors file: equal for equal bits in all tensors.
std::string fingerprint(const nn::Layer& net);

}  // namespace fathom::train
