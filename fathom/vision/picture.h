// Private to fathom/vision: pictures as plain memory. What works at pixels runs at once, in the
// thread that calls it: transforms are for the loader's workers, not for the graph.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>

#include "fathom/core/error.h"
#include "fathom/core/tensor.h"

namespace fathom::vision {

struct Extents {
  std::int64_t channels = 0, height = 0, width = 0;
  std::int64_t plane() const { return height * width; }
};

/// The extents of a picture, evaluated. Errors: DTypeError unless u8 or f32, ShapeError unless
/// (C, H, W) with pixels.
Extents require_picture(const char* operation, const Tensor& picture);
/// The same, of 1 or 3 channels.
Extents require_colors(const char* operation, const Tensor& picture);
/// Errors: ValueError, naming the argument and its value.
[[noreturn]] void refuse(const char* operation, const char* problem, const std::string& argument,
                         const std::string& value, const std::string& expected);
[[noreturn]] void refuse(const char* operation, const char* problem, const std::string& argument,
                         double value, const std::string& expected);

template <class T> const T* pixels_of(const Tensor& picture) {
  return static_cast<const T*>(picture.raw_data());
}

/// A new picture and where its pixels go.
template <class T> struct NewPicture {
  explicit NewPicture(const Extents& e) {
    auto [made, memory] = Tensor::uninitialized(dtype_of<T>, {e.channels, e.height, e.width});
    tensor = std::move(made);
    pixels = static_cast<T*>(memory);
  }
  Tensor tensor;
  T* pixels = nullptr;
};

/// Calls f(T{}) with the element type of a picture.
template <class F> Tensor with_type(const Tensor& picture, F&& f) {
  return picture.dtype() == DType::u8 ? f(std::uint8_t{}) : f(float{});
}

/// What white is: 255, or 1 of floats.
template <class T> inline constexpr float white = std::is_same_v<T, float> ? 1.0f : 255.0f;

/// As torchvision stores what it computed in f32: u8 are cut off, or rounded half to even first.
template <class T> T stored(float x) {
  if constexpr (std::is_same_v<T, float>)
    return x;
  else
    return static_cast<T>(std::clamp(x, 0.0f, 255.0f));
}
template <class T> T rounded(float x) {
  if constexpr (std::is_same_v<T, float>)
    return x;
  else
    return stored<T>(std::nearbyint(x));
}

}  // namespace fathom::vision
