// How well a classifier does on the rows of a data set. N rows, C classes.
#pragma once
#include <cstdint>
#include <vector>

#include "fathom/data/source.h"
#include "fathom/nn/sequential.h"

namespace fathom::train {

struct Evaluation {
  double loss = 0;   ///< mean cross entropy
  Tensor confusion;  ///< f64 (C, C): rows of each class by what they were taken for
  std::vector<std::int64_t> predictions;  ///< of each row
  std::int64_t correct = 0;               ///< rows taken for what they are

  std::int64_t rows() const { return static_cast<std::int64_t>(predictions.size()); }
  /// Share of right rows; 0 without rows.
  double accuracy() const {
    return rows() == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(rows());
  }
};

/// Rows that are evaluated at once, pictures, and texts: the result does not depend on it.
inline constexpr std::int64_t evaluation_batch = 500, picture_batch = 32, text_batch = 64;

/// Runs a classifier over all rows in inference mode.
/// Errors: ShapeError if the model's output is not (B, classes).
Evaluation evaluate_classifier(const nn::Layer& net, const data::Dataset& dataset);
/// The same over any source of rows of so many classes. `workers` threads gather them.
Evaluation evaluate_classifier(const nn::Layer& net, const data::Source<data::Batch>& rows,
                               std::int64_t classes, std::int64_t batch_size, int workers = 0);

}  // namespace fathom::train
