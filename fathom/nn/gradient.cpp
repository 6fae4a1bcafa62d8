#include "fathom/nn/gradient.h"

#include <new>

#include "fathom/core/error.h"
#include "fathom/core/small_vector.h"
#include "fathom/graph/context.h"
#include "fathom/graph/gradient.h"
#include "fathom/graph/op.h"

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

Tensor make_gradients(Tensor loss, void (*visit)(void*, Visitor&), void* traced) {
  class Params final : public Visitor {
   public:
    SmallVector<Param*, 32> list;
    void param(const Path&, Param& p) override {
      if (!p.defined()) return;
      if (p.frozen || !is_floating(p.dtype()))
        static_cast<Tensor&>(p) = Tensor();
      else
        list.push_back(&p);
    }
    void buffer(const Path&, Buffer&) override {}
  } params;
  if (!loss.defined())
    throw ValueError(
        {.operation = "value_and_grad", .problem = "the loss function returned an empty tensor"});
  visit(traced, params);
  std::vector<Tensor> group;
  group.reserve(params.list.size() + 1);
  group.push_back(std::move(loss));
  for (Param* p : params.list) group.push_back(std::move(static_cast<Tensor&>(*p)));
  graph::gradient_group(group);
  for (std::size_t i = 0; i < params.list.size(); ++i)
    static_cast<Tensor&>(*params.list[i]) = std::move(group[i + 1]);
  return std::move(group[0]);
}

}  // namespace fathom::nn::detail
