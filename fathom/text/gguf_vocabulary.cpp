// The vocabulary of a GGUF file: SentencePiece's ("llama"), byte-level BPE ("gpt2") or BERT's.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "fathom/core/error.h"
#include "fathom/io/gguf.h"
#include "fathom/text/models.h"
#include "fathom/text/scored_pieces.h"
#include "fathom/text/tokenizer_parts.h"

namespace fathom::text {
namespace {

using Words = std::vector<std::string>;

template <class T>
const T& needed(const io::GgufHeader& header, const char* name, const std::string& path) {
  const T* value = header.find<T>(name);
  if (!value)
    throw FormatError({.operation = "GGUF vocabulary",
                       .problem = "metadata are missing or of another type",
                       .received = {{"file", path}, {"missing", name}},
                       .expected = "a file with a tokenizer"});
  return *value;
}

std::vector<PieceKind> kinds_of(const io::GgufHeader& header, std::size_t count) {
  std::vector<PieceKind> out(count, PieceKind::normal);
  if (const auto* kinds = header.find<std::vector<std::int64_t>>("tokenizer.ggml.token_type"))
    for (std::size_t i = 0; i < std::min(count, kinds->size()); ++i)
      out[i] = static_cast<PieceKind>(std::clamp<std::int64_t>((*kinds)[i], 0, 7));
  return out;
}

// The splits of words by the name of the family: expressions of llama.cpp's table, applied one
// after the other.
std::vector<std::string> patterns_of(const std::string& name) {
  const std::string gpt2 =
      R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
  if (name == "gpt-2" || name == "gpt2" || name == "default" || name == "mpt" || name == "olmo" ||
      name == "jais")
    return {gpt2};
  if (name == "starcoder" || name == "refact" || name == "command-r" || name == "smollm" ||
      name == "codeshell" || name == "exaone")
    return {R"(\p{N})", gpt2};
  if (name == "llama3" || name == "llama-v3" || name == "llama-bpe")
    return {
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"};
  if (name == "qwen2" || name == "deepseek-r1-qwen")
    return {
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"};
  if (name == "deepseek-coder")
    return {"[\r\n]", R"(\s?\p{L}+)", R"(\s?\p{P}+)", "[一-龥ࠀ-一가-퟿]+", R"(\p{N})"};
  return {};
}

Parts byte_level_bpe(const io::GgufHeader& header, const std::string& path) {
  const Words& words = needed<Words>(header, "tokenizer.ggml.tokens", path);
  const Words& merge_lines = needed<Words>(header, "tokenizer.ggml.merges", path);
  const std::string* name = header.find<std::string>("tokenizer.ggml.pre");
  const std::vector<std::string> patterns = patterns_of(name ? *name : "default");
  if (patterns.empty())
    throw UnsupportedError({.operation = "GGUF vocabulary",
                            .problem = "there is no splitting of words of this name",
                            .received = {{"file", path}, {"tokenizer.ggml.pre", *name}},
                            .expected = "gpt-2, mpt, olmo, starcoder, refact, command-r, smollm, "
                                        "llama-bpe, qwen2 or deepseek-coder"});
  OrderedJson splits = OrderedJson::array();
  for (const std::string& pattern : patterns)
    splits.push_back({{"type", "Split"},
                      {"pattern", {{"Regex", pattern}}},
                      {"behavior", "Isolated"},
                      {"invert", false}});
  const OrderedJson byte_level = {{"type", "ByteLevel"},
                                  {"add_prefix_space", false},
                                  {"trim_offsets", true},
                                  {"use_regex", false}};
  splits.push_back(byte_level);
  const OrderedJson parts = {{"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", splits}}},
                             {"decoder", byte_level}};
  Parts out = parts_of(parts.dump().c_str());
  Vocabulary vocabulary;
  const std::vector<PieceKind> kinds = kinds_of(header, words.size());
  for (std::uint32_t id = 0; id < words.size(); ++id) {
    vocabulary.set(words[id], id);
    if (kinds[id] == PieceKind::control || kinds[id] == PieceKind::user_defined)
      out.added.push_back(
          {.content = words[id], .normalized = false, .special = kinds[id] == PieceKind::control});
  }
  BpeOptions options;
  const auto* bos = header.find<bool>("tokenizer.ggml.ignore_merges");
  options.ignore_merges = (bos && *bos) || (name && *name == "llama-bpe");
  std::vector<Merge> merges;
  for (std::size_t i = 0; i < merge_lines.size(); ++i) {
    const std::string& line = merge_lines[i];
    const std::size_t blank = line.find(' ', 1);
    const std::string place = path + ": merge " + std::to_string(i);
    merges.push_back(find_merge(vocabulary, options, line.substr(0, blank),
                                blank == std::string::npos ? "" : line.substr(blank + 1), place));
    merges.back().rank = static_cast<std::uint32_t>(i);
  }
  out.model = make_bpe(std::move(vocabulary), std::move(merges), std::move(options));
  return out;
}

// llama.cpp marks the beginning of words, where BERT marks what continues one.
Parts bert(const io::GgufHeader& header, const std::string& path) {
  const Words& words = needed<Words>(header, "tokenizer.ggml.tokens", path);
  const std::vector<PieceKind> kinds = kinds_of(header, words.size());
  constexpr std::string_view mark = "▁";
  Parts out = parts_of(R"({
    "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                   "strip_accents": true, "lowercase": true},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true}})");
  Vocabulary vocabulary;
  for (std::uint32_t id = 0; id < words.size(); ++id) {
    const std::string& word = words[id];
    const bool whole = kinds[id] == PieceKind::control || kinds[id] == PieceKind::unknown ||
                       (word.starts_with('[') && word.ends_with(']') && word.size() > 2);
    std::string text = whole                    ? word
                       : word.starts_with(mark) ? word.substr(mark.size())
                                                : "##" + word;
    if (whole) out.added.push_back({.content = text, .normalized = false, .special = true});
    if (!vocabulary.id(text)) vocabulary.set(std::move(text), id);
  }
  out.model = make_word_piece(std::move(vocabulary), {});
  return out;
}

Parts spm(const io::GgufHeader& header, bool unigram, const std::string& path) {
  const Words& words = needed<Words>(header, "tokenizer.ggml.tokens", path);
  const auto& scores = needed<std::vector<double>>(header, "tokenizer.ggml.scores", path);
  const std::vector<PieceKind> kinds = kinds_of(header, words.size());
  ScoredPieces pieces;
  for (std::size_t id = 0; id < words.size(); ++id)
    pieces.push_back(
        {words[id], id < scores.size() ? static_cast<float>(scores[id]) : 0.0f, kinds[id]});
  const auto* prefix = header.find<bool>("tokenizer.ggml.add_space_prefix");
  const auto* extra = header.find<bool>("tokenizer.ggml.remove_extra_whitespaces");
  return parts_of_pieces(pieces,
                         {.unigram = unigram,
                          .byte_fallback = !unigram,
                          .add_prefix = !prefix || *prefix,
                          .remove_extra = extra ? *extra : unigram},
                         path);
}

}  // namespace

Parts read_gguf_vocabulary(const std::string& path) {
  const io::GgufHeader header = io::load_gguf_header(path);
  const auto& model = needed<std::string>(header, "tokenizer.ggml.model", path);
  const Words& words = needed<Words>(header, "tokenizer.ggml.tokens", path);
  if (words.size() >= Vocabulary::id_limit ||
      std::ranges::any_of(words, [](const std::string& word) {
        return find_invalid_utf8(word) != std::string_view::npos;
      }))
    throw FormatError({.operation = "GGUF vocabulary",
                       .problem = "tokens that are not UTF-8, or too many",
                       .received = {{"file", path}, {"tokens", std::to_string(words.size())}},
                       .expected = "less than 2^24 tokens in UTF-8"});
  if (model == "gpt2") return byte_level_bpe(header, path);
  if (model == "bert") return bert(header, path);
  if (model == "llama" || model == "t5") return spm(header, model == "t5", path);
  throw UnsupportedError({.operation = "GGUF vocabulary",
                          .problem = "there is no tokenizer of this name",
                          .received = {{"file", path}, {"tokenizer.ggml.model", model}},
                          .expected = "llama, gpt2, bert or t5"});
}

}  // namespace fathom::text
