// What the golden files do not show: streams, batches, hostile files and texts.
#include "fathom/text/tokenizer.h"

#include <doctest/doctest.h>

#include "fathom/backend/cpu/pool.h"
#include "fathom/core/error.h"
#include "fathom/io/gguf.h"
#include "fathom/text/trainer.h"
#include "tests/io/support.h"

using namespace fathom;
using Ids = std::vector<std::uint32_t>;

namespace {

const char* const byte_level = R"({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false,
  "trim_offsets": true, "use_regex": true}, "decoder": {"type": "ByteLevel", "add_prefix_space": true,
  "trim_offsets": true, "use_regex": true}, "model": {"type": "BPE", "vocab": {}, "merges": []}})";

std::vector<std::string> sentences() {
  return {"the cat sat on the mat", "the dog sat on the log",
          "日本語 and the cat's é 👋🏽 emoji", "a man, a plan, a canal: 12345!",
          "the the the cat cat dog"};
}

text::Tokenizer trained(text::ModelKind kind = text::ModelKind::bpe, std::size_t size = 300) {
  text::TrainOptions options{.vocab_size = size};
  for (int byte = 0; byte < 256; ++byte)
    options.initial_alphabet += text::byte_level_character(byte);
  return text::train(text::Tokenizer::from_json(byte_level), kind, options, sentences());
}

std::string load_error(const std::string& json) {
  return test::error_text<FormatError>([&] { text::Tokenizer::from_json(json); });
}

}  // namespace

TEST_CASE("tokenizers: a stream of ids never splits a character") {
  const text::Tokenizer tokenizer = trained();
  for (const std::string& sentence : sentences()) {
    text::DecodeStream stream(tokenizer);
    std::string all;
    for (const std::uint32_t id : tokenizer.ids(sentence)) {
      const std::string part = stream.step(id);
      CHECK(text::repaired_utf8(part) == part);
      all += part;
    }
    CHECK(all == sentence);
  }
}

TEST_CASE("tokenizers: to trainers added tokens are text like any other") {
  const auto words = text::Tokenizer::from_json(R"({"version": "1.0",
    "added_tokens": [{"id": 1, "content": "[MASK]", "single_word": false, "lstrip": false,
    "rstrip": false, "normalized": false, "special": true}], "pre_tokenizer":
    {"type": "Whitespace"}, "model": {"type": "WordLevel", "vocab": {"?": 0}, "unk_token": "?"}})");
  const std::vector<std::string> texts = {"a [MASK] b", "b [MASK]"};
  std::string seen;
  for (const text::CountedWord& word : words.count_pieces(texts))
    seen += word.text + std::to_string(word.count) + " ";
  CHECK(seen == "a1 [2 MASK2 ]2 b2 ");
  const text::Tokenizer learnt = text::train(words, text::ModelKind::word_level, {}, texts);
  CHECK(learnt.token_to_id("MASK"));
  CHECK(learnt.encode("b [MASK]").tokens == std::vector<std::string>{"b", "[MASK]"});
}

TEST_CASE("tokenizers: batches give the same for any number of threads") {
  const text::Tokenizer tokenizer = trained();
  std::vector<std::string> texts;
  for (int i = 0; i < 100; ++i)
    for (const std::string& sentence : sentences()) texts.push_back(sentence + std::to_string(i));
  const std::vector<text::Input> inputs(texts.begin(), texts.end());
  const int before = cpu::threads();
  std::vector<std::vector<text::Encoding>> got;
  for (const int threads : {1, 2, 3, 8}) {
    cpu::set_threads(threads);
    got.push_back(tokenizer.encode_batch(inputs));
  }
  cpu::set_threads(before);
  for (const auto& batch : got) CHECK(batch == got[0]);
  CHECK(got[0][7] == tokenizer.encode(texts[7]));
}

TEST_CASE("tokenizers: training gives the same for any number of threads") {
  const int before = cpu::threads();
  for (const auto kind : {text::ModelKind::bpe, text::ModelKind::word_piece,
                          text::ModelKind::unigram, text::ModelKind::word_level}) {
    cpu::set_threads(1);
    const std::string one = trained(kind, 330).json();
    cpu::set_threads(3);
    CHECK(trained(kind, 330).json() == one);
  }
  cpu::set_threads(before);
}

