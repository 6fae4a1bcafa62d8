// Resizing against Pillow and torchvision, and each function against torchvision's.
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "fathom/io/safetensors.h"
#include "fathom/vision/blur.h"
#include "fathom/vision/transforms.h"

using namespace fathom;
using namespace fathom::vision;
using nlohmann::json;

namespace {

InterpolationMode interpolation_of(const json& o, const std::string& otherwise) {
  static const std::map<std::string, InterpolationMode> names = {
      {"nearest", InterpolationMode::nearest}, {"nearest_exact", InterpolationMode::nearest_exact},
      {"box", InterpolationMode::box},         {"bilinear", InterpolationMode::bilinear},
      {"hamming", InterpolationMode::hamming}, {"bicubic", InterpolationMode::bicubic},
      {"lanczos", InterpolationMode::lanczos}};
  return names.at(o.value("interpolation", otherwise));
}

Shape shape_of(const json& list) {
  const auto sides = list.get<std::vector<std::int64_t>>();
  return Shape(std::span<const std::int64_t>(sides));
}

/// Pixels that differ by more than `levels` (of 255), as a share.
double off(const Tensor& a, const Tensor& b, double levels) {
  REQUIRE(a.shape() == b.shape());
  REQUIRE(a.dtype() == b.dtype());
  const auto x = a.to_vector<double>(), y = b.to_vector<double>();
  double count = 0;
  for (std::size_t i = 0; i < x.size(); ++i) count += !(std::abs(x[i] - y[i]) <= levels);
  return count / static_cast<double>(x.size());
}

std::array<Point, 4> points(const json& list) {
  std::array<Point, 4> p;
  for (std::size_t i = 0; i < 4; ++i) p[i] = {list.at(i).at(0), list.at(i).at(1)};
  return p;
}

Fill fill_of(const json& o) {
  const auto at = o.find("fill");
  if (at == o.end()) return {};
  if (at->is_number()) return {at->get<double>()};
  return at->get<std::vector<double>>();
}

std::vector<Tensor> apply(const std::string& op, const Tensor& x, const json& o) {
  const auto number = [&](const char* name) { return o.at(name).get<std::int64_t>(); };
  const auto factor = [&] { return o.begin()->get<double>(); };  // the only argument
  std::optional<Point> center;
  if (o.contains("center")) center = Point{o["center"][0], o["center"][1]};
  const auto filter = interpolation_of(o, op == "perspective" ? "bilinear" : "nearest");
  const std::map<std::string, PaddingMode> modes = {{"constant", PaddingMode::constant},
                                                    {"edge", PaddingMode::edge},
                                                    {"reflect", PaddingMode::reflect},
                                                    {"symmetric", PaddingMode::symmetric}};
  const std::map<std::string, std::function<std::vector<Tensor>()>> calls = {
      {"crop",
       [&] {
         return std::vector{
             crop(x, number("top"), number("left"), number("height"), number("width"))};
       }},
      {"center_crop", [&] { return std::vector{center_crop(x, shape_of(o["output_size"]))}; }},
      {"five_crop", [&] { return five_crop(x, shape_of(o["size"])); }},
      {"ten_crop",
       [&] { return ten_crop(x, shape_of(o["size"]), o.value("vertical_flip", false)); }},
      {"resized_crop",
       [&] {
         return std::vector{resized_crop(x, number("top"), number("left"), number("height"),
                                         number("width"), shape_of(o["size"]))};
       }},
      {"pad",
       [&] {
         return std::vector{pad(x, o["padding"].get<std::vector<std::int64_t>>(), fill_of(o),
                                modes.at(o.value("padding_mode", "constant")))};
       }},
      {"horizontal_flip", [&] { return std::vector{horizontal_flip(x)}; }},
      {"vertical_flip", [&] { return std::vector{vertical_flip(x)}; }},
      {"rotate",
       [&] {
         return std::vector{
             rotate(x, o["angle"], filter, o.value("expand", false), center, fill_of(o))};
       }},
      {"affine",
       [&] {
         return std::vector{affine(x, o["angle"], {o["translate"][0], o["translate"][1]},
                                   o["scale"], {o["shear"][0], o["shear"][1]}, filter, fill_of(o),
                                   center)};
       }},
      {"perspective",
       [&] {
         return std::vector{perspective(
             x, perspective_coefficients(points(o["startpoints"]), points(o["endpoints"])), filter,
             fill_of(o))};
       }},
      {"adjust_brightness", [&] { return std::vector{adjust_brightness(x, factor())}; }},
      {"adjust_contrast", [&] { return std::vector{adjust_contrast(x, factor())}; }},
      {"adjust_saturation", [&] { return std::vector{adjust_saturation(x, factor())}; }},
      {"adjust_sharpness", [&] { return std::vector{adjust_sharpness(x, factor())}; }},
      {"adjust_hue", [&] { return std::vector{adjust_hue(x, factor())}; }},
      {"adjust_gamma",
       [&] { return std::vector{adjust_gamma(x, o["gamma"], o.value("gain", 1.0))}; }},
      {"rgb_to_grayscale",
       [&] { return std::vector{rgb_to_grayscale(x, o["num_output_channels"])}; }},
      {"gaussian_blur",
       [&] {
         std::optional<std::array<double, 2>> sigma;
         if (o.contains("sigma")) sigma = {o["sigma"][0], o["sigma"][1]};
         return std::vector{gaussian_blur(x, {o["kernel_size"][0], o["kernel_size"][1]}, sigma)};
       }},
      {"invert", [&] { return std::vector{invert(x)}; }},
      {"posterize", [&] { return std::vector{posterize(x, o["bits"])}; }},
      {"solarize", [&] { return std::vector{solarize(x, o["threshold"])}; }},
      {"autocontrast", [&] { return std::vector{autocontrast(x)}; }},
      {"equalize", [&] { return std::vector{equalize(x)}; }},
      {"erase",
       [&] {
         return std::vector{erase(x, number("i"), number("j"), number("h"), number("w"),
                                  o["v"].get<std::vector<float>>())};
       }},
      {"to_dtype",
       [&] {
         return std::vector{to_dtype(x, o["dtype"] == "u8" ? DType::u8 : DType::f32, o["scale"])};
       }},
      {"normalize", [&] {
         return std::vector{normalize(x, o["mean"].get<std::vector<double>>(),
                                      o["std"].get<std::vector<double>>())};
       }}};
  return calls.at(op)();
}

}  // namespace

