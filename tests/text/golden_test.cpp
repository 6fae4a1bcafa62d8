// Every part of a tokenizer, with every option, against Hugging Face tokenizers
// (tools/golden/text.py).
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fathom/io/file.h"
#include "fathom/text/tokenizer.h"

using namespace fathom;
using nlohmann::json;

namespace {

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
