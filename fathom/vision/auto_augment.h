// Augmentation by lists of operations, with torchvision.transforms.v2's names, defaults and lists.
// Each takes u8 or f32 (C, H, W), C = 1 or 3, and draws by its key alone. Errors: DTypeError,
// ShapeError; ValueError for a magnitude out of range.
#pragma once
#include "fathom/core/tensor.h"
#include "fathom/vision/geometry.h"
#include "fathom/vision/transform.h"

namespace fathom::vision {

/// What AutoAugment's list was found for.
enum class AutoAugmentPolicy { imagenet, cifar10, svhn };

/// One of 25 pairs of operations, each done with the probability of the pair's list.
/// Source: Cubuk et al. 2018, AutoAugment: Learning Augmentation Policies from Data.
struct AutoAugment {
  AutoAugmentPolicy policy = AutoAugmentPolicy::imagenet;
  InterpolationMode interpolation = InterpolationMode::nearest;
  Fill fill = {};
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// `num_ops` random operations of one strength, `magnitude` of `num_magnitude_bins` counted from 0.
/// Source: Cubuk et al. 2019, RandAugment: Practical automated data augmentation.
struct RandAugment {
  int num_ops = 2;
  int magnitude = 9;
  int num_magnitude_bins = 31;
  InterpolationMode interpolation = InterpolationMode::nearest;
  Fill fill = {};
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// One random operation of random strength.
/// Source: Mueller and Hutter 2021, TrivialAugment: Tuning-free Yet State-of-the-Art Data
/// Augmentation.
struct TrivialAugmentWide {
  int num_magnitude_bins = 31;
  InterpolationMode interpolation = InterpolationMode::nearest;
  Fill fill = {};
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

}  // namespace fathom::vision
