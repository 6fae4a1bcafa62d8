// Shape: the extents of a tensor's axes, and the two rules that every operation shares
// (negative axes, broadcasting).
#pragma once
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>

#include "fathom/core/where.h"

namespace fathom {

/// The extents of up to 8 axes, outermost first. A value; rank 0 is a scalar.
class Shape {
 public:
  static constexpr int max_rank = 8;

  Shape() = default;
  /// Errors: ShapeError for more than 8 axes or a negative extent.
  Shape(std::initializer_list<std::int64_t> extents, Where where = Where::current())
      : Shape(std::span<const std::int64_t>(extents.begin(), extents.size()), where) {}
  explicit Shape(std::span<const std::int64_t> extents, Where where = Where::current());

  int rank() const { return rank_; }
  std::int64_t operator[](int axis) const { return extents_[axis]; }
  std::int64_t& operator[](int axis) { return extents_[axis]; }
  /// Number of elements; 1 for a scalar.
  std::int64_t size() const {
    std::int64_t n = 1;
    for (int i = 0; i < rank_; ++i) n *= extents_[i];
    return n;
  }
  const std::int64_t* begin() const { return extents_; }
  const std::int64_t* end() const { return extents_ + rank_; }
  std::int64_t back() const { return extents_[rank_ - 1]; }

  /// Appends an axis. Errors: ShapeError at the ninth.
  void push_back(std::int64_t extent, Where where = Where::current());
  Shape without(int axis) const;
  Shape with(int axis, std::int64_t extent) const {
    Shape s = *this;
    s.extents_[axis] = extent;
    return s;
  }

  friend bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int i = 0; i < a.rank_; ++i)
      if (a.extents_[i] != b.extents_[i]) return false;
    return true;
  }

 private:
  std::int64_t extents_[max_rank] = {};
  std::int32_t rank_ = 0;
};

/// "(32, 784)", "(3,)" and "()" as NumPy prints shapes.
std::string to_string(const Shape& shape);
/// Prints it as to_string does.
std::ostream& operator<<(std::ostream& out, const Shape& shape);

/// NumPy's broadcasting of two shapes; false if they do not fit.
bool broadcast(const Shape& a, const Shape& b, Shape& out);

}  // namespace fathom
