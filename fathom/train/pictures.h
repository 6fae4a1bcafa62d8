// The pictures that a training run leaves.
#pragma once
#include <string>
#include <vector>

#include "fathom/data/dataset.h"
#include "fathom/train/evaluation.h"

namespace fathom::train {

/// The confusion matrix of the test part. Errors: IoError.
void draw_confusion(const std::string& path, const Evaluation& evaluation,
                    const std::vector<std::string>& class_names);

/// Pictures of the test part that were taken for another class, "3 read as 8"; the first `most` of
/// them. Errors: ValueError if the rows are no pictures; IoError.
void draw_mistakes(const std::string& path, const Evaluation& evaluation, const data::Dataset& test,
                   std::size_t most = 40);

}  // namespace fathom::train
