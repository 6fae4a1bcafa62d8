// Pictures, transforms and sets of pictures: what is wrong with how they are called.
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

Tensor rgb_picture(std::int64_t channels = 3) { return zeros({channels, 6, 8}, DType::u8); }

}  // namespace

Faults vision_faults() {
  using namespace vision;
  return {
      fault<DTypeError>(
          "a picture of i64",
          [] {
            resize(zeros({3, 6, 8}, DType::i64), {4, 4});
          },
          R"(resize: pixels of another type
  picture: i64 (3, 6, 8)
  expected u8 (0 to 255) or f32 (0 to 1)
  in: @)"),
      fault<ShapeError>(
          "a batch to a transform of pictures",
          [] {
            Resize{{4}}(zeros({2, 3, 6, 8}, DType::u8));
          },
          R"(resize: not the shape of a picture
  picture: u8 (2, 3, 6, 8)
  expected (C, H, W), none of them 0
  hint: of a batch, each picture alone
  in: @)"),
      fault<ValueError>(
          "a size of no pixels",
          [] {
            resize(rgb_picture(), {0, 4});
          },
          R"(resize: a side out of range
  size: (0, 4)
  expected sides from 1 to 1048576
  in: @)"),
      fault<ShapeError>(
          "a size of three numbers",
          [] {
            resize(rgb_picture(), {3, 4, 5});
          },
          R"(resize: a size of 3 numbers
  size: (3, 4, 5)
  expected one number, the shorter side's, or height and width
  in: @)"),
      fault<ValueError>(
          "a longest side below the shorter one",
          [] { resize(rgb_picture(), {10}, InterpolationMode::bicubic, 9); },
          R"(resize: max_size is not larger than the shorter side
  max_size: 9
  expected more than 10
  in: @)"),
      fault<ValueError>(
          "five parts larger than the picture",
          [] {
            FiveCrop{{7, 4}}(rgb_picture());
          },
          R"(five_crop: the size is larger than the picture
  size: (7, 4)
  expected at most (6, 8)
  in: @)"),
      fault<ValueError>(
          "a random part larger than the picture",
          [] { RandomCrop{.size = {7}}(rgb_picture(), 1); },
          R"(RandomCrop: the size is larger than the picture
  size: (7, 7)
  expected at most (6, 8)
  in: @)"),
      fault<ValueError>(
          "a margin of three numbers",
          [] {
            Pad{{1, 2, 3}}(rgb_picture());
          },
          R"(pad: a margin of another number of values
  padding: 3 values
  expected 1, 2 or 4 values
  in: @)"),
      fault<ValueError>(
          "a mirrored margin wider than the picture",
          [] { pad(rgb_picture(), {6}, {}, PaddingMode::reflect); },
          R"(pad: a margin wider than the picture that it mirrors
  picture: (3, 6, 8)
  expected at most the picture's side, less 1 for reflect
  in: @)"),
      fault<ValueError>(
          "a rotation by Lanczos", [] { rotate(rgb_picture(), 10, InterpolationMode::lanczos); },
          R"(rotate: an interpolation that warps do not have
  interpolation: 6
  expected nearest or bilinear
  in: @)"),
      fault<ValueError>(
          "two colours to fill three channels",
          [] {
            Pad{{1}, {1, 2}}(rgb_picture());
          },
          R"(pad: another number of values than channels
  fill: 2 values
  expected none, 1 or 3 values
  in: @)"),
      fault<ValueError>(
          "corners on a line",
          [] {
            perspective_coefficients({{{0, 0}, {1, 0}, {1, 1}, {0, 1}}},
                                     {{{0, 0}, {1, 1}, {2, 2}, {3, 3}}});
          },
          R"(perspective: points that make no picture
  endpoints: three on a line
  expected four corners
  in: @)"),
      fault<ShapeError>(
          "the hue of four channels", [] { adjust_hue(rgb_picture(4), 0.1); },
          R"(adjust_hue: neither grey nor RGB
  picture: u8 (4, 6, 8)
  expected 1 or 3 channels
  in: @)"),
      fault<ValueError>(
          "a hue beyond the circle", [] { ColorJitter{.hue = {0.6}}(rgb_picture(), 1); },
          R"(ColorJitter: a range out of bounds
  hue: 0.6
  expected -0.5 to 0.5
  in: @)"),
      fault<ValueError>(
          "a brightness below 0", [] { adjust_brightness(rgb_picture(), -1); },
          R"(adjust_brightness: a factor below 0
  brightness_factor: -1
  expected 0 or more
  in: @)"),
      fault<DTypeError>(
          "bytes to normalise",
          [] {
            Normalize{{0.5}, {0.5}}(rgb_picture());
          },
          R"(normalize: pixels are not floats
  picture: u8 (3, 6, 8)
  expected f32
  hint: ToDtype{DType::f32, true} comes before Normalize
  in: @)"),
      fault<ValueError>(
          "a blur of deviation 0",
          [] {
            normalize(zeros({3, 2, 2}), {0, 0, 0}, {1, 0, 1});
          },
          R"(normalize: a deviation of 0
  std: 0
  expected numbers other than 0
  in: @)"),
      fault<ValueError>(
          "an even kernel", [] { GaussianBlur{.kernel_size = {4}}(rgb_picture(), 1); },
          R"(gaussian_blur: a kernel without a middle
  kernel_size: 4
  expected odd numbers above 0
  in: @)"),
      fault<ValueError>(
          "a probability of 2", [] { RandomHorizontalFlip{.p = 2}(rgb_picture(), 1); },
          R"(RandomHorizontalFlip: no probability
  p: 2
  expected 0 to 1
  in: @)"),
      fault<ValueError>(
          "a strength beyond the bins", [] { RandAugment{.magnitude = 31}(rgb_picture(), 1); },
          R"(RandAugment: a strength out of range
  magnitude: 31
  expected 0 to 30
  in: @)"),
      fault<ValueError>(
          "labels to mix of nobody knows how many classes",
          [] {
            MixUp{}({zeros({2, 3, 4, 4}), labels({0, 1})}, 1);
          },
          R"(MixUp: labels are numbers, and nobody says of how many
  num_classes: 0
  expected the number of classes
  in: @)"),
      fault<IndexError>(
          "a label to mix beyond the classes",
          [] {
            CutMix{.num_classes = 2}({zeros({2, 3, 4, 4}), labels({0, 2})}, 1);
          },
          R"(CutMix: a label out of range
  label: 2
  expected 0 to 1
  in: @)"),
      fault<IoError>(
          "a folder of pictures that is not there", [] { data::image_folder("/nothing"); },
          R"(data::image_folder: the folder cannot be read: No such file or directory
  path: /nothing
  in: @)"),
  };
}

}  // namespace fathom::test
