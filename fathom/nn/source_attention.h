// Attention of recurrent sequence-to-sequence networks: a decoder's state scores the places of a
// source, and sees their mean by these weights.
//
//   const nn::Memory memory = attention.remember(encoder(source).output, lengths);   // once
//   const auto [context, weights] = attention(state, memory);                        // every step
//
// Shapes    source (B, S, K) and lengths (B) or none; query (B, L, Q), or (B, Q) for one step
//           -> y (B, L, K) and weights (B, L, S), or (B, K) and (B, S). What stands behind a
//           source's length has weight 0, so a source alone and padded give the same bits; one of
//           length 0 gives 0.
// Errors    ShapeError
#pragma once
#include <cstdint>

#include "fathom/nn/attention.h"
#include "fathom/nn/linear.h"

namespace fathom::nn {

/// A source that is attended to, with what does not depend on the query.
struct Memory {
  Tensor source;   ///< (B, S, K)
  Tensor keys;     ///< (B, S, numbers): what queries are compared with
  Tensor lengths;  ///< (B), or undefined
};

/// Additive attention: the score is v . tanh(W query + U source) (Bahdanau et al. 2015).
///
/// Parameters  query_proj.weight (H, Q), key_proj.weight (H, K), score.weight (1, H)
class BahdanauAttention {
 public:
  BahdanauAttention(std::int64_t query_size, std::int64_t key_size, std::int64_t hidden_size,
                    Where where = Where::current());
  Memory remember(const Tensor& source, const Tensor& lengths = {},
                  Where where = Where::current()) const;
  AttentionOutput operator()(const Tensor& query, const Memory& memory,
                             Where where = Where::current()) const;

  Linear query_proj, key_proj, score;
  static constexpr auto members() {
    using A = BahdanauAttention;
    return fathom::members<&A::query_proj, &A::key_proj, &A::score>();
  }
};

/// How nn::LuongAttention scores: query . source; query . W source; v . tanh(W [query, source]).
enum class LuongScore : std::uint8_t { dot, general, concat };

/// Multiplicative attention, and its additive form (Luong et al. 2015).
///
/// Parameters  of general weight (Q, K); of concat weight (Q, Q + K) and v (Q)
/// Errors      ValueError if sizes differ with dot
class LuongAttention {
 public:
  LuongAttention(std::int64_t query_size, std::int64_t key_size,
                 LuongScore score = LuongScore::general, Where where = Where::current());
  Memory remember(const Tensor& source, const Tensor& lengths = {},
                  Where where = Where::current()) const;
  AttentionOutput operator()(const Tensor& query, const Memory& memory,
                             Where where = Where::current()) const;

  Param weight, v;
  std::int64_t query_size, key_size;
  LuongScore score;
  static constexpr auto members() {
    return fathom::members<&LuongAttention::weight, &LuongAttention::v>();
  }
};

}  // namespace fathom::nn
