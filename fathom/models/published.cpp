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
/// Those of its newest weights, and of the ResNets that akamaster published for CIFAR-10.
constexpr std::string_view newest_files[] = {
    "047dcff4", "0c510722", "0cc3c7bd", "0d7bc02a", "110c445d", "11ad3fa6", "1378be20", "173b62eb",
    "19584684", "1a0047aa", "1a07897c", "23ab8bcd", "24a108a5", "2b70d774", "397923af", "3c479a10",
    "3e4a00f9", "3ffadce6", "5666bf0f", "58fc7688", "59c71312", "5c1a4163", "6002323d", "6075fbad",
    "62229a5f", "6c64b313", "6eb8fdc6", "7071aa85", "7090bc5f", "7be5be79", "7ebf99e0", "7f5810bc",
    "8a719046", "8be3c8ee", "8d451a50", "8db6d4b5", "9180c971", "94a99ebd", "983f1562", "9ba9bcbe",
    "a12f2b72", "a4c69d6f", "a639ec97", "abd245e5", "b2777c0a", "b3899882", "b627a593", "b66bff10",
    "b8a52dc0", "ba3796d7", "c1103571", "c27df63c", "c35c1473", "c5b4e57e", "c79401a0", "c8ce3e52",
    "cd907fc2", "d733dc28", "dc08266a", "dc2b1b54", "dcbb9e9d", "dd5fe13b", "e6988f5f", "ea097f82",
    "f206786e", "f37072fd", "f707e712", "f82ba261"};
constexpr std::string_view cifar_files[] = {"12fca82f", "d509ac18", "014dd654", "4bfd9763",
                                            "1d1ed7c2"};
/// Of the SqueezeNets of the authors, as torchvision names their tensors.
constexpr std::string_view caffe_1_0 = "7cb4a7e1", caffe_1_1 = "c532e0cf";

bool is_known(std::string_view digits) {
  const auto in = [digits](const auto& files) {
    return std::ranges::find(files, digits) != std::end(files);
  };
  return in(older) || in(newest_files) || in(cifar_files) || digits == caffe_1_0 ||
         digits == caffe_1_1;
}

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
  const bool guessed = !digits.empty() && !is_known(digits);
  if (name == "lenet5")
    return {.preprocessing =
                {.resize_size = 28, .crop_size = 28, .mean = {0}, .std = {1}, .channels = 1},
            .class_names = data::numbered_class_names(10),
            .guessed = guessed};
  if (name.ends_with("_cifar"))
    return {.preprocessing = {.resize_size = 32, .crop_size = 32},
            .class_names = data::cifar10_class_names(),
            .guessed = guessed};
  Published known{.preprocessing = torchvision_preset(name, digits),
                  .class_names = data::imagenet_class_names(),
                  .guessed = guessed};
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

vision::ImageClassification keras_preprocessing(std::string_view name) {
  if (!name.starts_with("vgg")) return {};
  return {.mean = {103.939, 116.779, 123.68}, .std = {1, 1, 1}, .bgr = true, .unit = false};
}

}  // namespace fathom::models
