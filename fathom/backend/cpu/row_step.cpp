#include "fathom/backend/cpu/row_step.h"

#include <algorithm>

#include "fathom/backend/cpu/steps.h"

namespace fathom::cpu {

void RowStep::run(Buffers buffers) const {
  for_ranges((rows + granularity - 1) / granularity, row_cost * granularity,
             [&](std::int64_t begin, std::int64_t end) {
               run_rows(buffers, begin * granularity, std::min(end * granularity, rows));
             });
  finish(buffers);
}

std::int64_t set_rows(RowStep& step, const Shape& shape, std::int64_t cost) {
  const std::int64_t width = shape.back();
  step.rows = width ? shape.size() / width : 0;
  step.row_cost = cost * width;
  return width;
}

namespace {

class MergedRows final : public RowStep {
 public:
  std::vector<std::unique_ptr<RowStep>> parts;

  void add(std::unique_ptr<RowStep> part) {
    rows = part->rows;
    row_cost = parts.empty() ? part->row_cost : row_cost + part->row_cost;
    granularity = std::max(granularity, part->granularity);
    reads.insert(reads.end(), part->reads.begin(), part->reads.end());
    writes.insert(writes.end(), part->writes.begin(), part->writes.end());
    scratches.insert(scratches.end(), part->scratches.begin(), part->scratches.end());
    parts.push_back(std::move(part));
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    for (const auto& part : parts) part->run_rows(buffers, begin, end);
  }
  void finish(Buffers buffers) const override {
    for (const auto& part : parts) part->finish(buffers);
  }
  std::string describe() const override {
    std::string text = "rows together:";
    for (const auto& part : parts) text += " [" + part->describe() + "]";
    return text;
  }
};

/// Whether `next` may run on a block of rows as soon as the steps before it have.
bool follows(const std::vector<graph::ValueId>& written, std::int64_t rows, const RowStep& next) {
  return next.rows == rows &&
         std::all_of(next.reads.begin(), next.reads.end(), [&](graph::ValueId v) {
           return !contains(written, v) || contains(next.row_inputs, v);
         });
}

}  // namespace

std::vector<std::unique_ptr<Step>> merge_row_steps(std::vector<std::unique_ptr<Step>> steps) {
  std::vector<std::unique_ptr<Step>> merged;
  for (std::size_t i = 0; i < steps.size();) {
    auto* first = dynamic_cast<RowStep*>(steps[i].get());
    std::size_t end = i + 1;
    if (first) {
      std::vector<graph::ValueId> written = first->writes;
      for (; end < steps.size(); ++end) {
        const auto* next = dynamic_cast<RowStep*>(steps[end].get());
        if (!next || !follows(written, first->rows, *next)) break;
        written.insert(written.end(), next->writes.begin(), next->writes.end());
      }
    }
    if (end == i + 1) {
      merged.push_back(std::move(steps[i]));
    } else {
      auto group = std::make_unique<MergedRows>();
      for (std::size_t j = i; j < end; ++j)
        group->add(std::unique_ptr<RowStep>(static_cast<RowStep*>(steps[j].release())));
      merged.push_back(std::move(group));
    }
    i = end;
  }
  return merged;
}

}  // namespace fathom::cpu