TEST_CASE("tokenizers: BPE's dropout is a function of the seed and the place in the batch") {
  std::string json = trained().json();
  json.replace(json.find("\"dropout\":null"), 14, "\"dropout\":0.5");
  const auto tokenizer = text::Tokenizer::from_json(json);
  const std::string sentence = "the cat sat on the mat the cat sat on the mat";
  const std::vector<text::Input> twice(2, text::Input(sentence));
  const auto a = tokenizer.encode_batch(twice, {.seed = 7}),
             b = tokenizer.encode_batch(twice, {.seed = 7});
  CHECK(a == b);
  CHECK(a[0].ids != a[1].ids);
  CHECK(tokenizer.encode(sentence, {.seed = 8}).ids != a[0].ids);
  CHECK(tokenizer.decode(a[0].ids) == sentence);
}

TEST_CASE("tokenizers: texts that are not UTF-8") {
  const text::Tokenizer tokenizer = trained();
  CHECK(test::error_text<FormatError>([&] { tokenizer.encode("ab\xFF"); }) ==
        "encode: the text is not UTF-8\n"
        "  at byte: 2\n"
        "  expected valid UTF-8\n"
        "  hint: text::repaired_utf8 puts U+FFFD for what is not");
  CHECK(text::repaired_utf8("a\xF0\x9F\x98z\xC0\xAF\xED\xA0\x80") ==
        "a\uFFFDz\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("tokenizers: long texts without blanks") {
  const text::Tokenizer tokenizer = trained();
  const std::string text(1'000'000, 'a');
  CHECK(tokenizer.decode(tokenizer.ids(text)) == text);
  std::string mixed;
  for (std::int64_t i = 0; i < 200'000; ++i) mixed += static_cast<char>('a' + i * i % 26);
  CHECK(tokenizer.decode(tokenizer.ids(mixed)) == mixed);
  CHECK(tokenizer.encode("").ids.empty());
}

TEST_CASE("tokenizers: files that ask for what there is not, or are damaged") {
  CHECK(
      test::error_text<UnsupportedError>([] {
        text::Tokenizer::from_json(
            R"({"normalizer": {"type": "Sequence", "normalizers": [{"type": "Klingon"}]},
                  "model": {"type": "BPE", "vocab": {}, "merges": []}})");
      }) ==
      "tokenizer.json: there is no normalizer of this type\n"
      "  file: (memory)     in: normalizer.normalizers[0]     type: \"Klingon\"\n"
      "  expected Sequence, BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, "
      "Replace, Prepend, Nmt, ByteLevel or Precompiled");
  CHECK(load_error(R"({"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}})") ==
        "tokenizer.json: not a whole number in range\n"
        "  file: (memory)     in: model.vocab[\"a\"]     got: -1\n"
        "  expected a whole number from 0 to 16777215");
  CHECK(load_error(R"({"model": {"type": "BPE", "vocab": {"a": 4000000000}, "merges": []}})") !=
        "");
  CHECK(load_error(R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "b"]]}})") !=
        "");
  CHECK(load_error(R"({"model": {"type": "Unigram", "vocab": [["a", 0.0]], "unk_id": 5}})") != "");
  CHECK(load_error(R"({"model": {"type": "WordPiece", "vocab": []}})") != "");
  CHECK(load_error(R"({"model": 3})") != "");
  CHECK(load_error("{") != "");
  CHECK(load_error(std::string(100'000, '[')) != "");
  CHECK(load_error(std::string(100'000, '[') + std::string(100'000, ']')) != "");
  CHECK(load_error(R"({"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a"},
    "behavior": "Isolated", "invert": false}, "model": {"type": "BPE", "vocab": {}, "merges": []}})") !=
        "");
  CHECK(load_error(R"({"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA////"},
    "model": {"type": "BPE", "vocab": {}, "merges": []}})") != "");
}

TEST_CASE("GGUF: hostile headers") {
  const auto error = [](std::string bytes) {
    return test::error_text<FormatError>(
        [&] { io::parse_gguf_header(io::as_bytes(bytes), "hostile.gguf"); });
  };
  const std::string start("GGUF\3\0\0\0", 8);
  CHECK(error("GGML") != "");
  CHECK(error(start + std::string(16, '\xFF')) != "");
  CHECK(error(start + std::string(8, '\0') + std::string("\1\0\0\0\0\0\0\0", 8) +
              std::string(13, '\xFF')) != "");
}
