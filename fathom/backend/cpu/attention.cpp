// Queries go in blocks past blocks of keys. A block's scores lie on the stack; what is left of it
// are the sums so far and the largest score (online softmax, Milakov and Gimelshein 2018). The way
// back computes the scores again (Dao et al. 2022). Keys and values are packed once for all that
// read them.
#include "fathom/backend/cpu/attention.h"

#include <algorithm>
#include <limits>

#include "fathom/backend/cpu/gemm.h"
#include "fathom/backend/cpu/gemm_parts.h"
#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/scratch.h"
#include "fathom/backend/cpu/steps.h"

namespace fathom::cpu {
namespace {

constexpr int64_t kKeys = 256;  // of a block; so many shares are added up before the next rescaling
constexpr int64_t kMostQueries = 96;  // of a block
// From row to row of a block. Not a power of two: the same key of all queries would stand in the
// same few sets of the first-level cache, where products by keys read it.
constexpr int64_t kStep = kKeys + 16;

/// Queries of a block, in whole tiles of products. Bits do not depend on it.
int64_t block_queries() {
  const int64_t rows = kernels_of<float>(isa()).rows;
  return kMostQueries / rows * rows;
}

Range block_of(int64_t total, int64_t size, int64_t i) {
  return {i * size, std::min(total, (i + 1) * size)};
}

/// A product by some rows of a matrix (rows, columns), as it stands or transposed, that were
/// packed.
struct PackedMatrix {
  int64_t rows, columns;
  bool transposed;

  GemmArgs product(int64_t m) const {
    return {.transpose_b = transposed,
            .m = m,
            .n = transposed ? rows : columns,
            .k = transposed ? columns : rows,
            .ldb = columns};
  }
  /// Columns are read as they stand: then it is a copy.
  bool plain() const { return gemm_packed_size(product(block_queries())) == 0; }
  int64_t size() const {
    return plain() ? rows * columns
                   : static_cast<int64_t>(gemm_packed_size(product(block_queries())));
  }
  void pack(const float* from, float* to) const {
    GemmArgs args = product(block_queries());
    args.b = from;
    if (plain())
      std::copy_n(from, rows * columns, to);
    else
      gemm_pack(args, to);
  }
  /// c (m, n) = a by the packed one, or c += that.
  void multiply(int64_t m, const float* a, int64_t lda, bool transpose_a, const float* packed,
                float* c, int64_t ldc, bool accumulate) const {
    GemmArgs args = product(m);
    args.a = a;
    args.lda = lda;
    args.transpose_a = transpose_a;
    (plain() ? args.b : args.packed_b) = packed;
    args.c = c;
    args.ldc = ldc;
    args.accumulate = accumulate;
    gemm(args);
  }
};

/// Blocks of keys of all groups, packed in up to three ways.
class PackedBlocks {
 public:
  explicit PackedBlocks(const AttentionSizes& s) : s_(s), blocks_(ceil_div(s.keys, kKeys)) {}

  int64_t blocks() const { return blocks_; }
  Range keys_of(int64_t block) const { return block_of(s_.keys, kKeys, block); }
  PackedMatrix operand(int64_t block, int64_t columns, bool transposed) const {
    return {keys_of(block).size(), columns, transposed};
  }
  int64_t size(int64_t columns, bool transposed) const {
    return s_.all_groups() * blocks_ * whole(columns, transposed);
  }
  float* at(float* base, int64_t group, int64_t block, int64_t columns, bool transposed) const {
    return base + (group * blocks_ + block) * whole(columns, transposed);
  }
  void pack(const float* from, int64_t columns, bool transposed, float* to) const {
    for_ranges(s_.all_groups() * blocks_, kKeys * columns, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t group = i / blocks_, block = i % blocks_;
        operand(block, columns, transposed)
            .pack(from + (group * s_.keys + keys_of(block).begin) * columns,
                  at(to, group, block, columns, transposed));
      }
    });
  }

 private:
  int64_t whole(int64_t columns, bool transposed) const {
    return PackedMatrix{std::min(kKeys, s_.keys), columns, transposed}.size();
  }
  const AttentionSizes& s_;
  int64_t blocks_;
};

/// The blocks of keys that some queries see.
Range blocks_seen(const AttentionSizes& s, Range queries) {
  const int64_t first = s.before < 0 ? 0 : std::max<int64_t>(0, queries.begin - s.before);
  const int64_t end = s.after < 0 ? s.keys : std::min(s.keys, queries.end + s.after);
  return first >= end ? Range{0, 0} : Range{first / kKeys, ceil_div(end, kKeys)};
}

