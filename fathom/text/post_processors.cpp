// The post-processors of a tokenizer.json: special tokens around the texts, blanks out of offsets.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "fathom/core/error.h"
#include "fathom/text/byte_level.h"
#include "fathom/text/parts.h"
#include "fathom/text/unicode.h"

namespace fathom::text {
namespace {

struct SpecialToken {
  std::vector<std::uint32_t> ids;
  std::vector<std::string> tokens;
};

Encoding encoding_of(const SpecialToken& special, std::uint32_t type_id) {
  const std::size_t count = special.ids.size();
  Encoding out;
  out.ids = special.ids;
  out.tokens = special.tokens;
  out.type_ids.assign(count, type_id);
  out.offsets.resize(count);
  out.words.assign(count, -1);
  out.special_tokens_mask.assign(count, 1);
  out.attention_mask.assign(count, 1);
  return out;
}

void set_type_ids(Encoding& encoding, std::uint32_t type_id) {
  encoding.type_ids.assign(encoding.size(), type_id);
}

// The tokens [0, size) are the text of this number.
void set_sequence(Encoding& encoding, std::uint32_t sequence) {
  encoding.sequences = {{sequence, 0, static_cast<std::uint32_t>(encoding.size())}};
}

// One text with special tokens before and behind; what truncation cut off gets them too.
Encoding surrounded(Encoding text, const SpecialToken* before, const SpecialToken& behind,
                    std::uint32_t sequence, std::uint32_t type_id) {
  std::vector<Encoding> rest = std::move(text.overflowing);
  text.overflowing.clear();
  set_sequence(text, sequence);
  Encoding out;
  if (before) out = encoding_of(*before, type_id);
  out.append(text);
  out.append(encoding_of(behind, type_id));
  for (Encoding& part : rest)
    out.overflowing.push_back(surrounded(std::move(part), before, behind, sequence, type_id));
  return out;
}

bool is_blank(char32_t c) { return c == byte_character(' ') || unicode::is(c, unicode::space); }

// Takes blanks at the ends of tokens out of their offsets.
void trim_offsets(Encoding& encoding, bool add_prefix_space) {
  for (std::size_t i = 0; i < encoding.tokens.size(); ++i) {
    const std::string& token = encoding.tokens[i];
    Offsets& at = encoding.offsets[i];
    std::uint32_t leading = 0, trailing = 0;
    bool all = true;
    for_each_character(token, [&](char32_t c, std::size_t, std::size_t) {
      const bool blank = is_blank(c);
      if (all && blank) ++leading;
      all = all && blank;
      trailing = blank ? trailing + 1 : 0;
    });
    if (leading > 0) {
      // The one blank before the first word was put in, so it is in no offset.
      const bool first = i == 0 || at.begin == 0;
      if (first && add_prefix_space && leading == 1) leading = 0;
      at.begin = std::min(at.begin + leading, at.end);
    }
    if (trailing > 0 && at.end >= trailing) at.end = std::max(at.end - trailing, at.begin);
  }
  for (Encoding& part : encoding.overflowing) trim_offsets(part, add_prefix_space);
}

struct ByteLevelProcessor final : PostProcessor {
  bool add_prefix_space = true, trims = true, use_regex = true;
  std::size_t added(bool) const override { return 0; }
  std::vector<Encoding> process(std::vector<Encoding> parts, bool) const override {
    for (std::uint32_t i = 0; i < parts.size(); ++i) {
      if (trims) trim_offsets(parts[i], add_prefix_space);
      set_sequence(parts[i], i);
    }
    return parts;
  }
  OrderedJson json() const override {
    return {{"type", "ByteLevel"},
            {"add_prefix_space", add_prefix_space},
            {"trim_offsets", trims},
            {"use_regex", use_regex}};
  }
};

/// [CLS] a [SEP], [CLS] a [SEP] b [SEP]; RoBERTa: <s> a </s>, <s> a </s></s> b </s>.
struct SurroundProcessor final : PostProcessor {
  SpecialToken sep, cls;
  bool roberta = false, trims = true, add_prefix_space = true;
  std::size_t added(bool pair) const override { return !pair ? 2 : roberta ? 4 : 3; }
  std::vector<Encoding> process(std::vector<Encoding> parts, bool add_special) const override {
    for (Encoding& part : parts) {
      if (!roberta) continue;
      if (trims) trim_offsets(part, add_prefix_space);
      set_type_ids(part, 0);
    }
    if (!add_special) return parts;
    for (std::uint32_t i = 0; i < parts.size(); ++i) {
      const SpecialToken* before = i == 0 ? &cls : roberta ? &sep : nullptr;
      parts[i] = surrounded(std::move(parts[i]), before, sep, i, roberta ? 0 : i);
      if (roberta) all_of_type_zero(parts[i]);
    }
    return parts;
  }
  OrderedJson json() const override {
    OrderedJson out = {{"type", roberta ? "RobertaProcessing" : "BertProcessing"},
                       {"sep", {sep.tokens[0], sep.ids[0]}},
                       {"cls", {cls.tokens[0], cls.ids[0]}}};
    if (roberta) out["trim_offsets"] = trims, out["add_prefix_space"] = add_prefix_space;
    return out;
  }

 private:
  static void all_of_type_zero(Encoding& encoding) {
    set_type_ids(encoding, 0);
    for (Encoding& part : encoding.overflowing) all_of_type_zero(part);
  }
};

struct TemplateProcessor final : PostProcessor {
  struct Place {
    std::string special;  // or, if empty, a text
    std::uint32_t sequence = 0, type_id = 0;
  };
  std::vector<Place> single, pair;
  std::map<std::string, SpecialToken> special_tokens;

