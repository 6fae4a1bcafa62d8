// What is done to the scores of one place before a token is chosen.
#pragma once
#include <cstdint>
#include <span>

#include "fathom/generate/options.h"

namespace fathom::generate {

/// The parts of `options` up to `processor`, then those of sampling if it does; -infinity stands
/// for a token that cannot come. `tokens` is all so far, `new_tokens` of them behind the prompt.
///
/// Source  Transformers' logits processors, in its order; values to the last bits of f32
void process_logits(std::span<float> scores, std::span<const std::int64_t> tokens,
                    std::int64_t new_tokens, const Options& options);

/// Scores become log-probabilities, in place. Returns whether they are: false for NaN, or if all
/// are -infinity.
bool log_softmax(std::span<float> scores);

}  // namespace fathom::generate
