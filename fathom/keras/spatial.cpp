// Layers that work on positions and have no weights, and layers that merge.
#include <algorithm>
#include <array>

#include "fathom/core/error.h"
#include "fathom/keras/layer.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom::keras::detail {
namespace {

using Tensors = std::vector<Tensor>;

// The first axis of positions: after the examples, and after the channels where those come first.
int first_axis(const LayerConfig& layer) { return channels_last(layer) ? 1 : 2; }

Built padding(const LayerConfig& layer, std::size_t axes, const char* key, int sign) {
  Widths widths(1);  // of the examples
  if (!channels_last(layer)) widths.push_back({});
  for (const auto& [low, high] : ends_of(layer.config.at(key), axes))
    widths.push_back({sign * low, sign * high});
  if (channels_last(layer)) widths.push_back({});
  Built built;
  built.step.after = [widths](const Tensor& x) { return pad(x, widths); };
  return built;
}

Built up_sampling(const LayerConfig& layer, std::size_t axes) {
  if (const Json how = layer.config.value("interpolation", Json("nearest")); how != "nearest")
    throw UnsupportedError({.operation = "keras",
                            .problem = "no such interpolation here",
                            .received = {{"layer", layer.name}, {"interpolation", how.dump()}},
                            .expected = "nearest"});
  const auto factors = per_axis(layer.config.at("size"), axes);
  const int first = first_axis(layer);
  Built built;
  built.step.after = [factors, first](const Tensor& x) {
    Tensor y = x;
    for (std::size_t i = 0; i < factors.size(); ++i)
      y = repeat_interleave(y, factors[i], first + static_cast<int>(i));
    return y;
  };
  return built;
}

Built global_pooling(const LayerConfig& layer, std::size_t count, bool average) {
  std::vector<int> axes;
  for (std::size_t i = 0; i < count; ++i) axes.push_back(first_axis(layer) + static_cast<int>(i));
  const bool keep = layer.config.value("keepdims", Json(false)) == Json(true);
  Built built;
  built.step.after = [=](const Tensor& x) {
    return average ? mean(x, axes, keep) : max(x, axes, keep);
  };
  return built;
}

Tensor fold(const Tensors& parts, Tensor (*two)(const Tensor&, const Tensor&)) {
  Tensor all = parts.at(0);
  for (std::size_t i = 1; i < parts.size(); ++i) all = two(all, parts[i]);
  return all;
}

// The product over one axis of each, the examples' one by one.
Tensor dot(const Tensors& parts, int a_axis, int b_axis, bool normalize) {
  Tensor a = movedim(parts.at(0), a_axis, -1), b = movedim(parts.at(1), b_axis, 1);
  if (normalize) {
    const auto unit = [](const Tensor& x, int axis) {
      return x / sqrt(maximum(sum(x * x, axis, true), 1e-12));
    };
    a = unit(a, -1), b = unit(b, 1);
  }
  if (a.rank() == 2 && b.rank() == 2) return sum(a * b, -1, true);
  return matmul(a, b);
}

}  // namespace

std::size_t axes_of(const std::string& type, std::string_view start) {
  if (type.size() != start.size() + 2 || !type.starts_with(start) || !type.ends_with("D")) return 0;
  const char digit = type[start.size()];
  return digit >= '1' && digit <= '3' ? static_cast<std::size_t>(digit - '0') : 0;
}

std::optional<Built> build_spatial(const LayerConfig& layer) {
  const auto axes = [&](std::string_view start) { return axes_of(layer.type, start); };
  if (const auto n = axes("ZeroPadding")) return padding(layer, n, "padding", 1);
  if (const auto n = axes("Cropping")) return padding(layer, n, "cropping", -1);
  if (const auto n = axes("UpSampling")) return up_sampling(layer, n);
  if (const auto n = axes("GlobalAveragePooling")) return global_pooling(layer, n, true);
  if (const auto n = axes("GlobalMaxPooling")) return global_pooling(layer, n, false);
  return std::nullopt;
}

std::optional<Built> build_merge(const LayerConfig& layer) {
  Built built;
  const std::string& type = layer.type;
  auto& merge = built.step.merge;
  if (type == "Add") {
    merge = [](const Tensors& parts) {
      return fold(parts, [](const Tensor& a, const Tensor& b) { return a + b; });
    };
  } else if (type == "Subtract") {
    merge = [](const Tensors& parts) { return parts.at(0) - parts.at(1); };
  } else if (type == "Multiply") {
    merge = [](const Tensors& parts) {
      return fold(parts, [](const Tensor& a, const Tensor& b) { return a * b; });
    };
  } else if (type == "Average") {
    merge = [](const Tensors& parts) {
      return fold(parts, [](const Tensor& a, const Tensor& b) { return a + b; }) /
             static_cast<double>(parts.size());
    };
  } else if (type == "Maximum") {
    merge = [](const Tensors& parts) {
      return fold(parts, [](const Tensor& a, const Tensor& b) { return maximum(a, b); });
    };
  } else if (type == "Minimum") {
    merge = [](const Tensors& parts) {
      return fold(parts, [](const Tensor& a, const Tensor& b) { return minimum(a, b); });
    };
  } else if (type == "Concatenate") {
    const int axis = layer.config.value("axis", -1);
    merge = [axis](const Tensors& parts) { return concat(parts, axis); };
  } else if (type == "Dot") {
    const auto axes = per_axis(layer.config.at("axes"), 2);
    const bool normalize = layer.config.value("normalize", false);
    merge = [=](const Tensors& parts) {
      return dot(parts, static_cast<int>(axes[0]), static_cast<int>(axes[1]), normalize);
    };
  } else {
    return std::nullopt;
  }
  return built;
}

}  // namespace fathom::keras::detail
