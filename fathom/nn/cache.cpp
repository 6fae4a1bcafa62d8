#include "fathom/nn/cache.h"

#include <algorithm>
#include <limits>

#include "fathom/core/error.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

void KeyValueCache::append(const Tensor& k, const Tensor& v, Where where) {
  const std::int64_t n = k.rank() == 4 ? k.shape()[2] : 0;
  const bool alike = k.rank() == 4 && v.rank() == 4 && v.shape()[2] == n &&
                     (!keys_.defined() || (k.shape().with(2, capacity_) == keys_.shape() &&
                                           v.shape().with(2, capacity_) == values_.shape()));
  if (!alike)
    ops::fail<ShapeError>(
        {.operation = "nn::KeyValueCache",
         .problem = "keys and values do not fit each other, or those before",
         .received = {{"k", graph::describe(k)}, {"v", graph::describe(v)}},
         .expected = keys_.defined() ? "shapes " + to_string(keys_.shape().with(2, n)) + " and " +
                                           to_string(values_.shape().with(2, n))
                                     : "(B, G, n, D) and (B, G, n, E)"},
        where);
  if (length_ + n > capacity_)
    ops::fail<ValueError>({.operation = "nn::KeyValueCache",
                           .problem = std::to_string(n) + " positions behind " +
                                      std::to_string(length_) + " do not fit",
                           .expected = "at most " + std::to_string(capacity_),
                           .hint = "a larger capacity"},
                          where);
  if (!keys_.defined()) {
    keys_ = zeros(k.shape().with(2, capacity_), k.dtype());
    values_ = zeros(v.shape().with(2, capacity_), v.dtype());
  }
  const Tensor places = arange(n) + length_;
  keys_ = index_copy(keys_, 2, places, k);
  values_ = index_copy(values_, 2, places, v);
  length_ += n;
}

Tensor KeyValueCache::attend(const Tensor& q, AttentionOptions options, Where where) const {
  const std::int64_t n = q.shape()[2];
  const Tensor distance = arange(capacity_) - (reshape(arange(n), {n, 1}) + (length_ - n));
  Tensor seen = distance <= 0;
  if (options.before >= 0) seen = logical_and(seen, distance >= -options.before);
  if (options.mask.defined() && options.mask.dtype() == DType::boolean)
    seen = logical_and(seen, options.mask);
  else if (options.mask.defined())
    seen = fathom::where(seen, options.mask,
                         full({}, -std::numeric_limits<double>::infinity(), q.dtype()));
  options.mask = seen;
  options.before = options.after = -1;
  options.causal = false;
  return scaled_dot_product_attention(Operand(q, where), keys_, values_, options);
}

void KeyValueCache::reorder(const Tensor& rows, Where where) {
  if (!keys_.defined()) return;  // nothing yet that differs between rows
  keys_ = index_select(Operand(keys_, where), 0, rows);
  values_ = index_select(Operand(values_, where), 0, rows);
}

void KeyValueCache::truncate(std::int64_t length) { length_ = std::min(length_, length); }

}  // namespace fathom::nn
