#include "fathom/graph/program.h"

#include "fathom/graph/op.h"

namespace fathom::graph {

std::string print(const Program& program) {
  const auto value = [&](ValueId id) {
    const Spec& s = program.specs[static_cast<std::size_t>(id)];
    return "%" + std::to_string(id) + ":" + std::string(name(s.dtype)) + fathom::to_string(s.shape);
  };
  std::string text = "inputs";
  for (ValueId id : program.inputs)
    if (id >= 0) text += " " + value(id);
  text += "\n";
  for (const Instruction& i : program.instructions) {
    for (ValueId id : i.outputs) text += value(id) + " ";
    text += "= " + std::string(title(*i.op, i.attributes.get()));
    for (ValueId id : i.inputs) text += " %" + std::to_string(id);
    if (!i.op->title)
      if (const std::string a = i.op->print(i.attributes.get()); !a.empty())
        text += "  {" + a + "}";
    text += "\n";
  }
  text += "outputs";
  for (ValueId id : program.outputs) text += " %" + std::to_string(id);
  return text + "\n";
}

}  // namespace fathom::graph
