// What all trainers share, and WordLevel, which needs no more.
#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/io/gzip.h"
#include "fathom/text/byte_level.h"
#include "fathom/text/models.h"
#include "fathom/text/tokenizer_parts.h"
#include "fathom/text/trainers.h"
#include "fathom/text/utf8.h"

namespace fathom::text {

std::unique_ptr<Model> train_word_level(const CountedWords& words, const TrainOptions& options) {
  std::vector<const CountedWord*> order;
  for (const CountedWord& word : words)
    if (word.count >= options.min_frequency) order.push_back(&word);
  std::ranges::sort(order, [](const CountedWord* a, const CountedWord* b) {
    return a->count != b->count ? a->count > b->count : a->text < b->text;
  });
  Vocabulary vocabulary;
  std::uint32_t id = 0;
  const auto put = [&](const std::string& text) {
    if (id < options.vocab_size) vocabulary.set(text, id++);
  };
  for (const AddedToken& token : options.special_tokens) put(token.content);
  for (const CountedWord* word : order) put(word->text);
  return make_word_level(std::move(vocabulary), {options.unk_token.value_or("<unk>")});
}

std::vector<std::string> lines_of_file(const std::string& path, Where where) {
  const io::Bytes bytes = io::read_maybe_gzip(path, std::size_t{1} << 32, where);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    lines.emplace_back(text.substr(begin, end - begin));
    if (const std::size_t bad = find_invalid_utf8(lines.back()); bad != std::string::npos)
      throw FormatError({.operation = "lines_of_file",
                         .problem = "a line that is not UTF-8",
                         .received = {{"path", path},
                                      {"line", std::to_string(lines.size())},
                                      {"at byte", std::to_string(bad)}},
                         .expected = "a text in UTF-8",
                         .where = to_string(where)});
    begin = end;
  }
  return lines;
}

char32_t byte_level_character(int byte) { return byte_character(static_cast<std::uint8_t>(byte)); }

Tokenizer train(const Tokenizer& like, ModelKind kind, const TrainOptions& options,
                std::span<const std::string> texts, Where where) {
  return located(where, [&] {
    if (options.vocab_size == 0 || options.vocab_size >= Vocabulary::id_limit)
      throw ValueError({.operation = "train",
                        .problem = "vocab_size out of range",
                        .received = {{"vocab_size", std::to_string(options.vocab_size)}},
                        .expected = "1 to 2^24 - 1"});
    const CountedWords words = like.count_pieces(texts, where);
    Parts parts = like.parts_without_model();
    if (kind == ModelKind::unigram)
      parts.model = train_unigram(words, options);
    else if (kind == ModelKind::word_level)
      parts.model = train_word_level(words, options);
    else
      parts.model = train_bpe(words, options, kind == ModelKind::word_piece);
    parts.added.insert(parts.added.end(), options.special_tokens.begin(),
                       options.special_tokens.end());
    return Tokenizer(std::move(parts));
  });
}

}  // namespace fathom::text
