#include "fathom/train/metrics.h"

#include <algorithm>
#include <numeric>

#include "fathom/core/error.h"
#include "fathom/data/loader.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/loss.h"

namespace fathom::train {

std::vector<std::int64_t> predicted_classes(const Tensor& logits) {
  const auto values = logits.data<float>();
  const auto classes = static_cast<std::size_t>(logits.size(1));
  std::vector<std::int64_t> predicted;
  predicted.reserve(static_cast<std::size_t>(logits.size(0)));
  for (std::size_t at = 0; at < values.size(); at += classes) {
    const auto row = values.subspan(at, classes);
    predicted.push_back(std::max_element(row.begin(), row.end()) - row.begin());
  }
  return predicted;
}

std::int64_t count_correct(const Tensor& logits, const Tensor& labels) {
  const std::vector<std::int64_t> predicted = predicted_classes(logits);
  const auto truth = labels.data<std::int64_t>();
  std::int64_t correct = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) correct += predicted[i] == truth[i] ? 1 : 0;
  return correct;
}

std::int64_t ConfusionMatrix::correct() const {
  std::int64_t sum = 0;
  for (std::int64_t c = 0; c < classes; ++c) sum += at(c, c);
  return sum;
}
std::int64_t ConfusionMatrix::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}
double ConfusionMatrix::accuracy() const {
  const std::int64_t n = total();
  return n == 0 ? 0 : static_cast<double>(correct()) / static_cast<double>(n);
}

Evaluation evaluate_classifier(const nn::Layer& net, const data::Dataset& dataset) {
  const nn::ModeScope scope = nn::inference();
  Evaluation result;
  result.confusion = ConfusionMatrix(dataset.classes());
  double loss_sum = 0;
  for (const data::Batch& batch : data::loader(dataset, {.batch_size = evaluation_batch})) {
    const Tensor logits = net(batch.inputs);
    if (logits.rank() != 2 || logits.size(1) != dataset.classes())
      throw ShapeError({.operation = "evaluate",
                        .problem = "the model's output does not fit the data's classes",
                        .received = {{"output", to_string(logits.shape())},
                                     {"classes", std::to_string(dataset.classes())}}});
    const Tensor loss = cross_entropy(logits, batch.labels);
    const Tensor both[] = {loss, logits};
    eval(both);
    loss_sum += loss.item() * static_cast<double>(batch.size());
    const auto truth = batch.labels.data<std::int64_t>();
    std::size_t row = 0;
    for (const std::int64_t predicted : predicted_classes(logits)) {
      result.confusion.add(truth[row++], predicted);
      result.predictions.push_back(predicted);
    }
  }
  result.loss = loss_sum / static_cast<double>(dataset.size());
  return result;
}

}  // namespace fathom::train
