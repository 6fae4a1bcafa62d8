// Metric: a number, or several, about predictions, gathered batch by batch.
//
//   Metric f1 = metrics::f1({.average = metrics::Average::macro});
//   for (const data::Batch& b : test) f1.update(net(b.inputs), b.labels);
//   f1.compute().item();
//
// What is kept between batches are counts, sums in row order, or the rows themselves: how the rows
// were cut into batches does not show in a single bit.
#pragma once
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom::metrics {

/// A number, or several, about predictions; a value that can be copied and kept.
class Metric {
 public:
  /// What has been seen so far; empty before the first batch.
  using State = std::vector<double>;
  /// How a metric is gathered and worked out. `weight` is empty or has one number a row.
  struct Rule {
    std::string name;  ///< its column in a history: "accuracy"
    std::function<void(State& state, const Tensor& prediction, const Tensor& target,
                       std::span<const double> weight)>
        update;
    std::function<Tensor(const State& state)> compute;
  };
  explicit Metric(Rule rule) : rule_(std::move(rule)) {}

  /// Takes in a batch. `weight` counts each row so many times. Evaluates.
  /// Errors: ShapeError, DTypeError for tensors that do not fit the metric or each other;
  /// IndexError for a label out of range.
  void update(const Tensor& prediction, const Tensor& target, const Tensor& weight = {},
              Where where = Where::current());
  /// The value over all that was taken in: f64 (), or as the metric says.
  /// Errors: ValueError before the first batch.
  Tensor compute(Where where = Where::current()) const;
  void reset() { state_.clear(); }
  /// The value of these rows alone.
  Tensor operator()(const Tensor& prediction, const Tensor& target, const Tensor& weight = {},
                    Where where = Where::current()) const;

  const std::string& name() const { return rule_.name; }
  /// The same metric under another name, for a history that has two of a kind.
  Metric named(std::string name) const;
  const State& state() const { return state_; }
  /// Goes on where another run stood.
  void restore(State state) { state_ = std::move(state); }

 private:
  Rule rule_;
  State state_;
};

namespace detail {
/// The elements of a tensor of integers or booleans. Evaluates. Errors: DTypeError for floats.
std::vector<std::int64_t> integers(const char* metric, const Tensor& x);
/// f64 (), or (n,) for more than one.
Tensor result(std::span<const double> values);
inline Tensor result(double value) { return result(std::span<const double>(&value, 1)); }
/// weight[row], or 1 without weights.
inline double weight_of(std::span<const double> weight, std::size_t row) {
  return weight.empty() ? 1.0 : weight[row];
}
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// a / b, or `otherwise` if b is 0.
inline double ratio(double a, double b, double otherwise = 0) { return b == 0 ? otherwise : a / b; }
}  // namespace detail

}  // namespace fathom::metrics
