// Reductions over one, several or all axes.
//
// Sums of floats are made of 64 fixed partial sums per chunk and a fixed tree over chunks, so that
// no result depends on threads or vector width; f16 and bf16 accumulate in f32.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

/// The axes of a reduction; none means all.
class Axes {
 public:
  Axes() = default;
  Axes(int axis) : list_{axis} {}  // NOLINT(google-explicit-constructor)
  Axes(std::initializer_list<int> axes) : list_(axes) {}
  Axes(std::vector<int> axes) : list_(std::move(axes)) {}  // NOLINT(google-explicit-constructor)
  /// Bit i for axis i. Errors: IndexError for an axis out of range or named twice.
  std::uint32_t mask(const char* operation, int rank, const std::source_location& where) const;

 private:
  std::vector<int> list_;
};

namespace op {
struct Reduce {
  enum class Kind : std::uint8_t { sum, prod, max, min, argmax, argmin };
  Kind kind;
  std::uint32_t axes;  // bit i: axis i is reduced
  bool keep_dims;
};
}  // namespace op

/// Sum. Dtypes: integers and bool give i64. Gradient: the arriving one, broadcast.
Tensor sum(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// Arithmetic mean. Dtypes: floating only. The mean of nothing is NaN.
Tensor mean(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// Variance about the mean, two passes; divides by n - correction.
Tensor var(const Operand& x, const Axes& axes = {}, int correction = 1, bool keep_dims = false);
/// The root of var. The gradient where it is 0 is 0.
Tensor std_dev(const Operand& x, const Axes& axes = {}, int correction = 1, bool keep_dims = false);
Tensor prod(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// Largest element; NaN if any is NaN. Ties share the gradient. Errors: ShapeError on an empty
/// axis.
Tensor max(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
Tensor min(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// Index of the first largest element along one axis, i64. No gradient.
Tensor argmax(const Operand& x, int axis = -1, bool keep_dims = false);
Tensor argmin(const Operand& x, int axis = -1, bool keep_dims = false);
/// Whether any (all) elements are not zero: bool.
Tensor any(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
Tensor all(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// log(sum(exp(x))) without overflow; -inf for no elements.
Tensor logsumexp(const Operand& x, const Axes& axes = {}, bool keep_dims = false);

}  // namespace fathom
