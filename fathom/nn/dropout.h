// Dropout in its forms, and noise. While training they take their masks and numbers from the key of
// nn::training(rng); otherwise they do nothing.
//
// Shapes    that of x
// Errors    ValueError for a probability outside [0, 1], or while training without a random key:
//           open a scope with nn::training(rng)
#pragma once
#include "fathom/nn/linear.h"

namespace fathom::nn {

/// Zeroes elements at random (Srivastava et al. 2014).
class Dropout {
 public:
  explicit Dropout(double probability = 0.5, Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double probability;
  static constexpr auto members() { return fathom::members<&Dropout::probability>(); }
};

/// Zeroes whole channels at random (Tompson et al. 2014). Shapes: (B, C, L) or (C, L).
class Dropout1d {
 public:
  explicit Dropout1d(double probability = 0.5, Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double probability;
  static constexpr auto members() { return fathom::members<&Dropout1d::probability>(); }
};
/// Likewise. Shapes: (B, C, H, W), or (B, C, L) as PyTorch has it.
class Dropout2d {
 public:
  explicit Dropout2d(double probability = 0.5, Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double probability;
  static constexpr auto members() { return fathom::members<&Dropout2d::probability>(); }
};
/// Likewise. Shapes: (B, C, D, H, W) or (C, D, H, W).
class Dropout3d {
 public:
  explicit Dropout3d(double probability = 0.5, Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double probability;
  static constexpr auto members() { return fathom::members<&Dropout3d::probability>(); }
};

/// Dropout that keeps mean and variance, for networks of selu (Klambauer et al. 2017).
class AlphaDropout {
 public:
  explicit AlphaDropout(double probability = 0.5, Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double probability;
  static constexpr auto members() { return fathom::members<&AlphaDropout::probability>(); }
};
/// The same of whole channels. Shapes: (B, C, ...).
class FeatureAlphaDropout {
 public:
  explicit FeatureAlphaDropout(double probability = 0.5, Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double probability;
  static constexpr auto members() { return fathom::members<&FeatureAlphaDropout::probability>(); }
};

/// Adds normal noise of mean 0: keras.layers.GaussianNoise. Errors: ValueError for a deviation
/// below 0.
class GaussianNoise {
 public:
  explicit GaussianNoise(double std_dev);
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double std_dev;
  static constexpr auto members() { return fathom::members<&GaussianNoise::std_dev>(); }
};

}  // namespace fathom::nn
