// The decoders of a tokenizer.json: from tokens back to a text.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "fathom/text/byte_level.h"
#include "fathom/text/parts.h"
#include "fathom/text/pattern.h"

namespace fathom::text {
namespace {

using Tokens = std::vector<std::string>;

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// Blanks before punctuation and contractions of English go.
void clean_up(std::string& text) {
  static constexpr std::pair<const char*, const char*> rules[] = {
      {" .", "."},   {" ?", "?"},     {" !", "!"},    {" ,", ","},
      {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},  {" do not", " don't"},
      {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [from, to] : rules) replace_all(text, from, to);
}

struct SequenceDecoder final : Decoder {
  std::vector<std::unique_ptr<Decoder>> parts;
  Tokens decode(Tokens tokens) const override {
    for (const auto& part : parts) tokens = part->decode(std::move(tokens));
    return tokens;
  }
  OrderedJson json() const override {
    OrderedJson list = OrderedJson::array();
    for (const auto& part : parts) list.push_back(part->json());
    return {{"type", "Sequence"}, {"decoders", list}};
  }
};

struct ByteLevelDecoder final : Decoder {
  OrderedJson options;
  Tokens decode(Tokens tokens) const override {
    std::string bytes;
    for (const std::string& token : tokens) bytes += to_bytes(token).value_or(token);
    return {repaired_utf8(bytes)};
  }
  OrderedJson json() const override { return options; }
};

struct WordPieceDecoder final : Decoder {
  std::string prefix = "##";
  bool cleanup = true;
  Tokens decode(Tokens tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (i > 0) {
        if (tokens[i].starts_with(prefix))
          tokens[i].erase(0, prefix.size());
        else
          tokens[i].insert(0, " ");
      }
      if (cleanup) clean_up(tokens[i]);
    }
    return tokens;
  }
  OrderedJson json() const override {
    return {{"type", "WordPiece"}, {"prefix", prefix}, {"cleanup", cleanup}};
  }
};

struct MetaspaceDecoder final : Decoder {
  std::string replacement, scheme;
  bool split = true;
  Tokens decode(Tokens tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      replace_all(tokens[i], replacement, i == 0 && scheme != "never" ? "" : " ");
    return tokens;
  }
  OrderedJson json() const override {
    return {{"type", "Metaspace"},
            {"replacement", replacement},
            {"prepend_scheme", scheme},
            {"split", split}};
  }
};

struct BpeDecoder final : Decoder {
  std::string suffix = "</w>";
  Tokens decode(Tokens tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      replace_all(tokens[i], suffix, i + 1 == tokens.size() ? "" : " ");
    return tokens;
  }
  OrderedJson json() const override { return {{"type", "BPEDecoder"}, {"suffix", suffix}}; }
};

struct ByteFallback final : Decoder {
  Tokens decode(Tokens tokens) const override {
    Tokens out;
    std::string bytes;
    const auto flush = [&] {
      if (bytes.empty()) return;
      if (find_invalid_utf8(bytes) == std::string_view::npos)
        out.push_back(bytes);
      else
        out.insert(out.end(), bytes.size(), "\xEF\xBF\xBD");
      bytes.clear();
    };
    for (std::string& token : tokens) {
      if (const int byte = named_byte(token); byte >= 0) {
        bytes += static_cast<char>(byte);
        continue;
      }
      flush();
      out.push_back(std::move(token));
    }
    flush();
    return out;
  }
  OrderedJson json() const override { return {{"type", "ByteFallback"}}; }

