#include "tests/ops/compare.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>

#include "fathom/core/error.h"
#include "fathom/graph/op.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/gradient.h"
#include "fathom/ops/reduce.h"

namespace fathom::test {
namespace {

std::string at(std::size_t i, double got, double wanted) {
  char text[120];
  std::snprintf(text, sizeof text, "element %zu: got %.17g, wanted %.17g", i, got, wanted);
  return text;
}

std::string spec_difference(const Tensor& got, const Tensor& wanted) {
  if (got.dtype() == wanted.dtype() && got.shape() == wanted.shape()) return "";
  return "got " + graph::describe(got) + ", wanted " + graph::describe(wanted);
}

}  // namespace

std::vector<double> to_doubles(const Tensor& t) { return t.to_vector<double>(); }

std::string bit_difference(const Tensor& got, const Tensor& wanted) {
  if (std::string d = spec_difference(got, wanted); !d.empty()) return d;
  const auto* a = static_cast<const std::byte*>(got.raw_data());
  const auto* b = static_cast<const std::byte*>(wanted.raw_data());
  if (got.bytes() == 0 || std::memcmp(a, b, got.bytes()) == 0) return "";
  const std::vector<double> da = to_doubles(got);
  const std::vector<double> db = to_doubles(wanted);
  const std::size_t size = size_of(got.dtype());
  for (std::size_t i = 0; i < da.size(); ++i) {
    if (std::memcmp(a + i * size, b + i * size, size) == 0) continue;
    if (std::isnan(da[i]) && std::isnan(db[i])) continue;
    return at(i, da[i], db[i]);
  }
  return "";
}

std::string difference(const Tensor& got, const Tensor& wanted, double tolerance) {
  if (std::string d = spec_difference(got, wanted); !d.empty()) return d;
  const std::vector<double> a = to_doubles(got);
  const std::vector<double> b = to_doubles(wanted);
  double largest = 0;
  for (const double v : b)
    if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    if (!(std::abs(a[i] - b[i]) <= tolerance * std::max(largest, 1e-30))) return at(i, a[i], b[i]);
  }
  return "";
}

Tensors outputs_of(const Sample& sample, In inputs, bool gradients) {
  const Tensor y = sample.build(inputs);
  Tensors wrt;
  for (const Tensor& x : inputs)
    if (is_floating(x.dtype())) wrt.push_back(x);
  if (!gradients || wrt.empty() || !is_floating(y.dtype())) return {y};
  const Tensor upstream = make_numbers(sample.name + ".upstream", {y.shape(), y.dtype()});
  Tensors results = fathom::gradients(sum(y * upstream), wrt);
  results.insert(results.begin(), y);
  return results;
}

Tensors on_device(Device device, const std::function<Tensors()>& make) {
  const DeviceScope scope(device);
  Tensors tensors = make();
  eval(tensors);
  return tensors;
}

void for_each_sample(const std::function<void(const Sample&)>& f) {
  for (const Sample& sample : all_samples()) {
    INFO(sample.name);
    try {
      f(sample);
    } catch (const std::exception& e) {
      FAIL_CHECK(std::string(e.what()));
    }
  }
}

}  // namespace fathom::test
