// Words drawn: what reviews of films teach about words, by word2vec, PCA and t-SNE
//
// Chapter 6. Needs FATHOM_DATA (text/imdb-*.tsv.gz in it), or vectors in a file of word2vec, GloVe
// or fastText. Draws word_vectors.svg; with --save the vectors are written too.
// Usage: [--vectors FILE] [--epochs N] [--seed N] [--save FILE]
#include <fathom/fathom.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "examples/arguments.h"
#include "fathom/figure/figure.h"
#include "fathom/projection/pca.h"
#include "fathom/projection/tsne.h"
#include "fathom/text/trainer.h"
#include "fathom/text/word2vec.h"

using namespace fathom;

struct Group {
  const char* name;
  text::Words words;
};

const std::vector<Group> groups{
    {"praise", {"good", "great", "excellent", "wonderful", "superb", "brilliant", "amazing"}},
    {"blame", {"bad", "terrible", "awful", "horrible", "boring", "stupid", "lame"}},
    {"numbers", {"two", "three", "four", "five", "six", "ten", "several"}},
    {"family", {"mother", "father", "son", "daughter", "brother", "sister", "wife", "husband"}},
    {"genres", {"comedy", "drama", "thriller", "horror", "western", "musical", "documentary"}},
    {"makers", {"director", "actor", "actress", "writer", "producer", "cast", "script"}},
    {"places", {"london", "york", "paris", "america", "england", "japan", "city"}}};

/// The reviews as words, those of letters alone.
std::vector<text::Words> reviews(const std::string& folder) {
  std::vector<text::Words> all;
  for (const char* file : {"imdb-train-5000.tsv.gz", "imdb-test-5000.tsv.gz"}) {
    const std::vector<std::string> lines = text::lines_of_file(folder + "/text/" + file);
    for (std::size_t i = 1; i < lines.size(); ++i) {
      text::Words words = text::basic_english(lines[i].substr(lines[i].rfind('\t') + 1));
      std::erase_if(words, [](const std::string& word) {
        return !std::ranges::any_of(word, [](unsigned char c) { return c >= 'a' || c >= 128; });
      });
      all.push_back(std::move(words));
    }
  }
  return all;
}

text::WordVectors learn(const examples::Arguments& arguments) {
  const char* data = std::getenv("FATHOM_DATA");
  if (!data || !*data)
    throw IoError({.operation = "example",
                   .problem = "the environment variable FATHOM_DATA is not set",
                   .hint = "or give vectors: --vectors FILE"});
  const std::vector<text::Words> texts = reviews(data);
  const auto tell = [](const text::Word2VecEpoch& epoch) {
    std::printf("epoch %2zu   loss %.4f\n", epoch.epoch,
                epoch.loss / static_cast<double>(epoch.trained));
    std::fflush(stdout);
  };
  return text::word2vec(texts, {.skip_gram = true,
                                .epochs = static_cast<std::size_t>(arguments.number("--epochs", 5)),
                                .seed = static_cast<std::uint64_t>(arguments.number("--seed", 1)),
                                .compute_loss = true,
                                .after_epoch = tell});
}

void print(const text::Words& positive, const text::Words& negative,
           const std::vector<text::Neighbour>& found) {
  for (const std::string& word : positive) std::printf("+ %s ", word.c_str());
  for (const std::string& word : negative) std::printf("- %s ", word.c_str());
  std::printf("->");
  for (const auto& [word, similarity] : found) std::printf("  %s %.2f", word.c_str(), similarity);
  std::printf("\n");
}

void draw(figure::Axes& axes, const Tensor& places, const std::vector<int>& group,
          const text::Words& words) {
  std::vector<std::string> names;
  for (const Group& g : groups) names.push_back(g.name);
  const Tensor x = select(places, 1, 0), y = select(places, 1, 1);
  axes.scatter_classes(places, group, {.names = names, .size = 5}).labels(x, y, words, {.size = 9});
}

int main(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv, {},
                                      {"--vectors", "--epochs", "--seed", "--save"});
  const std::string file = arguments.text("--vectors", "");
  const text::WordVectors vectors = file.empty() ? learn(arguments) : text::load_word_vectors(file);
  std::printf("%zu words, each a vector of %zu numbers\n\n", vectors.size(), vectors.dimensions());
  if (arguments.has("--save")) text::save_word_vectors(arguments.text("--save", ""), vectors);

  const std::pair<text::Words, text::Words> questions[] = {{{"terrible"}, {}},
                                                           {{"comedy"}, {}},
                                                           {{"three"}, {}},
                                                           {{"king", "woman"}, {"man"}},
                                                           {{"actress", "he"}, {"she"}},
                                                           {{"mother", "man"}, {"woman"}}};
  for (const auto& [positive, negative] : questions)
    if (std::ranges::all_of(positive, [&](const auto& word) { return vectors.contains(word); }))
      print(positive, negative, vectors.most_similar(positive, negative, 5));

  // What is drawn are directions: a vector's length says how frequent a word is.
  text::Words words;
  std::vector<int> group;
  std::vector<Tensor> rows;
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (const std::string& word : groups[g].words) {
      if (!vectors.contains(word)) continue;
      const Tensor vector = vectors.vector(word);
      words.push_back(word);
      group.push_back(static_cast<int>(g));
      rows.push_back(vector / sqrt(sum(vector * vector)));
    }
  const Tensor points = stack(rows).eval();
  const auto pca = projection::Pca::fit(points, {.components = 2});
  const auto map =
      projection::tsne(points, {.perplexity = 7, .method = projection::TsneMethod::exact});
  std::printf("\nthe plane of PCA has %.0f %% of the variance; t-SNE's divergence is %.3f\n",
              100 * sum(pca.explained_variance_ratio).item(), map.kl_divergence);

  figure::Figure picture(1, 2, {.width = 1200, .height = 560});
  draw(picture.axes(0, 0).title("Principal components"), pca.transform(points), group, words);
  draw(picture.axes(0, 1).title("t-SNE"), map.points, group, words);
  picture.save("word_vectors.svg");
  std::printf("drawn in word_vectors.svg\n");
  return 0;
}
