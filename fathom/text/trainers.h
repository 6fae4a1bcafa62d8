// Private to fathom/text: one trainer a model. They get the words of the texts, each once, in the
// order in which they came, with how often they came.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "fathom/text/parts.h"
#include "fathom/text/trainer.h"

namespace fathom::text {

using CountedWords = std::vector<CountedWord>;

std::unique_ptr<Model> train_bpe(const CountedWords& words, const TrainOptions& options,
                                 bool word_piece);
std::unique_ptr<Model> train_unigram(const CountedWords& words, const TrainOptions& options);
std::unique_ptr<Model> train_word_level(const CountedWords& words, const TrainOptions& options);

}  // namespace fathom::text
