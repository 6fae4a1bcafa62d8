#include "fathom/backend/cpu/compile.h"

#include <algorithm>
#include <unordered_map>

#include "fathom/backend/cpu/executable.h"
#include "fathom/backend/cpu/region.h"
#include "fathom/backend/cpu/row_step.h"
#include "fathom/backend/cpu/step.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/backend/cpu/units.h"
#include "fathom/backend/cpu/view.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"

namespace fathom::cpu {
namespace {

using graph::Instruction;
using graph::Program;
using graph::Spec;
using graph::ValueId;

template <class Op> const Op* as(const Instruction& i) {
  return graph::is<Op>(*i.op) ? static_cast<const Op*>(i.attributes.get()) : nullptr;
}

class Compiler {
 public:
  explicit Compiler(const Program& program) : p_(program) {}

  std::unique_ptr<Executable> run() {
    for (std::size_t v = 0; v < p_.specs.size(); ++v) {
      views_.push_back(View::whole(static_cast<ValueId>(v), p_.specs[v].shape));
      maker_.push_back(-1);
    }
    const std::size_t instructions = p_.instructions.size();
    for (std::size_t i = 0; i < instructions; ++i) place(static_cast<int>(i));
    assign_outputs();
    return make_steps();
  }

 private:
  // ---- what each instruction becomes

  void place(int i) {
    const Instruction instruction = p_.instructions[static_cast<std::size_t>(i)];
    if (move(instruction)) return;
    for (ValueId v : instruction.outputs) instruction_of_[v] = i;
    if (as<op::Full>(instruction) || as<op::Iota>(instruction)) return;  // made where they are read
    if (as<op::Elementwise>(instruction) || as<op::Cast>(instruction) || as<op::Where>(instruction))
      add_elementwise(i);
    else
      add_kernel(i);
  }

  /// Movement is a view of its input, unless a reshape of a view cannot be one.
  bool move(const Instruction& i) {
    if (i.outputs.size() != 1) return false;
    View& out = views_[static_cast<std::size_t>(i.outputs[0])];
    const auto input = [&]() -> const View& {
      return views_[static_cast<std::size_t>(i.inputs[0])];
    };
    if (as<op::After>(i)) {
      out = input();
      after_[i.outputs[0]] = views_[static_cast<std::size_t>(i.inputs[1])].buffer;
    } else if (const auto* reshape = as<op::Reshape>(i)) {
      if (auto view = input().reshaped(reshape->shape)) {
        out = *view;
      } else {
        const ValueId copy = materialize(i.inputs[0]);
        views_[static_cast<std::size_t>(i.outputs[0])] = View::whole(copy, reshape->shape);
      }
    } else if (const auto* permute = as<op::Permute>(i)) {
      out = input().permuted(permute->order);
    } else if (const auto* expand = as<op::Expand>(i)) {
      out = input().expanded(expand->shape);
    } else if (const auto* slice = as<op::Slice>(i)) {
      out = input().sliced(*slice);
    } else {
      return false;
    }
    if (const auto it = after_.find(i.inputs[0]); it != after_.end())
      after_.emplace(i.outputs[0], it->second);
    return true;
  }

  /// What reads the value runs after what op::After asked it to wait for.
  void wait(int unit, ValueId value) {
    const auto it = after_.find(value);
    if (it == after_.end()) return;
    if (const int first = maker_[static_cast<std::size_t>(it->second)]; first >= 0)
      units_.depends(unit, first, true);
  }

  const Instruction* generator(ValueId buffer) const {
    const auto it = instruction_of_.find(buffer);
    if (it == instruction_of_.end()) return nullptr;
    const Instruction& i = p_.instructions[static_cast<std::size_t>(it->second)];
    return as<op::Full>(i) || as<op::Iota>(i) ? &i : nullptr;
  }

  /// Whether region code can make the view's elements without any memory.
  bool generated(const View& view) const {
    const Instruction* g = generator(view.buffer);
    if (!g) return false;
    if (as<op::Full>(*g)) return true;
    return view.contiguous() &&
           view.shape.size() == p_.specs[static_cast<std::size_t>(view.buffer)].shape.size();
  }

