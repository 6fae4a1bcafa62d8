// Sums of chosen rows, and the updates of tables by such sums: the gradient by a table of
// embeddings is never written out.
#include <algorithm>
#include <bit>
#include <limits>

#include "fathom/backend/cpu/index_step.h"
#include "fathom/backend/cpu/scratch.h"
#include "fathom/backend/cpu/update_step.h"
#include "fathom/ops/creation.h"

namespace fathom::cpu {

template <> struct UpdateKernel<op::SparseAdamUpdate> {
  using Settings = SparseAdam;
  static constexpr std::size_t cost = 4;
  static void run(const op::SparseAdamUpdate&, const SparseAdam& a, float* const* own,
                  const float* g, std::int64_t n) {
    if (std::all_of(g, g + n, [](float x) { return x == 0; })) return;
    cpu::optim().sparse_adam(a, own[0], g, own[1], own[2], n);
  }
  static std::optional<int> resting(const SparseAdam&, std::size_t) { return 0; }
};

namespace {

/// Whether a list is 0, 1, 2, ...
bool counts(const StepContext& c, int input) {
  const ValueId list = c.instruction.inputs[static_cast<std::size_t>(input)];
  return std::any_of(c.program.instructions.begin(), c.program.instructions.end(),
                     [&](const graph::Instruction& i) {
                       return graph::is<op::Iota>(*i.op) && i.outputs[0] == list &&
                              c.spec(list).shape.rank() == 1;
                     });
}

/// The inputs of op::RowSums, as a step finds them.
struct RowSumsInputs {
  ValueId rows, from, to, weights;  // weights -1: none
  std::vector<PositionCheck> checks;
  std::int64_t row_count, entries, dim;
  op::RowSums attributes;
  graph::Origin origin;

  RowSumsInputs(const StepContext& c, int table, int lists, const op::RowSums& a, bool weighted)
      : rows(c.inputs[static_cast<std::size_t>(table)]),
        from(c.inputs[static_cast<std::size_t>(lists)]),
        to(c.inputs[static_cast<std::size_t>(lists + 1)]),
        weights(weighted ? c.inputs[static_cast<std::size_t>(lists + 2)] : -1),
        row_count(c.input(table).shape[0]),
        entries(c.input(lists).shape.size()),
        dim(c.input(table).shape[1]),
        attributes(a),
        origin(c.instruction.origin) {
    const bool open_from = a.open == op::RowSums::Side::from;
    if (entries > row_count || !counts(c, lists))
      checks.push_back({from, entries, open_from ? -1 : 0, row_count});
    checks.push_back({to, entries, open_from ? 0 : -1, a.extent});
  }
};

/// For each row of the result what comes to it, in order. Errors: IndexError.
class RowLists {
 public:
  RowLists(const RowSumsInputs& in, Buffers buffers)
      : rows_(at<const float>(buffers, in.rows)), dim_(in.dim) {
    const auto* from = at<const std::int64_t>(buffers, in.from);
    const auto* to = at<const std::int64_t>(buffers, in.to);
    for (const PositionCheck& check : in.checks)
      require_positions(at<const std::int64_t>(buffers, check.positions), check.count, check.low,
                        check.extent, in.origin);
    const float* weights = in.weights < 0 ? nullptr : at<const float>(buffers, in.weights);
    const auto extent = static_cast<std::size_t>(in.attributes.extent);
    const auto n = static_cast<std::size_t>(in.entries);
    begins_ = scratch<std::int32_t>(Scratch::rows, extent + 2 + n * (weights ? 2 : 1));
    from_ = begins_ + extent + 2;
    // Counted two places on, so that the counts become the ends that grow while rows are filled.
    std::fill(begins_, from_, 0);
    for (std::size_t j = 0; j < n; ++j)
      if (from[j] >= 0 && to[j] >= 0) ++begins_[to[j] + 2];
    for (std::size_t r = 0; r < extent; ++r) begins_[r + 2] += begins_[r + 1];
    if (weights) weights_ = reinterpret_cast<float*>(from_ + n);
    for (std::size_t j = 0; j < n; ++j) {
      if (from[j] < 0 || to[j] < 0) continue;
      const std::int32_t place = begins_[to[j] + 1]++;
      from_[place] = static_cast<std::int32_t>(from[j]);
      if (weights) weights_[place] = weights[j];
    }
  }
  bool empty(std::int64_t row) const { return begins_[row] == begins_[row + 1]; }
  void sum(std::int64_t row, float* y) const {
    const std::int32_t begin = begins_[row];
    cpu::rows().sum_of_rows(rows_, from_ + begin, weights_ ? weights_ + begin : nullptr,
                            begins_[row + 1] - begin, y, dim_);
  }

