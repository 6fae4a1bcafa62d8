#include "fathom/optim/step.h"

namespace fathom::optim {

bool vectors(const nn::NamedTensor& parameter) { return parameter.tensor.rank() <= 1; }

std::function<bool(const nn::NamedTensor&)> below(std::string path) {
  return [path = std::move(path)](const nn::NamedTensor& parameter) {
    return parameter.name.starts_with(path) &&
           (parameter.name.size() == path.size() || parameter.name[path.size()] == '.');
  };
}

void require_option(bool good, const char* optimizer, const char* option, double value,
                    const char* expected) {
  if (good) return;
  throw ValueError({.operation = optimizer,
                    .problem = std::string(option) + " is out of range",
                    .received = {{option, graph::print_field(value)}},
                    .expected = expected});
}

namespace detail {

std::vector<nn::NamedTensor> parameters(Visit visit, void* net) {
  class Params final : public nn::Visitor {
   public:
    std::vector<nn::NamedTensor> list;
    void param(const nn::Path& path, Param& p) override {
      list.push_back({path.str(), p, !p.frozen});
    }
    void buffer(const nn::Path&, Buffer&) override {}
  } params;
  visit(net, params);
  return std::move(params.list);
}

Leaves::Leaves(Visit visit, void* net, void* of_gradients) {
  class Collect final : public nn::Visitor {
   public:
    Collect(SmallVector<Param*, 32>& params, SmallVector<Buffer*, 16>& buffers)
        : params_(params), buffers_(buffers) {}
    void param(const nn::Path&, Param& p) override { params_.push_back(&p); }
    void buffer(const nn::Path&, Buffer& b) override { buffers_.push_back(&b); }

   private:
    SmallVector<Param*, 32>& params_;
    SmallVector<Buffer*, 16>& buffers_;
  };
  Collect own(params, buffers);
  Collect other(gradients, next_buffers);
  visit(net, own);
  visit(of_gradients, other);
}

void require_pairs(Visit visit, void* net, const Leaves& leaves, const State& state) {
  const auto mismatch = [&](const char* problem, const char* what, std::size_t count) {
    throw ValueError({.operation = "step",
                      .problem = problem,
                      .received = {{"parameters", std::to_string(leaves.params.size())},
                                   {what, std::to_string(count)}}});
  };
  if (leaves.params.empty())
    throw ValueError({.operation = "step", .problem = "the model has no parameters"});
  if (leaves.params.size() != leaves.gradients.size() ||
      leaves.buffers.size() != leaves.next_buffers.size())
    mismatch("the gradients are of a model with other parameters", "gradients",
             leaves.gradients.size());
  if (state.size() != leaves.params.size())
    mismatch("the optimizer's state is of a model with other parameters", "state", state.size());
  for (std::size_t i = 0; i < leaves.params.size(); ++i) {
    const Param& p = *leaves.params[i];
    const Tensor& g = *leaves.gradients[i];
    if (p.frozen || !g.defined()) continue;
    if (p.defined() && g.shape() == p.shape() && g.dtype() == p.dtype()) continue;
    throw ShapeError(
        {.operation = "step",
         .problem = "the gradient of " + parameters(visit, net)[i].name + " does not fit it",
         .received = {{"parameter", p.defined() ? graph::describe(p) : "undefined"},
                      {"gradient", graph::describe(g)}}});
  }
}

std::vector<std::uint64_t> choose(
    Visit visit, void* net, std::span<const std::function<bool(const nn::NamedTensor&)>*> all) {
  if (all.size() > 64)
    throw ValueError({.operation = "step",
                      .problem = "too many parameter groups",
                      .received = {{"groups", std::to_string(all.size())}},
                      .expected = "at most 64"});
  const std::vector<nn::NamedTensor> params = parameters(visit, net);
  std::vector<std::uint64_t> chosen(params.size());
  for (std::size_t k = 0; k < all.size(); ++k) {
    bool any = false;
    for (std::size_t i = 0; i < params.size(); ++i) {
      if (!params[i].tensor.defined() || !(*all[k])(params[i])) continue;
      chosen[i] |= std::uint64_t{1} << k;
      any = true;
    }
    if (!any)
      throw ValueError({.operation = "step",
                        .problem = "parameter group " + std::to_string(k) + " is empty",
                        .expected = "every group to choose at least one parameter",
                        .hint = "names are paths such as " + params.front().name});
  }
  return chosen;
}

}  // namespace detail
}  // namespace fathom::optim