  /// A value that holds the elements of `value` one after another in memory of its own or of
  /// another's.
  ValueId materialize(ValueId value) {
    const View view = views_[static_cast<std::size_t>(value)];
    if (view.contiguous() && !generator(view.buffer)) return view.buffer;
    if (const auto it = copies_.find(value); it != copies_.end()) return it->second;
    const ValueId copy = add_copy(value);
    copies_.emplace(value, copy);
    return copy;
  }

  ValueId add_copy(ValueId value) {
    const Spec spec = p_.specs[static_cast<std::size_t>(value)];
    const auto copy = static_cast<ValueId>(p_.specs.size());
    p_.specs.push_back(spec);
    views_.push_back(View::whole(copy, spec.shape));
    maker_.push_back(-1);
    const auto i = static_cast<int>(p_.instructions.size());
    p_.instructions.push_back({&graph::op_def<op::Cast>,
                               std::make_shared<op::Cast>(op::Cast{spec.dtype}),
                               {value},
                               {copy},
                               {}});
    instruction_of_[copy] = i;
    add_elementwise(i);
    return copy;
  }

  void add_elementwise(int i) {
    // By value: materialize_generator() may add instructions and specs.
    const Instruction instruction = p_.instructions[static_cast<std::size_t>(i)];
    const Shape shape = p_.specs[static_cast<std::size_t>(instruction.outputs[0])].shape;
    const std::int64_t size = shape.size();
    for (ValueId input : instruction.inputs) {
      const View view = operand_view(input, shape);
      if (generator(view.buffer) && !generated(view)) materialize_generator(view.buffer);
    }
    const int unit = units_.add(i, size, false);
    std::vector<int> fusable;
    for (ValueId input : instruction.inputs) {
      wait(unit, input);
      View view = operand_view(input, shape);
      if (generator(view.buffer)) {
        if (generated(view)) continue;
        view.buffer = materialize_generator(view.buffer);
      }
      const int producer = maker_[static_cast<std::size_t>(view.buffer)];
      if (producer < 0) continue;
      const bool same =
          view.contiguous() && p_.specs[static_cast<std::size_t>(view.buffer)].shape.size() == size;
      units_.depends(unit, producer, !same);
      if (same) fusable.push_back(producer);
    }
    maker_[static_cast<std::size_t>(instruction.outputs[0])] = unit;
    for (int producer : fusable) units_.merge(producer, unit);
  }

  /// A counting tensor that is read through a map: written to memory once.
  ValueId materialize_generator(ValueId value) {
    if (const auto it = copies_.find(value); it != copies_.end()) return it->second;
    const ValueId copy = add_copy(value);
    copies_.emplace(value, copy);
    return copy;
  }

  View operand_view(ValueId input, const Shape& shape) const {
    return views_[static_cast<std::size_t>(input)].expanded(shape);
  }

  void add_kernel(int i) {
    const Instruction instruction = p_.instructions[static_cast<std::size_t>(i)];
    std::vector<ValueId> inputs;
    for (ValueId input : instruction.inputs) inputs.push_back(materialize(input));
    kernel_inputs_[i] = inputs;
    const KernelEntry* kernel = find_kernel(instruction.op->tag);
    const bool in_parts = kernel && kernel->in_parts && kernel->in_parts(instruction);
    const Spec& first = p_.specs[static_cast<std::size_t>(instruction.outputs[0])];
    const int unit = units_.add(i, in_parts ? first.shape.size() : -1, true);
    for (ValueId input : instruction.inputs) wait(unit, input);
    for (ValueId input : inputs)
      if (const int producer = maker_[static_cast<std::size_t>(input)]; producer >= 0)
        units_.depends(unit, producer, true);
    for (ValueId v : instruction.outputs) maker_[static_cast<std::size_t>(v)] = unit;
  }

  // ---- outputs

