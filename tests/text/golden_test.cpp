// Every part of a tokenizer, with every option, against Hugging Face tokenizers
// (tools/golden/text.py).
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "fathom/io/file.h"
#include "fathom/text/tokenizer.h"
#include "fathom/text/trainer.h"

using namespace fathom;
using nlohmann::json;

namespace {

std::map<std::string, double> pieces(const json& list) {
  const auto all = list.get<std::vector<std::pair<std::string, double>>>();
  return {all.begin(), all.end()};
}

json shown(const text::Encoding& e) {
  json offsets = json::array();
  for (const text::Offsets& at : e.offsets) offsets.push_back({at.begin, at.end});
  json out = {{"ids", e.ids}, {"tokens", e.tokens}, {"offsets", offsets}, {"words", e.words}};
  // Lists that say nothing are not in the files.
  const auto add = [&](const char* name, const auto& list, unsigned usual) {
    if (std::ranges::any_of(list, [&](auto value) { return value != usual; })) out[name] = list;
  };
  add("type_ids", e.type_ids, 0), add("special", e.special_tokens_mask, 0);
  add("attention", e.attention_mask, 1);
  for (const text::Encoding& part : e.overflowing) out["overflowing"].push_back(shown(part));
  return out;
}

void check_case(const text::Tokenizer& tokenizer, const json& wanted) {
  const std::string name = wanted["name"];
  const text::EncodeOptions options{.add_special_tokens = wanted["special"]};
  for (const json& result : wanted["results"]) {
    json expected = result;
    expected.erase("text"), expected.erase("decoded");
    const json& given = result["text"];
    const std::string first = given.is_array() ? given[0] : given,
                      second = given.is_array() ? given[1] : json("");
    const text::Input input = given.is_array() ? text::Input(first, second) : text::Input(first);
    const text::Encoding got = tokenizer.encode(input, options);
    const std::string got_text = shown(got).dump(), expected_text = expected.dump();
    const std::string where = name + ": " + given.dump();
    CAPTURE(where);
    CHECK(got_text == expected_text);
    const std::string decoded = tokenizer.decode(got.ids, false), wanted_text = result["decoded"];
    CHECK(decoded == wanted_text);
  }
}

void check_file(const std::string& name) {
  const json cases = json::parse(
      io::read_text(std::string(FATHOM_TEST_SOURCE) + "/golden/tokenizers/" + name + ".json"));
  REQUIRE(cases.size() > 5);
  for (const json& wanted : cases) {
    const auto tokenizer = text::Tokenizer::from_json(wanted["tokenizer"].dump());
    check_case(tokenizer, wanted);
    check_case(text::Tokenizer::from_json(tokenizer.json()), wanted);  // written and read again
  }
}

}  // namespace

TEST_CASE("tokenizers: training learns Hugging Face's vocabulary") {
  const json wanted =
      json::parse(io::read_text(FATHOM_TEST_SOURCE "/golden/tokenizers_trained.json"));
  const auto lines = text::lines_of_file(FATHOM_TEST_SOURCE "/../LICENSE");
  const auto learnt = [&](text::ModelKind kind, text::TrainOptions options) {
    const auto like = text::Tokenizer::from_json(
        R"({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
            "use_regex": true}, "model": {"type": "BPE", "vocab": {}, "merges": []}})");
    return json::parse(text::train(like, kind, options, lines).json())["model"];
  };
  text::TrainOptions bytes{.vocab_size = 600};
  for (int byte = 0; byte < 256; ++byte) bytes.initial_alphabet += text::byte_level_character(byte);
  const json bpe = learnt(text::ModelKind::bpe, bytes);
  CHECK(bpe["vocab"] == wanted["bpe"]["vocab"]);
  CHECK(bpe["merges"] == wanted["bpe"]["merges"]);

  const std::vector<text::AddedToken> unknown{{.content = "<unk>"}};
  CHECK(learnt(text::ModelKind::word_level,
               {.vocab_size = 200, .special_tokens = unknown})["vocab"] == wanted["word_level"]);
  for (const json& scored : wanted["unigram"]) {
    const auto expected = pieces(scored);
    const json got = learnt(
        text::ModelKind::unigram,
        {.vocab_size = scored.size(), .special_tokens = unknown, .unk_token = "<unk>"})["vocab"];
    CHECK(got.size() == expected.size());
    for (const auto& [token, score] : pieces(got)) {
      CAPTURE(token);
      REQUIRE(expected.contains(token));
      // What characters that no piece has left get is the order of a hash table there.
      CHECK(score == doctest::Approx(expected.at(token)).epsilon(0.002));
    }
  }
}

TEST_CASE("tokenizers: normalisers give Hugging Face's texts and offsets") {
  check_file("normalizers");
}
TEST_CASE("tokenizers: pre-tokenizers give Hugging Face's pieces") { check_file("pre_tokenizers"); }
TEST_CASE("tokenizers: models give Hugging Face's tokens") { check_file("models"); }
TEST_CASE("tokenizers: post-processors, truncation and padding give Hugging Face's encodings") {
  check_file("post_processors");
}
TEST_CASE("tokenizers: decoders give Hugging Face's texts") { check_file("decoders"); }
TEST_CASE("tokenizers: added tokens are found where Hugging Face finds them") {
  check_file("added_tokens");
}

TEST_CASE("tokenizers: SentencePiece's models give the ids that its library gives") {
  const std::string folder = FATHOM_TEST_SOURCE "/golden/sentencepiece/";
  const json models = json::parse(io::read_text(folder + "cases.json"));
  for (const auto& [name, cases] : models.items()) {
    const auto tokenizer = text::Tokenizer::load(folder + name + ".model");
    for (const json& wanted : cases) {
      const std::string where = name + ": " + wanted["text"].dump();
      CAPTURE(where);
      const auto ids = tokenizer.ids(wanted["text"].get<std::string>());
      CHECK(json(ids) == wanted["ids"]);
      if (wanted.contains("decoded"))
        CHECK(tokenizer.decode(ids) == wanted["decoded"].get<std::string>());
    }
  }
}
