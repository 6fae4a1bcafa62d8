#include "fathom/nn/gradient.h"

#include <algorithm>
#include <new>

#include "fathom/core/error.h"
#include "fathom/core/small_vector.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/gradient.h"

namespace fathom::nn::detail {

struct LossScope::State {
  graph::RecordingScope recording;
  graph::ModelRoot root;
  std::optional<ModeScope> mode;
};

LossScope::LossScope(std::string (*path_of)(const void*, const void*), const void* model) {
  static_assert(sizeof(State) <= sizeof memory_);
  graph::Context& c = graph::context();
  state_ = new (memory_) State{{}, {path_of, model, c.model}, std::nullopt};
  c.model = &state_->root;
  if (c.mode == graph::Context::Mode::none) state_->mode.emplace(true, Tensor());
}
LossScope::~LossScope() {
  graph::context().model = state_->root.outer;
  state_->~State();
}

std::string path_of(void (*visit)(void*, Visitor&), void* model, const void* module) {
  class Find final : public Visitor {
   public:
    explicit Find(const void* wanted) : wanted_(wanted) {}
    std::string found;
    void param(const Path&, Param&) override {}
    void buffer(const Path&, Buffer&) override {}
    void module(const Path& path, const void* address, std::string_view) override {
      // The innermost module at an address: a struct starts where its first field does.
      if (address == wanted_ && path.outer) found = "net." + path.str();
    }

   private:
    const void* wanted_;
  } find(module);
  visit(model, find);
  return find.found;
}

namespace {

struct Argument {
  Tensor* tensor;
  bool trained;
};

/// What a gradient is taken by: a model's parameters, or all tensors of what has none.
class ArgumentList final : public Visitor {
 public:
  const SmallVector<Argument, 32>& list() const { return is_model ? params_ : tensors_; }
  bool is_model = false;

  void param(const Path&, Param& p) override {
    is_model = true;
    if (p.defined()) params_.push_back({&p, !p.frozen});
  }
  void buffer(const Path&, Buffer&) override { is_model = true; }
  void tensor(const Path&, Tensor& t) override {
    if (t.defined()) tensors_.push_back({&t, true});
  }

 private:
  SmallVector<Argument, 32> params_, tensors_;
};

}  // namespace

void separate_arguments(void (*visit)(void*, Visitor&), void* traced) {
  ArgumentList arguments;
  visit(traced, arguments);
  if (!arguments.is_model) {
    for (const Argument& a : arguments.list()) *a.tensor = graph::as_argument(*a.tensor);
    return;
  }
  // A value that only the model and its copy here hold is no other parameter's.
  SmallVector<Tensor*, 32> suspects;
  for (const Argument& a : arguments.list())
    if (a.tensor->value()->refs.load(std::memory_order_relaxed) > 2) suspects.push_back(a.tensor);
  if (suspects.size() < 2) return;
  std::sort(suspects.begin(), suspects.end(),
            [](const Tensor* a, const Tensor* b) { return a->value() < b->value(); });
  for (std::size_t i = 0; i < suspects.size();) {
    std::size_t end = i + 1;
    while (end < suspects.size() && suspects[end]->same_as(*suspects[i])) ++end;
    if (end > i + 1)
      for (std::size_t k = i; k < end; ++k) *suspects[k] = graph::as_argument(*suspects[k]);
    i = end;
  }
}

Tensor make_gradients(Tensor loss, void (*visit)(void*, Visitor&), void* traced) {
  ArgumentList arguments;
  if (!loss.defined())
    throw ValueError(
        {.operation = "value_and_grad", .problem = "the loss function returned an empty tensor"});
  visit(traced, arguments);
  SmallVector<Tensor*, 32> wanted;
  for (const Argument& a : arguments.list()) {
    if (a.trained && is_floating(a.tensor->dtype()))
      wanted.push_back(a.tensor);
    else
      *a.tensor = Tensor();
  }
  std::vector<Tensor> group;
  group.reserve(wanted.size() + 1);
  group.push_back(std::move(loss));
  for (Tensor* t : wanted) group.push_back(std::move(*t));
  graph::gradient_group(group);
  for (std::size_t i = 0; i < wanted.size(); ++i) *wanted[i] = std::move(group[i + 1]);
  return std::move(group[0]);
}

}  // namespace fathom::nn::detail
