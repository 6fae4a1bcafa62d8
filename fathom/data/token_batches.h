// Batches of token sequences as language models learn from them: BERT's masks, GPT's next tokens.
//
//   const auto source = data::token_source(sequences, data::MaskedLanguageCollator({.mask_id = 103,
//                                          .vocabulary = 30522, .special_ids = {101, 102}}));
//   for (const data::TokenBatch& batch : data::loader(source, {.shuffle = true, .workers = 2}))
//     loss = cross_entropy(net(batch.ids, batch.present), batch.labels);
//
// The collators work within the loader, so masks differ from epoch to epoch, and are decided by
// (seed, epoch, place in the epoch) alone.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "fathom/data/source.h"

namespace fathom::data {

/// Token ids, one sequence after another.
using TokenSequences = std::vector<std::vector<std::int64_t>>;

/// Sequences side by side, filled up behind their ends.
struct TokenBatch {
  Tensor ids;     ///< (B, L) i64
  Tensor labels;  ///< (B, L) i64; -100, which cross_entropy leaves out, where nothing is to be told
  Tensor present;  ///< (B, L) bool: false behind a sequence's end
};

/// How long the sequences of a batch become.
struct TokenPadding {
  std::int64_t id = 0;        ///< fills up
  std::int64_t length = 0;    ///< 0: that of the longest
  std::int64_t multiple = 1;  ///< rounded up to a multiple: fewer plans
};

/// Options of MaskedLanguageCollator.
struct MaskedLanguageOptions {
  std::int64_t mask_id = -1;                   ///< "[MASK]"
  std::int64_t vocabulary = 0;                 ///< ids are below
  std::vector<std::int64_t> special_ids = {};  ///< never to be told, such as "[CLS]" and "[SEP]"
  double probability = 0.15;                   ///< that a token is to be told
  double masked = 0.8;                         ///< of those, become the mask
  double random = 0.1;                         ///< of those, become any token; the others stay
  TokenPadding padding = {};
};

/// BERT's objective (Devlin et al. 2019): some tokens are hidden, and to be told.
///
/// Source  Transformers' DataCollatorForLanguageModeling with mlm
class MaskedLanguageCollator {
 public:
  /// Errors: ValueError without a mask in the vocabulary, and for shares outside [0, 1].
  explicit MaskedLanguageCollator(MaskedLanguageOptions options, Where where = Where::current());
  /// Errors: ValueError for a sequence that is longer than padding.length.
  TokenBatch operator()(const TokenSequences& sequences, const Draw& draw) const;

 private:
  MaskedLanguageOptions options_;
};

/// GPT's objective: labels are the ids moved on by one, so L is one less than the sequences'
/// length. (Transformers' collator leaves that to the model.)
class NextTokenCollator {
 public:
  explicit NextTokenCollator(TokenPadding padding = {}) : padding_(padding) {}
  /// Errors: as of MaskedLanguageCollator; ValueError for a sequence of fewer than two tokens.
  TokenBatch operator()(const TokenSequences& sequences, const Draw& draw) const;

 private:
  TokenPadding padding_;
};

/// Sequences in memory, which a collator makes batches of.
template <class Collator>
Source<TokenBatch> token_source(TokenSequences sequences, Collator collator) {
  const auto shared = std::make_shared<const TokenSequences>(std::move(sequences));
  return {.size = static_cast<std::int64_t>(shared->size()),
          .fetch = [shared, collator](std::span<const std::int64_t> rows, const Draw& draw) {
            TokenSequences chosen;
            for (const std::int64_t row : rows)
              chosen.push_back((*shared)[static_cast<std::size_t>(row)]);
            return collator(chosen, draw);
          }};
}

}  // namespace fathom::data
