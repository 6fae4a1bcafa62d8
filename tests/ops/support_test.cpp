// docs/support.md is made from the table of operation samples: for every public operation the types
// that it takes, which of its gradients are checked, how each backend computes it, and how many
// golden cases of PyTorch it passes. The committed page has to be what this test makes.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "fathom/core/error.h"
#include "fathom/graph/backend.h"
#include "fathom/graph/op.h"
#include "fathom/io/file.h"
#include "fathom/io/safetensors.h"
#include "fathom/passes/passes.h"
#include "tests/ops/compare.h"
#include "tests/ops/declared.h"

namespace fathom::test {
namespace {

constexpr DType all_types[] = {DType::f64, DType::f32, DType::f16, DType::bf16,   DType::i64,
                               DType::i32, DType::i8,  DType::u8,  DType::boolean};

using Rows = std::vector<const Sample*>;

/// The type that a sample is about: that of its numbers, not of indices and masks beside them.
DType main_type(const Sample& s) {
  for (const DType type : {DType::f32, DType::f64})
    for (const Input& input : s.inputs)
      if (input.dtype == type) return type;
  return s.inputs.front().dtype;
}

/// The inputs with the main type replaced; integers are 1 and more, which can be divided by.
Tensors retyped(const Sample& s, DType type) {
  Tensors inputs;
  for (std::size_t i = 0; i < s.inputs.size(); ++i) {
    Input input = s.inputs[i];
    if (input.dtype == main_type(s) && input.dtype != type) {
      input.dtype = type;
      input.special = false;
      if (type == DType::boolean) {
        input.low = 0, input.high = 2;
      } else if (!is_floating(type)) {
        input.low = std::max(1.0, input.low);
        input.high = std::clamp(input.high, input.low + 3, input.low + 100);
      }
    }
    inputs.push_back(make_numbers(s.name + "." + std::to_string(i), input));
  }
  return inputs;
}

/// Whether both backends compute a row with numbers of this type. That the numbers lie outside of
/// the operation's range is no matter.
bool takes(const Sample& s, DType type) {
  try {
    for (const Device device : {Device::cpu, Device::reference})
      on_device(device, [&] { return Tensors{s.build(retyped(s, type))}; });
  } catch (const DTypeError&) {
    return false;
  } catch (const UnsupportedError&) {
    return false;
  } catch (const Error&) {
  } catch (const std::exception& e) {
    FAIL_CHECK(s.name, " of ", name(type), ": ", e.what());
  }
  return true;
}

/// Told by the first row, which is the plainest.
std::string types_of(const Sample& s) {
  if (s.inputs.empty()) return "-";
  struct Group {
    const char* name;
    std::vector<DType> types;
  };
  static const Group groups[] = {
      {"all", {std::begin(all_types), std::end(all_types)}},
      {"numbers", {std::begin(all_types), std::end(all_types) - 1}},
      {"floating", {DType::f64, DType::f32, DType::f16, DType::bf16}},
      {"integers, bool", {DType::i64, DType::i32, DType::i8, DType::u8, DType::boolean}},
      {"integers", {DType::i64, DType::i32, DType::i8, DType::u8}}};
  std::vector<DType> taken;
  std::string text;
  for (const DType type : all_types)
    if (takes(s, type)) {
      taken.push_back(type);
      text += (text.empty() ? "" : " ") + std::string(name(type));
    }
  for (const Group& group : groups)
    if (group.types == taken) return group.name;
  return text;
}

/// How a backend computes the call of a row, from the nodes that the call makes.
std::string way_of(const Sample& s, Backend& backend) {
  const Tensor y = s.build(make_inputs(s));
  graph::Value* const root = y.value();
  std::vector<graph::Node*> nodes = graph::topological_order({&root, 1});
  std::erase_if(nodes, [](const graph::Node* node) { return node->evaluated(); });
  for (const graph::Node* node : nodes)
    if (node->op->run) return "library";
  std::erase_if(nodes, [](const graph::Node* node) { return node->op->view; });
  if (nodes.empty()) return y.evaluated() ? "at the call" : "view";
  if (nodes.size() > 1) return "composed";
  return backend.supports(*nodes.front()) ? "kernel" : "definition";
}

/// The same of an operation: a kernel may serve only some of its rows, and a row may do something
/// with its inputs first.
std::string way_of(const Rows& rows, Backend& backend) {
  const std::string first = way_of(*rows.front(), backend);
  if (first == "definition" || first == "composed")
    for (const Sample* s : rows)
      if (way_of(*s, backend) == "kernel") return "kernel";
  return first;
}

using Operations = std::map<std::string, Rows>;

/// The operation that a golden case is about, "" for cases about many: its name, or a beginning of
/// it before a '_' (pad_mode), or what is said here.
std::string operation_of(std::string golden, const Operations& operations) {
  static const std::map<std::string, std::string> others{
      {"half", ""},
      {"half_once", ""},
      {"logsigmoid", "log_sigmoid"},
      {"promotions", ""},
      {"std", "std_dev"},
      {"triplet_margin_with_cosine", "triplet_margin_with_distance_loss"},
      {"where_positions", "argwhere"}};
  if (const auto other = others.find(golden); other != others.end()) return other->second;
  std::string name = golden;
  while (!operations.contains(name)) {
    const std::size_t end = name.rfind('_');
    REQUIRE_MESSAGE(end != std::string::npos, "of which operation are the golden cases ", golden);
    name.resize(end);
  }
  return name;
}

std::map<std::string, int> golden_cases(const Operations& operations) {
  std::map<std::string, int> counts;
  for (const auto& entry : std::filesystem::directory_iterator(FATHOM_TEST_SOURCE "/golden/ops")) {
    const io::Safetensors file = io::load_safetensors(entry.path().string());
    for (const auto& golden : nlohmann::json::parse(file.metadata.at("cases")))
      ++counts[operation_of(golden["op"], operations)];
  }
  return counts;
}

constexpr const char* introduction = R"(# What each operation supports

Made from the table of operation samples (`tests/ops/samples.h`) by `./run docs support`; a test compares it. By header, as
the reference does.

* **types**: what both backends were seen to compute, of the numbers and not of the indices and masks beside them. All:
  f64 f32 f16 bf16 i64 i32 i8 u8 bool; floating: the first four; integers: the next four; numbers: all but bool; a dash
  where no tensor goes in.
* **gradient**, and the gradient **of the gradient**: checked against central differences. Empty where there is none, such as of
  integers and steps, and for the second where no sample asks for it.
* **cpu**, **reference**: how they compute it. A *kernel* is a loop of the backend's own, which the cpu merges with its
  neighbours where both go by elements; a *definition* is the operation's own, in simpler ones; *composed* ones are written
  in others from the start; a *view* is an index map that moves nothing; a *library* is called by both backends;
  what runs *at the call* has a shape that depends on the values.
* **PyTorch**: cases with PyTorch's values and gradients (2.14.1) that it passes on both backends.
)";

std::string row(const std::string& name, const Rows& rows, int goldens) {
  const auto any = [&](auto property) { return std::any_of(rows.begin(), rows.end(), property); };
  const bool gradient = any([](const Sample* s) {
    return s->options.gradient && !s->options.large &&
           std::any_of(s->inputs.begin(), s->inputs.end(),
                       [](const Input& input) { return is_floating(input.dtype); });
  });
  const bool second = any([](const Sample* s) { return s->options.second; });
  std::string text = "|";
  for (const std::string& cell :
       {"`" + name + "`", types_of(*rows.front()), std::string(gradient ? "yes" : ""),
        std::string(second ? "yes" : ""), way_of(rows, cpu_backend()),
        way_of(rows, reference_backend()), goldens ? std::to_string(goldens) : ""})
    text += " " + cell + " |";
  return text + "\n";
}

std::string page() {
  Operations operations;
  for (const Sample& s : all_samples()) operations[s.operation()].push_back(&s);
  std::map<std::string, int> goldens = golden_cases(operations);
  std::string text = introduction;
  for (const auto& [header, functions] : declared_operations()) {
    text += "\n## [" + header + "](../fathom/ops/" + header +
            ")\n\n| operation | types | gradient | of the gradient | cpu | reference | PyTorch |\n"
            "| --- | --- | --- | --- | --- | --- | --- |\n";
    for (const std::string& name : functions)
      if (const auto at = operations.find(name); at != operations.end())
        text += row(name, at->second, goldens[name]);
  }
  return text;
}

}  // namespace

TEST_CASE("the support matrix in the docs is that of the sample table") {
  const std::string path =
      (std::filesystem::path(FATHOM_TEST_SOURCE).parent_path() / "docs" / "support.md").string();
  const std::string made = page();
  if (std::getenv("FATHOM_UPDATE")) io::write_atomically(path, std::string_view(made));
  std::istringstream committed(io::read_text(path)), wanted(made);
  std::string is, should;
  bool same = true, more = true;
  while (same && more) {  // up to the first line that differs, for the message
    more = static_cast<bool>(std::getline(wanted, should));
    same = static_cast<bool>(std::getline(committed, is)) == more && (!more || is == should);
  }
  CHECK_MESSAGE(same,
                "docs/support.md is not what the sample table says; mend it with: ./run docs "
                "support\n  it says   ",
                is, "\n  not       ", should);
}

}  // namespace fathom::test
