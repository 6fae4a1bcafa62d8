#include "fathom/graph/context.h"

#include "fathom/graph/walk.h"

namespace fathom::graph {

ModuleScope::ModuleScope(const void* self, const char* type, const std::source_location& where)
    : self(self), type(type), where(where), outer(context().module) {
  context().module = this;
}
ModuleScope::~ModuleScope() { context().module = outer; }
Tensor ModuleScope::result(Tensor y) const {
  if (Observer* observer = context().observer) observer->result(self, y);
  return y;
}

// Nodes refer to the context that built them, and may outlive its thread: contexts are never freed,
// but handed to the next thread that starts.
namespace {
std::mutex free_mutex;
std::vector<Context*>& free_contexts() {
  static auto* list = new std::vector<Context*>;
  return *list;
}
struct Lease {
  Context* context;
  Lease() {
    const std::lock_guard lock(free_mutex);
    if (free_contexts().empty()) {
      context = new Context;
      context->walk = new Walk;
    } else {
      context = free_contexts().back();
      free_contexts().pop_back();
    }
  }
  ~Lease() {
    context->seed = context->random_calls = 0;
    context->dropout_key = {};
    const std::lock_guard lock(free_mutex);
    free_contexts().push_back(context);
  }
};
}  // namespace

Context::~Context() { delete walk; }

Context& context() {
  thread_local Lease lease;
  return *lease.context;
}

std::string current_module() {
  const Context& c = context();
  if (!c.module) return "";
  std::string path;
  for (const ModelRoot* root = c.model; root && path.empty(); root = root->outer)
    path = root->path_of(root->model, c.module->self);
  if (path.empty()) return c.module->type;
  return path + " (" + c.module->type + ")";
}

std::source_location user_line(const std::source_location& where) {
  const ModuleScope* outermost = context().module;
  if (!outermost) return where;
  while (outermost->outer) outermost = outermost->outer;
  return outermost->where;
}

}  // namespace fathom::graph
