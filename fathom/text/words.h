// Words as first chapters count them: a simple splitter, a vocabulary by frequency, n-grams and
// weights of terms in documents.
//
//   const text::Words words = text::basic_english("Install it!");   // install, it, !
//   const text::Vocab vocab({words}, {.specials = {"<unk>"}, .default_index = 0});
//   vocab.ids(words);
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom::text {

/// Words of a text, in their order.
using Words = std::vector<std::string>;

/// torchtext's tokenizer "basic_english": lower case; .,()!?' stand alone, ;: and <br /> divide
/// words, " goes.
/// Errors: FormatError for a text that is not UTF-8.
Words basic_english(std::string_view text, Where where = Where::current());

/// The words, then all sequences of 2 to n of them with blanks between (torchtext's
/// ngrams_iterator). Errors: ValueError for n < 1.
Words ngrams(const Words& words, std::size_t n, Where where = Where::current());

/// The words that are not in a list.
Words without_stop_words(const Words& words, std::span<const std::string> stop_words);

/// Options of Vocab.
struct VocabOptions {
  std::size_t min_frequency = 1;
  std::size_t max_size = 0;  ///< the most frequent so many, specials included; 0: all
  Words specials;            ///< get the first ids, or the last
  bool specials_first = true;
  std::optional<std::int64_t> default_index;  ///< the id of unknown words
};

/// Words by ids: the most frequent first, those of one frequency in the order of their bytes
/// (torchtext's build_vocab_from_iterator).
class Vocab {
 public:
  explicit Vocab(std::span<const Words> texts, const VocabOptions& options = {});
  Vocab(std::initializer_list<Words> texts, const VocabOptions& options = {})
      : Vocab(std::span<const Words>(texts.begin(), texts.size()), options) {}

  /// The words in the order of their ids, such as words() gave them.
  static Vocab of(const Words& words, std::optional<std::int64_t> default_index = {});

  std::size_t size() const { return words_.size(); }
  bool contains(const std::string& word) const { return ids_.contains(word); }
  /// Errors: IndexError for an unknown word if there is no default index.
  std::int64_t id(const std::string& word, Where where = Where::current()) const;
  std::vector<std::int64_t> ids(const Words& words, Where where = Where::current()) const;
  /// Errors: IndexError.
  const std::string& word(std::int64_t id, Where where = Where::current()) const;
  const Words& words() const { return words_; }

 private:
  void put(const std::string& word);

  Words words_;
  std::unordered_map<std::string, std::int64_t> ids_;
  std::optional<std::int64_t> default_index_;
};

/// Options of TfIdf.
struct TfIdfOptions {
  bool use_idf = true;
  bool smooth_idf = true;         ///< as if one more document had every term
  bool sublinear_tf = false;      ///< 1 + ln(count) instead of the count
  bool normalize = true;          ///< each document's weights to length 1
  std::size_t min_documents = 1;  ///< rarer terms are left out
  double max_share = 1;           ///< terms of a larger share of the documents are left out
};

/// Weights of terms in n documents: how often a term comes times 1 + ln((1 + n) / (1 + d)), where d
/// documents have it. Source: scikit-learn's TfidfVectorizer.
class TfIdf {
 public:
  /// Learns terms, in the order of their bytes, and their weights.
  /// Errors: ValueError if no term is left.
  explicit TfIdf(std::span<const Words> documents, const TfIdfOptions& options = {},
                 Where where = Where::current());

  const Words& terms() const { return terms_; }
  const std::vector<double>& idf() const { return idf_; }
  /// Shapes: -> f64 (documents, terms). Terms that were not learnt do not count.
  Tensor operator()(std::span<const Words> documents) const;

 private:
  TfIdfOptions options_;
  Words terms_;
  std::vector<double> idf_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace fathom::text