  std::size_t added(bool is_pair) const override {
    std::size_t count = 0;
    for (const Place& place : is_pair ? pair : single)
      if (!place.special.empty()) count += special_tokens.at(place.special).ids.size();
    return count;
  }
  std::vector<Encoding> process(std::vector<Encoding> parts, bool add_special) const override {
    std::vector<Encoding> out;
    for (const Place& place : parts.size() > 1 ? pair : single) {
      if (!place.special.empty()) {
        if (add_special)
          out.push_back(encoding_of(special_tokens.at(place.special), place.type_id));
        continue;
      }
      if (place.sequence >= parts.size()) continue;  // read_template lets none through
      Encoding& part = parts[place.sequence];
      set_type_ids(part, place.type_id);
      set_sequence(part, place.sequence);
      out.push_back(part);
    }
    return out;
  }
  OrderedJson json() const override {
    OrderedJson specials = OrderedJson::object();
    for (const auto& [name, special] : special_tokens)
      specials[name] = {{"id", name}, {"ids", special.ids}, {"tokens", special.tokens}};
    return {{"type", "TemplateProcessing"},
            {"single", json_of(single)},
            {"pair", json_of(pair)},
            {"special_tokens", specials}};
  }

 private:
  static OrderedJson json_of(const std::vector<Place>& places) {
    OrderedJson out = OrderedJson::array();
    for (const Place& place : places) {
      if (place.special.empty())
        out.push_back(
            {{"Sequence", {{"id", place.sequence == 0 ? "A" : "B"}, {"type_id", place.type_id}}}});
      else
        out.push_back({{"SpecialToken", {{"id", place.special}, {"type_id", place.type_id}}}});
    }
    return out;
  }
};

struct SequenceProcessor final : PostProcessor {
  std::vector<std::unique_ptr<PostProcessor>> parts;
  std::size_t added(bool pair) const override {
    std::size_t count = 0;
    for (const auto& part : parts) count += part->added(pair);
    return count;
  }
  std::vector<Encoding> process(std::vector<Encoding> texts, bool add_special) const override {
    for (const auto& part : parts) texts = part->process(std::move(texts), add_special);
    return texts;
  }
  OrderedJson json() const override {
    OrderedJson list = OrderedJson::array();
    for (const auto& part : parts) list.push_back(part->json());
    return {{"type", "Sequence"}, {"processors", list}};
  }
};

std::vector<TemplateProcessor::Place> read_template(
    const Field& field, const std::map<std::string, SpecialToken>& special_tokens,
    std::uint32_t sequences) {
  std::vector<TemplateProcessor::Place> out;
  for (const Field& each : field.elements()) {
    TemplateProcessor::Place place;
    if (const auto special = each.find("SpecialToken")) {
      place.special = (*special)["id"].text();
      place.type_id = (*special)["type_id"].count();
      if (!special_tokens.contains(place.special))
        special->fail("a special token without ids", "one that special_tokens lists");
    } else {
      const Field sequence = each["Sequence"];
      const std::string name = sequence["id"].text();
      if (name != "A" && name != "B") sequence["id"].fail("unknown text", "A or B");
      place.sequence = name == "B";
      place.type_id = sequence["type_id"].count();
      if (place.sequence >= sequences)
        sequence.fail("a template for one text that names the second", "A");
    }
    out.push_back(std::move(place));
  }
  return out;
}

SpecialToken read_pair(const Field& field) {
  const std::vector<Field> pair = field.elements();
  if (pair.size() != 2) field.fail("not a token with its id", "[token, id]");
  return {{pair[1].count()}, {pair[0].text()}};
}

}  // namespace

std::unique_ptr<PostProcessor> read_post_processor(const Field& field) {
  const std::string type = field.type();
  if (type == "Sequence") {
    auto out = std::make_unique<SequenceProcessor>();
    for (const Field& part : field["processors"].parts())
      out->parts.push_back(read_post_processor(part));
    return out;
  }
  if (type == "ByteLevel") {
    auto out = std::make_unique<ByteLevelProcessor>();
    out->add_prefix_space = field["add_prefix_space"].boolean();
    out->trims = field["trim_offsets"].boolean();
    out->use_regex = field.boolean_or("use_regex", true);
    return out;
  }
  if (type == "BertProcessing" || type == "RobertaProcessing") {
    auto out = std::make_unique<SurroundProcessor>();
    out->sep = read_pair(field["sep"]), out->cls = read_pair(field["cls"]);
    out->roberta = type == "RobertaProcessing";
    if (out->roberta) {
      out->trims = field["trim_offsets"].boolean();
      out->add_prefix_space = field["add_prefix_space"].boolean();
    }
    return out;
  }
  if (type == "TemplateProcessing") {
    auto out = std::make_unique<TemplateProcessor>();
    const Field specials = field["special_tokens"];
    if (!specials.value().is_object()) specials.fail("not an object", "an object");
    for (const auto& [name, value] : specials.value().items()) {
      const Field special(value, specials.path() + "." + name);
      SpecialToken& token = out->special_tokens[name];
      for (const Field& id : special["ids"].elements()) token.ids.push_back(id.count());
      for (const Field& text : special["tokens"].elements()) token.tokens.push_back(text.text());
      if (token.ids.size() != token.tokens.size())
        special.fail("ids and tokens differ in number", "a token for each id");
    }
    out->single = read_template(field["single"], out->special_tokens, 1);
    out->pair = read_template(field["pair"], out->special_tokens, 2);
    return out;
  }
  field.unknown_type(
      "post-processor",
      "Sequence, TemplateProcessing, BertProcessing, RobertaProcessing or ByteLevel");
}

}  // namespace fathom::text
