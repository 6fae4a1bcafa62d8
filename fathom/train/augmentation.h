// How pictures are varied while a network is trained on them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "fathom/vision/classification.h"
#include "fathom/vision/transform.h"

namespace fathom::train {

/// "automatic", "none", "crop", "flip", "trivial".
const std::vector<std::string>& augmentation_names();

/// A picture of the network's size, as it is seen in training, before it becomes numbers.
///
/// none       the picture as it is tested: ImageClassification::view
/// crop       another part each time: of small networks (64 pixels and less) the size with a margin
///            of an eighth around, of others a part of 8 to 100 % of the area
/// flip       crop, and every other picture mirrored left to right
/// trivial    flip, then one change of colour or geometry at random (TrivialAugmentWide)
/// automatic  flip of colour pictures, none of grey ones, whose mirror images are often other signs
///
/// Errors: ValueError for another name.
/// Source: torchvision's references for classification; He et al. 2016 for CIFAR.
vision::Transform augmentation(std::string_view name, const vision::ImageClassification& pictures,
                               Where where = Where::current());

}  // namespace fathom::train
