// Context: everything that is scoped, one object a thread. Building a graph, recording a gradient,
// training mode and its random key, the device, and the module whose call is running.
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <source_location>
#include <string>
#include <vector>

#include "fathom/core/error.h"
#include "fathom/core/tensor.h"
#include "fathom/graph/node.h"

namespace fathom {

/// Where plans run.
enum class Device : std::uint8_t { cpu, reference };
class Backend;
/// The backend of Device::cpu.
Backend& cpu_backend();

namespace graph {

struct Walk;
class FiniteCheck;

/// A layer's call in progress; lives on the stack of the call. Errors name it.
struct ModuleScope {
  ModuleScope(const void* self, const char* type, const std::source_location& where);
  ~ModuleScope();
  ModuleScope(const ModuleScope&) = delete;
  ModuleScope& operator=(const ModuleScope&) = delete;
  /// What the call gives: shows it to who watches.
  Tensor result(Tensor y) const;

  const void* self;
  const char* type;
  std::source_location where;
  ModuleScope* outer;
};

/// A call of a public function in progress; lives on the stack of the call. What is built and
/// thrown within bears the function's name and the user's line, so that one who calls nll_loss()
/// hears of nll_loss and not of what it is made of. The outermost counts. No user's function runs
/// within: its lines are not those of the call (located() in core/error.h is for what calls one).
class CallScope {
 public:
  /// `position` is what the function calls an index, if not so.
  CallScope(const char* operation, const std::source_location& where,
            const char* position = nullptr);
  /// For functions whose errors have their own names.
  explicit CallScope(const std::source_location& where) : CallScope(nullptr, where) {}
  ~CallScope();
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  const char* const operation;
  const char* const position;
  const std::source_location where;

 private:
  Context& context_;
  const CallScope* const outer_;
};

/// While it lives, new nodes have the origin of the one that they stand for; with nullptr their
/// own.
class OriginScope {
 public:
  explicit OriginScope(const Origin* origin);
  ~OriginScope();
  OriginScope(const OriginScope&) = delete;
  OriginScope& operator=(const OriginScope&) = delete;

 private:
  const Origin* const before_;
};

/// Finds a module's path by its address in the model at hand; set while a model's loss is built.
struct ModelRoot {
  std::string (*path_of)(const void* model, const void* module);
  const void* model;
  ModelRoot* outer;
};

/// Watches a model's call: which nodes it makes, what each module gives (see nn/summary.h).
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void node(const Node& node, const ModuleScope* module) = 0;
  virtual void result(const void* module, const Tensor& y) = 0;
};

/// What is scoped, of one thread.
struct Context {
  // Nodes not yet evaluated, in order of creation; bounded by the flush.
  Node* first_pending = nullptr;
  Node* last_pending = nullptr;
  std::size_t pending_nodes = 0;
  std::size_t kept_bytes = 0;         // of computed tensors that they read, once for each reader
  std::size_t count_at = 0;           // of these: when to count each tensor once
  std::size_t pending_gradients = 0;  // gradient groups among them: what they need keeps its inputs

  int recording = 0;       // depth of value_and_grad and the like: nodes keep their inputs
  bool compiling = false;  // passes are running: numbers become constants of the plan
  bool eager = false;
  FiniteCheck* finite_check = nullptr;  // looks at every result, in eager mode
  bool evaluating = false;
  Device device = Device::cpu;
  Backend& (*backend)() = cpu_backend;  // of the device

  enum class Mode : std::uint8_t { none, training, inference };
  Mode mode = Mode::none;
  Tensor dropout_key;  // rank-0 i64; undefined if the training scope has no generator
  std::int64_t dropout_sites = 0;

  std::uint64_t seed = 0;  // of fresh parameters and of random tensors made outside a scope
  std::uint64_t random_calls = 0;

  const CallScope* call = nullptr;
  const Origin* origin = nullptr;  // of what a pass works at
  ModuleScope* module = nullptr;
  ModelRoot* model = nullptr;
  Observer* observer = nullptr;

  // Pending nodes whose last handle another thread dropped: only the owner may touch its list.
  std::mutex graveyard_mutex;
  std::vector<Node*> graveyard;
  std::atomic<bool> graveyard_used{false};

  Walk* walk = nullptr;

  ~Context();
};

/// This thread's context.
Context& context();

/// Most nodes that may wait before they are evaluated unasked.
inline constexpr std::size_t pending_node_limit = 4096;
/// Most bytes of computed tensors that those may keep.
inline constexpr std::size_t kept_byte_limit = std::size_t{1} << 30;

/// The running module's path and type, and the user's line that called it; "" outside of modules.
std::string current_module();
/// The line to show: that of the outermost layer call if one is running, else that of the call of a
/// public function, else `where`.
std::source_location user_line(const std::source_location& where);
/// The error with the module that runs, the user's line and the function that the user called.
ErrorInfo located(ErrorInfo info, const std::source_location& where);
/// Throws it.
template <class E> [[noreturn]] void fail(ErrorInfo info, const std::source_location& where) {
  throw E(located(std::move(info), where));
}
/// The error with the place of an operation, for what comes up when values are computed.
ErrorInfo located(ErrorInfo info, const Origin& origin);
/// Of a position that is data: "index 7 is out of range", the place in the list of them, [0, 3).
ErrorInfo position_error(std::int64_t value, std::int64_t place, std::int64_t low,
                         std::int64_t extent, const Origin& origin);
/// The running module as a text that stays, nullptr outside of modules.
const std::string* kept_module();

}  // namespace graph

/// Evaluates every operation at once, for debugging.
class EagerScope {
 public:
  EagerScope() : before_(graph::context().eager) { graph::context().eager = true; }
  ~EagerScope() { graph::context().eager = before_; }
  EagerScope(const EagerScope&) = delete;
  EagerScope& operator=(const EagerScope&) = delete;

 private:
  bool before_;
};

/// Runs plans on another device while it lives. Only a program that does this links other backends
/// than the CPU's.
class DeviceScope {
 public:
  explicit DeviceScope(Device device);
  ~DeviceScope();
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

 private:
  Device before_;
};

}  // namespace fathom
