#include "fathom/data/dataset.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "fathom/core/error.h"
#include "fathom/core/storage.h"
#include "fathom/data/random.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"

namespace fathom::data {
namespace {

Tensor number(double value) {
  return Tensor::from(std::vector<float>{static_cast<float>(value)}, {});
}

}  // namespace

Tensor Preprocessing::operator()(const Tensor& rows) const {
  Tensor x = rows.dtype() == DType::f32 ? rows : cast(rows, DType::f32);
  if (offset.defined()) x = std::move(x) - offset;
  if (scale.defined()) x = std::move(x) * scale;
  return x;
}

Preprocessing Preprocessing::pixels(double largest) { return {{}, number(1 / largest)}; }

Preprocessing Preprocessing::standardize(const Tensor& rows, Where where) {
  const graph::CallScope call(where);
  const ErrorInfo refusal{.operation = "data::Preprocessing::standardize",
                          .problem = "these are no rows of numbers",
                          .received = {{"rows", graph::describe(rows)}},
                          .expected = "f32 (N, features)"};
  if (rows.rank() != 2) throw ShapeError(refusal);
  if (rows.dtype() != DType::f32) throw DTypeError(refusal);
  const std::int64_t n = rows.size(0);
  const std::int64_t features = rows.size(1);
  const auto values = rows.data<float>();
  std::vector<float> offset(static_cast<std::size_t>(features));
  std::vector<float> scale(static_cast<std::size_t>(features));
  for (std::int64_t column = 0; column < features; ++column) {
    double sum = 0;
    double squares = 0;
    const auto at = [&](std::int64_t i) {
      return static_cast<double>(values[static_cast<std::size_t>(i * features + column)]);
    };
    for (std::int64_t i = 0; i < n; ++i) sum += at(i);
    const double mean = sum / static_cast<double>(n);
    for (std::int64_t i = 0; i < n; ++i) squares += (at(i) - mean) * (at(i) - mean);
    const double deviation = std::sqrt(squares / static_cast<double>(n));
    // A constant column can come out a rounding error away from 0, which must not be blown up.
    const bool varies = deviation > 1e-7 * std::abs(mean);
    offset[static_cast<std::size_t>(column)] = static_cast<float>(mean);
    scale[static_cast<std::size_t>(column)] = varies ? static_cast<float>(1 / deviation) : 1.0F;
  }
  return {Tensor::from(offset), Tensor::from(scale)};
}

std::size_t Dataset::bytes() const {
  return storage_bytes(inputs.bytes()) + storage_bytes(labels.bytes());
}

Tensor gather_rows(const Tensor& rows, std::span<const std::int64_t> numbers, bool flat,
                   Where where) {
  const graph::CallScope call(where);
  const std::int64_t n = rows.size(0);
  const auto count = static_cast<std::int64_t>(numbers.size());
  const Shape shape =
      flat ? Shape{count, n == 0 ? 0 : rows.size() / n} : rows.shape().with(0, count);
  auto [gathered, memory] = Tensor::uninitialized(rows.dtype(), shape);
  const std::size_t row_bytes = n == 0 ? 0 : rows.bytes() / static_cast<std::size_t>(n);
  const auto* from = static_cast<const char*>(rows.raw_data());
  auto* to = static_cast<char*>(memory);
  require_row_numbers("data::gather_rows", numbers, n);
  for (const std::int64_t i : numbers) {
    std::memcpy(to, from + static_cast<std::size_t>(i) * row_bytes, row_bytes);
    to += row_bytes;
  }
  return gathered;
}

void require_row_numbers(const char* operation, std::span<const std::int64_t> numbers,
                         std::int64_t rows) {
  for (const std::int64_t i : numbers)
    if (i < 0 || i >= rows)
      throw IndexError({.operation = operation,
                        .problem = "row " + std::to_string(i) + " is out of range",
                        .received = {{"rows", std::to_string(rows)}}});
}

Dataset select(const Dataset& dataset, std::span<const std::int64_t> rows, Where where) {
  const graph::CallScope call(where);
  Dataset selected = dataset;
  selected.inputs = gather_rows(dataset.inputs, rows);
  selected.labels = gather_rows(dataset.labels, rows);
  return selected;
}

Dataset first(const Dataset& dataset, std::int64_t count) {
  const std::int64_t rows = std::clamp<std::int64_t>(count, 0, dataset.size());
  Dataset firsts = dataset;
  firsts.inputs = slice(dataset.inputs, 0, 0, rows);
  firsts.labels = slice(dataset.labels, 0, 0, rows);
  return firsts;
}

Split split(const Dataset& dataset, double test_share, std::uint64_t seed, Where where) {
  const graph::CallScope call(where);
  const std::int64_t n = dataset.size();
  const bool is_share = test_share > 0 && test_share < 1;
  const auto test_rows =
      is_share ? static_cast<std::int64_t>(std::ceil(test_share * static_cast<double>(n))) : 0;
  if (test_rows < 1 || test_rows >= n)
    throw ValueError(
        {.operation = "data::split",
         .problem = "a part would be empty",
         .received = {{"rows", std::to_string(n)}, {"test share", std::to_string(test_share)}},
         .expected = "a share above 0 and below 1 that leaves a row for training"});
  const std::vector<std::int64_t> order = permutation(n, seed, 0);
  const std::span<const std::int64_t> all(order);
  const auto cut = static_cast<std::size_t>(test_rows);
  return {select(dataset, all.subspan(cut)), select(dataset, all.first(cut))};
}

std::vector<std::int64_t> permutation(std::int64_t n, std::uint64_t seed, std::uint64_t stream,
                                      Where where) {
  const graph::CallScope call(where);
  if (n < 0)
    throw ValueError({.operation = "data::permutation",
                      .problem = "n is " + std::to_string(n),
                      .expected = "at least 0"});
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  Random(seed, stream).shuffle(order);
  return order;
}

std::vector<std::int64_t> class_numbers(const std::string& data,
                                        const std::vector<std::string>& names,
                                        const std::vector<std::string>& known) {
  std::vector<std::int64_t> to;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(known, name);
    if (found == known.end())
      throw ValueError({.operation = "dataset " + data,
                        .problem = "class '" + name + "' is none of the model's",
                        .expected = known.size() > 20
                                        ? "one of its " + std::to_string(known.size()) + " classes"
                                        : "one of " + fmt::format("{}", fmt::join(known, ", "))});
    to.push_back(found - known.begin());
  }
  return to;
}