AttentionView view_of(const AttentionSizes& s, const float* mask, int64_t head, Range queries,
                      Range keys) {
  constexpr int64_t kFar = int64_t{1} << 30;  // kernels compare 32 bits
  const int64_t here = queries.begin - keys.begin;
  AttentionView view{.n = keys.size(),
                     .low = s.before < 0 ? -kFar : here - s.before,
                     .high = s.after < 0 ? kFar : here + s.after + 1,
                     .scale = s.scale,
                     .mask = nullptr,
                     .mask_step = s.mask_row};
  if (mask)
    view.mask = mask + head / s.heads * s.mask_batch + head % s.heads * s.mask_head +
                queries.begin * s.mask_row + keys.begin;
  return view;
}

/// What a block's weights are multiplied by, or null where none is dropped out.
const float* kept_of(const AttentionSizes& s, const AttentionDropout* dropout, int64_t head,
                     Range queries, Range keys, float* block) {
  if (!dropout) return nullptr;
  const int64_t row = ceil_div(s.keys, 64) * 64;
  for (int64_t r = 0; r < queries.size(); ++r)
    random().kept(block + r * kStep, (head * s.queries + queries.begin + r) * row + keys.begin,
                  keys.size(), dropout->key, dropout->probability, dropout->scale);
  return block;
}

int64_t group_of(const AttentionSizes& s, int64_t head) {
  return head / s.heads * s.groups + head % s.heads / (s.heads / s.groups);
}

}  // namespace

std::size_t attention_scratch(const AttentionSizes& s) {
  const PackedBlocks packed(s);
  return static_cast<std::size_t>(packed.size(s.depth, true) + packed.size(s.width, false));
}

void attention(const AttentionSizes& s, const float* q, const float* k, const float* v,
               const float* mask, const AttentionDropout* dropout, float* y, float* log_sum,
               float* memory) {
  const PackedBlocks packed(s);
  float* const keys = memory;
  float* const values = memory + packed.size(s.depth, true);
  packed.pack(k, s.depth, true, keys);
  packed.pack(v, s.width, false, values);
  const int64_t query_blocks = ceil_div(s.queries, block_queries());
  const int64_t cost = std::min(s.queries, block_queries()) * s.keys * (s.depth + s.width) / 8 + 1;
  for_ranges(s.all_heads() * query_blocks, cost, [&](int64_t begin, int64_t end) {
    alignas(64) float scores[kMostQueries * kStep], kept[kMostQueries * kStep];
    alignas(64) float max[kMostQueries], sum[kMostQueries];
    for (int64_t i = begin; i < end; ++i) {
      const int64_t head = i / query_blocks, group = group_of(s, head);
      const Range queries = block_of(s.queries, block_queries(), i % query_blocks);
      const int64_t first = head * s.queries + queries.begin;
      std::fill_n(max, kMostQueries, -std::numeric_limits<float>::infinity());
      std::fill_n(sum, kMostQueries, 0.0F);
      AttentionRows rows{.scores = scores,
                         .step = kStep,
                         .kept = nullptr,
                         .view = {},
                         .rows = queries.size(),
                         .max = max,
                         .sum = sum,
                         .y = y + first * s.width,
                         .y_step = s.width,
                         .width = s.width};
      std::fill_n(rows.y, rows.rows * s.width, 0.0F);
      const Range seen = blocks_seen(s, queries);
      for (int64_t block = seen.begin; block < seen.end; ++block) {
        rows.view = view_of(s, mask, head, queries, packed.keys_of(block));
        packed.operand(block, s.depth, true)
            .multiply(rows.rows, q + first * s.depth, s.depth, false,
                      packed.at(keys, group, block, s.depth, true), scores, kStep, false);
        rows.kept = kept_of(s, dropout, head, queries, packed.keys_of(block), kept);
        attentions().forward(rows);
        packed.operand(block, s.width, false)
            .multiply(rows.rows, scores, kStep, false,
                      packed.at(values, group, block, s.width, false), rows.y, s.width, true);
      }
      attentions().finish(rows, log_sum + first);
    }
  });
}

std::size_t attention_backward_scratch(const AttentionSizes& s) {
  const PackedBlocks packed(s);
  int64_t size =
      packed.size(s.depth, true) + packed.size(s.depth, false) + packed.size(s.width, true);
  if (s.heads != s.groups) size += s.all_heads() * s.keys * (s.depth + s.width);
  return static_cast<std::size_t>(size);
}

