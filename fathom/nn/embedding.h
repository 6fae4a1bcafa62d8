// Tables of vectors.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/nn/linear.h"
#include "fathom/ops/embedding.h"

namespace fathom::nn {

/// Options of nn::Embedding: those of embedding(). The row padding_idx starts as zeros, too.
using fathom::EmbeddingOptions;

/// A vector for each index: rows of a table.
///
/// Shapes      (...) i64 or i32 -> (..., dim)
/// Parameters  weight (count, dim), standard normal
/// Errors      IndexError for an index outside [0, count), when evaluated
class Embedding {
 public:
  Embedding(std::int64_t count, std::int64_t dim, EmbeddingOptions options = {},
            Where where = Where::current());
  /// A table that exists; frozen unless said otherwise. Errors: ShapeError if it is no matrix.
  static Embedding from_pretrained(const Tensor& table, bool freeze = true,
                                   EmbeddingOptions options = {}, Where where = Where::current());
  Tensor operator()(const Tensor& index, Where where = Where::current()) const;

  Param weight;
  EmbeddingOptions options;
  static constexpr auto members() { return fathom::members<&Embedding::weight>(); }
};

/// Options of nn::EmbeddingBag, see EmbeddingBagOptions. The row padding_idx starts as zeros.
struct EmbeddingBagLayerOptions {
  BagMode mode = BagMode::mean;
  bool include_last_offset = false;
  std::optional<std::int64_t> padding_idx = {};
  std::optional<double> max_norm = {};
  double norm_type = 2;
  bool scale_grad_by_freq = false;
};

/// Sum, mean or maximum of the vectors of each bag of indices; see embedding_bag.
///
/// Shapes      index (bags, n), or (n) with offsets (bags) -> (bags, dim)
/// Parameters  weight (count, dim), standard normal
class EmbeddingBag {
 public:
  EmbeddingBag(std::int64_t count, std::int64_t dim, EmbeddingBagLayerOptions options = {},
               Where where = Where::current());
  static EmbeddingBag from_pretrained(const Tensor& table, bool freeze = true,
                                      EmbeddingBagLayerOptions options = {},
                                      Where where = Where::current());
  Tensor operator()(const Tensor& index, const Tensor& offsets = {},
                    const Tensor& per_sample_weights = {}, Where where = Where::current()) const;

  Param weight;
  EmbeddingBagLayerOptions options;
  static constexpr auto members() { return fathom::members<&EmbeddingBag::weight>(); }
};

}  // namespace fathom::nn
