// What `fathom tokenizer train` is asked for.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace fathom::cli {

struct TrainTokenizer {
  std::string out, model = "bpe", like;
  std::vector<std::string> files, special;
  std::int64_t vocab_size = 30000, min_frequency = 0;
};

/// Returns the exit code. Errors: those of reading, training and writing.
int train_tokenizer(const TrainTokenizer& wanted);

}  // namespace fathom::cli
