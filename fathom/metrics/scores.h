// Private to fathom/metrics: predictions as scores or probabilities.
#pragma once
#include "fathom/metrics/classification.h"

namespace fathom::metrics::detail {

struct Scores {
  Task task = Task::binary;
  std::size_t rows = 0;
  std::int64_t columns = 1;         // 1 for binary, else classes or labels
  std::vector<double> values;       // rows x columns
  std::vector<std::int64_t> truth;  // a class number a row, or 0 and 1 for each column
};

/// Logits become probabilities: softmax for multiclass, the sigmoid otherwise.
/// Errors: as Metric::update; DTypeError for predictions that are no floats.
Scores scores_of(const char* metric, Task task, bool from_logits, const Tensor& prediction,
                 const Tensor& target);

}  // namespace fathom::metrics::detail