 private:
  // The byte of "<0x0A>", or -1.
  static int named_byte(const std::string& token) {
    if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return -1;
    int value = 0;
    for (const char c : {token[3], token[4]}) {
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    return value;
  }
};

struct Fuse final : Decoder {
  Tokens decode(Tokens tokens) const override {
    std::string out;
    for (const std::string& token : tokens) out += token;
    return {std::move(out)};
  }
  OrderedJson json() const override { return {{"type", "Fuse"}}; }
};

struct StripDecoder final : Decoder {
  std::string content;
  std::uint32_t start = 0, stop = 0;
  Tokens decode(Tokens tokens) const override {
    for (std::string& token : tokens) {
      std::size_t begin = 0, end = token.size();
      for (std::uint32_t i = 0;
           i < start && token.compare(begin, content.size(), content) == 0 && begin < token.size();
           ++i)
        begin += content.size();
      for (std::uint32_t i = 0; i < stop && end >= content.size() + begin &&
                                token.compare(end - content.size(), content.size(), content) == 0;
           ++i)
        end -= content.size();
      token = token.substr(begin, end - begin);
    }
    return tokens;
  }
  OrderedJson json() const override {
    return {{"type", "Strip"}, {"content", content}, {"start", start}, {"stop", stop}};
  }
};

struct ReplaceDecoder final : Decoder {
  Pattern pattern;
  std::string content;
  explicit ReplaceDecoder(const Field& field)
      : pattern(field["pattern"]), content(field["content"].text()) {}
  Tokens decode(Tokens tokens) const override {
    for (std::string& token : tokens) {
      std::string out;
      std::size_t last = 0;
      pattern.for_each(token, [&](std::size_t begin, std::size_t end) {
        out.append(token, last, begin - last);
        out += content;
        last = end;
      });
      if (last == 0 && out.empty()) continue;
      out.append(token, last);
      token = std::move(out);
    }
    return tokens;
  }
  OrderedJson json() const override {
    return {{"type", "Replace"}, {"pattern", pattern.json()}, {"content", content}};
  }
};

struct Ctc final : Decoder {
  std::string pad_token = "<pad>", word_delimiter_token = "|";
  bool cleanup = true;
  Tokens decode(Tokens tokens) const override {
    Tokens out;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (i > 0 && tokens[i] == tokens[i - 1]) continue;
      std::string token = tokens[i];
      replace_all(token, pad_token, "");
      if (cleanup) {
        clean_up(token);
        replace_all(token, word_delimiter_token, " ");
      }
      if (!token.empty()) out.push_back(std::move(token));
    }
    return out;
  }
  OrderedJson json() const override {
    return {{"type", "CTC"},
            {"pad_token", pad_token},
            {"word_delimiter_token", word_delimiter_token},
            {"cleanup", cleanup}};
  }
};

}  // namespace

std::unique_ptr<Decoder> read_decoder(const Field& field) {
  const std::string type = field.type();
  if (type == "Sequence") {
    auto out = std::make_unique<SequenceDecoder>();
    for (const Field& part : field["decoders"].parts()) out->parts.push_back(read_decoder(part));
    return out;
  }
  if (type == "ByteLevel") {
    auto out = std::make_unique<ByteLevelDecoder>();
    out->options = {{"type", "ByteLevel"},
                    {"add_prefix_space", field["add_prefix_space"].boolean()},
                    {"trim_offsets", field["trim_offsets"].boolean()},
                    {"use_regex", field.boolean_or("use_regex", true)}};
    return out;
  }
  if (type == "WordPiece") {
    auto out = std::make_unique<WordPieceDecoder>();
    out->prefix = field["prefix"].text(), out->cleanup = field["cleanup"].boolean();
    return out;
  }
  if (type == "Metaspace") {
    auto out = std::make_unique<MetaspaceDecoder>();
    out->replacement = to_utf8(field["replacement"].character());
    const bool prefix = field.boolean_or("add_prefix_space", true);
    out->scheme = field.text_or("prepend_scheme", prefix ? "always" : "never");
    out->split = field.boolean_or("split", true);
    return out;
  }
  if (type == "BPEDecoder") {
    auto out = std::make_unique<BpeDecoder>();
    out->suffix = field["suffix"].text();
    return out;
  }
  if (type == "Strip") {
    auto out = std::make_unique<StripDecoder>();
    out->content = to_utf8(field["content"].character());
    out->start = field["start"].count(), out->stop = field["stop"].count();
    return out;
  }
  if (type == "CTC") {
    auto out = std::make_unique<Ctc>();
    out->pad_token = field["pad_token"].text();
    out->word_delimiter_token = field["word_delimiter_token"].text();
    out->cleanup = field["cleanup"].boolean();
    return out;
  }
  if (type == "ByteFallback") return std::make_unique<ByteFallback>();
  if (type == "Fuse") return std::make_unique<Fuse>();
  if (type == "Replace") return std::make_unique<ReplaceDecoder>(field);
  field.unknown_type("decoder",
                     "Sequence, ByteLevel, WordPiece, Metaspace, BPEDecoder, ByteFallback, Fuse, "
                     "Strip, Replace or CTC");
}

}  // namespace fathom::text
