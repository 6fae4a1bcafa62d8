// Vectors of words, learnt from the words that stand around them (Mikolov et al. 2013), with the
// options and defaults of gensim's Word2Vec.
//
//   const auto vectors = text::word2vec(sentences, {.skip_gram = true});
//   for (const auto& [word, similarity] : vectors.most_similar("king")) ...
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "fathom/text/word_vectors.h"

namespace fathom::text {

/// What an epoch of word2vec tells.
struct Word2VecEpoch {
  std::size_t epoch = 0;    ///< counted from 1
  std::uint64_t words = 0;  ///< of the vocabulary that were read, before frequent ones were dropped
  std::uint64_t trained = 0;  ///< pairs of an input and something to tell it from
  double loss = 0;            ///< the sum of -ln sigmoid over them; 0 unless compute_loss
};

/// Options of word2vec(), with the values that gensim has.
struct Word2VecOptions {
  std::size_t vector_size = 100;
  std::size_t window = 5;             ///< words on each side
  bool skip_gram = false;             ///< gensim's sg; otherwise a bag of words (CBOW)
  bool hierarchical_softmax = false;  ///< gensim's hs
  std::size_t negative = 5;           ///< words by chance against each that is seen; 0: none
  double ns_exponent = 0.75;          ///< they come as count^ns_exponent says; -15 to 15
  bool cbow_mean = true;              ///< CBOW: the mean of the words around; otherwise their sum
  bool shrink_windows = true;         ///< each window's size by chance, 1 to `window`
  std::size_t min_count = 5;          ///< rarer words are left out
  std::size_t max_final_vocab = 0;    ///< at most so many words, the most frequent; 0: all
  /// Words of a larger share of the text are dropped by chance (0: none); from 1 on, a count.
  double sample = 1e-3;
  double alpha = 0.025, min_alpha = 1e-4;  ///< the learning rate falls from one to the other
  std::size_t epochs = 5;
  std::uint64_t seed = 1;
  bool compute_loss = false;
  std::function<void(const Word2VecEpoch&)> after_epoch;  ///< called in the caller's thread
};

/// Learns a vector for each word that comes often enough, the most frequent first.
///
/// The text is read in chunks of 20,000 words and more, on all threads. The rows of both matrices
/// are dealt to eight parts, a chunk's pairs to 8 x 8 blocks by the parts of their rows, and in
/// eight rounds eight blocks that share no row are trained side by side (Gemulla et al. 2011),
/// four pairs at a time. So no two threads ever touch one row, hardly a pair sees old numbers, and
/// the same texts and seed give the same bits for any number of threads. In CBOW the words' vectors
/// wait for 512 windows, the other matrix does not wait. Vectors are near gensim's in quality, not
/// equal to them: the random numbers are others.
///
/// Errors: ValueError for options out of range, and if no word comes min_count times.
WordVectors word2vec(std::span<const Words> sentences, const Word2VecOptions& options = {},
                     Where where = Where::current());

/// The same of a text file, gzip too: a line is a sentence, cut after 10,000 words, and blanks
/// divide words (gensim's LineSentence). Errors: those, and IoError, FormatError.
WordVectors word2vec_file(const std::string& path, const Word2VecOptions& options = {},
                          Where where = Where::current());

}  // namespace fathom::text
