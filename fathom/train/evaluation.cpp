#include "fathom/train/evaluation.h"

#include "fathom/core/error.h"
#include "fathom/data/loader.h"
#include "fathom/metrics/classification.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/loss.h"
#include "fathom/ops/reduce.h"

namespace fathom::train {

Evaluation evaluate_classifier(const nn::Layer& net, const data::Dataset& dataset) {
  return evaluate_classifier(net, data::source(dataset), dataset.classes(), evaluation_batch);
}

Evaluation evaluate_classifier(const nn::Layer& net, const data::Source<data::Batch>& rows,
                               std::int64_t classes, std::int64_t batch_size, int workers) {
  const nn::ModeScope scope = nn::inference();
  Evaluation result;
  metrics::Metric confusion = metrics::confusion_matrix({.classes = classes});
  double loss_sum = 0;
  for (const data::Batch& batch :
       data::loader(rows, {.batch_size = batch_size, .workers = workers})) {
    const Tensor logits = net(batch.inputs);
    if (logits.rank() != 2 || logits.size(1) != classes)
      throw ShapeError({.operation = "evaluate",
                        .problem = "the model's output does not fit the data's classes",
                        .received = {{"output", to_string(logits.shape())},
                                     {"classes", std::to_string(classes)}}});
    const Tensor predicted = argmax(logits, 1), correct = sum(predicted == batch.labels);
    const Tensor loss = cross_entropy(logits, batch.labels);
    const Tensor all[] = {loss, predicted, correct};
    eval(all);
    loss_sum += loss.item() * static_cast<double>(batch.size());
    result.correct += correct.item<std::int64_t>();
    confusion.update(predicted, batch.labels);
    const auto classes = predicted.data<std::int64_t>();
    result.predictions.insert(result.predictions.end(), classes.begin(), classes.end());
  }
  result.loss = loss_sum / static_cast<double>(rows.size);
  result.confusion = confusion.compute();
  return result;
}

}  // namespace fathom::train
