#include "fathom/data/source.h"

#include "fathom/core/error.h"
#include "fathom/math/random_key.h"
#include "fathom/ops/creation.h"

namespace fathom::data {

Tensor Draw::key(std::int64_t i) const {
  // Epoch and place are mixed one after the other; both count from 1, since site 0 changes nothing.
  return make_key(site_key(seed, epoch + 1), static_cast<std::uint64_t>(first + i + 1));
}

Source<Batch> source(const Dataset& dataset, Where where) {
  return {
      .size = dataset.size(where),
      .fetch =
          [inputs = dataset.inputs, labels = dataset.labels](std::span<const std::int64_t> rows,
                                                             const Draw&) {
            // Errors name the loader's line.
            return Batch{gather_rows(inputs, rows, true, {}), gather_rows(labels, rows, false, {})};
          },
      .prepare =
          [preprocessing = dataset.preprocessing](Batch batch) {
            return Batch{preprocessing(batch.inputs), std::move(batch.labels)};
          }};
}

namespace detail {

void require_rows(const char* operation, std::span<const std::int64_t> extents) {
  const std::string name = std::string("data::") + operation;
  if (extents.empty()) throw ValueError({.operation = name, .problem = "there are no tensors"});
  for (const std::int64_t n : extents) {
    if (n < 0)
      throw ShapeError(
          {.operation = name, .problem = "a scalar has no rows", .expected = "tensors (N, ...)"});
    if (n != extents.front())
      throw ShapeError(
          {.operation = name,
           .problem = "tensors of different numbers of rows",
           .received = {{"one", std::to_string(extents.front())}, {"another", std::to_string(n)}}});
  }
}

void refuse_generated(const char* operation) {
  throw ValueError({.operation = std::string("data::") + operation,
                    .problem = "generated data have no row numbers",
                    .hint = "do it in the generator itself"});
}

}  // namespace detail

}  // namespace fathom::data
