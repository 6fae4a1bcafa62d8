// Tokenizers from files: which reader a file needs, and the readers of lists of words and merges.
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fathom/core/error.h"
#include "fathom/io/file.h"
#include "fathom/io/gzip.h"
#include "fathom/text/byte_level.h"
#include "fathom/text/models.h"
#include "fathom/text/tokenizer_parts.h"

namespace fathom::text {
namespace {

bool is_folder(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// The file of a folder that says most.
std::string file_in(const std::string& folder) {
  for (const char* name : {"tokenizer.json", "tokenizer.model", "spiece.model", "vocab.txt",
                           "vocab.json", "tokenizer.bin"})
    if (io::exists(folder + "/" + name)) return folder + "/" + name;
  throw IoError({.operation = "load tokenizer",
                 .problem = "no tokenizer in the folder",
                 .received = {{"folder", folder}},
                 .expected = "tokenizer.json, tokenizer.model, spiece.model, vocab.txt, vocab.json "
                             "or tokenizer.bin"});
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

AddedToken special(const std::string& content) {
  AddedToken out;
  out.content = content;
  out.normalized = false, out.special = true;
  return out;
}

[[noreturn]] void bad_file(const std::string& path, const std::string& problem,
                           const std::string& got, const std::string& expected) {
  throw FormatError({.operation = "load tokenizer",
                     .problem = problem,
                     .received = {{"file", path}, {"got", got}},
                     .expected = expected});
}

// "a b" as two tokens.
std::pair<std::string, std::string> merge_of(const std::string& path, std::size_t line,
                                             const std::string& text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string::npos || text.find(' ', blank + 1) != std::string::npos)
    bad_file(path + ":" + std::to_string(line), "not a merge", in_quotes(text.substr(0, 80)),
             "two tokens with a blank between them");
  return {text.substr(0, blank), text.substr(blank + 1)};
}

constexpr const char* byte_level_parts = R"({
  "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
  "post_processor": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
  "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}})";

constexpr const char* clip_parts = R"({
  "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"},
    {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]},
  "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
    {"type": "Split", "pattern": {"Regex":
      "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"},
     "behavior": "Removed", "invert": true},
    {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]},
  "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}})";

}  // namespace

// BERT's list of words: the id is the line's number.
Parts read_vocab_txt(const std::string& path) {
  const std::string text = io::read_text(path);
  if (find_invalid_utf8(text) != std::string_view::npos)
    bad_file(path, "not UTF-8", "bytes", "a token a line");
  Vocabulary vocabulary;
  std::uint32_t id = 0;
  for (std::string& line : lines_of(text)) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.pop_back();
    vocabulary.set(std::move(line), id++);
  }
  const auto needed = [&](const char* token) {
    if (!vocabulary.id(token))
      bad_file(path, "a token is missing", token, "[UNK], [CLS] and [SEP], as BERT has them");
    return *vocabulary.id(token);
  };
  needed("[UNK]");
  const OrderedJson cls = {"[CLS]", needed("[CLS]")}, sep = {"[SEP]", needed("[SEP]")};
  // A vocabulary without capitals is one of lower-cased text.
  bool lowercase = true;
  for (std::uint32_t i = 0; i < vocabulary.id_end() && lowercase; ++i) {
    const std::string* token = vocabulary.token(i);
    if (token && !token->empty() && token->front() != '[')
      lowercase = std::ranges::none_of(*token, [](char c) { return c >= 'A' && c <= 'Z'; });
  }
  const OrderedJson parts = {
      {"normalizer",
       {{"type", "BertNormalizer"},
        {"clean_text", true},
        {"handle_chinese_chars", true},
        {"strip_accents", nullptr},
        {"lowercase", lowercase}}},
      {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
      {"post_processor", {{"type", "BertProcessing"}, {"sep", sep}, {"cls", cls}}},
      {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}}};
  Parts out = parts_of(parts.dump().c_str());
  for (const char* token : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"})
    if (vocabulary.id(token)) out.added.push_back(special(token));
  out.model = make_word_piece(std::move(vocabulary), {});
  return out;
}

// GPT-2's vocab.json, with the merges in a file beside it.
Parts read_vocab_json(const std::string& path) {
  std::string merges_path = path;
  const std::size_t name = merges_path.rfind("vocab.json");
  if (name == std::string::npos)
    bad_file(path, "not a tokenizer.json, and not named vocab.json", path,
             "a tokenizer.json, or vocab.json with merges.txt beside it");
  merges_path.replace(name, std::string::npos, "merges.txt");
  const std::string text = io::read_text(path), merges_text = io::read_text(merges_path);
  Vocabulary vocabulary;
  try {
    const Json json = Json::parse(text);
    vocabulary = Vocabulary::read(Field(json, ""));
  } catch (const Json::exception& error) {
    bad_file(path, "not JSON", error.what(), "an object {token: id}");
  }
  BpeOptions options;
  std::vector<Merge> merges;
  std::size_t line_number = 0;
  for (const std::string& line : lines_of(merges_text)) {
    ++line_number;
    if (line.starts_with("#version") || line.empty()) continue;
    const auto [left, right] = merge_of(merges_path, line_number, line);
    merges.push_back(find_merge(vocabulary, options, left, right,
                                merges_path + ":" + std::to_string(line_number)));
    merges.back().rank = static_cast<std::uint32_t>(merges.size() - 1);
  }
  Parts out = parts_of(byte_level_parts);
  if (vocabulary.id("<|endoftext|>")) {
    AddedToken end = special("<|endoftext|>");
    end.normalized = true;
    out.added.push_back(end);
  }
  out.model = make_bpe(std::move(vocabulary), std::move(merges), std::move(options));
  return out;
}

