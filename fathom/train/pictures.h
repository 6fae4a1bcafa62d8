// The pictures that a training run leaves.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "fathom/data/pictures.h"
#include "fathom/train/evaluation.h"
#include "fathom/vision/transform.h"

namespace fathom::train {

/// The confusion matrix of the test part. Errors: IoError.
void draw_confusion(const std::string& path, const Evaluation& evaluation,
                    const std::vector<std::string>& class_names);

/// Pictures of the test part that were taken for another class, "3 read as 8"; the first `most` of
/// them, as `view` shows each, if it is given. Errors: ValueError for another number of pictures
/// than was evaluated; IoError.
void draw_mistakes(const std::string& path, const Evaluation& evaluation,
                   const data::Pictures& test,
                   const std::function<Tensor(const Tensor& picture)>& view = {},
                   std::size_t most = 40);

/// Some of the pictures as training sees them, drawn by the seed. Errors: IoError; those of the
/// pictures and the transform.
void draw_samples(const std::string& path, const data::Pictures& train,
                  const vision::Transform& varied, std::uint64_t seed = 0);

}  // namespace fathom::train
