// `fathom tokenize MODEL [FILE]`: the tokens of each line of a text.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "fathom/cli/command.h"
#include "fathom/cli/lines.h"
#include "fathom/core/error.h"
#include "fathom/io/json.h"
#include "fathom/text/tokenizer.h"

namespace fathom::cli::tokenize_command {
namespace {

using Json = nlohmann::ordered_json;

struct Wanted {
  std::string model, file;
  bool ids = false, pieces = false, offsets = false, json = false;
  bool special = false, replace_invalid = false, input_json = false;
};

std::string line_of(const text::Encoding& encoding, const Wanted& wanted) {
  std::string out;
  for (std::size_t i = 0; i < encoding.size(); ++i) {
    if (i > 0) out += ' ';
    if (wanted.pieces)
      out += encoding.tokens[i];
    else if (wanted.offsets)
      out += fmt::format("{}:{}-{}", encoding.ids[i], encoding.offsets[i].begin,
                         encoding.offsets[i].end);
    else
      out += std::to_string(encoding.ids[i]);
  }
  return out;
}

std::string json_of(const text::Tokenizer& tokenizer, const text::Encoding& encoding) {
  Json offsets = Json::array();
  for (const text::Offsets& at : encoding.offsets) offsets.push_back({at.begin, at.end});
  const Json out = {{"ids", encoding.ids},
                    {"tokens", encoding.tokens},
                    {"offsets", offsets},
                    {"decoded", tokenizer.decode(encoding.ids)}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// What one line of the input is to the tokenizer.
std::string text_of(const std::string& line, const Wanted& wanted) {
  std::string text = line;
  if (wanted.input_json)
    text = io::read_json<Json>(line, wanted.file.empty() ? "standard input" : wanted.file,
                               [](const Json& json) { return json.get<std::string>(); });
  return wanted.replace_invalid ? text::repaired_utf8(text) : text;
}

/// Throws what keeps a text from being encoded, if anything does.
void find_error(const text::Tokenizer& tokenizer, const text::Input& input,
                const text::EncodeOptions& options) {
  try {
    tokenizer.encode(input, options);
  } catch (Error& error) {
    error.change([](ErrorInfo info) {
      if (info.hint.starts_with("text::repaired_utf8"))
        info.hint = "--replace-invalid puts U+FFFD for what is not";
      return info;
    });
    throw;
  }
}

int tokenize(const Wanted& wanted) {
  if (wanted.ids + wanted.pieces + wanted.offsets + wanted.json > 1)
    throw UsageError("one of --ids, --pieces, --offsets and --json");
  text::Tokenizer tokenizer = text::Tokenizer::load(wanted.model);
  tokenizer.set_truncation(std::nullopt);
  tokenizer.set_padding(std::nullopt);
  const text::EncodeOptions options{.add_special_tokens = wanted.special};
  LineReader lines(wanted.file);
  // Lines that are encoded together, on all threads; who types them waits for each.
  const std::size_t block = wanted.file.empty() && ::isatty(STDIN_FILENO) ? 1 : 4096;
  std::vector<std::string> texts;
  std::size_t first = 1;
  while (lines.read(block, texts)) {
    for (std::size_t i = 0; i < texts.size(); ++i)
      texts[i] = on_line(first + i, [&] { return text_of(texts[i], wanted); });
    const std::vector<text::Input> inputs(texts.begin(), texts.end());
    std::vector<text::Encoding> encodings;
    try {
      encodings = tokenizer.encode_batch(inputs, options);
    } catch (const Error&) {  // which one it was
      for (std::size_t i = 0; i < inputs.size(); ++i)
        on_line(first + i, [&] { find_error(tokenizer, inputs[i], options); });
      throw;
    }
    std::string out;
    for (const text::Encoding& encoding : encodings)
      out += (wanted.json ? json_of(tokenizer, encoding) : line_of(encoding, wanted)) + "\n";
    std::fwrite(out.data(), 1, out.size(), stdout);
    first += texts.size();
  }
  return 0;
}

Action declare(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input(
      "MODEL", wanted->model,
      "tokenizer.json, vocab.txt, vocab.json with merges.txt, a SentencePiece .model, .gguf "
      "or llama2.c's .bin, or a folder with one of them",
      Need::required);
  options.input("FILE", wanted->file, "a text, line by line; without it the standard input");
  options.flag("--ids", wanted->ids, "print ids (what is printed without a choice)");
  options.flag("--pieces", wanted->pieces, "print the tokens' texts");
  options.flag("--offsets", wanted->offsets, "print ids with the characters that they stand for");
  options.flag("--json", wanted->json, "print ids, tokens, offsets and the decoded text as JSON");
  options.flag("--special", wanted->special, "with the special tokens around each line");
  options.flag("--replace-invalid", wanted->replace_invalid, "U+FFFD for what is not UTF-8");
  options.flag("--json-lines", wanted->input_json, "each line of the input is a JSON string");
  options.example("fathom tokenize bert/tokenizer.json reviews.txt --pieces");
  options.example("echo 'Hello world!' | fathom tokenize gpt2-vocab.json --json");
  return [wanted] { return tokenize(*wanted); };
}
const Command command(60, "tokenize", "Turn lines of text into tokens", declare);

}  // namespace
}  // namespace fathom::cli::tokenize_command
