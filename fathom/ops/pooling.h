// Pooling: windows over the last one, two or three axes, each made one element.
//
// Shapes    (B, C, ...) or (C, ...), the same with other extents out. Without a stride the windows
//           lie side by side
// Gradient  of a maximum to the window's first largest element (a NaN counts as the largest), of an
//           average to all; any number of times
// Errors    ShapeError for another number of axes or if no window fits; ValueError for padding of
//           more than half a window and other options out of range
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/ops/per_axis.h"
#include "fathom/ops/reduce.h"

namespace fathom {

namespace op {
/// Windows over the last axes, or those before the last if that has the channels; one number an
/// axis. Adaptive ones share an axis out evenly among as many as `kernel_size` says.
struct PoolWindows {
  Shape kernel_size, stride, padding, dilation;
  bool ceil_mode;
  bool adaptive;
  bool channels_last = false;

  /// The first axis of x that has windows.
  int first_axis(const Shape& x) const { return x.rank() - kernel_size.rank() - channels_last; }
};
/// Output 0: the largest elements; 1: their places in the flat plane, i32.
struct MaxPool {
  PoolWindows windows;
};
/// Planes of `extents` with what arrives (input 0) added at the places (input 1) of MaxPool.
struct MaxPoolBackward {
  PoolWindows windows;
  Shape extents;
};
/// Sums divided by the window's size, or by `divisor` if that is not 0.
struct AveragePool {
  PoolWindows windows;
  bool count_include_pad;
  std::int64_t divisor;
};
/// The transpose of AveragePool over `extents`.
struct AveragePoolBackward {
  PoolWindows windows;
  bool count_include_pad;
  std::int64_t divisor;
  Shape extents;
};
}  // namespace op

/// Options of the maxima over windows.
template <int n> struct MaxPoolOptions {
  std::optional<PerAxis<n>> stride = {};  ///< none: the kernel's size
  PerAxis<n> padding = 0;                 ///< at both ends, with what is never largest
  PerAxis<n> dilation = 1;                ///< the step within a window
  bool ceil_mode = false;                 ///< a window may reach beyond the end
};
/// Options of the averages over windows.
template <int n> struct AvgPoolOptions {
  std::optional<PerAxis<n>> stride = {};  ///< none: the kernel's size
  PerAxis<n> padding = 0;                 ///< zeros at both ends
  bool ceil_mode = false;                 ///< a window may reach beyond the end
  bool count_include_pad = true;          ///< padding counts in the divisor
  std::optional<std::int64_t> divisor_override = {};
};
/// Options of the norms over windows.
template <int n> struct LpPoolOptions {
  std::optional<PerAxis<n>> stride = {};  ///< none: the kernel's size
  bool ceil_mode = false;                 ///< a window may reach beyond the end
};
/// Options of unpooling.
template <int n> struct MaxUnpoolOptions {
  std::optional<PerAxis<n>> stride = {};  ///< none: the kernel's size
  PerAxis<n> padding = 0;
  std::optional<PerAxis<n>> output_size = {};  ///< none: the smallest that gives x's extents
};

/// Largest element of each window.
Tensor max_pool1d(const Operand& x, const PerAxis<1>& kernel_size,
                  const MaxPoolOptions<1>& options = {});
/// As max_pool1d, over two axes.
Tensor max_pool2d(const Operand& x, const PerAxis<2>& kernel_size,
                  const MaxPoolOptions<2>& options = {});
/// As max_pool1d, over three axes.
Tensor max_pool3d(const Operand& x, const PerAxis<3>& kernel_size,
                  const MaxPoolOptions<3>& options = {});
/// The same, and where it lies: its place in the flat last axes, i64.
IndexedResult max_pool1d_with_indices(const Operand& x, const PerAxis<1>& kernel_size,
                                      const MaxPoolOptions<1>& options = {});
/// As max_pool1d_with_indices, over two axes.
IndexedResult max_pool2d_with_indices(const Operand& x, const PerAxis<2>& kernel_size,
                                      const MaxPoolOptions<2>& options = {});
/// As max_pool1d_with_indices, over three axes.
IndexedResult max_pool3d_with_indices(const Operand& x, const PerAxis<3>& kernel_size,
                                      const MaxPoolOptions<3>& options = {});

/// Zeros but where `indices` of max_pool1d_with_indices say: there x. Where places meet, the last
/// stands. Errors: ShapeError for an output size that cannot be; IndexError when evaluated.
Tensor max_unpool1d(const Operand& x, const Tensor& indices, const PerAxis<1>& kernel_size,
                    const MaxUnpoolOptions<1>& options = {});
/// As max_unpool1d, over two axes.
Tensor max_unpool2d(const Operand& x, const Tensor& indices, const PerAxis<2>& kernel_size,
                    const MaxUnpoolOptions<2>& options = {});
/// As max_unpool1d, over three axes.
Tensor max_unpool3d(const Operand& x, const Tensor& indices, const PerAxis<3>& kernel_size,
                    const MaxUnpoolOptions<3>& options = {});

/// Average of each window. Dtypes: floating.
Tensor avg_pool1d(const Operand& x, const PerAxis<1>& kernel_size,
                  const AvgPoolOptions<1>& options = {});
/// As avg_pool1d, over two axes.
Tensor avg_pool2d(const Operand& x, const PerAxis<2>& kernel_size,
                  const AvgPoolOptions<2>& options = {});
/// As avg_pool1d, over three axes.
Tensor avg_pool3d(const Operand& x, const PerAxis<3>& kernel_size,
                  const AvgPoolOptions<3>& options = {});

/// (sum of x^p)^(1/p) of each window, p = norm_type. A window that reaches beyond the end counts as
/// if it were full of its average, as in PyTorch. Dtypes: integers give f32.
Tensor lp_pool1d(const Operand& x, double norm_type, const PerAxis<1>& kernel_size,
                 const LpPoolOptions<1>& options = {});
/// As lp_pool1d, over two axes.
Tensor lp_pool2d(const Operand& x, double norm_type, const PerAxis<2>& kernel_size,
                 const LpPoolOptions<2>& options = {});
/// As lp_pool1d, over three axes.
Tensor lp_pool3d(const Operand& x, double norm_type, const PerAxis<3>& kernel_size,
                 const LpPoolOptions<3>& options = {});

/// Averages over as many windows as wanted, which share the axis out evenly; -1 leaves an extent
/// as it is. Dtypes: floating.
Tensor adaptive_avg_pool1d(const Operand& x, const PerAxis<1>& output_size);
/// As adaptive_avg_pool1d, over two axes.
Tensor adaptive_avg_pool2d(const Operand& x, const PerAxis<2>& output_size);
/// As adaptive_avg_pool1d, over three axes.
Tensor adaptive_avg_pool3d(const Operand& x, const PerAxis<3>& output_size);
/// Maxima over as many windows as wanted; see adaptive_avg_pool1d.
Tensor adaptive_max_pool1d(const Operand& x, const PerAxis<1>& output_size);
/// As adaptive_max_pool1d, over two axes.
Tensor adaptive_max_pool2d(const Operand& x, const PerAxis<2>& output_size);
/// As adaptive_max_pool1d, over three axes.
Tensor adaptive_max_pool3d(const Operand& x, const PerAxis<3>& output_size);
/// The same, and where they lie: places in the flat last axes, i64.
IndexedResult adaptive_max_pool1d_with_indices(const Operand& x, const PerAxis<1>& output_size);
/// As adaptive_max_pool1d_with_indices, over two axes.
IndexedResult adaptive_max_pool2d_with_indices(const Operand& x, const PerAxis<2>& output_size);
/// As adaptive_max_pool1d_with_indices, over three axes.
IndexedResult adaptive_max_pool3d_with_indices(const Operand& x, const PerAxis<3>& output_size);

namespace ops {
/// The windows along one axis: of window i the elements first[i], first[i] + dilation, ... `count`
/// of them lie inside; with padding it has `padded`.
struct PoolSpans {
  std::vector<std::int64_t> first, count, padded;
};
PoolSpans pool_spans(const op::PoolWindows& windows, int axis, std::int64_t extent,
                     bool count_include_pad = true);
/// Averages over evenly shared windows of the last axes, one extent each.
Tensor adaptive_average(const Tensor& x, const Shape& output_size,
                        const std::source_location& where);
}  // namespace ops

}  // namespace fathom
