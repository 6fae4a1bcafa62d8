// Convolutions and their layers.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults conv_faults() {
  return {
      fault<ShapeError>(
          "pictures with channels last",
          [] {
            conv2d(zeros({2, 8, 8, 3}), zeros({4, 3, 3, 3}));
          },
          R"(conv2d: the channels of x do not fit the weight
  x: f32 (2, 8, 8, 3)     weight: f32 (4, 3, 3, 3)
  expected 3 channels, got 8
  hint: channels come before positions: permute(x, ...)
  in: @)"),
      fault<ShapeError>(
          "a convolution over two axes of a series",
          [] {
            conv2d(zeros({3, 8}), zeros({4, 3, 3, 3}));
          },
          R"(conv2d: x has the wrong number of axes
  x: f32 (3, 8)     weight: f32 (4, 3, 3, 3)
  expected x with 2 axes of positions behind (batch, channels) or (channels)
  in: @)"),
      fault<ShapeError>(
          "a kernel of too few axes",
          [] {
            conv2d(zeros({1, 3, 8, 8}), zeros({4, 3, 3}));
          },
          R"(conv2d: the weight has the wrong number of axes
  x: f32 (1, 3, 8, 8)     weight: f32 (4, 3, 3)
  expected a weight of rank 4
  in: @)"),
      fault<ShapeError>(
          "a kernel larger than the picture",
          [] {
            conv2d(zeros({1, 3, 4, 4}), zeros({2, 3, 5, 5}));
          },
          R"(conv2d: the kernel is larger than the padded input
  positions: 4     kernel: 5     padding: 0     dilation: 1
  in: @)"),
      fault<ShapeError>(
          "outputs that the groups do not divide",
          [] {
            conv2d(zeros({1, 4, 4, 4}), zeros({3, 2, 1, 1}), {}, {.groups = 2});
          },
          R"(conv2d: the groups do not divide the weight's first axis
  x: f32 (1, 4, 4, 4)     weight: f32 (3, 2, 1, 1)
  expected a multiple of 2
  in: @)"),
      fault<ShapeError>(
          "a convolution's bias of another width",
          [] {
            conv1d(zeros({1, 2, 8}), zeros({4, 2, 3}), zeros({3}));
          },
          R"(conv1d: the bias does not fit the weight
  weight: f32 (4, 2, 3)     bias: f32 (3,)
  expected (4,)
  in: @)"),
      fault<DTypeError>(
          "a convolution of integers",
          [] {
            conv1d(zeros({1, 2, 8}, DType::i64), zeros({4, 2, 3}, DType::i64));
          },
          R"(conv1d: needs two operands of one floating-point type
  x: i64 (1, 2, 8)     weight: i64 (4, 2, 3)
  hint: cast one of them
  in: @)"),
      fault<ValueError>(
          "a stride of nothing",
          [] {
            conv2d(zeros({1, 2, 8, 8}), zeros({4, 2, 3, 3}), {}, {.stride = {1, 0}});
          },
          R"(conv2d: stride is 0
  expected 1 or more
  in: @)"),
      fault<ValueError>(
          "as many positions as before at a stride",
          [] {
            conv2d(zeros({1, 2, 8, 8}), zeros({4, 2, 3, 3}), {},
                   {.stride = 2, .padding = ConvPadding::same});
          },
          R"(conv2d: padding is same, stride is 2
  expected a stride of 1
  in: @)"),
      fault<ValueError>(
          "output padding as wide as the stride",
          [] {
            conv_transpose2d(zeros({1, 2, 8, 8}), zeros({2, 4, 3, 3}), {},
                             {.stride = 2, .output_padding = 2});
          },
          R"(conv_transpose2d: output_padding is 2
  expected less than the stride or dilation
  in: @)"),
      fault<ShapeError>(
          "a transposed convolution that leaves nothing",
          [] {
            conv_transpose1d(zeros({1, 2, 1}), zeros({2, 4, 3}), {}, {.padding = 2});
          },
          R"(conv_transpose1d: nothing is left of an axis
  x: f32 (1, 2, 1)     weight: f32 (2, 4, 3)
  expected more positions, or less padding
  in: @)"),
      fault<ValueError>(
          "a layer whose groups do not divide", [] { nn::Conv2d(6, 8, 3, {.groups = 4}); },
          R"(nn::Conv2d: groups does not divide in_channels
  in_channels: 6     groups: 4
  in: @)"),
      fault<ValueError>(
          "a layer with a kernel of nothing",
          [] {
            nn::ConvTranspose2d(6, 8, {3, 0});
          },
          R"(nn::ConvTranspose2d: kernel_size is 0
  expected a positive number
  in: @)"),
      fault<ShapeError>(
          "a layer of other channels",
          [] {
            nn::Conv1d(3, 4, 3)(zeros({2, 5, 9}));
          },
          R"(conv1d: the channels of x do not fit the weight
  x: f32 (2, 5, 9)     weight: f32 (4, 3, 3)
  expected 3 channels, got 5
  in: nn::Conv1d, @)"),
  };
}

}  // namespace fathom::test
