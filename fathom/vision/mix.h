// Batches whose pictures are mixed with their neighbours', and the labels with them.
#pragma once
#include <cstdint>

#include "fathom/data/dataset.h"
#include "fathom/vision/transform.h"

namespace fathom::vision {

/// Each picture mixed with the one before it in the batch: lambda of it, drawn from Beta(alpha,
/// alpha), and 1 - lambda of the other. Made for data::map, in the workers.
///
/// Shapes  inputs f32 (B, ...), labels i64 (B,) or f32 (B, num_classes) -> inputs, f32 (B,
///         num_classes), which cross_entropy takes.
/// Errors  DTypeError, ShapeError; ValueError for alpha, or labels as numbers without num_classes;
///         IndexError for a label beyond it.
/// Source  Zhang et al. 2017, mixup: Beyond Empirical Risk Minimization; torchvision's MixUp.
struct MixUp {
  double alpha = 1;
  std::int64_t num_classes = 0;
  data::Batch operator()(const data::Batch& batch, Key key, Where where = Where::current()) const;
};

/// A rectangle of each picture replaced by the one before it in the batch; labels are mixed by
/// area.
///
/// Shapes  as MixUp, inputs u8 or f32 (B, C, H, W).
/// Source  Yun et al. 2019, CutMix: Regularization Strategy to Train Strong Classifiers with
///         Localizable Features; torchvision's CutMix.
struct CutMix {
  double alpha = 1;
  std::int64_t num_classes = 0;
  data::Batch operator()(const data::Batch& batch, Key key, Where where = Where::current()) const;
};

/// What the two draw and do, for those who draw otherwise.
data::Batch mixup(const data::Batch& batch, double lambda, std::int64_t num_classes,
                  Where where = Where::current());
/// Replaces rows y1 to y2 and columns x1 to x2, both without the last.
data::Batch cutmix(const data::Batch& batch, std::int64_t x1, std::int64_t y1, std::int64_t x2,
                   std::int64_t y2, std::int64_t num_classes, Where where = Where::current());

}  // namespace fathom::vision
