// Embeddings: tables, what is looked up in them, bags.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults embedding_faults() {
  return {
      fault<ValueError>(
          "an embedding of nothing", [] { nn::Embedding(0, 4); }, R"(nn::Embedding: count is 0
  expected a positive number
  in: @)"),
      fault<IndexError>(
          "padding beyond the table", [] { nn::Embedding(3, 4, {.padding_idx = 3}); },
          R"(nn::Embedding: padding_idx 3 is out of range
  expected a row of the table's 3
  in: @)"),
      fault<ShapeError>(
          "a pretrained table that is none", [] { nn::Embedding::from_pretrained(zeros({3})); },
          R"(nn::Embedding: no table of vectors
  table: f32 (3,)
  expected a tensor (count, dim)
  in: @)"),
      fault<IndexError>(
          "a token beyond the table",
          [] {
            nn::Embedding(10, 4)(labels({3, 12})).eval();
          },
          R"(embedding: index 12 is out of range
  element: 1
  expected a number in [0, 10)
  in: nn::Embedding, @)"),
      fault<DTypeError>(
          "tokens that are no integers", [] { nn::Embedding(10, 4)(zeros({3})); },
          R"(embedding: the index is not i64 or i32
  index: f32 (3,)
  in: nn::Embedding, @)"),
      fault<IndexError>(
          "a token beyond the table of a bag",
          [] {
            nn::EmbeddingBag(10, 4)(tensor<std::int64_t>({{3, 10}})).eval();
          },
          R"(embedding_bag: index 10 is out of range
  element: 1
  expected a number in [0, 10)
  in: nn::EmbeddingBag, @)"),
      fault<ValueError>(
          "a flat bag without offsets",
          [] {
            nn::EmbeddingBag(10, 4)(labels({3, 1}));
          },
          R"(embedding_bag: an index of one axis needs offsets of one axis
  index: i64 (2,)     offsets: nothing     per_sample_weights: nothing
  in: nn::EmbeddingBag, @)"),
      fault<ShapeError>(
          "a table of one axis", [] { embedding(labels({1}), zeros({3})); },
          R"(embedding: the weight is no table
  weight: f32 (3,)
  expected weight of shape (count, dim)
  in: @)"),
      fault<ShapeError>(
          "a table of one axis for bags",
          [] { embedding_bag(tensor<std::int64_t>({{1}}), zeros({3})); },
          R"(embedding_bag: the weight is no table
  weight: f32 (3,)
  expected weight of shape (count, dim)
  in: @)"),
      fault<IndexError>(
          "padding that is no row",
          [] {
            embedding(labels({1}), zeros({3, 2}), {.padding_idx = -4});
          },
          R"(embedding: padding_idx -4 is out of range
  expected a row of the weight's 3
  in: @)"),
      fault<IndexError>(
          "padding of bags that is no row",
          [] {
            embedding_bag(tensor<std::int64_t>({{1}}), zeros({3, 2}), {.padding_idx = 3});
          },
          R"(embedding_bag: padding_idx 3 is out of range
  expected a row of the weight's 3
  in: @)"),
      fault<ValueError>(
          "a negative length of rows",
          [] {
            embedding(labels({1}), zeros({3, 2}), {.max_norm = -1});
          },
          R"(embedding: max_norm is -1
  expected a number that is not negative
  in: @)"),
      fault<ValueError>(
          "lengths of rows by a norm that is none",
          [] { nn::Embedding(3, 2, {.max_norm = 1, .norm_type = 0})(labels({1})); },
          R"(embedding: norm_type is 0
  expected a positive number
  in: nn::Embedding, @)"),
      fault<ValueError>(
          "lengths of rows of bags by a norm that is none",
          [] {
            embedding_bag(tensor<std::int64_t>({{1}}), zeros({3, 2}),
                          {.max_norm = 1, .norm_type = -2});
          },
          R"(embedding_bag: norm_type is -2
  expected a positive number
  in: @)"),
      fault<DTypeError>(
          "whole numbers shortened",
          [] {
            embedding(labels({1}), zeros({3, 2}, DType::i64), {.max_norm = 1});
          },
          R"(embedding: needs floating-point numbers
  x: i64 (3, 2)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<IndexError>(
          "a token beyond a table that counts",
          [] {
            embedding(labels({3, 12}), zeros({10, 4}), {.scale_grad_by_freq = true}).eval();
          },
          R"(embedding: index 12 is out of range
  element: 1
  expected a number in [0, 10)
  in: @)"),
      fault<DTypeError>(
          "tokens of bags that are no integers",
          [] {
            embedding_bag(zeros({2, 3}), zeros({10, 4}));
          },
          R"(embedding_bag: the index is not i64 or i32
  index: f32 (2, 3)
  in: @)"),
      fault<ValueError>(
          "bags of three axes",
          [] {
            embedding_bag(zeros({2, 3, 4}, DType::i64), zeros({10, 4}));
          },
          R"(embedding_bag: the index has neither one nor two axes
  index: i64 (2, 3, 4)     offsets: nothing     per_sample_weights: nothing
  in: @)"),
      fault<ValueError>(
          "bags of two axes with offsets",
          [] {
            embedding_bag(tensor<std::int64_t>({{1, 2}}), zeros({10, 4}), {.offsets = labels({0})});
          },
          R"(embedding_bag: an index of two axes has no offsets
  index: i64 (1, 2)     offsets: i64 (1,)     per_sample_weights: nothing
  in: @)"),
      fault<ValueError>(
          "an end of the last bag that is not there",
          [] {
            embedding_bag(labels({1, 2}), zeros({10, 4}),
                          {.offsets = zeros({0}, DType::i64), .include_last_offset = true});
          },
          R"(embedding_bag: include_last_offset needs an offset
  index: i64 (2,)     offsets: i64 (0,)     per_sample_weights: nothing
  in: @)"),
      fault<IndexError>(
          "a bag that begins behind the end",
          [] {
            embedding_bag(labels({1, 2}), zeros({10, 4}), {.offsets = labels({0, 3})}).eval();
          },
          R"(embedding_bag: offset 3 is out of range
  element: (1)
  expected a place in the index
  in: @)"),
      fault<ValueError>(
          "a mean of weighted rows",
          [] {
            embedding_bag(tensor<std::int64_t>({{1, 2}}), zeros({10, 4}),
                          {.per_sample_weights = ones({1, 2})});
          },
          R"(embedding_bag: per_sample_weights go with BagMode::sum
  index: i64 (1, 2)     offsets: nothing     per_sample_weights: f32 (1, 2)
  in: @)"),
      fault<ValueError>(
          "weights of other rows than a bag's",
          [] {
            embedding_bag(tensor<std::int64_t>({{1, 2}}), zeros({10, 4}),
                          {.mode = BagMode::sum, .per_sample_weights = ones({2})});
          },
          R"(embedding_bag: per_sample_weights are not of the index' shape
  index: i64 (1, 2)     offsets: nothing     per_sample_weights: f32 (2,)
  in: @)"),
      fault<ValueError>(
          "a maximum whose gradient is scaled",
          [] {
            nn::EmbeddingBag(10, 4, {.mode = BagMode::max, .scale_grad_by_freq = true})(
                tensor<std::int64_t>({{1, 2}}));
          },
          R"(embedding_bag: scale_grad_by_freq goes with BagMode::sum and mean
  index: i64 (1, 2)     offsets: nothing     per_sample_weights: nothing
  in: nn::EmbeddingBag, @)"),
      fault<ValueError>(
          "bags of vectors without numbers", [] { nn::EmbeddingBag(10, 0); },
          R"(nn::EmbeddingBag: dim is 0
  expected a positive number
  in: @)"),
      fault<IndexError>(
          "padding beyond the table of bags", [] { nn::EmbeddingBag(3, 4, {.padding_idx = -4}); },
          R"(nn::EmbeddingBag: padding_idx -4 is out of range
  expected a row of the table's 3
  in: @)"),
      fault<ShapeError>(
          "a pretrained table of bags that was never set",
          [] { nn::EmbeddingBag::from_pretrained(Tensor()); },
          R"(nn::EmbeddingBag: no table of vectors
  table: nothing
  expected a tensor (count, dim)
  in: @)"),
  };
}

}  // namespace fathom::test
