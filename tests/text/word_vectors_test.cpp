// Vectors of words: files as gensim writes them, its answers (tools/golden/projection.py), and
// files that are not what they say.
#include "fathom/text/word_vectors.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "fathom/io/gzip.h"
#include "tests/io/support.h"

using namespace fathom;
using nlohmann::json;
using text::VectorFormat;
using text::Words;
using text::WordVectors;

namespace {

const std::string folder = FATHOM_TEST_SOURCE "/golden/projection/";

WordVectors parse(const std::string& file, const text::VectorFileOptions& options = {}) {
  return text::parse_word_vectors(io::as_bytes(file), options);
}

void check_found(const std::vector<text::Neighbour>& got, const json& want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(got[i].word == want[i][0]);
    CHECK(got[i].similarity == doctest::Approx(double(want[i][1])).epsilon(1e-5));
  }
}

}  // namespace

TEST_CASE("word vectors: both formats of word2vec hold the same, packed too") {
  const WordVectors a = text::load_word_vectors(folder + "vectors.txt");
  const WordVectors b = text::load_word_vectors(folder + "vectors.bin");
  CHECK(a.size() == 40);
  CHECK(a.dimensions() == 6);
  CHECK(a.words() == b.words());
  CHECK(a.words()[8] == "日本");
  CHECK(a.vectors().to_vector<float>() == b.vectors().to_vector<float>());
  const io::Bytes packed = io::gzip(io::read_file(folder + "vectors.bin"));
  CHECK(text::parse_word_vectors(packed).vectors().to_vector<float>() ==
        b.vectors().to_vector<float>());
  CHECK(text::load_word_vectors(folder + "vectors.txt", {.limit = 3}).words() ==
        Words{"king", "queen", "man"});
}

TEST_CASE("word vectors: gensim's answers") {
  const WordVectors vectors = text::load_word_vectors(folder + "vectors.txt");
  const json want = json::parse(io::read_text(folder + "words.json"));
  for (const json& row : want["near"]) {
    const Words positive = row["positive"], negative = row["negative"];
    check_found(vectors.most_similar(positive, negative, 5), row["found"]);
    check_found(vectors.most_similar_cosmul(positive, negative, 5), row["cosmul"]);
  }
  for (const json& row : want["odd"]) CHECK(vectors.doesnt_match(row["words"]) == row["odd"]);
  CHECK(vectors.similarity("king", "queen") ==
        doctest::Approx(double(want["similarity"])).epsilon(1e-5));
  const auto scores = vectors.evaluate_analogies(folder + "analogies.txt");
  REQUIRE(scores.size() == want["analogies"].size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    CHECK(scores[i].section == want["analogies"][i]["section"]);
    CHECK(scores[i].correct == want["analogies"][i]["correct"]);
    CHECK(scores[i].asked == want["analogies"][i]["asked"]);
  }
  CHECK(scores[0].left_out == 1);
  const auto by_vector = vectors.most_similar(vectors.vector("king"), 1);
  CHECK(by_vector[0].word == "king");
  CHECK(by_vector[0].similarity == doctest::Approx(1));
}

TEST_CASE("word vectors: what is written is read back") {
  const test::TemporaryFolder out;
  const WordVectors vectors = text::load_word_vectors(folder + "vectors.txt");
  for (const VectorFormat format :
       {VectorFormat::word2vec_text, VectorFormat::word2vec_binary, VectorFormat::glove}) {
    text::save_word_vectors(out / "v", vectors, format);
    const WordVectors again = text::load_word_vectors(out / "v");
    CHECK(again.words() == vectors.words());
    CHECK(again.vectors().to_vector<float>() == vectors.vectors().to_vector<float>());
  }
}

TEST_CASE("word vectors: lines as files have them") {
  const WordVectors glove = parse("the 1 2.5\nof -1e-3 .5\r\n. . . 3 4");
  CHECK(glove.words() == Words{"the", "of", ". . ."});
  CHECK(glove.vectors().to_vector<float>() == std::vector<float>{1, 2.5, -1e-3f, .5, 3, 4});
  CHECK(parse("2 2\n7 1 2 \nb 3 4\n").words() == Words{"7", "b"});  // fastText ends lines so
  const WordVectors windows = parse("2 2\r\nthe 1 2\r\nof 3 4\r\n");
  CHECK(windows.words() == Words{"the", "of"});
  CHECK(windows.vectors().to_vector<float>() == std::vector<float>{1, 2, 3, 4});
  CHECK(parse("a 1\na 2\nb 3", {.keep_first = true}).words() == Words{"a", "b"});
  CHECK(parse("a\xff 1\n", {.repair_utf8 = true}).words() == Words{"a\uFFFD"});
}

TEST_CASE("word vectors: files that are not what they say") {
  const auto refused = [](const std::string& file, const text::VectorFileOptions& options = {}) {
    return test::error_text<FormatError>([&] { parse(file, options); });
  };
  CHECK(refused("a 1 2\nb 1\n") ==
        "load_word_vectors: a line that is not a word and its numbers\n"
        "  file: (memory)     row: 2     byte: 10\n"
        "  expected a word, then 2 numbers");
  CHECK(refused("1000000000000 300\na 1 2\n") ==
        "load_word_vectors: its first line promises more than it holds\n"
        "  file: (memory)     row: 1     byte: 18\n"
        "  expected 1000000000000 words of 300 numbers");
  CHECK(refused("").starts_with("load_word_vectors: no vectors in it"));
  CHECK(refused("3 1\na 1\nb 2\n").starts_with("load_word_vectors: it ends before its last word"));
  CHECK(refused("a 1\na 2\n").starts_with("load_word_vectors: a word that came before"));
  CHECK(refused("a nan\n").starts_with("load_word_vectors: a number that is not finite"));
  CHECK(refused("a 2e19 1\n").starts_with("load_word_vectors: a vector that is too long"));
  CHECK(refused("\xff 1\n").starts_with("load_word_vectors: a word that is not UTF-8"));
  CHECK(refused("a 1\n", {.format = VectorFormat::word2vec_text})
            .starts_with("load_word_vectors: no line with the number of words"));
  CHECK(refused("18446744073709551615 18446744073709551615\nx").starts_with("load_word_vectors"));
  CHECK(refused("1 4\nab " + std::string(15, '\0')).starts_with("load_word_vectors"));
}
