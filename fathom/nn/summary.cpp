#include "fathom/nn/summary.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/conv.h"
#include "fathom/ops/linalg.h"

namespace fathom::nn {
namespace {

/// Multiply-adds of a node: those of products, which are nearly all of a network's work.
std::int64_t multiply_adds(const graph::Node& node) {
  const auto shape = [&](int i) -> const Shape& { return node.inputs[i]->spec.shape; };
  const Shape& out = const_cast<graph::Node&>(node).output(0).spec.shape;
  if (graph::is<op::Linear>(*node.op)) return out.size() * shape(1)[1];
  if (graph::is<op::Matmul>(*node.op)) {
    const bool transposed = graph::attributes<op::Matmul>(node).transpose_a;
    return out.size() * shape(0)[shape(0).rank() - (transposed ? 2 : 1)];
  }
  // Per number of y, or of dy where x is what comes out: one per element of a group's kernel.
  const auto kernel = [&] { return shape(1).size() / shape(1)[0]; };
  if (graph::is<op::Conv>(*node.op)) return out.size() * kernel();
  if (graph::is<op::ConvBackwardInput>(*node.op)) return shape(0).size() * kernel();
  return 0;
}

/// Collects what a call shows, by the modules' addresses.
class Watch final : public graph::Observer {
 public:
  std::map<const void*, std::vector<Shape>> outputs;
  std::map<const void*, std::int64_t> work;
  std::int64_t total_work = 0;
  std::int64_t output_bytes = 0;

  Watch() : before_(graph::context().observer) { graph::context().observer = this; }
  ~Watch() override { graph::context().observer = before_; }
  void node(const graph::Node& node, const graph::ModuleScope* module) override {
    const std::int64_t n = multiply_adds(node);
    total_work += n;
    if (n > 0 && module) work[module->self] += n;
  }
  void result(const void* module, const Tensor& y) override {
    outputs[module].push_back(y.shape());
    output_bytes += static_cast<std::int64_t>(y.bytes());
  }

 private:
  graph::Observer* before_;
};

/// The rows and totals of a model.
class Rows final : public Visitor {
 public:
  Summary summary;
  std::vector<const void*> addresses;  // of the rows' modules

  void param(const Path& path, Param& p) override {
    if (!p.defined()) return;
    summary.parameters += p.size();
    summary.parameter_bytes += static_cast<std::int64_t>(p.bytes());
    if (p.frozen) summary.frozen += p.size();
    close_all_but(path.str());
    for (const Open& module : open_) summary.rows[module.row].parameters += p.size();
  }
  void buffer(const Path&, Buffer& b) override {
    if (!b.value.defined()) return;
    summary.buffers += b.value.size();
    summary.parameter_bytes += static_cast<std::int64_t>(b.value.bytes());
  }
  void module(const Path& path, const void* address, std::string_view type) override {
    const std::string name = path.str();
    close_all_but(name);
    const std::size_t skip =
        open_.empty() || open_.back().path.empty() ? 0 : open_.back().path.size() + 1;
    const bool lambda = type.find("<lambda") != std::string_view::npos;
    summary.rows.push_back({.depth = static_cast<int>(open_.size()),
                            .name = name.substr(skip),
                            .type = std::string(lambda ? "function" : type)});
    addresses.push_back(address);
    open_.push_back({name, summary.rows.size() - 1});
  }

