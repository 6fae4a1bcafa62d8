// A classifier of texts as bags of words and word sequences.
#pragma once
#include <cstdint>

#include "fathom/nn/layers.h"

namespace fathom::models {

/// The shape of a TextBag.
struct TextBagConfig {
  std::int64_t terms = 0;  ///< ids that a text is made of, 0 for padding
  std::int64_t dim = 64;
  std::int64_t classes = 0;
};

/// The mean of the vectors of a text's terms, and a linear layer. Small vectors at first: a term
/// that was seen once does not weigh much. Source: Joulin et al. 2016, "Bag of Tricks for Efficient
/// Text Classification".
///
/// Shapes: i64 (B, L), 0 where a text has ended -> logits (B, classes)
/// Names: embedding.weight, out.weight, out.bias.
struct TextBag {
  nn::EmbeddingBag embedding;
  nn::Linear out;
  Tensor operator()(const Tensor& terms) const { return out(embedding(terms)); }
};

/// Parameters are drawn from this thread's generator. Errors: ValueError for extents below 1.
TextBag text_bag(const TextBagConfig& config);

}  // namespace fathom::models
