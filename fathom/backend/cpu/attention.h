// Attention on the CPU, block by block.
#pragma once
#include <cstddef>
#include <cstdint>

namespace fathom::cpu {

/// Sizes of an attention, all row-major: q (batch, heads, queries, depth), k (batch, groups, keys,
/// depth), v (batch, groups, keys, width), y like q with width. Query i sees the keys i - before
/// ... i + after, -1: all.
struct AttentionSizes {
  std::int64_t batch, heads, groups, queries, keys, depth, width;
  float scale;
  std::int64_t before, after;
  std::int64_t mask_batch, mask_head, mask_row;  // steps of the mask from one to the next, or 0

  std::int64_t all_heads() const { return batch * heads; }
  std::int64_t all_groups() const { return batch * groups; }
};

/// Weights that are dropped out, with a probability; the others grow by `scale`. A weight's number
/// is its place among rows of keys filled up to a multiple of 64.
struct AttentionDropout {
  float probability, scale;
  std::uint64_t key;
};

/// Numbers of working memory that a call needs.
std::size_t attention_scratch(const AttentionSizes& s);
std::size_t attention_backward_scratch(const AttentionSizes& s);

/// y, and log_sum (batch, heads, queries). A sum over keys is one chain of multiply-adds in their
/// order, rescaled every 256 keys if the largest score grew; so bits depend neither on threads nor
/// on keys behind those that are seen. mask and dropout may be null.
void attention(const AttentionSizes& s, const float* q, const float* k, const float* v,
               const float* mask, const AttentionDropout* dropout, float* y, float* log_sum,
               float* scratch);
void attention_backward(const AttentionSizes& s, const float* dy, const float* q, const float* k,
                        const float* v, const float* log_sum, const float* delta, const float* mask,
                        const AttentionDropout* dropout, float* dq, float* dk, float* dv,
                        float* scratch);

}  // namespace fathom::cpu
