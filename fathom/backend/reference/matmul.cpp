// Matmul: each element is one chain of fused multiply-adds over k, from 0, which is the contract of
// every backend; so its bits are the definition, not an approximation of it.
#include <cmath>

#include "fathom/backend/reference/primitive.h"
#include "fathom/ops/linalg.h"

namespace fathom::reference {
namespace {

Shape batch_of(const Shape& shape) { return Shape(std::span(shape.begin(), shape.end() - 2)); }

template <class T> void run_typed(const Call& call) {
  const auto& t = call.attributes<op::Matmul>();
  const Shape& a_shape = call.shape(0);
  const Shape& b_shape = call.shape(1);
  const Shape batch = batch_of(call.out_shape());
  const std::int64_t m = call.out_shape()[batch.rank()];
  const std::int64_t n = call.out_shape()[batch.rank() + 1];
  const std::int64_t k = a_shape[a_shape.rank() - (t.transpose_a ? 2 : 1)];
  const IndexMap a_batch = IndexMap::broadcast(batch_of(a_shape), batch);
  const IndexMap b_batch = IndexMap::broadcast(batch_of(b_shape), batch);
  T* y = call.out<T>();
  for (std::int64_t s = 0; s < batch.size(); ++s) {
    const T* a = call.in<T>(0) + a_batch.at(s) * m * k;
    const T* b = call.in<T>(1) + b_batch.at(s) * k * n;
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        T sum = 0;
        for (std::int64_t l = 0; l < k; ++l)
          sum = std::fma(t.transpose_a ? a[l * m + i] : a[i * k + l],
                         t.transpose_b ? b[j * k + l] : b[l * n + j], sum);
        *y++ = sum;
      }
  }
}

void run_matmul(const Call& call) {
  return call.out_dtype() == DType::f32 ? run_typed<float>(call) : run_typed<double>(call);
}

bool serves_matmul(const graph::Node& node) {
  return output_dtype(node) == DType::f32 || output_dtype(node) == DType::f64;
}

constexpr Primitive matmul_table[] = {{&graph::op_tag<op::Matmul>, serves_matmul, run_matmul}};

}  // namespace

std::span<const Primitive> matmul_primitives() { return matmul_table; }

}  // namespace fathom::reference
