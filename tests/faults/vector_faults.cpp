// Vectors of words, and points drawn in the plane.
#include <cmath>

#include "fathom/projection/pca.h"
#include "fathom/projection/tsne.h"
#include "fathom/text/word2vec.h"
#include "tests/faults/faults.h"

namespace fathom::test {

namespace {
text::WordVectors two_words() { return text::WordVectors({"a", "b"}, ones({2, 3})); }
const std::vector<text::Words> sentences{{"a", "b", "a"}};
}  // namespace

Faults vector_faults() {
  return {
      fault<ShapeError>(
          "fewer vectors than words",
          [] {
            text::WordVectors({"a", "b"}, ones({1, 3}));
          },
          R"(WordVectors: as many vectors as words are needed
  words: 2     counts: 0     vectors: (1, 3)
  expected vectors (words, numbers), counts of all words or none
  in: @)"),
      fault<ValueError>(
          "a word with two vectors",
          [] {
            text::WordVectors({"a", "a"}, ones({2, 3}));
          },
          R"(WordVectors: a word is given twice
  word: a
  expected each word once
  in: @)"),
      fault<ValueError>(
          "a word with a vector that is not finite",
          [] {
            text::WordVectors({"a"}, full({1, 2}, NAN));
          },
          R"(WordVectors: a vector without a finite length
  word: a
  expected finite numbers
  in: @)"),
      fault<IndexError>(
          "neighbours of a word that is not there", [] { two_words().most_similar("c"); },
          R"(WordVectors: a word that has no vector
  word: c     words: 2
  hint: contains() asks first
  in: @)"),
      fault<ValueError>(
          "neighbours of nothing", [] { two_words().most_similar(text::Words{}, {}); },
          R"(most_similar: no words given
  expected at least one word
  in: @)"),
      fault<ShapeError>(
          "neighbours of a vector of another length", [] { two_words().most_similar(ones({4})); },
          R"(most_similar: a vector of another length
  vector: (4,)
  expected (3,)
  in: @)"),
      fault<ValueError>(
          "word2vec of words that are too rare", [] { text::word2vec(sentences); },
          R"(word2vec: no word comes often enough
  words: 2     min_count: 5
  expected a word that comes min_count times
  hint: a short text needs a smaller min_count
  in: @)"),
      fault<ValueError>(
          "word2vec with nothing to tell words from",
          [] { text::word2vec(sentences, {.negative = 0}); },
          out_of_range("word2vec", "negative", "0", "1 and more, or hierarchical_softmax")),
      fault<ValueError>(
          "word2vec with a learning rate that rises",
          [] { text::word2vec(sentences, {.min_alpha = 0.5}); },
          out_of_range("word2vec", "min_alpha", "0.5", "0 to alpha")),
      fault<ValueError>(
          "word2vec with an exponent that no count survives",
          [] { text::word2vec(sentences, {.ns_exponent = 1e3}); },
          out_of_range("word2vec", "ns_exponent", "1000", "-15 to 15")),
      fault<IoError>(
          "vectors of a file that is not there",
          [] { text::load_word_vectors("/nowhere/vectors.txt"); },
          not_there("/nowhere/vectors.txt")),
      fault<ValueError>(
          "more principal components than numbers",
          [] {
            projection::Pca::fit(ones({5, 3}), {.components = 4});
          },
          R"(Pca::fit: as many components are not there
  components: 4     x: (5, 3)
  expected 1 to 3
  in: @)"),
      fault<ShapeError>(
          "t-SNE of a list of numbers", [] { projection::tsne(ones({5})); },
          R"(tsne: x is not a list of points
  x: (5,)
  expected (points, numbers), at least 2 points
  in: @)"),
      fault<ValueError>(
          "a perplexity of more points than there are",
          [] {
            projection::tsne(ones({5, 3}));
          },
          R"(tsne: perplexity is out of range
  perplexity: 30
  expected above 0 and below the number of points, 5
  in: @)"),
  };
}

}  // namespace fathom::test
