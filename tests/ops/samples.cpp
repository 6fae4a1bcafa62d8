#include "tests/ops/samples.h"

#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>

#include "fathom/core/with_type.h"
#include "fathom/ops/elementwise.h"

namespace fathom::test {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014), started at a text's FNV-1a hash: a new row changes no
/// other.
class Numbers {
 public:
  explicit Numbers(const std::string& name) {
    for (const char c : name) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  double uniform() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

template <class T> const std::vector<T>& special_numbers() {
  if constexpr (std::is_floating_point_v<T>) {
    using L = std::numeric_limits<T>;
    static const std::vector<T> numbers{
        L::quiet_NaN(),   L::infinity(), -L::infinity(), T(0),    -T(0),  L::min(),
        -L::denorm_min(), L::max(),      L::lowest(),    T(1),    T(-1),  T(0.5),
        T(-2.5),          T(1e-4),       T(88.5),        T(-104), T(3.5), T(1e10)};
    return numbers;
  } else if constexpr (!std::is_arithmetic_v<T>) {
    static const std::vector<T> numbers = [] {
      std::vector<T> halves;
      for (const float x : special_numbers<float>()) halves.emplace_back(x);
      return halves;
    }();
    return numbers;
  } else {
    static const std::vector<T> numbers{T(0), T(1)};
    return numbers;
  }
}

template <class T> Tensor make(const std::string& name, const Input& input) {
  Numbers numbers(name);
  const auto n = static_cast<std::size_t>(input.shape.size());
  const std::unique_ptr<T[]> values(new T[n]);
  for (std::size_t i = 0; i < n; ++i) {
    const double v = input.low + (input.high - input.low) * numbers.uniform();
    if constexpr (std::is_floating_point_v<T>)
      values[i] = static_cast<T>(v);
    else if constexpr (!std::is_arithmetic_v<T>)  // a half
      values[i] = T(static_cast<float>(v));
    else
      values[i] = static_cast<T>(std::floor(v));
  }
  for (std::size_t i = 0; i < input.numbers.size(); ++i) {
    if constexpr (std::is_arithmetic_v<T>)
      values[i] = static_cast<T>(input.numbers.at(i));
    else
      values[i] = T(static_cast<float>(input.numbers.at(i)));
  }
  if (input.special)
    for (std::size_t i = 0; i < std::min(n, special_numbers<T>().size()); ++i)
      values[i] = special_numbers<T>()[i];
  return Tensor::from(std::span<const T>(values.get(), n), input.shape);
}

void append(Samples& to, const Samples& from) { to.insert(to.end(), from.begin(), from.end()); }

}  // namespace

Tensor make_numbers(const std::string& name, const Input& input) {
  return with_type(input.dtype, [&]<class T>(T) { return make<T>(name, input); });
}

Tensor zeroed(const std::string& sample, In x) {
  const Tensor own = make_numbers(sample + ".0", {x[0].shape(), x[0].dtype()});
  return x[0] - own * cast(x[1], x[0].dtype());
}

Tensor make_input(const Sample& sample, std::size_t i, bool wide) {
  Input input = sample.inputs[i];
  if (wide && is_floating(input.dtype)) input.dtype = DType::f64;
  return make_numbers(sample.name + "." + std::to_string(i), input);
}

std::vector<Tensor> make_inputs(const Sample& sample, bool wide) {
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < sample.inputs.size(); ++i)
    inputs.push_back(make_input(sample, i, wide));
  return inputs;
}

const Samples& all_samples() {
  static const Samples samples = [] {
    Samples all;
    for (const auto& family :
         {elementwise_samples(), composed_samples(),   half_samples(),      creation_samples(),
          reduce_samples(),      shape_samples(),      rearrange_samples(), join_samples(),
          index_samples(),       indexing_samples(),   scatter_samples(),   linalg_samples(),
          attention_samples(),   norm_samples(),       loss_samples(),      scan_samples(),
          sort_samples(),        statistics_samples(), product_samples(),   decomposition_samples(),
          fft_samples(),         random_samples(),     more_loss_samples(), activation_samples(),
          layer_samples(),       conv_samples(),       pooling_samples(),   picture_samples(),
          recurrent_samples()})
      append(all, family);
    return all;
  }();
  return samples;
}

}  // namespace fathom::test
