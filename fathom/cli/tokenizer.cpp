// `fathom tokenizer train` and `fathom tokenizer verify`: a tokenizer learnt from text, and one
// compared with what another gave.
#include <fmt/core.h>

#include "fathom/cli/command.h"
#include "fathom/cli/tokenizer_train.h"
#include "fathom/cli/tokenizer_verify.h"

namespace fathom::cli::tokenizer_command {
namespace {

struct Wanted {
  std::string what;
  std::vector<std::string> words;
  TrainTokenizer train;
  bool json = false;
};

int run(Wanted& wanted) {
  if (wanted.what == "verify") {
    if (wanted.words.size() != 2 && wanted.words.size() != 3)
      throw UsageError("verify takes MODEL INPUTS [EXPECTED]");
    return verify_tokenizer(wanted.words[0], wanted.words[1],
                            wanted.words.size() > 2 ? wanted.words[2] : "");
  }
  if (wanted.what == "train") {
    if (wanted.words.size() < 2) throw UsageError("train takes OUT FILE...");
    wanted.train.out = wanted.words[0];
    wanted.train.files.assign(wanted.words.begin() + 1, wanted.words.end());
    return train_tokenizer(wanted.train);
  }
  throw UsageError("train or verify, not '" + wanted.what + "'");
}

Action declare(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("train|verify", wanted->what, "what to do", Need::required);
  options.inputs(
      "FILES", wanted->words,
      "train: OUT FILE...; verify: MODEL INPUTS [EXPECTED], where INPUTS is JSON lines "
      "with text, ids and perhaps offsets and decoded, or llama.cpp's .inp with its .out",
      Need::required);
  TrainTokenizer& train = wanted->train;
  options.option("--model", train.model, "train: what to learn",
                 {"bpe", "wordpiece", "unigram", "wordlevel"});
  options.option("--vocab-size", train.vocab_size, "train: tokens", {1, 1 << 24});
  options.option("--min-frequency", train.min_frequency, "train: rarer pairs are left alone",
                 {0, 1e15});
  options.option("--special", train.special, "train: a special token, once for each");
  options.option("--like", train.like,
                 "train: a tokenizer.json whose other parts are taken; else byte-level for bpe, "
                 "BERT's for wordpiece, metaspace for unigram, whitespace for wordlevel");
  options.example("fathom tokenizer train out.json --model bpe --vocab-size 8000 input.txt");
  options.example("fathom tokenizer verify vocab.gguf vocab.gguf.inp vocab.gguf.out");
  return [wanted] { return run(*wanted); };
}
const Command command(61, "tokenizer", "Train a tokenizer, or compare one with another's results",
                      declare);

}  // namespace
}  // namespace fathom::cli::tokenizer_command