void attention_backward(const AttentionSizes& s, const float* dy, const float* q, const float* k,
                        const float* v, const float* log_sum, const float* delta, const float* mask,
                        const AttentionDropout* dropout, float* dq, float* dk, float* dv,
                        float* memory) {
  const PackedBlocks packed(s);
  float* const keys = memory;
  float* const keys_back = keys + packed.size(s.depth, true);
  float* const values = keys_back + packed.size(s.depth, false);
  packed.pack(k, s.depth, true, keys);
  packed.pack(k, s.depth, false, keys_back);
  packed.pack(v, s.width, true, values);
  // Heads that share keys have gradients of their own, which are added up at the end.
  const bool shared = s.heads != s.groups;
  float* const all_dk = shared ? values + packed.size(s.width, true) : dk;
  float* const all_dv = shared ? all_dk + s.all_heads() * s.keys * s.depth : dv;
  const int64_t query_blocks = ceil_div(s.queries, block_queries());
  const PackedMatrix query_rows{block_queries(), s.depth, false},
      dy_rows{block_queries(), s.width, false};

  for_ranges(
      s.all_heads(), s.queries * s.keys * (s.depth + s.width) / 4 + 1,
      [&](int64_t begin, int64_t end) {
        alignas(64) float scores[kMostQueries * kStep], dp[kMostQueries * kStep];
        alignas(64) float kept[kMostQueries * kStep];
        for (int64_t head = begin; head < end; ++head) {
          const int64_t group = group_of(s, head);
          float* const head_dk = all_dk + head * s.keys * s.depth;
          float* const head_dv = all_dv + head * s.keys * s.width;
          std::fill_n(head_dk, s.keys * s.depth, 0.0F);
          std::fill_n(head_dv, s.keys * s.width, 0.0F);
          for (int64_t i = 0; i < query_blocks; ++i) {
            const Range queries = block_of(s.queries, block_queries(), i);
            const int64_t first = head * s.queries + queries.begin, count = queries.size();
            const float* const my_q = q + first * s.depth;
            const float* const my_dy = dy + first * s.width;
            float* const my_dq = dq + first * s.depth;
            const PackedMatrix of_q{count, s.depth, false}, of_dy{count, s.width, false};
            float* const packed_q = scratch<float>(
                Scratch::lines, static_cast<std::size_t>(query_rows.size() + dy_rows.size()));
            float* const packed_dy = packed_q + query_rows.size();
            of_q.pack(my_q, packed_q);
            of_dy.pack(my_dy, packed_dy);
            std::fill_n(my_dq, count * s.depth, 0.0F);
            const Range seen = blocks_seen(s, queries);
            for (int64_t block = seen.begin; block < seen.end; ++block) {
              const Range here = packed.keys_of(block);
              packed.operand(block, s.depth, true)
                  .multiply(count, my_q, s.depth, false,
                            packed.at(keys, group, block, s.depth, true), scores, kStep, false);
              packed.operand(block, s.width, true)
                  .multiply(count, my_dy, s.width, false,
                            packed.at(values, group, block, s.width, true), dp, kStep, false);
              attentions().backward({.scores = scores,
                                     .dp = dp,
                                     .step = kStep,
                                     .kept = kept_of(s, dropout, head, queries, here, kept),
                                     .view = view_of(s, mask, head, queries, here),
                                     .rows = count,
                                     .log_sum = log_sum + first,
                                     .delta = delta + first});
              of_dy.multiply(here.size(), scores, kStep, true, packed_dy,
                             head_dv + here.begin * s.width, s.width, true);
              of_q.multiply(here.size(), dp, kStep, true, packed_q, head_dk + here.begin * s.depth,
                            s.depth, true);
              packed.operand(block, s.depth, false)
                  .multiply(count, dp, kStep, false,
                            packed.at(keys_back, group, block, s.depth, false), my_dq, s.depth,
                            true);
            }
          }
        }
      });
  if (!shared) return;
  const int64_t together = s.heads / s.groups;
  const auto join = [&](const float* from, int64_t size, float* to) {
    for_ranges(s.all_groups(), together * size, [&](int64_t begin, int64_t end) {
      for (int64_t group = begin; group < end; ++group) {
        const float* const heads = from + group * together * size;
        float* const sum = to + group * size;
        std::copy_n(heads, size, sum);
        for (int64_t h = 1; h < together; ++h)
          for (int64_t i = 0; i < size; ++i) sum[i] += heads[h * size + i];
      }
    });
  };
  join(all_dk, s.keys * s.depth, dk);
  join(all_dv, s.keys * s.width, dv);
}

}  // namespace fathom::cpu
