#include "fathom/train/classification_json.h"

#include <algorithm>

namespace fathom::train {
namespace {

using vision::ImageClassification;
using vision::InterpolationMode;

constexpr std::pair<InterpolationMode, const char*> modes[] = {
    {InterpolationMode::nearest, "nearest"}, {InterpolationMode::nearest_exact, "nearest-exact"},
    {InterpolationMode::box, "box"},         {InterpolationMode::bilinear, "bilinear"},
    {InterpolationMode::hamming, "hamming"}, {InterpolationMode::bicubic, "bicubic"},
    {InterpolationMode::lanczos, "lanczos"}};

[[noreturn]] void refuse(const char* key, const Json& value, const char* expected) {
  throw ValueError({.operation = "preprocessing",
                    .problem = std::string(key) + " is " + value.dump(),
                    .expected = expected});
}

}  // namespace

Json preprocessing_json(const ImageClassification& p) {
  const auto* mode =
      std::ranges::find(modes, p.interpolation, &std::pair<InterpolationMode, const char*>::first);
  return {{"resize_size", p.resize_size},
          {"crop_size", p.crop_size},
          {"interpolation", mode->second},
          {"mean", p.mean},
          {"std", p.std},
          {"channels", p.channels},
          {"square_first", p.square_first},
          {"bgr", p.bgr},
          {"unit", p.unit}};
}

ImageClassification preprocessing_from(const Json& json) {
  ImageClassification p;
  json.at("resize_size").get_to(p.resize_size);
  json.at("crop_size").get_to(p.crop_size);
  json.at("mean").get_to(p.mean);
  json.at("std").get_to(p.std);
  json.at("channels").get_to(p.channels);
  json.at("square_first").get_to(p.square_first);
  json.at("bgr").get_to(p.bgr);
  json.at("unit").get_to(p.unit);
  const auto name = json.at("interpolation").get<std::string>();
  const auto* mode = std::ranges::find_if(modes, [&](const auto& m) { return name == m.second; });
  if (mode == std::end(modes)) refuse("interpolation", name, "nearest, bilinear, bicubic, ...");
  p.interpolation = mode->first;
  constexpr std::int64_t most = 1 << 14;
  if (p.resize_size < 1 || p.resize_size > most) refuse("resize_size", p.resize_size, "1 to 16384");
  if (p.crop_size < 1 || p.crop_size > most) refuse("crop_size", p.crop_size, "1 to 16384");
  if (p.channels != 1 && p.channels != 3) refuse("channels", p.channels, "1 or 3");
  return p;
}

}  // namespace fathom::train
