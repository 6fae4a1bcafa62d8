// `fathom plan DIR`: what a training step or a prediction of a trained model is compiled to.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fathom/cli/model.h"
#include "fathom/fathom.h"
#include "fathom/figure/graph_drawing.h"
#include "fathom/graph/plan.h"
#include "fathom/io/file.h"
#include "fathom/train/by_name.h"
#include "fathom/train/settings.h"

namespace fathom::cli::plan_command {
namespace {

struct Wanted {
  std::string folder, weights, svg;
  std::int64_t batch = 0;  // 0: as in training
  bool inference = false, json = false;
};

using PlanPointer = std::shared_ptr<const graph::Plan>;

/// The settings of the run, or the defaults for a model without one.
train::Settings settings_of(const std::string& folder) {
  const std::string config = folder + "/config.json";
  // A network by its name does the work once, on as few pictures as batch norm takes.
  if (!io::exists(folder)) return {.batch_size = 2};
  if (!io::exists(folder + "/model")) return {};
  return train::settings_from_json(io::read_text(config), config);
}

/// Rows as a loader would give them, all zero: a plan depends on shapes alone.
data::Batch rows(const train::Classifier& classifier, std::int64_t count) {
  const Tensor labels = zeros({count}, DType::i64).eval();
  const Shape& sample = classifier.sample_shape;
  if (classifier.texts) return {zeros({count, 64}, DType::i64).eval(), labels};
  if (classifier.pictures) return {zeros({count, sample[0], sample[1], sample[2]}).eval(), labels};
  const DType dtype = sample.rank() >= 2 ? DType::u8 : DType::f32;
  Tensor stored = zeros({count, classifier.config.in_features}, dtype);
  stored.eval();
  return {classifier.preprocessing(stored), labels};
}

void train_one_step(const train::Classifier& classifier, nn::Layer& net,
                    train::Optimizer& optimizer, std::int64_t count) {
  nn::Rng rng;
  const nn::ModeScope scope = nn::training(rng);
  const auto loss_fn = [](const nn::Layer& n, const data::Batch& b) {
    return cross_entropy(n(b.inputs), b.labels);
  };
  const auto [loss, gradients] = value_and_grad(loss_fn)(net, rows(classifier, count));
  optimizer.step(net, gradients);
  loss.item();
}

/// Does the work once and takes its plan from the cache: what is shown is what runs.
PlanPointer plan_of(const train::Classifier& classifier, const train::Settings& settings,
                    const Wanted& wanted, std::int64_t count) {
  if (wanted.inference) {
    const nn::ModeScope scope = nn::inference();
    nn::eval(classifier.net);
    const data::Batch batch = rows(classifier, count);
    graph::clear_plan_cache();
    softmax(classifier.net(batch.inputs)).eval();
  } else {
    nn::Layer net = classifier.net;
    train::Optimizer optimizer(settings.optimizer, settings.learning_rate, settings.weight_decay);
    // The first step also makes the optimizer's state; the second is what every later one is.
    train_one_step(classifier, net, optimizer, count);
    graph::clear_plan_cache();
    train_one_step(classifier, net, optimizer, count);
  }
  const std::vector<PlanPointer> plans = graph::cached_plans();
  return *std::max_element(plans.begin(), plans.end(),
                           [](const PlanPointer& a, const PlanPointer& b) {
                             return a->program.instructions.size() < b->program.instructions.size();
                           });
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

int show(const Wanted& wanted) {
  const train::Classifier classifier = open_model(wanted.folder, wanted.weights, false);
  const train::Settings settings = settings_of(wanted.folder);
  const std::int64_t count = wanted.batch > 0 ? wanted.batch : settings.batch_size;
  const PlanPointer plan = plan_of(classifier, settings, wanted, count);
  const std::string work =
      fmt::format("{} of {} on {} rows", wanted.inference ? "A prediction" : "A training step",
                  classifier.model, count);
  if (!wanted.svg.empty()) figure::save_graph(plan->program, work, wanted.svg);
  const std::string graph = graph::print(plan->program), steps = plan->describe();
  if (wanted.json) {
    const nlohmann::ordered_json facts = {
        {"work", wanted.inference ? "prediction" : "training step"},
        {"model", classifier.model},
        {"batch", count},
        {"parameters", nn::parameter_count(classifier.net)},
        {"graph", lines_of(graph)},
        {"steps", lines_of(steps)},
        {"estimated_bytes", plan->estimated_bytes()},
        {"scratch_bytes", plan->executable->scratch_bytes()},
        {"compile_ms", plan->compile_ms}};
    fmt::print("{}\n", facts.dump());
    return 0;
  }
  fmt::print(
      "{}: {} operations in {} steps, compiled in {:.2f} ms\n\nGraph, after the passes\n{}\n", work,
      plan->program.instructions.size(), lines_of(steps).size(), plan->compile_ms, graph);
  fmt::print("Plan\n{}\n", steps);
  fmt::print("Memory: {} bytes, {} of them scratch\n", plan->estimated_bytes(),
             plan->executable->scratch_bytes());
  if (!wanted.svg.empty()) fmt::print("Drawn: {}\n", wanted.svg);
  return 0;
}

Action plan(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("DIR", wanted->folder, model_help, Need::required);
  options.option("--weights", wanted->weights, weights_help);
  options.flag("--inference", wanted->inference, "show a prediction instead of a training step");
  options.option("--batch", wanted->batch,
                 "rows in a step; 0: as in training, 2 for a network by its name", {0, 1e6});
  options.option("--svg", wanted->svg, "draw the graph into this file (.svg or .png)");
  options.flag("--json", wanted->json, "print one JSON object");
  options.example("fathom plan runs/digits --svg step.svg");
  options.example("fathom plan squeezenet1_1 --inference --batch 1");
  return [wanted] { return show(*wanted); };
}
const Command command(60, "plan", "Show what a model's training step or prediction is compiled to",
                      plan);

}  // namespace
}  // namespace fathom::cli::plan_command
