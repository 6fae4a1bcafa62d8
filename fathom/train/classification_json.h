// A network's preprocessing as JSON, for model folders and the command line.
#pragma once
#include "fathom/train/json.h"
#include "fathom/vision/classification.h"

namespace fathom::train {

Json preprocessing_json(const vision::ImageClassification& preprocessing);
/// Errors: Json::exception for a missing key; ValueError for what is no way to prepare pictures.
vision::ImageClassification preprocessing_from(const Json& json);

}  // namespace fathom::train