  /// The value whose buffer is each output's memory; an input if the output is that input.
  void assign_outputs() {
    std::vector<bool> taken(p_.specs.size(), false);
    const std::size_t count = p_.outputs.size();
    for (std::size_t o = 0; o < count; ++o) {
      const ValueId v = p_.outputs[o];
      if (contains(p_.inputs, v)) {
        output_values_.push_back(-1);  // shared by whoever runs the plan
        continue;
      }
      const View& view = views_[static_cast<std::size_t>(v)];
      const bool whole =
          view.contiguous() && maker_[static_cast<std::size_t>(view.buffer)] >= 0 &&
          p_.specs[static_cast<std::size_t>(view.buffer)].shape.size() == view.shape.size();
      taken.resize(p_.specs.size(), false);
      if (whole && !taken[static_cast<std::size_t>(view.buffer)]) {
        taken[static_cast<std::size_t>(view.buffer)] = true;
        output_values_.push_back(view.buffer);
      } else {
        output_values_.push_back(add_copy(v));
      }
    }
  }

  // ---- steps

  std::unique_ptr<Executable> make_steps() {
    mark_stored();
    const auto count = static_cast<std::size_t>(units_.count());
    std::vector<std::unique_ptr<Step>> steps(count);
    std::vector<bool> late(count, false);
    for (std::size_t u = 0; u < count; ++u) {
      if (!units_[static_cast<int>(u)].alive) continue;
      steps[u] = make_step(static_cast<int>(u));
      late[u] = may_update(*steps[u]);
    }
    Layout layout;
    for (int u : units_.schedule(late))
      layout.steps.push_back(std::move(steps[static_cast<std::size_t>(u)]));
    layout.steps = merge_row_steps(std::move(layout.steps));
    layout.specs = p_.specs;
    layout.inputs = p_.inputs;
    layout.outputs = output_values_;
    layout.aliases = std::move(aliases_);
    return lay_out(std::move(layout));
  }

  /// Whether a step may write an output over an input: such steps go last, so that an error in the
  /// middle of a run finds every input as it was.
  bool may_update(const Step& step) const {
    return std::any_of(p_.inputs.begin(), p_.inputs.end(), [&](ValueId input) {
      for (std::size_t o = 0; input >= 0 && o < step.writes.size(); ++o)
        if (step.may_overwrite(input, static_cast<int>(o)) &&
            std::find(output_values_.begin(), output_values_.end(), step.writes[o]) !=
                output_values_.end())
          return true;
      return false;
    });
  }

  void mark_stored() {
    stored_.assign(p_.specs.size(), false);
    for (ValueId v : output_values_)
      if (v >= 0) stored_[static_cast<std::size_t>(v)] = true;
    for (int u = 0; u < units_.count(); ++u) {
      if (!units_[u].alive) continue;
      for (int i : units_[u].members) {
        const Instruction& instruction = p_.instructions[static_cast<std::size_t>(i)];
        const bool kernel = kernel_inputs_.contains(i);
        const std::vector<ValueId>& inputs = kernel ? kernel_inputs_[i] : instruction.inputs;
        for (ValueId input : inputs) {
          ValueId buffer = kernel ? input : views_[static_cast<std::size_t>(input)].buffer;
          if (!kernel && copies_.contains(buffer) && generator(buffer)) buffer = copies_[buffer];
          const int producer = maker_[static_cast<std::size_t>(buffer)];
          if (producer >= 0 && units_.find(producer) != u)
            stored_[static_cast<std::size_t>(buffer)] = true;
        }
      }
    }
    // What a region that follows reads of its kernel alone need not be kept for others.
    for (int u = 0; u < units_.count(); ++u)
      if (const Units::Unit& unit = units_[u];
          unit.alive && unit.kernel >= 0 && unit.members.size() == 1)
        for (ValueId v : p_.instructions[static_cast<std::size_t>(unit.kernel)].outputs)
          stored_[static_cast<std::size_t>(v)] = true;
  }

