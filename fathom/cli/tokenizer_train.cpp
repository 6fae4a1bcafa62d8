#include "fathom/cli/tokenizer_train.h"

#include <fmt/core.h>

#include "fathom/core/error.h"
#include "fathom/text/trainer.h"

namespace fathom::cli {
namespace {

struct Recipe {
  const char* model;
  text::ModelKind kind;
  const char* json;  // the other parts, around a model of nothing
};

constexpr Recipe recipes[] = {
    {"bpe", text::ModelKind::bpe,
     R"({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false,
      "trim_offsets": true, "use_regex": true}, "decoder": {"type": "ByteLevel", "add_prefix_space": true,
      "trim_offsets": true, "use_regex": true}, "model": {"type": "BPE", "vocab": {}, "merges": []}})"},
    {"wordpiece", text::ModelKind::word_piece, R"({"normalizer": {"type": "BertNormalizer",
      "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
      "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece", "prefix": "##",
      "cleanup": true}, "model": {"type": "BPE", "vocab": {}, "merges": []}})"},
    {"unigram", text::ModelKind::unigram, R"({"normalizer": {"type": "NFKC"}, "pre_tokenizer":
      {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}, "decoder":
      {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
      "model": {"type": "BPE", "vocab": {}, "merges": []}})"},
    {"wordlevel", text::ModelKind::word_level, R"({"pre_tokenizer": {"type": "Whitespace"},
      "model": {"type": "BPE", "vocab": {}, "merges": []}})"}};

}  // namespace

int train_tokenizer(const TrainTokenizer& wanted) {
  const Recipe* recipe = nullptr;
  for (const Recipe& each : recipes)
    if (wanted.model == each.model) recipe = &each;
  text::TrainOptions options{.vocab_size = static_cast<std::size_t>(wanted.vocab_size),
                             .min_frequency = static_cast<std::uint64_t>(wanted.min_frequency)};
  for (const std::string& token : wanted.special)
    options.special_tokens.push_back({.content = token, .normalized = false, .special = true});
  if (recipe->kind == text::ModelKind::bpe && wanted.like.empty())
    for (int byte = 0; byte < 256; ++byte)
      options.initial_alphabet += text::byte_level_character(byte);
  const auto named = [&](const char* token) {
    for (const std::string& special : wanted.special)
      if (special == token) options.unk_token = token;
  };
  for (const char* token : {"[UNK]", "<unk>"}) named(token);
  std::vector<std::string> texts;
  for (const std::string& file : wanted.files)
    for (std::string& line : text::lines_of_file(file)) texts.push_back(std::move(line));
  const text::Tokenizer like = wanted.like.empty() ? text::Tokenizer::from_json(recipe->json)
                                                   : text::Tokenizer::load(wanted.like);
  const text::Tokenizer trained = text::train(like, recipe->kind, options, texts);
  trained.save(wanted.out);
  fmt::print("{}: {} tokens from {} lines\n", wanted.out, trained.vocabulary_size(), texts.size());
  return 0;
}

}  // namespace fathom::cli
