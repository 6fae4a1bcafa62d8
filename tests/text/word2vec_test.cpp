// word2vec: what it learns, and that threads change no bit of it.
#include "fathom/text/word2vec.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <numeric>

#include "fathom/backend/cpu/pool.h"
#include "fathom/text/trainer.h"
#include "fathom/text/word2vec_parts.h"
#include "tests/io/support.h"

using namespace fathom;
using text::Word2VecOptions;
using text::Words;

namespace {

/// Sentences of a dozen words that each come from one of five topics of twenty words.
std::vector<Words> topics(std::size_t sentences) {
  std::uint64_t state = 1;
  const auto below = [&](std::uint64_t n) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33) % n;
  };
  std::vector<Words> out(sentences);
  for (Words& sentence : out) {
    const std::uint64_t topic = below(5);
    for (int i = 0; i < 12; ++i) {
      std::string word(1, static_cast<char>('a' + topic));
      word += std::to_string(below(20));
      sentence.push_back(word);
    }
  }
  return out;
}

const Word2VecOptions small{.vector_size = 20, .sample = 0, .alpha = 0.05, .epochs = 8};

/// Of the five nearest of each word, the share of its own topic.
double own_topic(const text::WordVectors& vectors) {
  double own = 0;
  for (const std::string& word : vectors.words())
    for (const auto& [other, similarity] : vectors.most_similar(word, 5))
      own += other[0] == word[0];
  return own / (5.0 * static_cast<double>(vectors.size()));
}

}  // namespace

TEST_CASE("word2vec: words that stand together become neighbours, with each way of learning") {
  const std::vector<Words> sentences = topics(1500);
  for (const bool skip_gram : {true, false})
    for (const bool softmax : {true, false}) {
      Word2VecOptions options = small;
      options.skip_gram = skip_gram;
      options.hierarchical_softmax = softmax;
      if (softmax) options.negative = 0;
      options.compute_loss = true;
      std::vector<double> losses;
      options.after_epoch = [&](const text::Word2VecEpoch& epoch) {
        losses.push_back(epoch.loss / static_cast<double>(epoch.trained));
      };
      CAPTURE(skip_gram);
      CAPTURE(softmax);
      const auto vectors = text::word2vec(sentences, options);
      CHECK(vectors.size() == 100);
      CHECK(std::ranges::is_sorted(vectors.counts(), std::greater{}));
      CHECK(own_topic(vectors) > 0.95);
      CHECK(losses.size() == 8);
      CHECK(losses.back() < losses.front());
    }
}

TEST_CASE("word2vec: the losses of gensim on reviews of films") {
  const std::string path = test::data_file("word2vec's losses", "text/imdb-train-5000.tsv.gz");
  if (path.empty()) return;
  std::vector<std::string> lines = text::lines_of_file(path);
  lines.resize(400);
  std::vector<Words> reviews;
  for (const std::string& line : lines) {
    Words words(1);
    for (const unsigned char c : line)
      if (std::isalpha(c) || c == '\'')
        words.back() += static_cast<char>(std::tolower(c));
      else if (!words.back().empty())
        words.emplace_back();
    if (words.back().empty()) words.pop_back();
    reviews.push_back(std::move(words));
  }
  // get_latest_training_loss() of gensim 4.4.0, one worker, at the end of the first two of four
  // epochs, the second less the first; later ones drown in its single precision.
  struct Row {
    bool skip_gram, softmax;
    std::array<double, 2> losses;
  };
  const Row rows[] = {{true, false, {1016409, 877459}},
                      {false, false, {198499, 160267}},
                      {true, true, {2252970, 2239698}},
                      {false, true, {383370, 376837}}};
  for (const Row& row : rows) {
    std::vector<double> losses;
    text::word2vec(reviews, {.skip_gram = row.skip_gram,
                             .hierarchical_softmax = row.softmax,
                             .negative = row.softmax ? 0u : 5u,
                             .epochs = 4,
                             .compute_loss = true,
                             .after_epoch = [&](const text::Word2VecEpoch& epoch) {
                               losses.push_back(epoch.loss);
                             }});
    for (std::size_t i = 0; i < 2; ++i)
      CHECK(losses[i] == doctest::Approx(row.losses[i]).epsilon(0.03));
  }
}

