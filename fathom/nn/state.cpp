#include "fathom/nn/state.h"

#include <map>

#include "fathom/core/error.h"
#include "fathom/graph/op.h"

namespace fathom::nn::detail {
namespace {

/// Pairs a model's leaves with tensors by name and notes what does not fit.
class Match final : public Visitor {
 public:
  explicit Match(std::span<const NamedTensor> state) {
    for (const NamedTensor& n : state) unused_.emplace(n.name, &n.tensor);
  }
  void param(const Path& path, Param& p) override {
    if (p.defined()) take(path.str(), p);
  }
  void buffer(const Path& path, Buffer& b) override {
    if (b.value.defined()) take(path.str(), b.value);
  }

  std::vector<std::pair<Tensor*, const Tensor*>> pairs;
  std::vector<std::string> problems;

  void finish() {
    for (const auto& [name, tensor] : unused_)
      problems.push_back("unexpected " + name + " " + graph::describe(*tensor));
  }

 private:
  void take(const std::string& name, Tensor& own) {
    const auto it = unused_.find(name);
    if (it == unused_.end()) {
      problems.push_back("missing " + name + " " + graph::describe(own));
      return;
    }
    const Tensor& given = *it->second;
    if (given.shape() == own.shape() && given.dtype() == own.dtype())
      pairs.emplace_back(&own, &given);
    else
      problems.push_back("mismatched " + name + ": the model has " + graph::describe(own) + ", the file " +
                         graph::describe(given));
    unused_.erase(it);
  }

  std::map<std::string, const Tensor*> unused_;
};

}  // namespace

void load_state(void (*visit)(void*, Visitor&), void* model, std::span<const NamedTensor> state,
                const std::string& source) {
  Match match(state);
  visit(model, match);
  match.finish();
  if (!match.problems.empty()) {
    std::string list;
    for (const std::string& p : match.problems) list += "\n    " + p;
    throw FormatError({.operation = "load",
                       .problem = source + " does not fit the model:" + list,
                       .hint = "the model must be built with the settings that the state was saved with"});
  }
  for (const auto& [own, given] : match.pairs) *own = *given;
}

}  // namespace fathom::nn::detail