TEST_CASE("vision: resize has Pillow's pixels, and torchvision's within a level") {
  const io::Safetensors file =
      io::load_safetensors(FATHOM_TEST_SOURCE "/golden/vision/resize.safetensors");
  int exact = 0, near = 0;
  for (const json& test : json::parse(file.metadata.at("cases"))) {
    const std::string text = test.dump();
    CAPTURE(text);
    const Tensor made = resize(*file.find(test["input"].get<std::string>()), shape_of(test["size"]),
                               interpolation_of(test, "bilinear"), test.value("max_size", 0),
                               test.value("antialias", true));
    const Tensor& expected = *file.find(test["name"].get<std::string>());
    const bool pillow = test["by"] == "pillow";
    (pillow ? exact : near) += 1;
    CHECK(off(made, expected, pillow ? 0 : made.dtype() == DType::u8 ? 1 : 2e-6) == 0);
  }
  CHECK(exact == 36);
  CHECK(near == 51);
}

TEST_CASE("vision: functions against torchvision's") {
  const io::Safetensors file =
      io::load_safetensors(FATHOM_TEST_SOURCE "/golden/vision/functional.safetensors");
  int cases = 0;
  for (const json& test : json::parse(file.metadata.at("cases"))) {
    const std::string text = test.dump();
    CAPTURE(text);
    const Tensor& input = *file.find(test["input"].get<std::string>());
    const std::vector<Tensor> made = apply(test["op"], input, test["args"]);
    REQUIRE(made.size() == test["outputs"].get<std::size_t>());
    for (std::size_t i = 0; i < made.size(); ++i) {
      const Tensor& expected =
          *file.find(test["name"].get<std::string>() + "." + std::to_string(i));
      const double levels = made[i].dtype() == DType::u8 ? 1 : 1e-5;
      CHECK(off(made[i], expected, levels) <= test["off"].get<double>());
    }
    ++cases;
  }
  CHECK(cases > 130);
}
