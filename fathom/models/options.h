// What a network by name may be told.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace fathom::models {

/// What networks by name are told; what is not given is as published.
struct ModelOptions {
  std::optional<std::int64_t> classes = {};
  std::string weights = {};  ///< a file of weights, whose every name must fit
  std::optional<double> dropout = {};
  std::optional<double> stochastic_depth = {};  ///< of the last block; earlier ones have less
  /// Around the last convolution of a SqueezeNet: 1 in the weights of its authors, of version 1.0.
  std::optional<std::int64_t> classifier_padding = {};
};

}  // namespace fathom::models
