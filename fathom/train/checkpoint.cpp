#include "fathom/train/checkpoint.h"

#include <cmath>

#include "fathom/graph/check.h"
#include "fathom/io/safetensors.h"
#include "fathom/nn/state.h"
#include "fathom/optim/state.h"
#include "fathom/train/json.h"

namespace fathom::train {
namespace {

// Version of the layout below; a reader refuses others.
constexpr int layout = 2;

constexpr std::string_view model_prefix = "model.";
constexpr std::string_view optimizer_prefix = "optimizer.";

Json json_of(const EpochRecord& r) {
  return {{"epoch", r.epoch},       {"step", r.step},           {"loss", r.loss},
          {"accuracy", r.accuracy}, {"test_loss", r.test_loss}, {"test_accuracy", r.test_accuracy},
          {"seconds", r.seconds}};
}

EpochRecord record_from(const Json& json) {
  return {json.at("epoch"),     json.at("step"),          json.at("loss"),   json.at("accuracy"),
          json.at("test_loss"), json.at("test_accuracy"), json.at("seconds")};
}

Json json_of(const Position& p) {
  Json history = Json::array();
  for (const EpochRecord& r : p.history) history.push_back(json_of(r));
  Json json = {{"epoch", p.epoch},     {"batch", p.batch},       {"step", p.step},
               {"seconds", p.seconds}, {"loss_sum", p.loss_sum}, {"correct", p.correct},
               {"rows", p.rows},       {"history", history}};
  if (const EpochRecord* best = p.best()) json["best"] = json_of(*best);
  return json;
}

Position position_from(const Json& json) {
  Position p{json.at("epoch"),    json.at("batch"),   json.at("step"), json.at("seconds"),
             json.at("loss_sum"), json.at("correct"), json.at("rows"), {}};
  for (const Json& line : json.at("history")) p.history.push_back(record_from(line));
  return p;
}

void require_finite(const std::string& name, const Tensor& tensor, std::int64_t step) {
  if (tensor.dtype() != DType::f32) return;
  std::int64_t at = 0;
  for (const float x : tensor.data<float>()) {
    if (!std::isfinite(x))
      throw NumericError(
          {.operation = "train",
           .problem = name + " is no longer finite after step " + std::to_string(step),
           .received = {{"element", std::to_string(at)}, {"value", graph::number_text(x)}},
           .hint = "a smaller learning rate (--lr)"});
    ++at;
  }
}

}  // namespace

std::string to_json(const EpochRecord& record) { return json_of(record).dump(); }

const EpochRecord* Position::best() const {
  const EpochRecord* best = nullptr;
  for (const EpochRecord& r : history)
    if (!best || r.test_accuracy > best->test_accuracy) best = &r;
  return best;
}

void save_checkpoint(const std::string& path, const Position& position, const nn::Layer& net,
                     Optimizer& optimizer) {
  std::vector<io::NamedTensor> tensors;
  for (const nn::NamedTensor& t : nn::named_tensors(net))
    tensors.emplace_back(std::string(model_prefix) + t.name, t.tensor);
  for (const auto& [name, tensor] : optim::named_state(optimizer.state(), net))
    tensors.emplace_back(std::string(optimizer_prefix) + name, tensor);
  for (const auto& [name, tensor] : tensors) require_finite(name, tensor, position.step);
  const Json state = json_of(position);
  io::save_safetensors(path, tensors,
                       {{"format", "fathom checkpoint"},
                        {"layout", std::to_string(layout)},
                        {"state", state.dump()}});
}

Position load_checkpoint(const std::string& path, nn::Layer& net, Optimizer& optimizer) {
  io::Safetensors file = io::load_safetensors(path);
  const auto found = file.metadata.find("layout");
  if (found == file.metadata.end() || found->second != std::to_string(layout) ||
      !file.metadata.contains("state"))
    throw FormatError({.operation = "load checkpoint",
                       .problem = "this is no checkpoint that this version can read",
                       .received = {{"file", path}},
                       .expected = "layout " + std::to_string(layout) + " in its metadata"});
  std::vector<io::NamedTensor> of_model;
  std::vector<io::NamedTensor> of_optimizer;
  for (io::NamedTensor& t : file.tensors) {
    if (t.first.starts_with(model_prefix))
      of_model.emplace_back(t.first.substr(model_prefix.size()), std::move(t.second));
    else if (t.first.starts_with(optimizer_prefix))
      of_optimizer.emplace_back(t.first.substr(optimizer_prefix.size()), std::move(t.second));
    else
      throw FormatError({.operation = "load checkpoint",
                         .problem = t.first + " is neither of the model nor of the optimizer",
                         .received = {{"file", path}}});
  }
  return read_json(file.metadata["state"], path, [&](const Json& state) {
    Position position = position_from(state);
    nn::load_state(net, of_model, path);
    optimizer.state() = optim::state_from(net, of_optimizer, path);
    return position;
  });
}

}  // namespace fathom::train
