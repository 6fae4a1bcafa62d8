#include "fathom/ops/histogram.h"

#include <cmath>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/differences.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/sort.h"

namespace fathom {
namespace {

using graph::describe;

/// Weights (of each element, or one for all) added up by bin; bin `bins` is for what is outside.
Tensor add_up(const Tensor& bin, const Tensor& weights, std::int64_t bins) {
  const Tensor each = expand(weights, bin.shape());
  const Tensor sums = ops::scatter_slices(reshape(each, {-1}), reshape(bin, {-1}), 0, bins + 1, {});
  return slice(sums, 0, 0, bins);
}

void require_like(const char* operation, const Tensor& x, const Tensor& weights,
                  const std::source_location& where) {
  if (!weights.defined() || weights.shape() == x.shape()) return;
  ops::fail<ShapeError>({.operation = operation,
                         .problem = "the weights do not fit",
                         .received = {{"x", describe(x)}, {"weights", describe(weights)}},
                         .expected = "a weight for each element"},
                        where);
}

void require_bins(const char* operation, std::int64_t bins, const Operand& x) {
  if (bins >= 1) return;
  ops::fail<ValueError>({.operation = operation,
                         .problem = "bins is " + std::to_string(bins),
                         .expected = "one bin and more"},
                        x.where());
}

/// Where the bins begin and end: half a unit to both sides of a range without width.
std::array<double, 2> checked_range(const char* operation, const Tensor& x,
                                    std::optional<std::array<double, 2>> range,
                                    const std::source_location& where) {
  if (!range) {
    if (x.size() == 0) return {0, 1};
    range = {min(x).item(), max(x).item()};
  }
  if (!std::isfinite((*range)[0]) || !std::isfinite((*range)[1]) || (*range)[0] > (*range)[1])
    ops::fail<ValueError>({.operation = operation,
                           .problem = "the range is [" + graph::print_field((*range)[0]) + ", " +
                                      graph::print_field((*range)[1]) + "]",
                           .expected = "finite ends in ascending order",
                           .hint = "give a range if x holds NaN or infinity"},
                          where);
  return (*range)[0] < (*range)[1] ? *range : std::array{(*range)[0] - 0.5, (*range)[1] + 0.5};
}

/// The bin of each element among ascending edges; as many as there are bins if it is outside.
Tensor bin_of(const Tensor& x, const Tensor& edges) {
  const std::int64_t bins = edges.size() - 1;
  const Tensor after = searchsorted(edges, x, true);
  const Tensor last = select(edges, 0, bins);
  // Behind the last edge, but for the edge itself; before the first one; NaN is behind all.
  const Tensor inside = logical_and(after > 0, x <= last);
  return where(inside, minimum(after - 1, bins - 1), bins);
}

/// Edges of bins of equal width.
Tensor even_edges(std::int64_t bins, const std::array<double, 2>& range, DType dtype) {
  const auto [low, high] = range;
  // From the nearer end, so that both are met.
  const double width = (high - low) / static_cast<double>(bins);
  const Tensor i = arange(bins + 1, DType::f64);
  return cast(where(i < static_cast<double>(bins) / 2, low + i * width,
                    high - (static_cast<double>(bins) - i) * width),
              dtype);
}

}  // namespace

Tensor bincount(const Operand& operand, const Tensor& weights, std::int64_t minimum_length) {
  const graph::CallScope call("bincount", operand.where());
  const Tensor x = ops::as_tensor(operand);
  if (!is_integer(x.dtype()))
    ops::fail<DTypeError>(
        {.operation = "bincount", .problem = "needs integers", .received = {{"x", describe(x)}}},
        operand.where());
  if (x.rank() != 1)
    ops::fail<ShapeError>({.operation = "bincount",
                           .problem = "needs one axis",
                           .received = {{"x", describe(x)}},
                           .hint = "flatten(x)"},
                          operand.where());
  require_like("bincount", x, weights, operand.where());
  std::int64_t length = minimum_length;
  if (x.size() > 0) {
    const auto [low, high] = aminmax(x);
    eval(std::vector{low, high});
    if (low.item<std::int64_t>() < 0)
      ops::fail<ValueError>({.operation = "bincount",
                             .problem = "element " + std::to_string(low.item<std::int64_t>()),
                             .expected = "integers of 0 and more"},
                            operand.where());
    length = std::max(length, high.item<std::int64_t>() + 1);
  }
  if (!weights.defined())
    return cast(add_up(cast(x, DType::i64), constant(1.0, {}, DType::f64), length), DType::i64);
  const DType dtype = weights.dtype() == DType::f32 ? DType::f32 : DType::f64;
  return add_up(cast(x, DType::i64), cast(weights, dtype), length);
}

Tensor histc(const Operand& operand, std::int64_t bins, double low, double high) {
  const graph::CallScope call("histc", operand.where());
  ops::require_floating("histc", operand);
  const Tensor x = ops::as_tensor(operand);
  require_bins("histc", bins, operand);
  const bool given = low != high;
  const auto range = checked_range(
      "histc", x, given ? std::optional(std::array{low, high}) : std::nullopt, operand.where());
  const auto width = range[1] - range[0];
  const Tensor place = (x - range[0]) * static_cast<double>(bins) / width;
  const Tensor inside = logical_and(x >= range[0], x <= range[1]);
  const Tensor bin = where(inside, minimum(floor(place), static_cast<double>(bins - 1)),
                           static_cast<double>(bins));
  return stop_gradient(add_up(cast(bin, DType::i64), constant(1.0, {}, x.dtype()), bins));
}

HistogramResult histogram(const Operand& operand, const Tensor& edges, const Tensor& weights,
                          bool density) {
  const graph::CallScope call("histogram", operand.where());
  const Tensor x = ops::as_tensor(operand);
  if (edges.rank() != 1 || edges.size() < 2)
    ops::fail<ShapeError>({.operation = "histogram",
                           .problem = "the edges are no row",
                           .received = {{"edges", describe(edges)}},
                           .expected = "one axis with at least two edges"},
                          operand.where());
  require_like("histogram", x, weights, operand.where());
  const std::int64_t bins = edges.size() - 1;
  const Tensor bin = bin_of(x, edges);
  const DType dtype = ops::floating(x.dtype());
  Tensor sums =
      add_up(bin, weights.defined() ? cast(weights, dtype) : constant(1.0, {}, dtype), bins);
  if (density) sums = sums / (cast(diff(edges), dtype) * sum(sums));
  return {sums, edges};
}

HistogramResult histogram(const Operand& operand, std::int64_t bins,
                          std::optional<std::array<double, 2>> range, const Tensor& weights,
                          bool density) {
  const graph::CallScope call("histogram", operand.where());
  const Tensor x = ops::as_tensor(operand);
  require_bins("histogram", bins, operand);
  const Tensor edges = even_edges(bins, checked_range("histogram", x, range, operand.where()),
                                  ops::floating(x.dtype()));
  return histogram(Operand(x, operand.where()), edges, weights, density);
}

HistogramddResult histogramdd(const Operand& operand, const std::vector<std::int64_t>& bins,
                              const std::vector<std::array<double, 2>>& ranges,
                              const Tensor& weights, bool density) {
  const Tensor x = ops::as_tensor(operand);
  const std::size_t dimensions = bins.size();
  if (x.rank() != 2 || x.shape()[1] != static_cast<std::int64_t>(dimensions) || dimensions == 0 ||
      (!ranges.empty() && ranges.size() != dimensions))
    ops::fail<ShapeError>({.operation = "histogramdd",
                           .problem = "points, bins and ranges do not fit",
                           .received = {{"x", describe(x)},
                                        {"bins", std::to_string(dimensions)},
                                        {"ranges", std::to_string(ranges.size())}},
                           .expected = "x (n, d), d numbers of bins, and d ranges or none"},
                          operand.where());
  if (weights.defined() && weights.shape() != Shape{x.shape()[0]})
    ops::fail<ShapeError>({.operation = "histogramdd",
                           .problem = "the weights do not fit",
                           .received = {{"x", describe(x)}, {"weights", describe(weights)}},
                           .expected = "a weight for each point"},
                          operand.where());
  const DType dtype = ops::floating(x.dtype());
  HistogramddResult result;
  Shape shape;
  Tensor place, inside, volume;
  for (std::size_t d = 0; d < dimensions; ++d) {
    require_bins("histogramdd", bins[d], operand);
    const Tensor column = select(x, 1, static_cast<std::int64_t>(d));
    const auto given = ranges.empty() ? std::nullopt : std::optional(ranges[d]);
    const Tensor edges =
        even_edges(bins[d], checked_range("histogramdd", column, given, operand.where()), dtype);
    const Tensor bin = bin_of(column, edges);
    const Tensor hit = bin < bins[d];
    place = d == 0 ? bin : place * bins[d] + bin;
    inside = d == 0 ? hit : logical_and(inside, hit);
    const Tensor widths = diff(edges);
    volume = d == 0 ? widths : unsqueeze(volume, -1) * widths;
    shape.push_back(bins[d]);
    result.edges.push_back(edges);
  }
  const std::int64_t count = shape.size();
  const Tensor each = weights.defined() ? cast(weights, dtype) : constant(1.0, {}, dtype);
  Tensor sums = reshape(add_up(where(inside, place, count), each, count), shape);
  if (density) sums = sums / (volume * sum(sums));
  result.histogram = sums;
  return result;
}

}  // namespace fathom
