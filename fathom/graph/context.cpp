#include "fathom/graph/context.h"

#include <set>

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

CallScope::CallScope(const char* operation, const std::source_location& where, const char* position)
    : operation(operation),
      position(position),
      where(where),
      context_(context()),
      outer_(context_.call) {
  if (!outer_) context_.call = this;
}
CallScope::~CallScope() { context_.call = outer_; }

OriginScope::OriginScope(const Origin* origin) : before_(context().origin) {
  context().origin = origin;
}
OriginScope::~OriginScope() { context().origin = before_; }

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
  const Context& c = context();
  const ModuleScope* outermost = c.module;
  if (!outermost) return c.call ? c.call->where : where;
  while (outermost->outer) outermost = outermost->outer;
  return outermost->where;
}

ErrorInfo located(ErrorInfo info, const std::source_location& where) {
  const Context& c = context();
  if (c.origin) return located(std::move(info), *c.origin);
  if (c.call && c.call->operation) info.operation = c.call->operation;
  if (info.module.empty()) info.module = current_module();
  if (info.where.empty()) info.where = to_string(user_line(where));
  return info;
}

ErrorInfo located(ErrorInfo info, const Origin& origin) {
  if (origin.operation) info.operation = origin.operation;
  if (origin.module && info.module.empty()) info.module = *origin.module;
  if (info.where.empty()) info.where = to_string(origin.where);
  return info;
}

ErrorInfo position_error(std::int64_t value, std::int64_t place, std::int64_t low,
                         std::int64_t extent, const Origin& origin) {
  const std::string what = origin.position ? origin.position : "index";
  return located(
      {.problem = what + " " + std::to_string(value) + " is out of range",
       .received = {{"element", std::to_string(place)}},
       .expected = "a number in [" + std::to_string(low) + ", " + std::to_string(extent) + ")"},
      origin);
}

const std::string* kept_module() {
  static std::mutex mutex;
  static auto* const texts = new std::set<std::string>;  // nodes outlive every thread
  if (!context().module) return nullptr;
  const std::lock_guard lock(mutex);
  return &*texts->insert(current_module()).first;
}

}  // namespace fathom::graph
