// What operations on matrices share: the last two axes are a matrix, the others a batch. Internal.
#pragma once
#include <string>

#include "fathom/graph/host.h"
#include "fathom/graph/op.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom::ops {

inline std::int64_t rows_of(const Tensor& x) { return x.shape()[x.rank() - 2]; }
inline std::int64_t columns_of(const Tensor& x) { return x.shape()[x.rank() - 1]; }
/// The batch's axes with others behind them.
Shape with_matrix(const Tensor& x, std::initializer_list<std::int64_t> axes);

/// (n, n) identities for a batch as x's.
Tensor identity_like(const Tensor& x, std::int64_t n);
/// The main diagonal, bool (n, n).
Tensor on_diagonal(std::int64_t n);

/// x as a tensor that Eigen computes with. Errors: DTypeError for other types than f32 and f64.
Tensor single_or_double(const char* operation, const Operand& x);
/// x as matrices of f32 or f64. Errors: ShapeError below rank 2 or, if asked, for matrices that
/// are not square; DTypeError.
Tensor matrices(const char* operation, const Operand& x, bool square = false);

/// Expands both to one batch. Errors: ShapeError.
void broadcast_batches(const char* operation, Tensor& a, Tensor& b,
                       const std::source_location& where);

/// The error of matrix `batch` of a call. Empty `problem`: none.
[[noreturn]] void fail_matrix(const char* operation, const graph::HostCall& call,
                              std::int64_t batch, const std::string& problem,
                              const char* hint = "");

/// Calls f(T(), i) for each matrix of a batch, on any thread, T the type of operand 0.
template <class F> void for_each_matrix(const graph::HostCall& call, std::int64_t batch, F&& f) {
  call.parallel(batch, [&](std::int64_t i) {
    if (call.in_spec(0).dtype == DType::f32)
      f(float(), i);
    else
      f(double(), i);
  });
}
/// How many matrices operand 0 has.
std::int64_t batch_of(const graph::HostCall& call);

}  // namespace fathom::ops
