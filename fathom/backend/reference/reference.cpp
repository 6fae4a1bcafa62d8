// The reference backend: naive loops that define what every primitive means and judge the other
// backends. Slow on purpose, and never a fallback of theirs.
#include <algorithm>
#include <cstring>
#include <memory>

#include "fathom/backend/reference/primitive.h"
#include "fathom/graph/backend.h"
#include "fathom/graph/host.h"

namespace fathom {

namespace reference {

const Primitive* find_primitive(graph::OpTag op) {
  for (const auto family :
       {elementwise_primitives(), creation_primitives(), reduce_primitives(), matmul_primitives(),
        movement_primitives(), index_primitives(), scan_primitives(), sort_primitives(),
        conv_primitives(), pooling_primitives(), resample_primitives()})
    for (const Primitive& p : family)
      if (p.op == op) return &p;
  return nullptr;
}

namespace {

using graph::Instruction;
using graph::Program;
using graph::Spec;
using graph::ValueId;

/// The memory of every value during one run: the program's own inputs and outputs, and for the rest
/// temporaries that go after their last reader.
class Memory {
 public:
  Memory(const Program& program, std::span<const InputData> inputs,
         std::span<void* const> outputs)
      : program_(program),
        readable_(program.specs.size()),
        writable_(program.specs.size()),
        temporary_(program.specs.size()) {
    // An output that is also an input is never computed here, only copied in the end.
    for (std::size_t i = 0; i < outputs.size(); ++i) writable_[at(program.outputs[i])] = outputs[i];
    for (std::size_t k = 0; k < inputs.size(); ++k)
      if (program.inputs[k] >= 0) readable_[at(program.inputs[k])] = inputs[k].data;
  }

  const void* read(ValueId id) const { return readable_[at(id)]; }
  void* write(ValueId id) {
    if (!writable_[at(id)]) {
      temporary_[at(id)] = std::make_unique<std::byte[]>(spec(id).bytes());
      writable_[at(id)] = temporary_[at(id)].get();
    }
    readable_[at(id)] = writable_[at(id)];
    return writable_[at(id)];
  }
  void drop(ValueId id) { temporary_[at(id)].reset(); }
  const Spec& spec(ValueId id) const { return program_.specs[at(id)]; }

 private:
  static std::size_t at(ValueId id) { return static_cast<std::size_t>(id); }

  const Program& program_;
  std::vector<const void*> readable_;
  std::vector<void*> writable_;
  std::vector<std::unique_ptr<std::byte[]>> temporary_;
};

/// An operation that computes itself.
void run_host(const Call& call) {
  std::vector<graph::HostBuffer> inputs, outputs;
  for (const auto& b : call.inputs) inputs.push_back({b.spec, const_cast<void*>(b.data)});
  for (const auto& b : call.outputs) outputs.push_back({b.spec, b.data});
  const auto one_after_another = [](std::int64_t tasks, FunctionRef<void(std::int64_t)> body) {
    for (std::int64_t i = 0; i < tasks; ++i) body(i);
  };
  const Instruction& i = *call.instruction;
  i.op->run(i.attributes.get(), {inputs, outputs, one_after_another, i.origin});
}

class ReferenceExecutable : public Executable {
 public:
  explicit ReferenceExecutable(const Program& program)
      : program_(program), last_read_(program.instructions.size()) {
    std::vector<std::size_t> last(program.specs.size(), 0);
    for (std::size_t n = 0; n < program.instructions.size(); ++n) {
      const Instruction& i = program.instructions[n];
      primitives_.push_back(find_primitive(i.op->tag));
      for (const ValueId id : i.inputs) last[static_cast<std::size_t>(id)] = n;
      for (const ValueId id : i.outputs) {
        last[static_cast<std::size_t>(id)] = n;
        scratch_bytes_ += program.specs[static_cast<std::size_t>(id)].bytes();
      }
    }
    for (std::size_t id = 0; id < last.size() && !last_read_.empty(); ++id)
      last_read_[last[id]].push_back(static_cast<ValueId>(id));
    for (const ValueId id : program.outputs) {
      const std::size_t bytes = program.specs[static_cast<std::size_t>(id)].bytes();
      scratch_bytes_ -= std::min(bytes, scratch_bytes_);
    }
  }

  void run(std::span<const InputData> inputs, std::span<void* const> outputs) const override {
    Memory memory(program_, inputs, outputs);
    for (std::size_t n = 0; n < program_.instructions.size(); ++n) {
      const Instruction& i = program_.instructions[n];
      Call call{&i, {}, {}};
      for (const ValueId id : i.inputs) call.inputs.push_back({&memory.spec(id), memory.read(id)});
      for (const ValueId id : i.outputs)
        call.outputs.push_back({&memory.spec(id), memory.write(id)});
      if (primitives_[n])
        primitives_[n]->run(call);
      else
        run_host(call);
      for (const ValueId id : last_read_[n]) memory.drop(id);
    }
    // One value may be several outputs, and an input may be one.
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const ValueId id = program_.outputs[i];
      const std::size_t bytes = memory.spec(id).bytes();
      if (bytes > 0 && outputs[i] != memory.read(id))
        std::memcpy(outputs[i], memory.read(id), bytes);
    }
  }

  int donor(int) const override { return -1; }
  std::size_t scratch_bytes() const override { return scratch_bytes_; }
  std::vector<std::string> describe() const override {
    std::vector<std::string> lines;
    std::string line;
    for (const char c : graph::print(program_)) {
      if (c != '\n') {
        line += c;
        continue;
      }
      lines.push_back(line);
      line.clear();
    }
    return lines;
  }

 private:
  const Program program_;
  std::vector<const Primitive*> primitives_;     // of each instruction; null: it runs itself
  std::vector<std::vector<ValueId>> last_read_;  // values that nobody reads after the instruction
  std::size_t scratch_bytes_ = 0;                // of all temporaries together
};

class ReferenceBackend : public Backend {
 public:
  std::string_view name() const override { return "reference"; }
  Storage* allocate(std::size_t bytes) override { return allocate_storage(bytes); }
  void copy_in(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void copy_out(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  bool supports(const graph::Node& node) const override {
    const Primitive* p = find_primitive(node.op->tag);
    return p ? p->serves(node) : node.op->run != nullptr;
  }
  std::unique_ptr<Executable> compile(const Program& program) override {
    return std::make_unique<ReferenceExecutable>(program);
  }
  void synchronize() override {}
};

}  // namespace
}  // namespace reference

Backend& reference_backend() {
  static reference::ReferenceBackend backend;
  return backend;
}

}  // namespace fathom
