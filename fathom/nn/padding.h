// Padding and windows as layers.
//
// Names such as ReflectionPad1d and ReflectionPad2d are one class: how many axes are padded is said
// by the widths, {low, high} for each of the last axes, last axis last.
#pragma once
#include "fathom/nn/linear.h"
#include "fathom/ops/windows.h"

namespace fathom::nn {

/// Constants around: torch's ConstantPad1d to 3d. Negative widths cut.
struct ConstantPad {
  Widths padding;
  double value = 0;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};
/// Zeros around: ZeroPad1d to 3d.
struct ZeroPad {
  Widths padding;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};
/// The elements mirrored at the edge element: ReflectionPad1d to 3d. Errors: ShapeError if a width
/// is not below its axis' extent.
struct ReflectionPad {
  Widths padding;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};
/// The edge element: ReplicationPad1d to 3d.
struct ReplicationPad {
  Widths padding;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};
/// The other end's elements: CircularPad1d to 3d. Errors: ShapeError if a width is above its axis'
/// extent.
struct CircularPad {
  Widths padding;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// Windows as columns; see unfold. Shapes: (B, C, H, W) -> (B, C kh kw, windows).
struct Unfold {
  Windows windows;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};
/// Columns added up where their windows lie; see fold. Shapes: (B, C kh kw, windows) ->
/// (B, C, H, W).
struct Fold {
  Windows::Pair output_size;
  Windows windows;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

}  // namespace fathom::nn
