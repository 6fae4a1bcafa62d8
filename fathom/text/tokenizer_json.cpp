// tokenizer.json: the parts that it names, and the settings around them.
#include <nlohmann/json.hpp>

#include "fathom/io/json.h"
#include "fathom/text/tokenizer_parts.h"

namespace fathom::text {
namespace {

constexpr std::pair<TruncationStrategy, const char*> strategies[] = {
    {TruncationStrategy::longest_first, "LongestFirst"},
    {TruncationStrategy::only_first, "OnlyFirst"},
    {TruncationStrategy::only_second, "OnlySecond"}};

Side read_side(const Field& field) {
  const std::string text = field.text();
  if (text != "Left" && text != "Right") field.fail("unknown direction", "Left or Right");
  return text == "Left" ? Side::left : Side::right;
}
const char* name_of(Side side) { return side == Side::left ? "Left" : "Right"; }

Truncation read_truncation(const Field& field) {
  Truncation out;
  out.max_length = field["max_length"].count();
  out.stride = field["stride"].count();
  if (const auto side = field.find("direction")) out.direction = read_side(*side);
  const Field strategy = field["strategy"];
  const std::string text = strategy.text();
  for (const auto& [value, name] : strategies) {
    if (text != name) continue;
    out.strategy = value;
    return out;
  }
  strategy.fail("unknown strategy", "LongestFirst, OnlyFirst or OnlySecond");
}

// Lengths that a file may ask to pad to: a short text must not fill the memory.
constexpr std::uint64_t most_padding = 1 << 20;

Padding read_padding(const Field& field) {
  Padding out;
  const Field strategy = field["strategy"];
  if (strategy.value().is_object())
    out.length = strategy["Fixed"].count(most_padding);
  else if (strategy.text() != "BatchLongest")
    strategy.fail("unknown strategy", "BatchLongest or {\"Fixed\": length}");
  out.direction = read_side(field["direction"]);
  if (const auto multiple = field.find("pad_to_multiple_of"))
    out.pad_to_multiple_of = multiple->count(most_padding);
  out.pad_id = field["pad_id"].count();
  out.pad_type_id = field["pad_type_id"].count();
  out.pad_token = field["pad_token"].text();
  return out;
}

AddedToken read_added_token(const Field& field) {
  AddedToken out;
  out.content = field["content"].text();
  out.single_word = field["single_word"].boolean();
  out.lstrip = field["lstrip"].boolean();
  out.rstrip = field["rstrip"].boolean();
  out.normalized = field["normalized"].boolean();
  out.special = field["special"].boolean();
  return out;
}

Parts read_all_but_model(const Field& file) {
  if (const auto version = file.find("version"); version && version->text() != "1.0")
    version->fail("unknown version", "1.0");
  Parts out;
  read_parts(file, out);
  if (const auto added = file.find("added_tokens"))
    for (const Field& token : added->elements()) {
      token["id"].count();
      out.added.push_back(read_added_token(token));
    }
  if (const auto truncation = file.find("truncation"))
    out.truncation = read_truncation(*truncation);
  if (const auto padding = file.find("padding")) out.padding = read_padding(*padding);
  return out;
}

}  // namespace

void read_parts(const Field& field, Parts& parts) {
  if (const auto part = field.find("normalizer")) parts.normalizer = read_normalizer(*part);
  if (const auto part = field.find("pre_tokenizer"))
    parts.pre_tokenizer = read_pre_tokenizer(*part);
  if (const auto part = field.find("post_processor"))
    parts.post_processor = read_post_processor(*part);
  if (const auto part = field.find("decoder")) parts.decoder = read_decoder(*part);
}

Parts parts_of(const char* json) {
  const Json value = Json::parse(json);
  Parts out;
  read_parts(Field(value, "built in"), out);
  return out;
}

Parts read_tokenizer_json(std::string_view text, const std::string& source) {
  const auto read = [](const Json& json) {
    const Field file(json, "");
    Parts out = read_all_but_model(file);
    out.model = read_model(file["model"]);
    return out;
  };
  return io::read_json<Json>(text, source, read, "tokenizer.json");
}

Parts read_parts_without_model(std::string_view text, const std::string& source) {
  const auto read = [](const Json& json) { return read_all_but_model(Field(json, "")); };
  return io::read_json<Json>(text, source, read, "tokenizer.json");
}

OrderedJson truncation_json(const std::optional<Truncation>& truncation) {
  if (!truncation) return nullptr;
  OrderedJson out = {{"direction", name_of(truncation->direction)},
                     {"max_length", truncation->max_length}};
  for (const auto& [value, name] : strategies)
    if (value == truncation->strategy) out["strategy"] = name;
  out["stride"] = truncation->stride;
  return out;
}

OrderedJson padding_json(const std::optional<Padding>& padding) {
  if (!padding) return nullptr;
  OrderedJson strategy = "BatchLongest", multiple = nullptr;
  if (padding->length) strategy = {{"Fixed", *padding->length}};
  if (padding->pad_to_multiple_of > 0) multiple = padding->pad_to_multiple_of;
  return {{"strategy", strategy},
          {"direction", name_of(padding->direction)},
          {"pad_to_multiple_of", multiple},
          {"pad_id", padding->pad_id},
          {"pad_type_id", padding->pad_type_id},
          {"pad_token", padding->pad_token}};
}

OrderedJson added_token_json(std::uint32_t id, const AddedToken& token) {
  return {{"id", id},
          {"content", token.content},
          {"single_word", token.single_word},
          {"lstrip", token.lstrip},
          {"rstrip", token.rstrip},
          {"normalized", token.normalized},
          {"special", token.special}};
}

}  // namespace fathom::text
