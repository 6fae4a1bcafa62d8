// The rows about text: reviews encoded by tokenizers of several kinds, and merges learnt.
#include <stdexcept>

#include "benchmarks/timing.h"
#include "benchmarks/workloads.h"
#include "fathom/text/tokenizer.h"
#include "fathom/text/trainer.h"
#include "fathom/text/word2vec.h"

namespace fathom::benchmarks {
namespace {

/// A thousand reviews of films to ids, tokens and offsets.
Workload encoding_row(std::string name, const char* file) {
  return {std::move(name), "ms", 0, 0, [=](const Settings& s) {
            auto tokenizer = text::Tokenizer::load(s.data + "/tokenizers/" + file);
            tokenizer.set_truncation(std::nullopt);
            tokenizer.set_padding(std::nullopt);
            std::vector<std::string> reviews =
                text::lines_of_file(s.data + "/text/imdb-test-5000.tsv.gz");
            reviews.resize(1000);
            const std::vector<text::Input> inputs(reviews.begin(), reviews.end());
            return each([&] { tokenizer.encode_batch(inputs); }, 2, 9, 1e3);
          }};
}

/// 8,000 byte-level merges of a text.
Workload training_row(std::string name, const char* file) {
  return {std::move(name), "ms", 0, 0, [=](const Settings& s) {
            const auto like = text::Tokenizer::load(s.data + "/tokenizers/gpt2-vocab.json");
            const std::vector<std::string> lines = text::lines_of_file(s.data + "/text/" + file);
            text::TrainOptions options{.vocab_size = 8000 + 256};
            for (int byte = 0; byte < 256; ++byte)
              options.initial_alphabet += text::byte_level_character(byte);
            return each([&] { text::train(like, text::ModelKind::bpe, options, lines); }, 1, 5,
                        1e3);
          }};
}

/// word2vec with gensim's defaults: an epoch of five thousand reviews of films as words; counting
/// them too.
Workload word2vec_row(std::string name, bool skip_gram) {
  return {
      std::move(name), "ms", 0, 0, [=](const Settings& s) {
        std::vector<text::Words> reviews;
        for (const std::string& line : text::lines_of_file(s.data + "/text/imdb-train-5000.tsv.gz"))
          reviews.push_back(text::basic_english(line));
        return each([&] { text::word2vec(reviews, {.skip_gram = skip_gram, .epochs = 1}); }, 0, 3,
                    1e3);
      }};
}

}  // namespace

std::vector<Workload> text_workloads() {
  return {encoding_row("tokenize_bert", "bert-base-uncased.tokenizer.json"),
          encoding_row("tokenize_minilm", "all-minilm-l6-v2.tokenizer.json"),
          encoding_row("tokenize_t5", "t5.tokenizer.json"),
          encoding_row("tokenize_gpt2", "gpt2-vocab.json"),
          training_row("train_bpe_shakespeare", "tinyshakespeare.txt"),
          training_row("train_bpe_imdb", "imdb-train-5000.tsv.gz"),
          word2vec_row("word2vec_skip_gram", true),
          word2vec_row("word2vec_cbow", false)};
}

}  // namespace fathom::benchmarks
