// Tokenizers of real files against what their own programs recorded.
#include <doctest/doctest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "fathom/io/file.h"
#include "fathom/io/gguf.h"
#include "fathom/io/gzip.h"
#include "fathom/text/tokenizer.h"
#include "tests/io/support.h"

using namespace fathom;
using nlohmann::json;
using Ids = std::vector<std::uint32_t>;

namespace {

text::Tokenizer loaded(const std::string& path) {
  auto tokenizer = text::Tokenizer::load(path);
  tokenizer.set_truncation(std::nullopt);
  tokenizer.set_padding(std::nullopt);
  return tokenizer;
}

Ids ids_of(const text::Tokenizer& tokenizer, const std::string& text) {
  return tokenizer.encode(text, {.add_special_tokens = false}).ids;
}

void check_ids(const text::Tokenizer& tokenizer, const std::string& text, const Ids& wanted) {
  const std::string got = json(ids_of(tokenizer, text)).dump(), expected = json(wanted).dump();
  CAPTURE(text);
  CHECK(got == expected);
}

// llama.cpp's pair of files.
void check_pair(const text::Tokenizer& tokenizer, const std::string& inputs,
                const std::string& outputs) {
  const std::string separator = "\n__ggml_vocab_test__\n", all = io::read_text(inputs);
  std::istringstream lines(io::read_text(outputs));
  std::string line;
  std::size_t begin = 0, count = 0;
  while (std::getline(lines, line)) {
    const std::size_t end = std::min(all.find(separator, begin), all.size());
    Ids wanted;
    std::istringstream numbers(line);
    for (std::uint32_t id; numbers >> id;) wanted.push_back(id);
    check_ids(tokenizer, all.substr(begin, end - begin), wanted);
    begin = std::min(end + separator.size(), all.size());
    ++count;
  }
  CHECK(count > 40);
}

}  // namespace

TEST_CASE("tokenizers: BERT's word pieces of every question of SQuAD") {
  const std::string folder = test::data_file("BERT's word pieces", "tokenizers/");
  if (folder.empty()) return;
  const io::Bytes bytes = io::read_maybe_gzip(folder + "reference/bert_wordpiece_squad.jsonl.gz");
  const auto from_json = loaded(folder + "bert-base-uncased.tokenizer.json"),
             from_txt = loaded(folder + "bert-base-uncased-vocab.txt");
  std::istringstream lines(std::string(bytes.begin(), bytes.end()));
  std::size_t count = 0, different = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const json row = json::parse(line);
    const Ids wanted = row["ids"];
    different += ids_of(from_json, row["text"]) != wanted;
    different += ids_of(from_txt, row["text"]) != wanted;
  }
  CHECK(count == 7886);
  CHECK(different == 0);
}

TEST_CASE("tokenizers: GGUF vocabularies give llama.cpp's ids") {
  const std::string folder = test::data_file("GGUF vocabularies", "ggml-vocab/");
  if (folder.empty()) return;
  for (const char* name :
       {"bert-bge", "deepseek-coder", "gpt-2", "llama-spm", "mpt", "starcoder"}) {
    const std::string path = folder + "ggml-vocab-" + name + ".gguf";
    CAPTURE(path);
    check_pair(loaded(path), path + ".inp", path + ".out");
  }
  // SentencePiece's own file of the same vocabulary, and llama2.c's.
  const std::string data = folder + "../llama/", spm = folder + "ggml-vocab-llama-spm.gguf";
  check_pair(loaded(data + "llama2-tokenizer.model"), spm + ".inp", spm + ".out");
}

TEST_CASE("tokenizers: what Hugging Face transformers gave for eighteen texts") {
  const std::string folder = test::data_file("texts of transformers", "tokenizers/");
  if (folder.empty()) return;
  const json all = json::parse(io::read_text(folder + "reference/tokenizer_tests.json"));
  const auto check = [&](const char* name, const std::string& file, int before, int behind) {
    const auto tokenizer = loaded(file);
    CAPTURE(file);
    for (const json& row : all.at(name)) {
      Ids wanted = row["encoded"]["input_ids"];
      wanted.erase(wanted.begin(), wanted.begin() + before);
      wanted.erase(wanted.end() - behind, wanted.end());
      check_ids(tokenizer, row["input"], wanted);
    }
  };
  check("bert-base-uncased", folder + "bert-base-uncased.tokenizer.json", 1, 1);
  check("distilgpt2", folder + "gpt2-vocab.json", 0, 0);
  check("t5-base", folder + "t5.tokenizer.json", 0, 1);
  check("t5-base", folder + "t5-spiece.model", 0, 1);
  check("coreml-projects/Llama-2-7b-chat-coreml", folder + "../llama/llama2-tokenizer.model", 1, 0);
  const json gpt2 = json::parse(io::read_text(folder + "reference/gpt2_encoded_tokens.json"));
  check_ids(loaded(folder + "gpt2-vocab.json"), gpt2["text"], gpt2["token_ids"].get<Ids>());
}

TEST_CASE("tokenizers: CLIP's merges and llama2.c's vocabularies") {
  const std::string folder = test::data_file("CLIP and llama2.c", "");
  if (folder.empty()) return;
  const auto clip = text::Tokenizer::load(folder + "tokenizers/clip-bpe_simple_vocab_16e6.txt.gz");
  CHECK(clip.encode("a photo of a cat").ids == Ids{49406, 320, 1125, 539, 320, 2368, 49407});
  CHECK(clip.vocabulary_size() == 49408);
  const auto small = text::Tokenizer::load(folder + "llama/tok512.bin");
  CHECK(small.vocabulary_size() == 512);
  const Ids ids = ids_of(small, "Once upon a time");
  CHECK(small.decode(ids) == "Once upon a time");
}

TEST_CASE("GGUF: metadata and the places of tensors") {
  const std::string path = test::data_file("GGUF's header", "ggml-vocab/ggml-vocab-gpt-2.gguf");
  if (path.empty()) return;
  const io::GgufHeader header = io::load_gguf_header(path);
  REQUIRE(header.find<std::string>("tokenizer.ggml.model"));
  CHECK(*header.find<std::string>("tokenizer.ggml.model") == "gpt2");
  CHECK(header.find<std::vector<std::string>>("tokenizer.ggml.tokens")->size() == 50257);
  CHECK(header.tensors.empty());
}
