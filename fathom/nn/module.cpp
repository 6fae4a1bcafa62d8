#include "fathom/nn/module.h"

#include "fathom/nn/sequential.h"

namespace fathom::nn {

std::string Path::str() const {
  std::string text = outer ? outer->str() : "";
  if (name.empty() && index < 0) return text;
  if (!text.empty()) text += ".";
  return text + (name.empty() ? std::to_string(index) : std::string(name));
}

namespace detail {

void visit_layer(Layer& layer, const Path& path, Visitor& visitor) { layer.visit(path, visitor); }

std::vector<NamedTensor> named(void (*visit)(void*, Visitor&), void* model) {
  class Names final : public Visitor {
   public:
    std::vector<NamedTensor> list;
    void param(const Path& path, Param& p) override {
      if (p.defined()) list.push_back({path.str(), p, !p.frozen});
    }
    void buffer(const Path& path, Buffer& b) override {
      if (b.value.defined()) list.push_back({path.str(), b.value, false});
    }
  } names;
  visit(model, names);
  return std::move(names.list);
}

std::int64_t count(void (*visit)(void*, Visitor&), void* model) {
  class Count final : public Visitor {
   public:
    std::int64_t total = 0;
    void param(const Path&, Param& p) override {
      if (p.defined()) total += p.size();
    }
    void buffer(const Path&, Buffer&) override {}
  } counter;
  visit(model, counter);
  return counter.total;
}

void evaluate(void (*visit)(void*, Visitor&), void* model) {
  std::vector<Tensor> tensors;
  for (NamedTensor& n : named(visit, model)) tensors.push_back(std::move(n.tensor));
  fathom::eval(tensors);
}

}  // namespace detail
}  // namespace fathom::nn
