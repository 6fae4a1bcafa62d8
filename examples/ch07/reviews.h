// Film reviews of Rotten Tomatoes as tokens: the data of ch07/small_bert.
#pragma once
#include <fathom/fathom.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "fathom/data/token_batches.h"
#include "fathom/text/trainer.h"

namespace examples {

constexpr std::int64_t pad_id = 0, cls_id = 2, sep_id = 3, mask_id = 4;

/// Reviews as ids, complaint and praise in turns.
struct Reviews {
  fathom::data::TokenSequences ids;
  std::vector<std::int64_t> labels;  ///< 1 is praise
};

/// The same in tensors of one length, filled up.
struct ReviewRows {
  fathom::Tensor ids, present, labels;
};
inline ReviewRows rows_of(const Reviews& reviews, std::int64_t length) {
  const fathom::data::MaskedLanguageCollator unmasked(
      {.mask_id = mask_id,
       .vocabulary = mask_id + 1,
       .probability = 0,
       .padding = {.id = pad_id, .length = length}});
  const fathom::data::TokenBatch all = unmasked(reviews.ids, {});
  return {all.ids, all.present, fathom::Tensor::from(reviews.labels)};
}

/// Learns a vocabulary from $FATHOM_DATA/text/rt-polarity.neg and .pos and cuts all reviews into
/// its tokens, between [CLS] and [SEP] and at most `longest`: of long ones the beginning. Nine
/// tenths to learn from, then the rest.
inline std::array<Reviews, 2> reviews(std::int64_t vocabulary, std::int64_t longest) {
  using namespace fathom;
  const char* folder = std::getenv("FATHOM_DATA");
  if (!folder)
    throw IoError({.operation = "example",
                   .problem = "the environment variable FATHOM_DATA is not set",
                   .expected = "a folder with text/rt-polarity.pos and .neg"});
  std::vector<std::string> texts;  // complaint and praise in turns
  const auto negative = text::lines_of_file(std::string(folder) + "/text/rt-polarity.neg");
  const auto positive = text::lines_of_file(std::string(folder) + "/text/rt-polarity.pos");
  for (std::size_t i = 0; i < std::min(negative.size(), positive.size()); ++i)
    for (const std::string& line : {negative[i], positive[i]})
      texts.push_back(text::repaired_utf8(line));

  text::TrainOptions options{.vocab_size = static_cast<std::size_t>(vocabulary)};
  for (const char* special : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"})
    options.special_tokens.push_back({.content = special, .normalized = false, .special = true});
  const text::Tokenizer tokenizer = text::train(
      text::Tokenizer::from_json(R"({"normalizer": {"type": "BertNormalizer", "clean_text": true,
          "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
          "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece", "prefix": "##",
          "cleanup": true}, "model": {"type": "BPE", "vocab": {}, "merges": []}})"),
      text::ModelKind::word_piece, options, texts);
  std::array<Reviews, 2> parts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto ids = tokenizer.ids(texts[i]);
    std::vector<std::int64_t> review{cls_id};
    review.insert(review.end(), ids.begin(),
                  ids.begin() + std::min<std::ptrdiff_t>(longest - 2, std::ssize(ids)));
    review.push_back(sep_id);
    Reviews& part = parts[i / 2 % 10 == 9];
    part.ids.push_back(std::move(review));
    part.labels.push_back(static_cast<std::int64_t>(i % 2));
  }
  return parts;
}

}  // namespace examples
