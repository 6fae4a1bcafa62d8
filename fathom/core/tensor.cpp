#include "fathom/core/tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ostream>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/graph/eval.h"
#include "fathom/graph/node.h"
#include "fathom/graph/op.h"

namespace fathom {
namespace {

[[noreturn]] void empty_handle(const char* what) {
  throw ValueError({.operation = what,
                    .problem = "the tensor is empty",
                    .hint = "a default-constructed Tensor holds nothing until it is assigned"});
}

/// Calls f with a null pointer of the element type; halves have no C++ type here.
template <class F> decltype(auto) dispatch(DType dtype, F&& f) {
  switch (dtype) {
    case DType::f32:
      return f(static_cast<const float*>(nullptr));
    case DType::f64:
      return f(static_cast<const double*>(nullptr));
    case DType::i64:
      return f(static_cast<const std::int64_t*>(nullptr));
    case DType::i32:
      return f(static_cast<const std::int32_t*>(nullptr));
    case DType::i8:
      return f(static_cast<const std::int8_t*>(nullptr));
    case DType::u8:
      return f(static_cast<const std::uint8_t*>(nullptr));
    case DType::boolean:
      return f(static_cast<const bool*>(nullptr));
    case DType::f16:
    case DType::bf16:
      break;
  }
  throw UnsupportedError({.operation = "read",
                          .problem = "half types are stored but not read out",
                          .hint = "cast to f32 first"});
}

}  // namespace

const Shape& Tensor::shape() const {
  if (!value_) empty_handle("shape");
  return value_->spec.shape;
}
DType Tensor::dtype() const {
  if (!value_) empty_handle("dtype");
  return value_->spec.dtype;
}
std::int64_t Tensor::size(int axis) const {
  const Shape& s = shape();
  if (axis < -s.rank() || axis >= s.rank())
    throw IndexError({.operation = "size",
                      .problem = "axis " + std::to_string(axis) + " is out of range",
                      .received = {{"shape", to_string(s)}}});
  return s[axis < 0 ? axis + s.rank() : axis];
}

std::pair<Tensor, void*> Tensor::uninitialized(DType dtype, const Shape& shape) {
  graph::Node* node = graph::new_leaf({dtype, shape}, {});
  return {Tensor::adopt(&node->output(0)), node->output(0).data};
}

Tensor Tensor::from_bytes(DType dtype, const Shape& shape, const void* data, std::size_t bytes) {
  const std::size_t expected = static_cast<std::size_t>(shape.size()) * size_of(dtype);
  if (bytes != expected)
    throw ShapeError({.operation = "Tensor::from",
                      .problem = "the number of elements does not fit the shape",
                      .received = {{"elements", std::to_string(bytes / size_of(dtype))},
                                   {"shape", to_string(shape)}},
                      .expected = std::to_string(shape.size()) + " elements"});
  auto [t, memory] = uninitialized(dtype, shape);
  if (bytes > 0) std::memcpy(memory, data, bytes);
  return t;
}

bool Tensor::evaluated() const { return value_ && value_->data; }

const Tensor& Tensor::eval() const {
  if (!value_) empty_handle("eval");
  if (!value_->data) {
    graph::Value* roots[] = {value_};
    graph::evaluate(roots);
  }
  return *this;
}

void eval(std::span<const Tensor> tensors) {
  std::vector<graph::Value*> roots;
  for (const Tensor& t : tensors) {
    if (!t.defined()) empty_handle("eval");
    if (!t.evaluated()) roots.push_back(t.value());
  }
  if (!roots.empty()) graph::evaluate(roots);
}

const void* Tensor::raw_data() const { return eval().value_->data; }

const void* Tensor::typed_data(DType wanted) const {
  if (dtype() != wanted)
    throw DTypeError({.operation = "data",
                      .problem = "the element type differs",
                      .received = {{"tensor", graph::describe(*this)}},
                      .expected = "to be read as " + std::string(name(dtype())) + ", not " +
                                  std::string(name(wanted)),
                      .hint = "cast the tensor first"});
  return raw_data();
}

namespace {
void require_one(const Tensor& t) {
  if (t.size() == 1) return;
  throw ShapeError({.operation = "item",
                    .problem = "the tensor does not have exactly one element",
                    .received = {{"tensor", graph::describe(t)}}});
}
}  // namespace

double Tensor::item_double() const {
  require_one(*this);
  const void* p = raw_data();
  return dispatch(dtype(),
                  [&](auto* type) { return static_cast<double>(*static_cast<decltype(type)>(p)); });
}
std::int64_t Tensor::item_integer() const {
  require_one(*this);
  const void* p = raw_data();
  return dispatch(dtype(), [&](auto* type) {
    return static_cast<std::int64_t>(*static_cast<decltype(type)>(p));
  });
}

// ---- printing
// ---------------------------------------------------------------------------------------

namespace {

constexpr std::int64_t summarize_above = 1000;  // NumPy's threshold and edge items
constexpr std::int64_t edge_items = 3;

// The axes' positions that are printed; -1 stands for "...".
std::vector<std::int64_t> printed_positions(std::int64_t n, bool summarize) {
  std::vector<std::int64_t> positions;
  if (summarize && n > 2 * edge_items) {
    for (std::int64_t i = 0; i < edge_items; ++i) positions.push_back(i);
    positions.push_back(-1);
    for (std::int64_t i = n - edge_items; i < n; ++i) positions.push_back(i);
  } else {
    for (std::int64_t i = 0; i < n; ++i) positions.push_back(i);
  }
  return positions;
}

struct Printer {
  const Tensor& t;
  bool summarize;
  std::vector<std::string> words;  // printed elements, in order
  std::size_t width = 0;
  std::size_t next = 0;