TEST_CASE("word2vec: the same bits for any number of threads, others for another seed") {
  const std::vector<Words> sentences = topics(1200);
  const int threads = cpu::threads();
  for (const bool skip_gram : {true, false}) {
    Word2VecOptions options = small;
    options.epochs = 2;
    options.sample = 1e-2;
    options.skip_gram = skip_gram;
    options.hierarchical_softmax = true;
    options.cbow_mean = false;
    cpu::set_threads(1);
    const std::vector<float> alone =
        text::word2vec(sentences, options).vectors().to_vector<float>();
    for (const int n : {2, 3, 8}) {
      cpu::set_threads(n);
      CHECK(text::word2vec(sentences, options).vectors().to_vector<float>() == alone);
    }
    options.seed = 2;
    CHECK(text::word2vec(sentences, options).vectors().to_vector<float>() != alone);
  }
  cpu::set_threads(threads);
}

TEST_CASE("word2vec: a file's lines are sentences") {
  const std::vector<Words> sentences = topics(40);
  std::string file;
  for (const Words& sentence : sentences) {
    for (const std::string& word : sentence) file += word + " \t";
    file += "\r\n";
  }
  const test::TemporaryFolder folder;
  io::write_atomically(folder / "text", file);
  Word2VecOptions options = small;
  options.min_count = 3;
  const auto a = text::word2vec(sentences, options);
  const auto b = text::word2vec_file(folder / "text", options);
  CHECK(a.words() == b.words());
  CHECK(a.vectors().to_vector<float>() == b.vectors().to_vector<float>());
}

TEST_CASE("word2vec: one word, long sentences, words that stand alone") {
  Word2VecOptions options = small;
  options.min_count = 1;
  options.hierarchical_softmax = true;
  CHECK(text::word2vec(std::vector<Words>{Words(25'000, "again")}, options).size() == 1);
  const auto lonely = text::word2vec(std::vector<Words>{{"a"}, {}, {"b"}}, options);
  CHECK(lonely.words() == Words{"a", "b"});
  options.max_final_vocab = 1;
  CHECK(text::word2vec(std::vector<Words>{{"b", "a", "b", "c"}}, options).words() == Words{"b"});
}

TEST_CASE("word2vec: numbers by chance, ways in the tree, shares that stay") {
  const std::vector<double> weights{1, 5, 0.5, 3.5};
  const text::AliasTable table(weights);
  std::array<double, 4> seen{};
  constexpr std::uint32_t draws = 1 << 16;
  for (std::uint32_t i = 0; i < draws; ++i) ++seen[table(i << 16)];
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(seen[i] / draws == doctest::Approx(weights[i] / 10).epsilon(0.001));

  // A code's length is what Huffman's algorithm gives, and no code begins another.
  const std::vector<std::uint64_t> counts{50, 20, 15, 10, 5};
  const auto ways = text::huffman_ways(counts);
  std::vector<std::size_t> lengths;
  for (const auto& way : ways) lengths.push_back(way.size());
  CHECK(lengths == std::vector<std::size_t>{1, 2, 3, 4, 4});
  CHECK(ways[3].back() / 2 == ways[4].back() / 2);
  CHECK(ways[3].back() % 2 != ways[4].back() % 2);

  Word2VecOptions options{.min_count = 1};
  const text::Word2VecVocabulary vocabulary({"a", "b"}, {900, 100}, options);
  const auto kept = vocabulary.kept(0.1);  // 100 of 1000
  CHECK(static_cast<double>(kept[0]) / 0x1p32 == doctest::Approx(std::sqrt(1.0 / 9) + 1.0 / 9));
  CHECK(kept[1] == std::uint64_t{1} << 32);
  const auto parts = text::deal_rows(std::vector<double>{9, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  CHECK(std::ranges::count(parts, parts[0]) == 1);
}
