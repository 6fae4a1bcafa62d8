#include "fathom/nn/state.h"

#include <map>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"

namespace fathom::nn::detail {
namespace {

class Targets final : public Visitor {
 public:
  std::map<std::string, Tensor*> by_name;
  void param(const Path& path, Param& p) override {
    if (p.defined()) by_name.emplace(path.str(), &p);
  }
  void buffer(const Path& path, Buffer& b) override {
    if (b.value.defined()) by_name.emplace(path.str(), &b.value);
  }
};

}  // namespace

void load_state(void (*visit)(void*, Visitor&), void* model, const std::string& source,
                std::span<const std::pair<std::string, Tensor>> tensors, const Where& where,
                const std::string& hint) {
  const graph::CallScope call(where);
  Targets targets;
  visit(model, targets);
  std::map<std::string, Tensor*> missing = targets.by_name;
  std::string problems;
  for (const auto& [name, tensor] : tensors) {
    const auto target = targets.by_name.find(name);
    if (target == targets.by_name.end()) {
      problems += "\n    unexpected " + name + ": " + graph::describe(tensor);
      continue;
    }
    missing.erase(name);
    const Tensor& own = *target->second;
    if (own.shape() == tensor.shape() && own.dtype() == tensor.dtype()) continue;
    problems += "\n    mismatched " + name + ": " + graph::describe(tensor) + ", the model has " +
                graph::describe(own);
  }
  for (const auto& [name, own] : missing)
    problems += "\n    missing " + name + ": " + graph::describe(*own);
  if (!problems.empty())
    throw FormatError({.operation = "load",
                       .problem = "the tensors do not fit the model",
                       .received = {{"file", source}},
                       .expected = "the model's own names and shapes:" + problems,
                       .hint = hint});
  for (const auto& [name, tensor] : tensors) *targets.by_name[name] = tensor;
}

}  // namespace fathom::nn::detail
