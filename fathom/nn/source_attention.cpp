#include "fathom/nn/source_attention.h"

#include <cmath>
#include <limits>

#include "fathom/graph/context.h"
#include "fathom/nn/init.h"
#include "fathom/nn/require.h"
#include "fathom/ops/activation.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

constexpr const char* kBahdanau = "nn::BahdanauAttention";
constexpr const char* kLuong = "nn::LuongAttention";

void require_source(const char* name, const Tensor& source, const Tensor& lengths,
                    std::int64_t key_size, const Where& where) {
  const bool fits = source.rank() == 3 && source.shape()[2] == key_size;
  if (fits && (!lengths.defined() || lengths.shape() == Shape{source.shape()[0]})) return;
  std::vector<std::pair<std::string, std::string>> received{{"source", graph::describe(source)}};
  if (lengths.defined()) received.emplace_back("lengths", graph::describe(lengths));
  ops::fail<ShapeError>(
      {.operation = name,
       .problem = fits ? "one length a source is needed" : "the source does not fit",
       .received = std::move(received),
       .expected = fits ? "(" + std::to_string(source.shape()[0]) + ",)"
                        : "(batch, places, " + std::to_string(key_size) + ")"},
      where);
}

void require_query(const char* name, const Tensor& query, const Memory& memory,
                   std::int64_t query_size, const Where& where) {
  const int rank = query.rank();
  if ((rank == 2 || rank == 3) && query.shape()[rank - 1] == query_size &&
      query.shape()[0] == memory.source.shape()[0])
    return;
  ops::fail<ShapeError>(
      {.operation = name,
       .problem = "the query does not fit",
       .received = {{"query", graph::describe(query)}, {"source", graph::describe(memory.source)}},
       .expected = "(batch, " + std::to_string(query_size) + ") or (batch, steps, " +
                   std::to_string(query_size) + "), of the source's batch"},
      where);
}

/// tanh of the sum of all queries (B, L, H) and keys (B, S, H): (B, L, S, H).
Tensor compared(const Tensor& queries, const Tensor& keys) {
  return tanh(unsqueeze(queries, 2) + unsqueeze(keys, 1));
}

/// The mean of the source by scores (B, L, S); `one` step has no axis of steps.
AttentionOutput mean_by(Tensor scores, const Memory& memory, bool one) {
  Tensor weights;
  if (memory.lengths.defined()) {
    const Tensor places = arange(scores.shape()[2]);
    const Tensor there = places < reshape(memory.lengths, {-1, 1, 1});
    const double lowest = std::numeric_limits<float>::lowest();
    weights = where(there, softmax(where(there, scores, lowest), -1), 0);
  } else {
    weights = softmax(scores, -1);
  }
  const Tensor y = matmul(weights, memory.source);
  return one ? AttentionOutput{squeeze(y, 1), squeeze(weights, 1)} : AttentionOutput{y, weights};
}

/// With an axis of steps.
Tensor with_steps(const Tensor& query) { return query.rank() == 2 ? unsqueeze(query, 1) : query; }

}  // namespace

BahdanauAttention::BahdanauAttention(std::int64_t query_size, std::int64_t key_size,
                                     std::int64_t hidden_size, Where where)
    : query_proj((require_positive(kBahdanau, "query_size", query_size, where),
                  require_positive(kBahdanau, "hidden_size", hidden_size, where), query_size),
                 hidden_size, false, where),
      key_proj((require_positive(kBahdanau, "key_size", key_size, where), key_size), hidden_size,
               false, where),
      score(hidden_size, 1, false, where) {}

Memory BahdanauAttention::remember(const Tensor& source, const Tensor& lengths, Where where) const {
  const ModuleScope scope(this, kBahdanau, where);
  require_source(kBahdanau, source, lengths, key_proj.weight.shape()[1], where);
  return {source, key_proj(source), lengths};
}

AttentionOutput BahdanauAttention::operator()(const Tensor& query, const Memory& memory,
                                              Where where) const {
  const ModuleScope scope(this, kBahdanau, where);
  require_query(kBahdanau, query, memory, query_proj.weight.shape()[1], where);
  const Tensor scores = score(compared(query_proj(with_steps(query)), memory.keys));
  AttentionOutput out = mean_by(squeeze(scores, 3), memory, query.rank() == 2);
  out.y = scope.result(out.y);
  return out;
}

LuongAttention::LuongAttention(std::int64_t query_size, std::int64_t key_size, LuongScore score,
                               Where where)
    : query_size(query_size), key_size(key_size), score(score) {
  require_positive(kLuong, "query_size", query_size, where);
  require_positive(kLuong, "key_size", key_size, where);
  if (score == LuongScore::dot && query_size != key_size)
    throw ValueError({.operation = kLuong,
                      .problem = "queries of " + std::to_string(query_size) +
                                 " numbers and keys of " + std::to_string(key_size),
                      .expected = "equal sizes for products",
                      .hint = "LuongScore::general has a matrix between them",
                      .where = to_string(where)});
  if (score == LuongScore::dot) return;
  const std::int64_t columns = key_size + (score == LuongScore::concat ? query_size : 0);
  const auto fresh = [&](const Shape& shape, std::int64_t inputs) {
    const double bound = 1 / std::sqrt(static_cast<double>(inputs));
    return init::uniform(shape, -bound, bound, where);
  };
  weight = fresh({query_size, columns}, columns);
  if (score == LuongScore::concat) v = fresh({query_size}, query_size);
}

Memory LuongAttention::remember(const Tensor& source, const Tensor& lengths, Where where) const {
  const ModuleScope scope(this, kLuong, where);
  require_source(kLuong, source, lengths, key_size, where);
  switch (score) {
    case LuongScore::dot:
      return {source, source, lengths};
    case LuongScore::general:
      return {source, linear(source, weight), lengths};
    case LuongScore::concat:
      break;
  }
  return {source, linear(source, slice(weight, 1, query_size, query_size + key_size)), lengths};
}

AttentionOutput LuongAttention::operator()(const Tensor& query, const Memory& memory,
                                           Where where) const {
  const ModuleScope scope(this, kLuong, where);
  require_query(kLuong, query, memory, query_size, where);
  Tensor scores;
  if (score == LuongScore::concat)
    scores = matmul(
        compared(linear(with_steps(query), slice(weight, 1, 0, query_size)), memory.keys), v);
  else
    scores = matmul(with_steps(query), transpose(memory.keys, 1, 2));
  AttentionOutput out = mean_by(scores, memory, query.rank() == 2);
  out.y = scope.result(out.y);
  return out;
}

}  // namespace fathom::nn
