// Pooling, resizing, reading at positions.
#include "fathom/models/resnet_cifar.h"
#include "fathom/models/vgg.h"
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

const Tensor& picture() {
  static const Tensor x = zeros({1, 2, 4, 5});
  return x;
}

}  // namespace

Faults picture_faults() {
  return {
      fault<ShapeError>(
          "pooling a table",
          [] {
            max_pool2d(zeros({4, 5}), 2);
          },
          R"(max_pool2d: x has 2 axes
  x: f32 (4, 5)
  expected 4 axes, or 3 without a batch
  in: @)"),
      fault<ShapeError>(
          "a window larger than the picture", [] { avg_pool2d(picture(), 5); },
          R"(avg_pool2d: no window fits on axis 2
  x: f32 (1, 2, 4, 5)     kernel_size: (5, 5)     padding: (0, 0)
  in: @)"),
      fault<ValueError>(
          "windows of nothing",
          [] {
            max_pool2d(picture(), {0, 2});
          },
          R"(max_pool2d: kernel_size is 0
  expected a number of 1 and more
  in: @)"),
      fault<ValueError>(
          "steps of nothing", [] { max_pool2d(picture(), 2, {.stride = 0}); },
          R"(max_pool2d: stride is 0
  expected a number of 1 and more
  in: @)"),
      fault<ValueError>(
          "more padding than half a window",
          [] {
            max_pool2d(picture(), 2, {.padding = {0, 2}});
          },
          R"(max_pool2d: there is more padding than half a window
  kernel_size: (2, 2)     dilation: (1, 1)     padding: (0, 2)
  hint: pad(x, widths) takes any padding
  in: @)"),
      fault<ValueError>(
          "an average divided by nothing",
          [] { avg_pool2d(picture(), 2, {.divisor_override = 0}); },
          R"(avg_pool2d: divisor_override is 0
  in: @)"),
      fault<DTypeError>(
          "an average of whole numbers",
          [] {
            avg_pool1d(zeros({1, 2, 4}, DType::i64), 2);
          },
          R"(avg_pool1d: needs floating-point numbers
  x: i64 (1, 2, 4)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<DTypeError>(
          "the largest of bools",
          [] {
            max_pool1d(zeros({1, 2, 4}, DType::boolean), 2);
          },
          R"(max_pool1d: x has no numbers
  x: bool (1, 2, 4)
  in: @)"),
      fault<ValueError>(
          "the zeroth norm",
          [] {
            lp_pool1d(zeros({1, 2, 4}), 0, 2);
          },
          R"(lp_pool1d: norm_type is 0
  expected a number above 0
  in: @)"),
      fault<ValueError>(
          "no windows", [] { adaptive_avg_pool2d(picture(), 0); },
          R"(adaptive_avg_pool2d: output_size is 0
  expected numbers of 1 and more, or -1 for x's own
  in: @)"),
      fault<ShapeError>(
          "fewer places than elements",
          [] {
            max_unpool1d(zeros({1, 2, 4}), labels({0, 1}), 2);
          },
          R"(max_unpool1d: not every element has a place
  x: f32 (1, 2, 4)     indices: i64 (2,)
  expected indices of x's shape
  in: @)"),
      fault<ShapeError>(
          "unpooling to a size that was not",
          [] {
            max_unpool1d(zeros({1, 4}), zeros({1, 4}, DType::i64), 2, {.output_size = 12});
          },
          R"(max_unpool1d: axis 1 cannot have 12 elements
  x: f32 (1, 4)
  expected more than 6 and less than 10
  in: @)"),
      fault<IndexError>(
          "unpooling to a place outside",
          [] {
            max_unpool1d(zeros({1, 1}), tensor<std::int64_t>({{2}}), 2).eval();
          },
          no_element("max_unpool1d", "index", 2, 0, 0, 2)),
      fault<ValueError>(
          "no size", [] { interpolate(picture(), {}); },
          R"(interpolate: neither size nor scale_factor is given
  expected one of them
  in: @)"),
      fault<ValueError>(
          "two sizes", [] { interpolate(picture(), {.size = {2}, .scale_factor = {2}}); },
          R"(interpolate: both size and scale_factor are given
  expected one of them
  in: @)"),
      fault<ValueError>(
          "three sizes of two axes",
          [] {
            interpolate(picture(), {.size = {2, 3, 4}});
          },
          R"(interpolate: size has 3 numbers
  expected one, or one for each of 2 axes
  in: @)"),
      fault<ShapeError>(
          "a line between pictures' elements",
          [] { interpolate(picture(), {.size = {2}, .mode = InterpolateMode::linear}); },
          R"(interpolate: x has another number of axes than linear takes
  x: f32 (1, 2, 4, 5)
  expected x (B, C, ...) with 1 more
  in: @)"),
      fault<ShapeError>(
          "a picture shrunk to nothing", [] { interpolate(picture(), {.scale_factor = {0.1}}); },
          R"(interpolate: axis 2 would go from 4 to 0 elements
  x: f32 (1, 2, 4, 5)
  expected at least 1 before and after
  in: @)"),
      fault<ValueError>(
          "a picture scaled by a negative number",
          [] { interpolate(picture(), {.scale_factor = {-2}}); },
          R"(interpolate: scale_factor is -2
  expected a number above 0
  in: @)"),
      fault<ValueError>(
          "corners of the nearest",
          [] { interpolate(picture(), {.size = {2}, .align_corners = true}); },
          R"(interpolate: align_corners is given with nearest
  expected one of the linear and cubic modes
  in: @)"),
      fault<ValueError>(
          "smooth volumes",
          [] {
            interpolate(zeros({1, 1, 2, 2, 2}),
                        {.size = {2}, .mode = InterpolateMode::trilinear, .antialias = true});
          },
          R"(interpolate: antialias is given with trilinear
  expected bilinear or bicubic
  in: @)"),
      fault<ValueError>(
          "a size recomputed",
          [] { interpolate(picture(), {.size = {2}, .recompute_scale_factor = true}); },
          R"(interpolate: recompute_scale_factor is given with size
  expected a scale_factor to recompute
  in: @)"),
      fault<ShapeError>(
          "a grid of three numbers for a picture",
          [] {
            grid_sample(picture(), zeros({1, 2, 2, 3}));
          },
          R"(grid_sample: x and grid do not go together
  x: f32 (1, 2, 4, 5)     grid: f32 (1, 2, 2, 3)
  expected x (B, C, H, W) and grid (B, H', W', 2), or x (B, C, D, H, W) and grid (B, D', H', W', 3)
  in: @)"),
      fault<ShapeError>(
          "two grids for a picture",
          [] {
            grid_sample(picture(), zeros({2, 2, 2, 2}));
          },
          R"(grid_sample: the batches differ
  x: f32 (1, 2, 4, 5)     grid: f32 (2, 2, 2, 2)
  expected as many grids as pictures
  in: @)"),
      fault<DTypeError>(
          "a grid of another type",
          [] {
            grid_sample(picture(), zeros({1, 2, 2, 2}, DType::f64));
          },
          R"(grid_sample: x and grid have different types
  x: f32 (1, 2, 4, 5)     grid: f64 (1, 2, 2, 2)
  in: @)"),
      fault<ValueError>(
          "cubic volumes",
          [] {
            grid_sample(zeros({1, 1, 2, 2, 2}), zeros({1, 2, 2, 2, 3}),
                        {.mode = GridMode::bicubic});
          },
          R"(grid_sample: bicubic is for pictures
  x: f32 (1, 1, 2, 2, 2)
  expected bilinear or nearest for volumes
  in: @)"),
      fault<ShapeError>(
          "an affine map of another size",
          [] {
            affine_grid(zeros({1, 2, 3}), {1, 1, 2, 2, 2});
          },
          R"(affine_grid: theta and size do not go together
  theta: f32 (1, 2, 3)     size: (1, 1, 2, 2, 2)
  expected theta (B, 2, 3) and size (B, C, H, W), or theta (B, 3, 4) and size (B, C, D, H, W)
  in: @)"),
      fault<ShapeError>(
          "a global average of a table",
          [] {
            nn::GlobalAveragePooling()(zeros({3, 4}));
          },
          R"(nn::GlobalAveragePooling: x has no axes to pool
  x: f32 (3, 4)
  expected x (B, C, ...)
  in: nn::GlobalAveragePooling, @)"),
      fault<ValueError>(
          "a model that there is not", [] { models::create("resnet19"); },
          R"(models::create: there is no model resnet19
  hint: models::list() names all of them
  in: @)"),
      fault<ValueError>(
          "a model of no classes", [] { models::create("resnet18", {.classes = 0}); },
          R"(models::create: there are 0 classes
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "a VGG of twelve layers", [] { models::vgg(12); },
          R"(models::vgg: depth is 12
  expected 11, 13, 16 or 19
  in: @)"),
      fault<ValueError>(
          "a small ResNet of an odd depth", [] { models::resnet_cifar(21); },
          R"(models::resnet_cifar: depth is 21
  expected 6 n + 2, such as 20, 32, 44, 56, 110
  in: @)"),
  };
}

}  // namespace fathom::test