 private:
  const float* rows_;
  std::int64_t dim_;
  std::int32_t* begins_;
  std::int32_t* from_;
  float* weights_ = nullptr;
};

class RowSumsStep final : public Step {
 public:
  explicit RowSumsStep(const StepContext& c)
      : in_(c, 0, 1, c.attributes<op::RowSums>(), c.inputs.size() > 3), out_(c.outputs[0]) {
    checks = in_.checks;
    may_fail = !checks.empty();
    text_ = "row_sums " + to_string(c.input(0).shape) + " at " + to_string(c.input(1).shape) +
            " -> " + to_string(c.output().shape);
  }
  std::string describe() const override { return text_; }
  void run(Buffers buffers) const override {
    const RowLists lists(in_, buffers);
    const std::int64_t extent = in_.attributes.extent;
    const std::int64_t cost = in_.dim * (1 + in_.entries / std::max<std::int64_t>(extent, 1));
    for_ranges(extent, cost, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r)
        lists.sum(r, at<float>(buffers, out_) + r * in_.dim);
    });
  }

 private:
  RowSumsInputs in_;
  ValueId out_;
  std::string text_;
};

bool all_zero(const float* x, std::int64_t n) {
  std::uint32_t bits = 0;
  for (std::int64_t i = 0; i < n; ++i) bits |= std::bit_cast<std::uint32_t>(x[i]);
  return bits == 0;
}

template <class Op> class RowUpdateStep final : public UpdateStep {
 public:
  explicit RowUpdateStep(const StepContext& c)
      : UpdateStep(c),
        attributes_(c.attributes<op::ByRows<Op>>()),
        in_(c, 1, 2 + static_cast<int>(c.outputs.size()), attributes_.sums, attributes_.weighted) {
    checks = in_.checks;
    may_fail = !checks.empty();
    text += " by " + std::to_string(in_.entries) + " rows";
  }
  /// Rows are read in any order.
  bool may_overwrite(ValueId input, int output) const override {
    return input != in_.rows && UpdateStep::may_overwrite(input, output);
  }
  void run(Buffers buffers) const override {
    using Kernel = UpdateKernel<Op>;
    const RowLists lists(in_, buffers);
    const auto a = update_settings<Op>(at<const double>(buffers, numbers));
    const std::optional<int> resting = Kernel::resting(a, states.size() - 1);
    const std::int64_t dim = in_.dim;
    for_ranges(in_.attributes.extent, dim * static_cast<std::int64_t>(Kernel::cost),
               [&](std::int64_t begin, std::int64_t end) {
                 Pointers own = piece(buffers, begin * dim, end * dim);
                 auto* zeros =
                     cpu::scratch<float>(Scratch::lines, static_cast<std::size_t>(2 * dim));
                 std::fill_n(zeros, dim, 0.0f);
                 float* const sum = zeros + dim;
                 for (std::int64_t r = begin; r < end; ++r) {
                   const bool untouched = lists.empty(r);
                   if (!untouched) lists.sum(r, sum);
                   if (!untouched || !rests(resting, own, dim))
                     Kernel::run(attributes_.update, a, own.data(), untouched ? zeros : sum, dim);
                   for (float*& pointer : own)
                     if (pointer) pointer += dim;
                 }
               });
  }

 private:
  static bool rests(std::optional<int> resting, const Pointers& own, std::int64_t dim) {
    if (!resting) return false;
    for (int slot = 1; slot <= *resting; ++slot)
      if (!all_zero(own[static_cast<std::size_t>(slot)], dim)) return false;
    return true;
  }

  op::ByRows<Op> attributes_;
  RowSumsInputs in_;
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::RowSums>(const StepContext& c) {
  return std::make_unique<RowSumsStep>(c);
}
template <> std::unique_ptr<Step> make_step<op::ByRows<op::SgdUpdate>>(const StepContext& c) {
  return std::make_unique<RowUpdateStep<op::SgdUpdate>>(c);
}
template <> std::unique_ptr<Step> make_step<op::ByRows<op::AdamUpdate>>(const StepContext& c) {
  return std::make_unique<RowUpdateStep<op::AdamUpdate>>(c);
}
template <>
std::unique_ptr<Step> make_step<op::ByRows<op::SparseAdamUpdate>>(const StepContext& c) {
  return std::make_unique<RowUpdateStep<op::SparseAdamUpdate>>(c);
}
template <> std::unique_ptr<Step> make_step<op::ByRows<op::AdagradUpdate>>(const StepContext& c) {
  return std::make_unique<RowUpdateStep<op::AdagradUpdate>>(c);
}

}  // namespace fathom::cpu
