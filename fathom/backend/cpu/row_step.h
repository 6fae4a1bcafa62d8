// Row steps: steps whose rows are independent. Neighbours over the same rows run together, block of
// rows by block of rows, so that the second finds in the cache what the first has just made.
#pragma once
#include <memory>
#include <vector>

#include "fathom/backend/cpu/step.h"

namespace fathom::cpu {

class RowStep : public Step {
 public:
  std::int64_t rows = 0;
  std::int64_t row_cost = 1;     // work of a row, in elements
  std::int64_t granularity = 1;  // blocks begin at multiples of this
  /// The inputs of which row r is all that row r of the outputs needs.
  std::vector<graph::ValueId> row_inputs;

  void run(Buffers buffers) const final;
  /// Computes rows [begin, end).
  virtual void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const = 0;
  /// What is left when all rows are done.
  virtual void finish(Buffers) const {}
};

/// Makes the last axis the rows of a step, which cost so much an element; returns their width.
std::int64_t set_rows(RowStep& step, const Shape& shape, std::int64_t cost);

/// Merges neighbouring row steps where each needs only its own rows of those before it.
std::vector<std::unique_ptr<Step>> merge_row_steps(std::vector<std::unique_ptr<Step>> steps);

}  // namespace fathom::cpu
