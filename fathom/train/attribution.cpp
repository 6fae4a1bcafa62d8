#include "fathom/train/attribution.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/gradient.h"
#include "fathom/ops/interpolate.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"
#include "fathom/passes/passes.h"

namespace fathom::train::detail {
namespace {

/// Keeps what each module gives, by its address.
class Recorder final : public graph::Observer {
 public:
  Recorder() : before_(graph::context().observer) { graph::context().observer = this; }
  ~Recorder() override { graph::context().observer = before_; }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  void node(const graph::Node&, const graph::ModuleScope*) override {}
  void result(const void* module, const Tensor& y) override { results.emplace_back(module, y); }

  std::vector<std::pair<const void*, Tensor>> results;

 private:
  graph::Observer* before_;
};

/// What a call gives, and its layers.
struct Called {
  Tensor result;
  std::vector<LayerOutput> layers;
};
Called call_recorded(void (*visit)(void*, nn::Visitor&), void* model,
                     const std::function<Tensor()>& call) {
  const nn::ModeScope mode = nn::inference();
  Recorder recorder;
  Called called{call(), {}};
  constexpr std::string_view root = "net.";
  for (const auto& [module, value] : recorder.results) {
    std::string path = nn::detail::path_of(visit, model, module);
    if (path.starts_with(root)) path.erase(0, root.size());
    called.layers.push_back({std::move(path), value});
  }
  return called;
}

bool has_maps(const Tensor& t) { return t.rank() == 4 && t.size(2) * t.size(3) > 1; }

}  // namespace

std::vector<LayerOutput> layer_outputs(void (*visit)(void*, nn::Visitor&), void* model,
                                       const std::function<Tensor()>& call) {
  return call_recorded(visit, model, call).layers;
}

Tensor layer_output(const std::vector<LayerOutput>& outputs, std::string_view layer,
                    const Where& where) {
  const auto found = std::ranges::find(outputs, layer, &LayerOutput::layer);
  if (found != outputs.end()) return found->value;
  throw ValueError({.operation = "train::layer_output",
                    .problem = "the model called no layer of this path",
                    .received = {{"layer", std::string(layer)}},
                    .expected = outputs.empty() ? "a model that is made of layers"
                                                : "one as from " + outputs.front().layer + " to " +
                                                      outputs.back().layer,
                    .where = to_string(where)});
}

Tensor class_score(const Tensor& logits, std::int64_t label, const Where& where) {
  const graph::CallScope call(where);
  if (logits.rank() != 2)
    throw ShapeError({.operation = "train::class_score",
                      .problem = "the model gives no scores of classes",
                      .received = {{"output", graph::describe(logits)}},
                      .expected = "(B, classes)"});
  if (label < 0 || label >= logits.size(1))
    throw IndexError({.operation = "train::class_score",
                      .problem = "class " + std::to_string(label) + " is out of range",
                      .expected = "0 to " + std::to_string(logits.size(1) - 1)});
  return sum(slice(logits, 1, label, label + 1));
}

Tensor largest_change(const Tensor& gradient) { return max(abs(gradient), {1}).eval(); }

Tensor grad_cam(void (*visit)(void*, nn::Visitor&), void* model,
                const std::function<Tensor()>& call, const Shape& input, std::int64_t label,
                std::string_view layer, const Where& where) {
  const graph::CallScope scope(where);
  const graph::RecordingScope recording;
  const Called called = call_recorded(visit, model, call);
  Tensor maps;
  if (layer.empty()) {
    for (const LayerOutput& output : called.layers)
      if (has_maps(output.value)) maps = output.value;
  } else {
    maps = layer_output(called.layers, layer, where);
  }
  if (!maps.defined() || !has_maps(maps))
    throw ValueError({.operation = "train::grad_cam",
                      .problem = "the layer gives no maps",
                      .received = {{"layer", layer.empty() ? "any" : std::string(layer)}},
                      .expected = "(B, K, h, w) with more than one place"});
  const Tensor score = class_score(called.result, label, where);
  const Tensor gradient = graph::differentiate({score}, {ones_like(score)}, {maps}).front();
  if (!gradient.defined()) return zeros({input[0], input[2], input[3]});
  const Tensor weight = mean(gradient, {2, 3}, true);
  const Tensor found = relu(sum(maps * weight, {1}, true));  // (B, 1, h, w)
  const Tensor whole =
      reshape(interpolate(found, {.size = {input[2], input[3]}, .mode = InterpolateMode::bilinear}),
              {input[0], input[2], input[3]});
  const Tensor most = max(whole, {1, 2}, true);
  return (whole / fathom::where(most > 0, most, 1.0)).eval();
}

}  // namespace fathom::train::detail
