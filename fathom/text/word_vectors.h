// Vectors of words as they are stored and asked: files of word2vec, GloVe and fastText, nearest
// words and analogies, with the numbers of gensim's KeyedVectors.
//
//   const auto vectors = text::load_word_vectors("glove.6B.100d.txt");
//   vectors.most_similar({"king", "woman"}, {"man"}).front().word;   // queen
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/io/file.h"
#include "fathom/text/words.h"

namespace fathom::text {

/// A word and how near it is: the cosine of the angle between two vectors.
struct Neighbour {
  std::string word;
  double similarity = 0;
};

/// How many questions "a is to b as c is to d" were answered by the right d.
struct AnalogyScore {
  std::string section;  ///< the last is "Total accuracy"
  std::size_t correct = 0, asked = 0;
  std::size_t left_out = 0;  ///< with a word that has no vector
};

/// Words, each with a vector. Vectors of zeros are near nothing: their similarity is 0.
class WordVectors {
 public:
  /// Shapes: vectors f32 (words, numbers). `counts`: how often each word came, if that is known.
  /// Errors: ShapeError, DTypeError; ValueError for a word given twice, a vector that is not finite.
  WordVectors(Words words, const Tensor& vectors, std::vector<std::uint64_t> counts = {},
              Where where = Where::current());

  std::size_t size() const { return words_.size(); }
  std::size_t dimensions() const { return static_cast<std::size_t>(vectors_.shape()[1]); }
  const Words& words() const { return words_; }
  const std::vector<std::uint64_t>& counts() const { return counts_; }
  /// Shapes: f32 (words, numbers), what nn::Embedding takes as its weight.
  const Tensor& vectors() const { return vectors_; }
  bool contains(const std::string& word) const { return ids_.contains(word); }
  /// Errors: IndexError for a word that has no vector.
  std::int64_t id(const std::string& word, Where where = Where::current()) const;
  /// Shapes: -> f32 (numbers). Errors: IndexError.
  Tensor vector(const std::string& word, Where where = Where::current()) const;

  /// Errors: IndexError.
  double similarity(const std::string& a, const std::string& b,
                    Where where = Where::current()) const;
  /// The `count` words nearest to the mean of the vectors of `positive` less those of `negative`,
  /// each brought to length 1 before; not those words themselves. Among the first `among` words
  /// only (gensim's restrict_vocab), 0: all. Errors: IndexError; ValueError without words.
  std::vector<Neighbour> most_similar(const Words& positive, const Words& negative = {},
                                      std::size_t count = 10, std::size_t among = 0,
                                      Where where = Where::current()) const;
  std::vector<Neighbour> most_similar(const std::string& word, std::size_t count = 10,
                                      Where where = Where::current()) const {
    return most_similar(Words{word}, {}, count, 0, where);
  }
  /// The words nearest to a vector. Shapes: f32 (numbers). Errors: ShapeError, DTypeError.
  std::vector<Neighbour> most_similar(const Tensor& vector, std::size_t count = 10,
                                      Where where = Where::current()) const;
  /// The same by products of (1 + similarity) / 2 instead of sums (3CosMul: Levy, Goldberg 2014).
  std::vector<Neighbour> most_similar_cosmul(const Words& positive, const Words& negative = {},
                                             std::size_t count = 10,
                                             Where where = Where::current()) const;
  /// The word that is farthest from the mean of all. Errors: IndexError; ValueError without words.
  std::string doesnt_match(const Words& words, Where where = Where::current()) const;

  /// Answers the questions of a file as word2vec's questions-words.txt: lines ": section" and lines
  /// of four words, whose letters' case does not count. Asked are words among the first `among`,
  /// 0: all. Errors: IoError, FormatError.
  std::vector<AnalogyScore> evaluate_analogies(const std::string& path, std::size_t among = 300'000,
                                               Where where = Where::current()) const;

 private:
  /// The sum of the vectors of `ids`, each brought to length 1 and weighted, of length 1.
  std::vector<float> direction(std::span<const std::int64_t> ids,
                               std::span<const double> weights) const;
  /// Of each of `queries` (each of as many numbers as a vector) with each of the first `among`
  /// words.
  std::vector<float> similarities(const std::vector<float>& queries, std::size_t among) const;
  std::vector<std::int64_t> ids(const Words& words, const Where& where) const;
  std::vector<Neighbour> best(std::span<const float> similarities,
                              std::span<const std::int64_t> without, std::size_t count) const;

  Words words_;
  Tensor vectors_;
  std::vector<float> inverse_norms_;  // 0 for vectors of zeros
  std::vector<std::uint64_t> counts_;
  std::unordered_map<std::string, std::int64_t> ids_;
};

/// How vectors are written down.
enum class VectorFormat {
  word2vec_text,    ///< a line with both sizes, then a line a word; fastText's .vec too
  word2vec_binary,  ///< the same with the numbers as bytes
  glove             ///< lines of words alone
};

/// Options of load_word_vectors().
struct VectorFileOptions {
  std::optional<VectorFormat> format;  ///< otherwise told from the file's begin
  std::size_t limit = 0;               ///< only the first so many words; 0: all
  bool keep_first = false;             ///< a word's second vector is left out instead of an error
  bool repair_utf8 = false;  ///< U+FFFD for what is not UTF-8 in words instead of an error
};

/// Reads vectors of a file, gzip too. A word of a text file is all before the last numbers of its
/// line, blanks within included. Errors: IoError; FormatError, for numbers that are not finite too.
WordVectors load_word_vectors(const std::string& path, const VectorFileOptions& options = {},
                              Where where = Where::current());
/// The same of bytes; `source` stands for the path in errors.
WordVectors parse_word_vectors(io::ByteView bytes, const VectorFileOptions& options = {},
                               const std::string& source = "(memory)",
                               Where where = Where::current());
/// Writes vectors, the numbers so that they are read back as they are. Errors: IoError; ValueError
/// for a word that the format cannot hold (with a blank or a line's end in it, or empty).
void save_word_vectors(const std::string& path, const WordVectors& vectors,
                       VectorFormat format = VectorFormat::word2vec_text,
                       Where where = Where::current());

}  // namespace fathom::text
