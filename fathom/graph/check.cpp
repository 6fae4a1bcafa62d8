#include "fathom/graph/check.h"

#include <fmt/core.h>

#include <cmath>

#include "fathom/graph/context.h"

namespace fathom::graph {

std::int64_t find_bad(const Tensor& x, bool infinity) {
  const auto find = [&](const auto& view) -> std::int64_t {
    for (std::size_t i = 0; i < view.size(); ++i)
      if (infinity ? !std::isfinite(view[i]) : std::isnan(view[i]))
        return static_cast<std::int64_t>(i);
    return -1;
  };
  if (!is_floating(x.dtype())) return -1;
  if (x.dtype() == DType::f32) return find(x.data<float>());
  if (x.dtype() == DType::f64) return find(x.data<double>());
  return find(x.to_vector<float>());  // half types
}

std::string number_text(double x) { return std::isnan(x) ? "NaN" : fmt::format("{}", x); }

std::string element_text(const Shape& shape, std::int64_t element, const BatchRows& rows) {
  std::string text;
  std::int64_t at = 0;
  for (int axis = shape.rank(); axis-- > 0; element /= shape[axis]) {
    at = element % shape[axis];
    text = std::to_string(at) + (text.empty() ? "" : ", ") + text;
  }
  text = "(" + text + ")";
  if (shape.rank() == 0 || shape[0] != rows.count) return text;
  text += ", row " + std::to_string(at) + " of the batch";
  if (!rows.numbers.empty())
    text += ", " + std::to_string(rows.numbers[static_cast<std::size_t>(at)]) + " of the data";
  return text;
}

FiniteCheck::FiniteCheck(BatchRows rows) : rows_(std::move(rows)), eager_before_(context().eager) {
  context().eager = true;
  context().finite_check = this;
}
FiniteCheck::~FiniteCheck() {
  context().eager = eager_before_;
  context().finite_check = nullptr;
}

ErrorInfo FiniteCheck::describe(const Node& node, int output, std::int64_t element) const {
  const Tensor value(const_cast<Value*>(&const_cast<Node&>(node).output(output)));
  const std::string name(title(*node.op, node.attributes));
  const double number = value.to_vector<double>()[static_cast<std::size_t>(element)];
  const Node* forward = differentiated_;
  ErrorInfo info{.operation = name,
                 .problem = std::string(std::isnan(number) ? "NaN"
                                        : number < 0       ? "-inf"
                                                           : "inf") +
                            " of finite numbers",
                 .received = {{"element", element_text(value.shape(), element, rows_)},
                              {"of", graph::describe(value)}},
                 .module = current_module(),
                 .where = to_string(user_line(node.origin.where))};
  if (forward) {
    info.operation = std::string("gradient of ") + name_of(*forward);
    info.problem = info.problem + ", by " + name;
    info.where = to_string(forward->origin.where);
    if (const auto place = places_.find(forward); place != places_.end())
      info.module = place->second;
  }
  return info;
}

void FiniteCheck::look(const Node& node) {
  if (!differentiated_) places_[&node] = current_module();
  for (int i = 0; i < node.output_count; ++i) {
    const Tensor value(&const_cast<Node&>(node).output(i));
    const std::int64_t nan = find_bad(value, false);
    const std::int64_t bad = nan >= 0 ? nan : found_infinity_ ? -1 : find_bad(value, true);
    if (bad < 0) continue;
    for (int k = 0; k < node.input_count; ++k)
      if (find_bad(Tensor(node.inputs[k]), nan < 0) >= 0) return;  // made before
    ErrorInfo info = describe(node, i, bad);
    if (nan < 0) {
      infinity_ = std::move(info);
      found_infinity_ = true;
      continue;
    }
    if (found_infinity_)
      info.received.emplace_back("the first infinity",
                                 infinity_.operation + " at " + infinity_.received[0].second +
                                     " of " + infinity_.received[1].second +
                                     (infinity_.module.empty() ? "" : ", in " + infinity_.module));
    throw NumericError(std::move(info));
  }
}

void FiniteCheck::require_no_infinity() const {
  if (found_infinity_) throw NumericError(infinity_);
}

}  // namespace fathom::graph
