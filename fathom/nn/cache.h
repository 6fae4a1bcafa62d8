// Keys and values of a sequence that grows token by token.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"
#include "fathom/ops/attention.h"

namespace fathom::nn {

/// Keys and values of one attention, in tensors of fixed capacity: a token more is no new shape, so
/// every step runs by one plan.
///
/// Shapes  k (B, G, n, D), v (B, G, n, E), q (B, H, n, D), as of scaled_dot_product_attention
class KeyValueCache {
 public:
  explicit KeyValueCache(std::int64_t capacity) : capacity_(capacity) {}

  /// Adds n positions behind those that are there. Errors: ValueError beyond the capacity;
  /// ShapeError if they are unlike the first.
  void append(const Tensor& k, const Tensor& v, Where where = Where::current());
  /// What the last n positions see: all before them, and themselves. `options` as for one call,
  /// without causal order, which is meant.
  Tensor attend(const Tensor& q, AttentionOptions options = {},
                Where where = Where::current()) const;
  /// Forgets all but the first positions.
  void truncate(std::int64_t length);
  /// Row i becomes what row rows[i] was, for any number of rows: sequences that a search goes on
  /// with. Shape: (rows) of whole numbers. Errors: IndexError, when evaluated.
  void reorder(const Tensor& rows, Where where = Where::current());

  std::int64_t length() const { return length_; }
  std::int64_t capacity() const { return capacity_; }
  const Tensor& keys() const { return keys_; }
  const Tensor& values() const { return values_; }

 private:
  std::int64_t capacity_, length_ = 0;
  Tensor keys_, values_;  // (B, G, capacity, D), (B, G, capacity, E)
};

}  // namespace fathom::nn