 private:
  struct Open {
    std::string path;
    std::size_t row;
  };
  /// Leaves open the modules that hold what is called `name`.
  void close_all_but(const std::string& name) {
    const auto holds = [&](const std::string& path) {
      return path.empty() ? !name.empty() : name.starts_with(path + ".");
    };
    while (!open_.empty() && !holds(open_.back().path)) open_.pop_back();
  }
  std::vector<Open> open_;
};

/// A struct starts where its first field does: of rows with one address the innermost is the layer.
void add_call(Rows& rows, const Watch& watch) {
  std::vector<SummaryRow>& list = rows.summary.rows;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const void* address = rows.addresses[i];
    if (i + 1 < list.size() && rows.addresses[i + 1] == address &&
        list[i + 1].depth > list[i].depth)
      continue;
    if (const auto it = watch.outputs.find(address); it != watch.outputs.end())
      list[i].outputs = it->second;
    const auto it = watch.work.find(address);
    if (it == watch.work.end()) continue;
    int limit = list[i].depth + 1;
    for (std::size_t j = i + 1; j-- > 0;) {
      if (list[j].depth >= limit) continue;
      limit = list[j].depth;
      list[j].multiply_adds += it->second;
    }
  }
}

std::string grouped(std::int64_t n) {
  std::string text = std::to_string(n);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

/// "12.34 k", "5.60 M".
std::string scaled(std::int64_t n) {
  const auto x = static_cast<double>(n);
  if (n < 1000) return std::to_string(n);
  if (n < 1000000) return fmt::format("{:.2f} k", x / 1e3);
  if (n < 1000000000) return fmt::format("{:.2f} M", x / 1e6);
  return fmt::format("{:.2f} G", x / 1e9);
}

/// "256 B", "12.34 kB".
std::string memory(std::int64_t bytes) { return scaled(bytes) + (bytes < 1000 ? " B" : "B"); }

std::string outputs_of(const SummaryRow& row) {
  if (row.outputs.empty()) return "--";
  std::string text = to_string(row.outputs.front());
  if (row.outputs.size() > 1) text += " x" + std::to_string(row.outputs.size());
  return text;
}

/// The branches in front of a row: is a module of the same depth still to come?
std::string branches(const std::vector<SummaryRow>& rows, std::size_t i) {
  std::string text;
  for (int depth = 1; depth <= rows[i].depth; ++depth) {
    bool more = false;
    for (std::size_t j = i + 1; j < rows.size() && rows[j].depth >= depth; ++j)
      more = more || rows[j].depth == depth;
    const bool own = depth == rows[i].depth;
    text += own ? (more ? "├─ " : "└─ ") : (more ? "│  " : "   ");
  }
  return text;
}

/// Characters, not bytes.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string padded(const std::string& text, std::size_t to, bool right) {
  const std::string space(to - std::min(to, width(text)), ' ');
  return right ? space + text : text + space;
}

}  // namespace

namespace detail {

Summary summarize(void (*visit)(void*, Visitor&), void* model, std::vector<Tensor> inputs,
                  const std::function<Tensor()>& call) {
  Rows rows;
  visit(model, rows);
  Watch watch;
  const Tensor y = [&] {
    const ModeScope mode = inference();
    return call();
  }();
  add_call(rows, watch);
  Summary& s = rows.summary;
  if (!s.rows.empty()) {
    s.rows.front().multiply_adds = watch.total_work;
    if (s.rows.front().outputs.empty()) s.rows.front().outputs.push_back(y.shape());
  }
  s.multiply_adds = watch.total_work;
  s.pass_bytes = 2 * watch.output_bytes;
  for (const Tensor& input : inputs) {
    s.inputs.push_back(input.shape());
    s.input_bytes += static_cast<std::int64_t>(input.bytes());
  }
  return std::move(s);
}

}  // namespace detail

std::string Summary::str() const {
  std::vector<std::array<std::string, 4>> cells;
  cells.push_back({"Layer", "Output shape", "Parameters", "Multiply-adds"});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const SummaryRow& row = rows[i];
    std::string label = branches(rows, i) + row.type;
    if (!row.name.empty()) label += " (" + row.name + ")";
    cells.push_back({label, outputs_of(row), row.parameters ? grouped(row.parameters) : "--",
                     row.multiply_adds ? grouped(row.multiply_adds) : "--"});
  }
  std::array<std::size_t, 4> widths{};
  for (const auto& line : cells)
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], width(line[c]));
  const std::size_t whole = widths[0] + widths[1] + widths[2] + widths[3] + 6;
  const std::string rule(whole, '-');
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    for (std::size_t c = 0; c < 4; ++c)
      text += (c ? "  " : "") + padded(cells[i][c], widths[c], c > 1);
    while (text.back() == ' ') text.pop_back();
    text += "\n";
    if (i == 0) text += std::string(whole, '=') + "\n";
  }
  std::string given;
  for (const Shape& input : inputs) given += (given.empty() ? "" : ", ") + to_string(input);
  text += std::string(whole, '=') + "\n";
  text += fmt::format("Input: {}\n", given);
  text += fmt::format("Parameters: {} ({} trainable, {} frozen)\n", grouped(parameters),
                      grouped(parameters - frozen), grouped(frozen));
  if (buffers > 0) text += fmt::format("Numbers in buffers: {}\n", grouped(buffers));
  text += fmt::format("Multiply-adds: {}\n", scaled(multiply_adds));
  text += rule + "\n";
  text += fmt::format("Memory: input {}, forward and backward {}, parameters {}, together {}\n",
                      memory(input_bytes), memory(pass_bytes), memory(parameter_bytes),
                      memory(input_bytes + pass_bytes + parameter_bytes));
  return text;
}

std::ostream& operator<<(std::ostream& out, const Summary& summary) { return out << summary.str(); }

}  // namespace fathom::nn
