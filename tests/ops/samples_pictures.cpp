// Resizing, and reading at positions.
#include "fathom/ops/grid_sample.h"
#include "fathom/ops/interpolate.h"
#include "tests/ops/samples.h"

namespace fathom::test {

Samples picture_samples() {
  using Mode = InterpolateMode;
  const SampleOptions smooth{.second = true};
  const SampleOptions exact{.exact = true, .second = true};
  const auto resized = [](InterpolateOptions o) {
    return [o](In x) { return interpolate(x[0], o); };
  };
  Samples rows{
      {"interpolate", resized({.size = {5, 3}}), {real({1, 2, 4, 5})}, exact},
      {"interpolate/repeated", resized({.scale_factor = {2}}), {real({2, 2, 3, 4})}, exact},
      {"interpolate/nearest of bytes",
       resized({.size = {7}}),
       {whole({1, 2, 4}, 0, 200, DType::u8)},
       {.exact = true, .gradient = false}},
      {"interpolate/nearest_exact",
       resized({.scale_factor = {1.5}, .mode = Mode::nearest_exact}),
       {real({1, 2, 5})},
       exact},
      {"interpolate/area",
       resized({.size = {3, 2}, .mode = Mode::area}),
       {real({1, 2, 4, 5})},
       smooth},
      {"interpolate/linear",
       resized({.size = {9}, .mode = Mode::linear}),
       {real({2, 2, 4})},
       smooth},
      {"interpolate/bilinear",
       resized({.scale_factor = {2}, .mode = Mode::bilinear}),
       {real({1, 2, 4, 5})},
       smooth},
      {"interpolate/bilinear, corners",
       resized({.size = {3, 8}, .mode = Mode::bilinear, .align_corners = true}),
       {real({1, 2, 4, 5})},
       smooth},
      {"interpolate/bilinear, antialias",
       resized({.size = {3, 2}, .mode = Mode::bilinear, .antialias = true}),
       {real({1, 2, 7, 5})},
       smooth},
      {"interpolate/bilinear, f64",
       resized({.size = {3, 8}, .mode = Mode::bilinear}),
       {{{1, 2, 4, 5}, DType::f64}},
       smooth},
      {"interpolate/bilinear, large",
       resized({.size = {61, 97}, .mode = Mode::bilinear}),
       {real({2, 9, 37, 41})},
       {.large = true}},
      {"interpolate/bicubic",
       resized({.scale_factor = {1.7}, .mode = Mode::bicubic}),
       {real({1, 1, 4, 5})},
       smooth},
      {"interpolate/bicubic, antialias",
       resized({.size = {3, 7}, .mode = Mode::bicubic, .antialias = true}),
       {real({1, 2, 6, 5})},
       smooth},
      {"interpolate/trilinear",
       resized({.size = {2, 5, 3}, .mode = Mode::trilinear}),
       {real({1, 1, 3, 3, 4})},
       smooth},
      {"affine_grid",
       [](In x) {
         return affine_grid(x[0], {2, 1, 3, 4});
       },
       {real({2, 2, 3})},
       smooth},
      {"affine_grid/volume, corners",
       [](In x) {
         return affine_grid(x[0], {1, 1, 2, 3, 2}, true);
       },
       {real({1, 3, 4})},
       smooth},
  };
  const auto sampled = [](GridSampleOptions o) {
    return [o](In x) { return grid_sample(x[0], x[1], o); };
  };
  const std::vector<Input> picture{real({1, 2, 4, 5}), real({1, 2, 3, 2}, -1.4, 1.4)};
  const std::vector<Input> volume{real({1, 1, 3, 4, 3}), real({1, 1, 2, 2, 3}, -1.4, 1.4)};
  const auto add = [&](const char* name, GridSampleOptions o, const std::vector<Input>& inputs,
                       bool second = true) {
    rows.push_back({name, sampled(o), inputs, {.tolerance = 5e-6, .second = second}});
  };
  add("grid_sample", {}, picture);
  add("grid_sample/border", {.padding_mode = GridPadding::border, .align_corners = true}, picture);
  add("grid_sample/reflection", {.padding_mode = GridPadding::reflection}, picture);
  add("grid_sample/nearest", {.mode = GridMode::nearest}, picture);
  add("grid_sample/bicubic", {.mode = GridMode::bicubic}, picture);
  add("grid_sample/volume", {}, volume);
  add("grid_sample/volume, reflection",
      {.padding_mode = GridPadding::reflection, .align_corners = true}, volume);
  return rows;
}

}  // namespace fathom::test
