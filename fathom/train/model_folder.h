// A model directory: weights, and beside them what is needed to use them.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fathom/data/dataset.h"
#include "fathom/data/pictures.h"
#include "fathom/models/create.h"
#include "fathom/models/text_bag.h"
#include "fathom/nn/sequential.h"
#include "fathom/train/texts.h"
#include "fathom/vision/classification.h"

namespace fathom::train {

/// A classifier with what was done to its inputs in training: a perceptron that takes rows of
/// numbers or small pictures as such, a network for pictures, or one for texts.
struct Classifier {
  std::string model;  ///< a name that models::create_mlp or models::create takes, or text_model
  models::MlpConfig config;  ///< of a perceptron
  nn::Layer net;
  Shape sample_shape;        ///< of a stored row, or (C, H, W) of a network's input
  double largest_pixel = 0;  ///< what white is among the stored inputs; 0: inputs are no pictures
  std::vector<std::string> class_names;
  data::Preprocessing preprocessing;       ///< of a perceptron
  std::vector<std::string> feature_names;  ///< of a table's columns; empty if they had none
  std::optional<vision::ImageClassification> pictures;  ///< of a network for pictures
  models::ModelOptions options;                         ///< of a network for pictures
  std::optional<TextReader> texts = {};                 ///< of one for texts
  models::TextBagConfig text_config = {};               ///< of one for texts

  /// A network for texts with fresh parameters, drawn from this thread's generator. Errors:
  /// ValueError for extents below 1.
  static Classifier for_texts(TextReader reader, std::int64_t dim,
                              std::vector<std::string> class_names);

  bool reads_images() const { return largest_pixel > 0; }
  std::int64_t classes() const { return static_cast<std::int64_t>(class_names.size()); }
  /// What the model says of rows as they were stored, or of pictures or texts as `pictures` or
  /// `texts` prepares them. Shapes: (N, features), (N, C, H, W) or i64 (N, L) -> f32 (N, classes).
  /// Errors: ShapeError for another shape.
  Tensor logits(const Tensor& rows) const;
  /// softmax(logits(rows)).
  Tensor probabilities(const Tensor& rows) const;
  /// Refuses data that this model cannot read or whose columns have other names, and counts labels
  /// as the model does.
  /// Errors: ShapeError, ValueError.
  data::Dataset adapt(const data::Dataset& dataset) const;
  /// The pictures as a network takes them, or as `prepare` gives them, with labels as it counts
  /// them. Errors: ValueError for a class that it does not know.
  data::Source<data::Batch> adapt(
      const data::Pictures& photos,
      std::function<Tensor(const Tensor& picture, const Tensor& key)> prepare = {}) const;
  /// The same of texts. Errors: ValueError for a class that it does not know.
  data::Source<data::Batch> adapt(const data::Texts& texts) const;
};

/// Writes model.safetensors and config.json into a folder that exists, each atomically.
/// Errors: IoError.
void save_model(const std::string& folder, const Classifier& classifier,
                Where where = Where::current());

/// Reads a model directory, or the model of a run directory.
/// Errors: IoError; FormatError that lists every tensor that does not fit.
Classifier load_model(const std::string& folder, Where where = Where::current());
/// The file with the weights of such a folder.
std::string model_file(const std::string& folder);

/// SHA-256 of the bytes of the model's safetensors file: equal for equal bits in all tensors.
std::string fingerprint(const nn::Layer& net);

}  // namespace fathom::train
