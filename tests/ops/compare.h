// What the checks of operations share: evaluating a sample in some way, and comparing what came
// out.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "fathom/graph/context.h"
#include "tests/ops/samples.h"

namespace fathom::test {

using Tensors = std::vector<Tensor>;

/// The elements as doubles; exact for all types but large i64.
std::vector<double> to_doubles(const Tensor& t);

/// Where two tensors differ in a bit (any NaN equals any other), in words; "" if they are equal.
std::string bit_difference(const Tensor& got, const Tensor& wanted);
/// Where they differ by more than `tolerance` times the largest finite element wanted; "" if
/// nowhere.
std::string difference(const Tensor& got, const Tensor& wanted, double tolerance);

/// Lazy: the sample's value, and with `gradients` those of sum(value * fixed numbers) by its
/// floating inputs, if it has any.
Tensors outputs_of(const Sample& sample, In inputs, bool gradients);

/// Evaluates what `make` builds on a device.
Tensors on_device(Device device, const std::function<Tensors()>& make);

/// Calls f on every sample; what f throws fails the test with the sample's name.
void for_each_sample(const std::function<void(const Sample&)>& f);

}  // namespace fathom::test
