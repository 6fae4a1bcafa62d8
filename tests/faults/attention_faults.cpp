// Attention, its layers and positions.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults attention_faults() {
  return {
      fault<ShapeError>(
          "keys of another size than queries",
          [] {
            scaled_dot_product_attention(zeros({2, 5, 8}), zeros({2, 7, 6}), zeros({2, 7, 6}));
          },
          R"(scaled_dot_product_attention: keys and queries differ in size
  q: f32 (2, 5, 8)     k: f32 (2, 7, 6)     v: f32 (2, 7, 6)
  expected keys of 8 numbers
  in: @)"),
      fault<ShapeError>(
          "fewer values than keys",
          [] {
            scaled_dot_product_attention(zeros({2, 5, 8}), zeros({2, 7, 8}), zeros({2, 6, 8}));
          },
          R"(scaled_dot_product_attention: there is not a value for each key
  q: f32 (2, 5, 8)     k: f32 (2, 7, 8)     v: f32 (2, 6, 8)
  expected 7 values
  in: @)"),
      fault<ShapeError>(
          "heads of keys that do not divide those of queries",
          [] {
            scaled_dot_product_attention(zeros({1, 6, 5, 8}), zeros({1, 4, 7, 8}),
                                         zeros({1, 4, 7, 8}));
          },
          R"(scaled_dot_product_attention: the heads of keys and values do not divide those of queries
  q: f32 (1, 6, 5, 8)     k: f32 (1, 4, 7, 8)     v: f32 (1, 4, 7, 8)
  expected as many for keys as for values, and a divisor of 6
  in: @)"),
      fault<ShapeError>(
          "a mask of other keys",
          [] {
            scaled_dot_product_attention(zeros({2, 5, 8}), zeros({2, 7, 8}), zeros({2, 7, 8}),
                                         {.mask = zeros({5, 6})});
          },
          R"(scaled_dot_product_attention: the mask does not fit queries and keys
  mask: f32 (5, 6)     q: f32 (2, 5, 8)     k: f32 (2, 7, 8)
  expected a shape that broadcasts to (2, 5, 7)
  in: @)"),
      fault<DTypeError>(
          "a mask of whole numbers",
          [] {
            scaled_dot_product_attention(zeros({2, 5, 8}), zeros({2, 7, 8}), zeros({2, 7, 8}),
                                         {.mask = zeros({5, 7}, DType::i64)});
          },
          R"(scaled_dot_product_attention: the mask is neither bool nor added
  mask: i64 (5, 7)
  hint: mask != 0 is true where a query may look
  in: @)"),
      fault<DTypeError>(
          "whole numbers as queries",
          [] {
            scaled_dot_product_attention(zeros({2, 8}, DType::i64), zeros({2, 8}), zeros({2, 8}));
          },
          R"(scaled_dot_product_attention: needs q, k and v of one floating-point type
  q: i64 (2, 8)     k: f32 (2, 8)     v: f32 (2, 8)
  hint: cast the others
  in: @)"),
      fault<ValueError>(
          "a window that reaches back",
          [] {
            scaled_dot_product_attention(zeros({2, 8}), zeros({2, 8}), zeros({2, 8}),
                                         {.before = -3});
          },
          R"(scaled_dot_product_attention: a window reaches -3 positions
  expected 0 or more, or -1 for all
  in: @)"),
      fault<ValueError>(
          "dropout of attention without a key",
          [] {
            scaled_dot_product_attention(zeros({2, 8}), zeros({2, 8}), zeros({2, 8}),
                                         {.dropout = 0.1});
          },
          R"(scaled_dot_product_attention: dropout without a random key
  expected the key that names the weights which are dropped out
  in: @)"),
      fault<ShapeError>(
          "rotations of more numbers than there are",
          [] {
            rotate_positions(zeros({5, 4}), arange(5), rotary_frequencies(8));
          },
          R"(rotate_positions: x has too few numbers for the pairs
  x: f32 (5, 4)
  expected (..., positions, 8 or more)
  in: @)"),
      fault<ValueError>(
          "heads that do not divide the numbers", [] { nn::MultiheadAttention(10, 4); },
          R"(nn::MultiheadAttention: 4 heads do not divide 10 numbers
  expected a divisor of embed_dim
  in: @)"),
      fault<ShapeError>(
          "a query without a batch among keys with one",
          [] {
            nn::MultiheadAttention(8, 2)(zeros({5, 8}), zeros({7, 1, 8}), zeros({7, 1, 8}));
          },
          R"(nn::MultiheadAttention: query, key and value need the same number of axes
  query: f32 (5, 8)     key: f32 (7, 1, 8)     value: f32 (7, 1, 8)
  expected 3 axes each, or 2 without a batch
  in: nn::MultiheadAttention, @)"),
  };
}

}  // namespace fathom::test