Dataset relabel(const Dataset& dataset, const std::vector<std::string>& class_names, Where where) {
  const graph::CallScope call(where);
  const std::vector<std::int64_t> to =
      class_numbers(dataset.name, dataset.class_names, class_names);
  std::vector<std::int64_t> labels;
  for (const std::int64_t label : dataset.labels.data<std::int64_t>())
    labels.push_back(to[static_cast<std::size_t>(label)]);
  Dataset relabelled = dataset;
  relabelled.labels = Tensor::from(labels);
  relabelled.class_names = class_names;
  return relabelled;
}

void check(const Dataset& dataset, Where where) {
  const graph::CallScope call(where);
  const Tensor& inputs = dataset.inputs;
  const Tensor& labels = dataset.labels;
  const std::string operation = "dataset " + dataset.name;
  if (inputs.rank() < 2 || labels.rank() != 1 || inputs.size(0) != labels.size(0))
    throw ShapeError(
        {.operation = operation,
         .problem = "inputs and labels do not fit",
         .received = {{"inputs", to_string(inputs.shape())}, {"labels", to_string(labels.shape())}},
         .expected = "(N, ...) and (N,)"});
  if (labels.dtype() != DType::i64)
    throw DTypeError({.operation = operation,
                      .problem = "labels are " + std::string(name(labels.dtype())),
                      .expected = "i64"});
  if (dataset.size() == 0)
    throw ValueError({.operation = operation, .problem = "there are no rows"});
  if (dataset.sample_shape.size() * dataset.size() != inputs.size())
    throw ShapeError({.operation = operation,
                      .problem = "the shape of a sample does not fit its features",
                      .received = {{"sample", to_string(dataset.sample_shape)},
                                   {"inputs", to_string(inputs.shape())}}});
  std::int64_t row = 0;
  for (const std::int64_t label : labels.data<std::int64_t>()) {
    if (label < 0 || label >= dataset.classes())
      throw IndexError({.operation = operation,
                        .problem = "label " + std::to_string(label) + " in row " +
                                   std::to_string(row) + " is out of range",
                        .expected = "0 to " + std::to_string(dataset.classes() - 1)});
    ++row;
  }
}

}  // namespace fathom::data