  template <class F> void for_each_printed(int axis, std::int64_t offset, F&& f) {
    if (axis == t.rank()) return f(offset);
    std::int64_t stride = 1;
    for (int i = axis + 1; i < t.rank(); ++i) stride *= t.shape()[i];
    for (std::int64_t i : printed_positions(t.shape()[axis], summarize))
      if (i >= 0) for_each_printed(axis + 1, offset + i * stride, f);
  }

  std::string nested(int axis) {
    if (axis == t.rank()) {
      const std::string& word = words[next++];
      return std::string(width - word.size(), ' ') + word;
    }
    const bool last = axis == t.rank() - 1;
    std::string text = "[";
    bool first = true;
    for (std::int64_t i : printed_positions(t.shape()[axis], summarize)) {
      if (!first)
        text += last ? " "
                     : std::string(static_cast<std::size_t>(t.rank() - axis - 1), '\n') +
                           std::string(static_cast<std::size_t>(axis) + 1, ' ');
      first = false;
      text += i < 0 ? "..." : nested(axis + 1);
    }
    return text + "]";
  }
};

std::vector<std::string> format_floats(const std::vector<double>& values, bool single) {
  double largest = 0;
  double smallest = 1e300;
  bool whole = true;
  for (double v : values) {
    if (v - v != 0) continue;  // NaN and infinity have words of their own
    const double a = v < 0 ? -v : v;
    if (a != 0) {
      largest = std::max(largest, a);
      smallest = std::min(smallest, a);
    }
    whole = whole && v == static_cast<double>(static_cast<std::int64_t>(v));
  }
  const bool scientific =
      largest >= 1e8 || (largest > 0 && (smallest < 1e-4 || largest / smallest > 1e3));
  std::vector<std::string> words;
  std::size_t decimals = 0;
  for (double v : values) {
    std::string w;
    if (v != v)
      w = "nan";
    else if (v - v != 0)
      w = v > 0 ? "inf" : "-inf";
    else if (scientific && !whole)
      w = fmt::format("{:.8g}", v);
    else if (whole)
      w = fmt::format("{:.0f}.", v);
    else {
      w = single ? fmt::format("{}", static_cast<float>(v)) : fmt::format("{}", v);
      const auto point = w.find('.');
      if (point != std::string::npos && w.size() - point - 1 > 8) w = fmt::format("{:.8f}", v);
      const auto digits = w.find('.');
      if (digits != std::string::npos)
        decimals = std::max(decimals, w.size() - digits - 1);
      else
        w += ".";
    }
    words.push_back(std::move(w));
  }
  for (std::string& w : words) {  // fixed notation: the same number of decimals for all
    const auto point = w.find('.');
    if (decimals > 0 && point != std::string::npos && w.find('e') == std::string::npos)
      w.append(decimals - (w.size() - point - 1), '0');
  }
  return words;
}

}  // namespace

std::string to_string(const Tensor& tensor) {
  if (!tensor.defined()) return "(empty tensor)";
  const void* data = tensor.raw_data();
  if (tensor.size() == 0)
    return "[] " + std::string(name(tensor.dtype())) + " " + to_string(tensor.shape());
  Printer printer{tensor, tensor.size() > summarize_above, {}};
  std::vector<double> floats;
  printer.for_each_printed(0, 0, [&](std::int64_t i) {
    dispatch(tensor.dtype(), [&](auto* type) {
      const auto v = static_cast<decltype(type)>(data)[i];
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(v)>, bool>)
        printer.words.emplace_back(v ? "True" : "False");
      else if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(v)>>)
        printer.words.push_back(std::to_string(v));
      else
        floats.push_back(static_cast<double>(v));
    });
  });
  if (!floats.empty()) printer.words = format_floats(floats, tensor.dtype() == DType::f32);
  for (const std::string& w : printer.words) printer.width = std::max(printer.width, w.size());
  return printer.nested(0);
}

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  return out << to_string(tensor);
}

}  // namespace fathom
