// How well a classifier does. N rows, C classes.
#pragma once
#include <cstdint>
#include <vector>

#include "fathom/data/dataset.h"
#include "fathom/nn/sequential.h"

namespace fathom::train {

/// The class with the largest logit in each row; the first of equals.
/// Shapes: f32 (N, C) -> N numbers.
std::vector<std::int64_t> predicted_classes(const Tensor& logits);

/// How many rows have their largest logit at the label. Shapes: f32 (N, C), i64 (N,).
std::int64_t count_correct(const Tensor& logits, const Tensor& labels);

/// counts[truth * classes + predicted].
struct ConfusionMatrix {
  std::int64_t classes = 0;
  std::vector<std::int64_t> counts;

  explicit ConfusionMatrix(std::int64_t classes = 0)
      : classes(classes), counts(static_cast<std::size_t>(classes * classes)) {}
  void add(std::int64_t truth, std::int64_t predicted) {
    ++counts[static_cast<std::size_t>(truth * classes + predicted)];
  }
  std::int64_t at(std::int64_t truth, std::int64_t predicted) const {
    return counts[static_cast<std::size_t>(truth * classes + predicted)];
  }
  std::int64_t correct() const;
  std::int64_t total() const;
  /// Share of rows on the diagonal; 0 without rows.
  double accuracy() const;
};

struct Evaluation {
  double loss = 0;  ///< mean cross entropy
  ConfusionMatrix confusion;
  std::vector<std::int64_t> predictions;  ///< of each row
  double accuracy() const { return confusion.accuracy(); }
};

/// Rows that are evaluated at once: the result does not depend on it.
inline constexpr std::int64_t evaluation_batch = 500;

/// Runs a classifier over all rows in inference mode.
/// Errors: ShapeError if the model's output is not (B, classes).
Evaluation evaluate_classifier(const nn::Layer& net, const data::Dataset& dataset);

}  // namespace fathom::train
