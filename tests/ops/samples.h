// The table of operation samples: every public operation with shapes, value ranges and tolerances.
// The checks of checks_test.cpp run on every row, so a new operation needs one row.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom::test {

using In = std::span<const Tensor>;
using Builder = std::function<Tensor(In)>;

/// An input tensor: numbers in [low, high), whole ones for integer types.
struct Input {
  Shape shape;
  DType dtype = DType::f32;
  double low = -2;
  double high = 2;
  bool special =
      false;  ///< starts with NaN, infinities, signed zeros and the ends of the number range
  std::vector<double> numbers;  ///< these instead
};

inline Input real(const Shape& shape, double low = -2, double high = 2) {
  return {shape, DType::f32, low, high};
}
inline Input whole(const Shape& shape, double low, double high, DType dtype = DType::i64) {
  return {shape, dtype, low, high};
}
inline Input truth(const Shape& shape) { return {shape, DType::boolean, 0, 2}; }
inline Input special(const Shape& shape, DType dtype = DType::f32) {
  return {shape, dtype, -2, 2, true};
}

/// Chosen numbers, for a row whose result is known.
inline Input given(const Shape& shape, std::vector<double> numbers, DType dtype = DType::f32) {
  return {.shape = shape, .dtype = dtype, .numbers = std::move(numbers)};
}

struct SampleOptions {
  /// Of f32 results against other ways to compute them, relative to the largest element.
  double tolerance = 2e-6;
  bool exact = false;    ///< cpu and reference must agree in every bit
  bool gradient = true;  ///< the gradient by the floating inputs is checked
  bool second = false;   ///< and the gradient of the gradient
  bool large = false;    ///< too large for central differences
};

/// One row: the operation's name, after a '/' what is special, how it is built, from what.
struct Sample {
  std::string name;
  Builder build;
  std::vector<Input> inputs;
  SampleOptions options;
  /// What PyTorch, or the source that the row names, gives in f64. Where it is more than a few
  /// numbers: a golden file.
  std::vector<double> known;

  /// The name up to the '/'.
  std::string operation() const { return name.substr(0, name.find('/')); }
};

using Samples = std::vector<Sample>;
Samples elementwise_samples();
Samples composed_samples();
Samples half_samples();
Samples creation_samples();
Samples reduce_samples();
Samples shape_samples();
Samples rearrange_samples();
Samples join_samples();
Samples index_samples();
Samples indexing_samples();
Samples scatter_samples();
Samples linalg_samples();
Samples attention_samples();
Samples conv_samples();
Samples product_samples();
Samples decomposition_samples();
Samples fft_samples();
Samples random_samples();
Samples norm_samples();
Samples recurrent_samples();
Samples loss_samples();
Samples scan_samples();
Samples sort_samples();
Samples statistics_samples();
Samples more_loss_samples();
Samples activation_samples();
Samples layer_samples();
Samples pooling_samples();
Samples picture_samples();

/// All of them.
const Samples& all_samples();

/// Input `i` of a sample: the same numbers at every call. Floating inputs can be had in f64
/// instead.
Tensor make_input(const Sample& sample, std::size_t i, bool wide = false);
std::vector<Tensor> make_inputs(const Sample& sample, bool wide = false);
/// Numbers that depend on the name alone.
Tensor make_numbers(const std::string& name, const Input& input);
/// A sample's first input less its own numbers where the second is true: 0 there, and still a
/// function of the input.
Tensor zeroed(const std::string& sample, In x);

}  // namespace fathom::test
