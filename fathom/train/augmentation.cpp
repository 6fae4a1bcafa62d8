#include "fathom/train/augmentation.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/vision/auto_augment.h"
#include "fathom/vision/transforms.h"

namespace fathom::train {
namespace {

constexpr std::int64_t small = 64;

/// Another part of the picture each time.
vision::Transform random_part(const vision::ImageClassification& pictures) {
  const std::int64_t size = pictures.crop_size;
  if (size > small)
    return vision::RandomResizedCrop{.size = {size}, .interpolation = pictures.interpolation};
  const vision::RandomCrop crop{.size = {size}, .padding = {size / 8}};
  return [pictures, crop](const Tensor& picture, vision::Key key) {
    return crop(pictures.view(picture), key);
  };
}

}  // namespace

const std::vector<std::string>& augmentation_names() {
  static const std::vector<std::string> names = {"automatic", "none", "crop", "flip", "trivial"};
  return names;
}

vision::Transform augmentation(std::string_view name, const vision::ImageClassification& pictures,
                               Where where) {
  if (std::ranges::find(augmentation_names(), name) == augmentation_names().end())
    throw ValueError({.operation = "train::augmentation",
                      .problem = "there is no augmentation " + std::string(name),
                      .expected = "automatic, none, crop, flip or trivial",
                      .where = to_string(where)});
  const bool gray = pictures.channels == 1;
  if (name == "none" || (name == "automatic" && gray))
    return [pictures](const Tensor& picture) { return pictures.view(picture); };
  std::vector<vision::Transform> steps;
  // The network's channels first, so that all that follows changes what the network sees.
  steps.emplace_back([channels = pictures.channels](const Tensor& picture) {
    return picture.size(0) == channels
               ? picture
               : vision::rgb_to_grayscale(picture, static_cast<int>(channels));
  });
  steps.push_back(random_part(pictures));
  if (name != "crop") steps.emplace_back(vision::RandomHorizontalFlip{});
  if (name == "trivial") steps.emplace_back(vision::TrivialAugmentWide{});
  return vision::Compose(std::move(steps));
}

}  // namespace fathom::train
