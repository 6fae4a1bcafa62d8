#include "fathom/nn/freeze.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/core/pattern.h"
#include "fathom/graph/context.h"

namespace fathom::nn::detail {

void set_frozen(void (*visit)(void*, Visitor&), void* model, bool frozen) {
  class Freeze final : public Visitor {
   public:
    explicit Freeze(bool frozen) : frozen_(frozen) {}
    void param(const Path&, Param& p) override { p.frozen = frozen_; }
    void buffer(const Path&, Buffer& b) override { b.frozen = frozen_; }

   private:
    bool frozen_;
  } freezer(frozen);
  visit(model, freezer);
}

namespace {

/// Whether a pattern describes a name or that of a module around it.
bool names(std::string_view pattern, std::string_view name) {
  std::vector<std::string> parts;
  for (std::size_t end = name.find('.');; end = name.find('.', end + 1)) {
    if (meets_pattern(pattern, name.substr(0, end), parts)) return true;
    if (end == name.npos) return false;
  }
}

class FreezeNamed final : public Visitor {
 public:
  explicit FreezeNamed(std::string_view pattern) : pattern_(pattern) {}
  void param(const Path& path, Param& p) override {
    if (!p.defined() || !meets(path)) return;
    p.frozen = true;
    numbers += p.size();
  }
  void buffer(const Path& path, Buffer& b) override {
    if (b.value.defined() && meets(path)) b.frozen = true;
  }
  std::int64_t numbers = 0;
  bool met = false;
  std::string first, last;  // of all names

 private:
  bool meets(const Path& path) {
    last = path.str();
    if (first.empty()) first = last;
    const bool found = names(pattern_, last);
    met = met || found;
    return found;
  }
  std::string_view pattern_;
};

}  // namespace

std::int64_t freeze_named(void (*visit)(void*, Visitor&), void* model, std::string_view pattern,
                          const Where& where) {
  const graph::CallScope call(where);
  FreezeNamed freezer(pattern);
  visit(model, freezer);
  if (!freezer.met)
    throw ValueError({.operation = "nn::freeze",
                      .problem = "a pattern that meets no name",
                      .received = {{"pattern", std::string(pattern)}},
                      .expected = "names as from " + freezer.first + " to " + freezer.last,
                      .hint = "* stands for a part without a dot, ** for any text; a module's name "
                              "means all that is in it"});
  return freezer.numbers;
}

void freeze_first(void (*visit)(void*, Visitor&), void* model, std::int64_t count,
                  const Where& where) {
  const graph::CallScope call(where);
  // A layer is what stands before the last dot of its tensors' names.
  class Layers final : public Visitor {
   public:
    explicit Layers(std::int64_t frozen) : frozen_(frozen) {}
    void param(const Path& path, Param& p) override {
      if (p.defined()) p.frozen = number(path) <= frozen_;
    }
    void buffer(const Path& path, Buffer& b) override {
      if (b.value.defined()) b.frozen = number(path) <= frozen_;
    }
    std::int64_t seen = 0;

   private:
    std::int64_t number(const Path& path) {
      std::string layer = path.str();
      layer.resize(std::min(layer.rfind('.'), layer.size()));
      if (layer != layer_ || seen == 0) ++seen;
      layer_ = std::move(layer);
      return seen;
    }
    std::int64_t frozen_;
    std::string layer_;
  };
  Layers all(0);
  if (count >= 0) visit(model, all);
  if (count < 0 || count > all.seen)
    throw ValueError({.operation = "nn::freeze_first",
                      .problem = "there are not so many layers",
                      .received = {{"layers", std::to_string(count)}},
                      .expected = "a number of layers with parameters that the model has"});
  Layers first(count);
  visit(model, first);
}

}  // namespace fathom::nn::detail