  std::unique_ptr<Step> make_step(int u) {
    const Units::Unit& unit = units_[u];
    if (unit.members.size() == 1 && unit.kernel >= 0) return make_kernel(unit.kernel);
    RegionBuilder region(unit.size);
    for (int i : unit.members)
      if (i != unit.kernel) emit(region, p_.instructions[static_cast<std::size_t>(i)]);
    auto elements = region.build(stored_);
    if (unit.kernel < 0) return elements;
    std::unique_ptr<PartsStep> kernel(static_cast<PartsStep*>(make_kernel(unit.kernel).release()));
    const bool only_here = !stored_[static_cast<std::size_t>(kernel->writes[0])];
    return follow(std::move(kernel), std::move(elements), only_here, aliases_);
  }

  std::unique_ptr<Step> make_kernel(int i) {
    const Instruction& instruction = p_.instructions[static_cast<std::size_t>(i)];
    const StepContext context{p_, instruction, kernel_inputs_[i], instruction.outputs};
    const KernelEntry* kernel = find_kernel(instruction.op->tag);
    std::unique_ptr<Step> step = kernel ? kernel->make(context) : make_host(context);
    step->reads = context.inputs;
    step->writes = context.outputs;
    if (step->scratch_bytes > 0) {
      step->scratch = static_cast<ValueId>(p_.specs.size());
      step->scratches = {step->scratch};
      p_.specs.push_back({DType::u8, Shape{static_cast<std::int64_t>(step->scratch_bytes)}});
    }
    if (step->packed_bytes > 0) {
      step->packed = static_cast<ValueId>(p_.specs.size());
      p_.specs.push_back({DType::u8, Shape{static_cast<std::int64_t>(step->packed_bytes)}});
    }
    return step;
  }

  int load(RegionBuilder& region, ValueId input, const Shape& shape) {
    View view = operand_view(input, shape);
    const DType dtype = p_.specs[static_cast<std::size_t>(view.buffer)].dtype;
    if (const Instruction* g = generator(view.buffer)) {
      if (const auto* full = as<op::Full>(*g)) return region.constant(*full);
      if (generated(view)) return region.iota(*as<op::Iota>(*g));
      view.buffer = copies_.at(view.buffer);
    }
    if (view.contiguous())
      if (const int r = region.register_of(view.buffer); r >= 0) return r;
    return region.load(view, dtype);
  }

  void emit(RegionBuilder& region, const Instruction& i) {
    const ValueId out = i.outputs[0];
    const Spec& spec = p_.specs[static_cast<std::size_t>(out)];
    std::vector<int> in;
    for (ValueId v : i.inputs) in.push_back(load(region, v, spec.shape));
    const int type = static_cast<int>(p_.specs[static_cast<std::size_t>(i.inputs.back())].dtype);
    if (const auto* e = as<op::Elementwise>(i)) {
      const auto choose = block_function;
      const std::string label(graph::title(*i.op, e));
      if (in.size() == 1)
        region.apply(choose, e->function, type, {in[0]}, out, spec, label);
      else
        region.apply(choose, e->function, type, {in[0], in[1]}, out, spec, label);
    } else if (as<op::Where>(i)) {
      const auto choose = [](const ElementwiseKernels& k, int, int t) { return k.where[t]; };
      region.apply(choose, 0, type, {in[0], in[1], in[2]}, out, spec, "where");
    } else {
      const auto choose = [](const ElementwiseKernels& k, int to, int from) {
        return k.cast[from][to];
      };
      const auto to = static_cast<int>(spec.dtype);
      region.apply(choose, to, type, {in[0]}, out, spec, to == type ? "copy" : "cast");
    }
  }

  Program p_;
  std::vector<View> views_;
  std::vector<int> maker_;  // the unit that computes a value's buffer, or -1
  std::unordered_map<ValueId, int> instruction_of_;
  std::unordered_map<ValueId, ValueId> copies_;
  std::unordered_map<ValueId, ValueId> after_;  // of op::After: the buffer to wait for
  std::unordered_map<int, std::vector<ValueId>> kernel_inputs_;
  Units units_;
  std::vector<ValueId> output_values_;
  std::vector<bool> stored_;
  std::vector<std::pair<ValueId, ValueId>> aliases_;
};

}  // namespace

std::unique_ptr<Executable> compile(const Program& program) { return Compiler(program).run(); }

}  // namespace fathom::cpu
