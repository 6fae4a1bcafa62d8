// Where charts take their numbers from: tensors, vectors, spans, braced lists.
#pragma once
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include "fathom/core/shape.h"
#include "fathom/core/where.h"

namespace fathom {
class Tensor;
}

namespace fathom::figure {

/// Numbers to draw, copied as double. Of a tensor, which is evaluated, the shape is kept for those
/// functions that draw matrices; bool counts as 0 and 1. Can be filled number by number, too: a
/// loss at each epoch.
class Values {
 public:
  Values() = default;
  Values(std::initializer_list<double> values)  // NOLINT(google-explicit-constructor)
      : values_(values) {}
  Values(std::vector<double> values)  // NOLINT(google-explicit-constructor)
      : values_(std::move(values)) {}
  template <std::input_iterator I> Values(I first, I last) : values_(first, last) {}
  Values(const Tensor& tensor,  // NOLINT(google-explicit-constructor)
         Where where = Where::current());
  /// Any range of numbers: a std::span<const float>, a std::vector<int>.
  template <class R>
  requires std::ranges::input_range<const R> &&
      std::is_arithmetic_v<std::ranges::range_value_t<const R>> &&
      (!std::is_same_v<std::ranges::range_value_t<const R>, char>)&&(!std::is_same_v<R, Values>)
          Values(const R& range) {  // NOLINT(google-explicit-constructor)
    for (const auto value : range) values_.push_back(static_cast<double>(value));
  }

  void push_back(double value) {
    values_.push_back(value);
    shape_.reset();
  }
  std::size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }
  double front() const { return values_.front(); }
  double back() const { return values_.back(); }
  double operator[](std::size_t i) const { return values_[i]; }
  double& operator[](std::size_t i) { return values_[i]; }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }
  auto begin() { return values_.begin(); }
  auto end() { return values_.end(); }
  /// The tensor's; (size,) if it was none.
  Shape shape() const { return shape_ ? *shape_ : Shape{static_cast<std::int64_t>(size())}; }

 private:
  std::vector<double> values_;
  std::optional<Shape> shape_;
};

}  // namespace fathom::figure
