// What travels with the published weights of the networks that models::create knows: how a picture
// becomes their input, and what their classes are called.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "fathom/models/options.h"
#include "fathom/vision/classification.h"

namespace fathom::models {

/// What is known of a network and of weights for it.
struct Published {
  vision::ImageClassification preprocessing;
  std::vector<std::string> class_names;
  /// How the network differs from the one of its name.
  ModelOptions options = {};
  /// Whether nothing is known of the file that was asked for: the rest is that of the name.
  bool guessed = false;
};

/// What is known of a network by its name and by the SHA-256 of its file of weights, which may be
/// "" or one that nobody published: then it is as torchvision's newest weights of the name take it.
///
/// Errors  ValueError for a name that models::list() has not
/// Source  torchvision's weights with their transforms; for the SqueezeNets also those of the
///         authors, which were trained with Caffe
Published published(std::string_view name, std::string_view sha256 = "",
                    Where where = Where::current());

/// How pictures become the input of a network with weights of keras.applications, which takes VGG's
/// from Caffe.
vision::ImageClassification keras_preprocessing(std::string_view name);

}  // namespace fathom::models
