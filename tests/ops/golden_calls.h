// What an operation's name and attributes in a golden file mean in Fathom.
#pragma once
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fathom/ops/reduce.h"

namespace fathom::test {

using nlohmann::json;
using X = std::vector<Tensor>;
using Y = std::vector<Tensor>;
/// The outputs of a case; an empty list if it uses an option that Fathom does not have.
using GoldenCall = std::function<Y(const X& x, const json& attributes)>;
using GoldenCalls = std::map<std::string, GoldenCall>;
/// Of every operation, from the files below. Throws if two files have the same.
const GoldenCalls& golden_calls();

// By family, in the files of these names.
void add_activation_calls(GoldenCalls& calls);
void add_elementwise_calls(GoldenCalls& calls);
void add_index_calls(GoldenCalls& calls);
void add_linalg_calls(GoldenCalls& calls);
/// Losses, distances and embeddings.
void add_loss_calls(GoldenCalls& calls);
/// Scans, sorting, statistics, histograms, and reductions with all their options.
void add_order_calls(GoldenCalls& calls);
/// Pooling, resizing, sampling at positions.
void add_picture_calls(GoldenCalls& calls);
void add_shape_calls(GoldenCalls& calls);

// Attributes as the scripts write them.
inline Axes axes_of(const json& a) {
  return a.contains("axes") ? Axes(a["axes"].get<std::vector<int>>()) : Axes();
}
inline std::optional<int> axis_of(const json& a) {
  return a.contains("axis") ? std::optional<int>(a["axis"].get<int>()) : std::nullopt;
}
inline bool keep(const json& a) { return a.value("keepdim", false); }
inline Shape shape_of(const json& list) {
  return Shape(std::span<const std::int64_t>(list.get<std::vector<std::int64_t>>()));
}
inline DType dtype_named(const std::string& wanted) {
  for (int d = 0; d < dtype_count; ++d)
    if (name(static_cast<DType>(d)) == wanted) return static_cast<DType>(d);
  throw std::runtime_error("no type " + wanted);
}
/// A number, or "inf" or "-inf".
inline double number_of(const json& a) {
  if (!a.is_string()) return a;
  const double infinity = std::numeric_limits<double>::infinity();
  return a == "inf" ? infinity : -infinity;
}

/// Operations of one operand and of two without attributes.
template <class F> GoldenCall unary(F f) {
  return [f](const X& x, const json&) -> Y { return {f(x[0])}; };
}
template <class F> GoldenCall binary(F f) {
  return [f](const X& x, const json&) -> Y { return {f(x[0], x[1])}; };
}

}  // namespace fathom::test