// CLIP's merges, whose order gives the ids: bytes, bytes at the end of a word, merges, two marks.
Parts read_clip_merges(const std::string& path) {
  const io::Bytes bytes = io::read_maybe_gzip(path, std::size_t{1} << 26);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (find_invalid_utf8(text) != std::string_view::npos)
    bad_file(path, "not UTF-8", "bytes", "a merge a line");
  constexpr std::size_t most_merges = 49152 - 256 - 2;
  Vocabulary vocabulary;
  std::uint32_t id = 0;
  std::vector<std::string> alphabet;
  // In the order of GPT-2's table: printable bytes first.
  for (const bool printable : {true, false})
    for (int byte = 0; byte < 256; ++byte) {
      const char32_t c = byte_character(static_cast<std::uint8_t>(byte));
      if ((c < 256) == printable) alphabet.push_back(to_utf8(c));
    }
  for (const std::string& letter : alphabet) vocabulary.set(letter, id++);
  for (const std::string& letter : alphabet) vocabulary.set(letter + "</w>", id++);
  std::vector<std::string> lines = lines_of(text);
  if (lines.empty() || lines[0].find("version") == std::string::npos)
    bad_file(path, "no version in the first line", in_quotes(lines.empty() ? "" : lines[0]),
             "CLIP's bpe_simple_vocab");
  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::size_t i = 1; i < lines.size() && pairs.size() < most_merges; ++i) {
    if (lines[i].empty()) continue;
    pairs.push_back(merge_of(path, i + 1, lines[i]));
    vocabulary.set(pairs.back().first + pairs.back().second, id++);
  }
  BpeOptions options;
  options.end_of_word_suffix = "</w>";
  options.continuing_subword_prefix = "";
  options.unk_token = "<|endoftext|>";
  std::vector<Merge> merges;
  for (const auto& [left, right] : pairs) {
    merges.push_back(find_merge(vocabulary, options, left, right, path));
    merges.back().rank = static_cast<std::uint32_t>(merges.size() - 1);
  }
  const std::uint32_t start = id++, end = id++;
  vocabulary.set("<|startoftext|>", start);
  vocabulary.set("<|endoftext|>", end);
  Parts out = parts_of(clip_parts);
  const OrderedJson around = {{"post_processor",
                               {{"type", "RobertaProcessing"},
                                {"sep", {"<|endoftext|>", end}},
                                {"cls", {"<|startoftext|>", start}},
                                {"trim_offsets", false},
                                {"add_prefix_space", false}}}};
  out.post_processor = parts_of(around.dump().c_str()).post_processor;
  out.added = {special("<|startoftext|>"), special("<|endoftext|>")};
  out.model = make_bpe(std::move(vocabulary), std::move(merges), std::move(options));
  return out;
}

Tokenizer Tokenizer::from_json(std::string_view json, const std::string& source, Where where) {
  return located(where, [&] { return Tokenizer(read_tokenizer_json(json, source)); });
}

Tokenizer Tokenizer::load(const std::string& given, Where where) {
  return located(where, [&] {
    const std::string path = is_folder(given) ? file_in(given) : given;
    if (path.ends_with("vocab.json")) return Tokenizer(read_vocab_json(path));
    if (path.ends_with(".json")) return Tokenizer(read_tokenizer_json(io::read_text(path), path));
    if (path.ends_with(".gguf")) return Tokenizer(read_gguf_vocabulary(path));
    if (path.ends_with(".model")) return Tokenizer(read_sentencepiece(path));
    if (path.ends_with(".bin")) return Tokenizer(read_llama2c(path));
    if (path.ends_with(".txt.gz") || path.ends_with("bpe_simple_vocab_16e6.txt"))
      return Tokenizer(read_clip_merges(path));
    if (path.ends_with(".txt")) return Tokenizer(read_vocab_txt(path));
    io::InputFile exists(path);  // a wrong path is the likelier mistake, so it is named first
    throw UnsupportedError({.operation = "load tokenizer",
                            .problem = "the file's name ends in none of the known endings",
                            .received = {{"file", path}},
                            .expected = "tokenizer.json, vocab.json, .txt, .model, .gguf or .bin"});
  });
}

}  // namespace fathom::text
