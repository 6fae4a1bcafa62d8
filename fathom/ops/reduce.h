// Reductions over one, several or all axes.
//
// Sums of floats are made of 64 fixed partial sums per chunk and a fixed tree over chunks, so that
// no result depends on threads or vector width; f16 and bf16 accumulate in f32.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
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

/// Elements chosen along an axis, and their places on it, i64.
struct IndexedResult {
  Tensor values;
  Tensor indices;
};

/// Sum. Dtypes: integers and bool give i64; with `dtype`, x is converted first and that is the
/// result's. Gradient: the arriving one, broadcast.
Tensor sum(const Operand& x, const Axes& axes = {}, bool keep_dims = false,
           std::optional<DType> dtype = {});
/// Product. Dtypes: as sum. Gradient: exact where an element is 0.
Tensor prod(const Operand& x, const Axes& axes = {}, bool keep_dims = false,
            std::optional<DType> dtype = {});
/// Arithmetic mean. Dtypes: floating, or any with a floating `dtype`. The mean of nothing is NaN.
Tensor mean(const Operand& x, const Axes& axes = {}, bool keep_dims = false,
            std::optional<DType> dtype = {});
/// Sum and mean of what is not NaN.
Tensor nansum(const Operand& x, const Axes& axes = {}, bool keep_dims = false,
              std::optional<DType> dtype = {});
/// Mean of what is not NaN.
Tensor nanmean(const Operand& x, const Axes& axes = {}, bool keep_dims = false,
               std::optional<DType> dtype = {});
/// Variance about the mean, two passes; divides by n - correction.
Tensor var(const Operand& x, const Axes& axes = {}, int correction = 1, bool keep_dims = false);
/// The root of var. The gradient where it is 0 is 0.
Tensor std_dev(const Operand& x, const Axes& axes = {}, int correction = 1, bool keep_dims = false);
/// What var_mean() gives.
struct VarMeanResult {
  Tensor var;
  Tensor mean;
};
/// What std_mean() gives.
struct StdMeanResult {
  Tensor std_dev;
  Tensor mean;
};
/// Variance (standard deviation) and the mean that it is about.
VarMeanResult var_mean(const Operand& x, const Axes& axes = {}, int correction = 1,
                       bool keep_dims = false);
/// Standard deviation and the mean that it is about.
StdMeanResult std_mean(const Operand& x, const Axes& axes = {}, int correction = 1,
                       bool keep_dims = false);
/// Largest element; NaN if any is NaN. Ties share the gradient. Errors: ShapeError on an empty
/// axis.
Tensor max(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// Smallest element, as max.
Tensor min(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// max and min under torch's names.
Tensor amax(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// min under torch's name.
Tensor amin(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// What aminmax() gives.
struct AminmaxResult {
  Tensor min;
  Tensor max;
};
/// Both ends.
AminmaxResult aminmax(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// Largest element along one axis and its place, the first of equals: torch's max(x, dim).
/// Gradient: to that place alone.
IndexedResult max_with_index(const Operand& x, int axis, bool keep_dims = false);
/// Smallest element along one axis and its place, as max_with_index.
IndexedResult min_with_index(const Operand& x, int axis, bool keep_dims = false);
/// Place of the first largest element along one axis, or in the flat tensor; i64. No gradient.
Tensor argmax(const Operand& x, std::optional<int> axis = {}, bool keep_dims = false);
/// Place of the first smallest element, as argmax.
Tensor argmin(const Operand& x, std::optional<int> axis = {}, bool keep_dims = false);
/// Whether any element is not zero: bool; of u8, as in PyTorch, 1 or 0 in that type.
Tensor any(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// Whether all elements are not zero, as any.
Tensor all(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// How many elements are not zero, i64; NaN is not.
Tensor count_nonzero(const Operand& x, const Axes& axes = {}, bool keep_dims = false);
/// log(sum(exp(x))) without overflow; -inf for no elements.
Tensor logsumexp(const Operand& x, const Axes& axes = {}, bool keep_dims = false);

}  // namespace fathom
