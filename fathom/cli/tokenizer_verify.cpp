#include "fathom/cli/tokenizer_verify.h"

#include <fmt/core.h>

#include <cstdlib>
#include <optional>

#include "fathom/cli/lines.h"
#include "fathom/io/gzip.h"
#include "fathom/io/json.h"
#include "fathom/text/tokenizer.h"

namespace fathom::cli {
namespace {

using Ids = std::vector<std::uint32_t>;

/// A text and what its tokens should be.
struct VerifyCase {
  std::string text;
  Ids ids;
  std::optional<std::vector<text::Offsets>> offsets;
  std::optional<std::string> decoded;
};

std::vector<std::string> split_text(const std::string& text, const std::string& separator) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != std::string::npos;
       begin = end + separator.size())
    out.push_back(text.substr(begin, end - begin));
  out.push_back(text.substr(begin));
  return out;
}

std::string whole_file(const std::string& path) {
  const io::Bytes bytes = io::read_maybe_gzip(path);
  return {bytes.begin(), bytes.end()};
}

// llama.cpp's pair of files: texts with a line between them, a line of ids for each.
std::vector<VerifyCase> llama_cases(const std::string& inputs, const std::string& expected) {
  const std::vector<std::string> texts = split_text(whole_file(inputs), "\n__ggml_vocab_test__\n");
  std::vector<std::string> lines = split_text(whole_file(expected), "\n");
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  const std::size_t count =
      texts.back().empty() && lines.size() + 1 == texts.size() ? texts.size() - 1 : texts.size();
  if (lines.size() != count)
    throw FormatError({.operation = "tokenizer verify",
                       .problem = "the two files do not fit",
                       .received = {{"texts", std::to_string(count)},
                                    {"lines of ids", std::to_string(lines.size())}},
                       .expected = "a line of ids for each text"});
  std::vector<VerifyCase> out;
  for (std::size_t i = 0; i < count; ++i) {
    VerifyCase each{.text = texts[i]};
    char* at = lines[i].data();
    for (char* end; *at; at = end) {
      const unsigned long id = std::strtoul(at, &end, 10);
      if (end == at) break;
      each.ids.push_back(static_cast<std::uint32_t>(id));
    }
    out.push_back(std::move(each));
  }
  return out;
}

/// Of {"text": ..., "ids": [...]} and perhaps "offsets", "decoded".
VerifyCase json_case(const nlohmann::json& json) {
  VerifyCase each{.text = json.at("text").get<std::string>(), .ids = json.at("ids").get<Ids>()};
  if (json.contains("offsets")) {
    each.offsets.emplace();
    for (const auto& pair : json["offsets"])
      each.offsets->push_back({pair.at(0).get<std::uint32_t>(), pair.at(1).get<std::uint32_t>()});
  }
  if (json.contains("decoded")) each.decoded = json["decoded"].get<std::string>();
  return each;
}

std::vector<VerifyCase> json_cases(const std::string& path) {
  std::vector<VerifyCase> out;
  std::size_t number = 0;
  for (const std::string& line : split_text(whole_file(path), "\n")) {
    ++number;
    if (line.empty()) continue;
    out.push_back(on_line(number, [&] {
      return io::read_json<nlohmann::json>(line, path, json_case, "tokenizer verify");
    }));
  }
  return out;
}

std::string shown_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}
std::string shown_ids(const Ids& ids) {
  std::string out;
  for (const std::uint32_t id : ids) out += (out.empty() ? "" : " ") + std::to_string(id);
  return out;
}

}  // namespace

int verify_tokenizer(const std::string& model, const std::string& inputs,
                     const std::string& expected) {
  text::Tokenizer tokenizer = text::Tokenizer::load(model);
  tokenizer.set_truncation(std::nullopt);
  tokenizer.set_padding(std::nullopt);
  const std::vector<VerifyCase> cases =
      expected.empty() ? json_cases(inputs) : llama_cases(inputs, expected);
  std::size_t different = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const VerifyCase& wanted = cases[i];
    text::Encoding got = tokenizer.encode(wanted.text, {.add_special_tokens = false});
    // References with the special tokens around the text are as good.
    if (got.ids != wanted.ids) {
      text::Encoding around = tokenizer.encode(wanted.text);
      if (around.ids == wanted.ids) got = std::move(around);
    }
    const bool same_ids = got.ids == wanted.ids;
    const bool same_offsets = !wanted.offsets || *wanted.offsets == got.offsets;
    const std::string decoded = wanted.decoded ? tokenizer.decode(wanted.ids) : "";
    const bool same_text = !wanted.decoded || *wanted.decoded == decoded;
    if (same_ids && same_offsets && same_text) continue;
    ++different;
    fmt::print("{}: {}\n", i + 1, shown_text(wanted.text));
    if (!same_ids)
      fmt::print("  ids       {}\n  expected  {}\n", shown_ids(got.ids), shown_ids(wanted.ids));
    if (same_ids && !same_offsets) {
      for (std::size_t k = 0; k < got.offsets.size(); ++k) {
        const text::Offsets at = got.offsets[k];
        const text::Offsets want =
            k < wanted.offsets->size() ? (*wanted.offsets)[k] : text::Offsets{};
        if (at == want) continue;
        fmt::print("  offsets of token {}: {}-{}, expected {}-{}\n", k, at.begin, at.end,
                   want.begin, want.end);
        break;
      }
    }
    if (!same_text)
      fmt::print("  decoded   {}\n  expected  {}\n", shown_text(decoded),
                 shown_text(*wanted.decoded));
  }
  fmt::print("{} texts, {} different\n", cases.size(), different);
  return different > 0 ? 1 : 0;
}

}  // namespace fathom::cli
