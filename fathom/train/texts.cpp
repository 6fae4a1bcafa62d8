#include "fathom/train/texts.h"

#include <memory>

#include "fathom/data/dataset.h"

namespace fathom::train {
namespace {

// Few lengths, so few plans.
constexpr data::PadOptions padding{.value = 0, .longest = 0, .multiple = 64};
// Terms of a vocabulary.
constexpr std::size_t most_terms = 200000;

text::Words terms_of(const std::string& text, std::int64_t ngrams, std::int64_t most_words) {
  text::Words words = text::basic_english(text);
  if (words.size() > static_cast<std::size_t>(most_words))
    words.resize(static_cast<std::size_t>(most_words));
  return text::ngrams(words, static_cast<std::size_t>(ngrams));
}

}  // namespace

TextReader TextReader::learn(const data::Texts& texts) {
  TextReader reader;
  std::vector<text::Words> all;
  for (const std::string& text : texts.texts)
    all.push_back(terms_of(text, reader.ngrams, reader.most_words));
  reader.vocab =
      text::Vocab(all, {.min_frequency = 2, .max_size = most_terms, .specials = {"<pad>"}});
  reader.column = texts.text_column;
  return reader;
}

data::Ids TextReader::ids(const std::string& text) const {
  data::Ids known;
  for (const std::string& term : terms_of(text, ngrams, most_words))
    if (vocab.contains(term)) known.push_back(vocab.id(term));
  return known;
}

std::vector<data::Ids> TextReader::ids(std::span<const std::string> texts) const {
  std::vector<data::Ids> all;
  for (const std::string& text : texts) all.push_back(ids(text));
  return all;
}

Tensor TextReader::operator()(std::span<const std::string> texts) const {
  return data::pad_sequences(ids(texts), padding);
}

data::Source<data::Batch> TextReader::source(const data::Texts& texts) const {
  return data::map(data::sequences(ids(texts.texts), texts.labels, padding), [](data::Sequence s) {
    return data::Batch{s.tokens, s.labels};
  });
}

}  // namespace fathom::train
