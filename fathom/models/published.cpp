#include "fathom/models/published.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/data/class_names.h"
#include "fathom/models/create.h"

namespace fathom::models {
namespace {

using vision::ImageClassification;
using vision::InterpolationMode;

/// Sizes of torchvision's newest weights, by the beginnings of names; the first that fits counts.
struct Sizes {
  std::string_view name;
  std::int64_t resize_size, crop_size;
  InterpolationMode interpolation = InterpolationMode::bilinear;
};
constexpr auto bicubic = InterpolationMode::bicubic;
constexpr Sizes newest[] = {{"convnext_small", 230, 224},
                            {"convnext_tiny", 236, 224},
                            {"convnext", 232, 224},
                            {"efficientnet_b0", 256, 224, bicubic},
                            {"efficientnet_b1", 255, 240},
                            {"efficientnet_b2", 288, 288, bicubic},
                            {"efficientnet_b3", 320, 300, bicubic},
                            {"efficientnet_b4", 384, 380, bicubic},
                            {"efficientnet_b5", 456, 456, bicubic},
                            {"efficientnet_b6", 528, 528, bicubic},
                            {"efficientnet_b7", 600, 600, bicubic},
                            {"efficientnet_v2_l", 480, 480, bicubic},
                            {"efficientnet_v2_m", 480, 480},
                            {"efficientnet_v2_s", 384, 384},
                            {"inception_v3", 342, 299},
                            {"xception", 333, 299},
                            {"mnasnet0_75", 232, 224},
                            {"mnasnet1_3", 232, 224},
                            {"mobilenet_v2", 232, 224},
                            {"mobilenet_v3_large", 232, 224},
                            {"regnet", 232, 224},
                            {"resnet101", 232, 224},
                            {"resnet152", 232, 224},
                            {"resnet50", 232, 224},
                            {"resnext", 232, 224},
                            {"shufflenet_v2_x1_5", 232, 224},
                            {"shufflenet_v2_x2_0", 232, 224},
                            {"wide_resnet", 232, 224}};

/// First digits of the SHA-256 of torchvision's older weights of networks that have newer ones:
/// they take pictures resized to 256.
constexpr std::string_view older[] = {
    "03ceed89", "0676ba61", "1b27b58c", "2007eb11", "32ee1156", "394f9c45", "4dee3f7a", "63fe2227",
    "7cdf4587", "8738ca79", "8ba56ff5", "95faca4d", "9d47f8d0", "9e6ed7dd", "ad17e45c", "adf1edd5",
    "b0353104", "b11a554e", "b5a9779c", "bac287d4", "c65dace8", "d0d0e4a8", "e3633e7f", "f342aeae"};
/// Of the SqueezeNets of the authors, as torchvision names their tensors.
constexpr std::string_view caffe_1_0 = "7cb4a7e1", caffe_1_1 = "c532e0cf";

ImageClassification torchvision_preset(std::string_view name, std::string_view digits) {
  ImageClassification preset;
  for (const Sizes& sizes : newest)
    if (name.starts_with(sizes.name)) {
      preset.resize_size = sizes.resize_size;
      preset.crop_size = sizes.crop_size;
      preset.interpolation = sizes.interpolation;
      break;
    }
  if (std::ranges::find(older, digits) != std::end(older)) preset.resize_size = 256;
  if (digits == "bac287d4") preset.interpolation = bicubic;  // EfficientNet B1
  // Pixels from -1 to 1. torchvision's GoogLeNet and Inception v3 turn their input into that
  // themselves (transform_input) where they have learnt weights.
  if (name == "efficientnet_v2_l" || name == "xception" || name == "googlenet" ||
      name == "inception_v3")
    preset.mean = preset.std = {0.5, 0.5, 0.5};
  return preset;
}

}  // namespace

Published published(std::string_view name, std::string_view sha256, Where where) {
  require_name(name, where);
  const std::string_view digits = sha256.substr(0, 8);
  if (name == "lenet5")
    return {{.resize_size = 28, .crop_size = 28, .mean = {0}, .std = {1}, .channels = 1},
            data::numbered_class_names(10)};
  if (name.ends_with("_cifar"))
    return {{.resize_size = 32, .crop_size = 32}, data::cifar10_class_names()};
  Published known{torchvision_preset(name, digits), data::imagenet_class_names()};
  if (digits == caffe_1_0 || digits == caffe_1_1) {
    known.preprocessing = {.resize_size = 227,
                           .crop_size = 227,
                           .mean = {104, 117, 123},
                           .std = {1, 1, 1},
                           .square_first = true,
                           .bgr = true,
                           .unit = false};
    if (digits == caffe_1_0) known.options.classifier_padding = 1;
  }
  return known;
}

}  // namespace fathom::models
