// What all transforms of pictures are: values that make a picture of a picture, at once, in the
// thread that calls them; random ones by a key. A loader's workers call them:
//
//   const vision::Compose augment{vision::RandomCrop{.size = {32}, .padding = {4}},
//   vision::RandomHorizontalFlip{}}; source = data::map_samples(source, [=](data::Batch sample,
//   const Tensor& key) {
//     sample.inputs = augment(sample.inputs, key);
//     return sample;
//   });
#pragma once
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/math/random_key.h"

namespace fathom::vision {

/// What a random transform draws by: the same key gives the same picture. The keys of data sources
/// depend on seed, epoch and place in the epoch alone, so that the number of workers never shows.
struct Key {
  std::uint64_t value = 0;

  Key(std::uint64_t number) : value(number) {}  // NOLINT(google-explicit-constructor)
  /// A source's key. Shapes: rank-0 i64.
  Key(const Tensor& key)  // NOLINT(google-explicit-constructor)
      : value(static_cast<std::uint64_t>(key.item<std::int64_t>())) {}
  /// A key of its own for each part of a transform.
  Key of(std::int64_t part) const { return site_key(value, part + 1); }
};

/// Any transform: a value that is called with a picture, or with a picture and a key.
class Transform {
 public:
  template <class T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, Transform> &&
           (std::is_invocable_r_v<Tensor, const T&, const Tensor&> ||
            std::is_invocable_r_v<Tensor, const T&, const Tensor&, Key>))
      Transform(T transform)  // NOLINT(google-explicit-constructor)
      : call_([transform = std::move(transform)](const Tensor& picture, Key key) -> Tensor {
          if constexpr (std::is_invocable_v<const T&, const Tensor&, Key>)
            return transform(picture, key);
          else
            return transform(picture);
        }) {}
  /// The picture that it makes of a picture.
  Tensor operator()(const Tensor& picture, Key key) const { return call_(picture, key); }

 private:
  std::function<Tensor(const Tensor&, Key)> call_;
};

/// Transforms one after another, each with a key of its own.
class Compose {
 public:
  Compose() = default;
  template <class... T>
  requires(sizeof...(T) > 0 &&
           (std::is_convertible_v<T, Transform> && ...)) explicit Compose(T... transforms)
      : transforms_{Transform(std::move(transforms))...} {}
  explicit Compose(std::vector<Transform> transforms) : transforms_(std::move(transforms)) {}

  Tensor operator()(const Tensor& picture, Key key) const {
    Tensor result = picture;
    for (std::size_t i = 0; i < transforms_.size(); ++i)
      result = transforms_[i](result, key.of(static_cast<std::int64_t>(i)));
    return result;
  }

 private:
  std::vector<Transform> transforms_;
};

}  // namespace fathom::vision
