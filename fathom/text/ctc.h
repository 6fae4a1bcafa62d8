// Reading what a network trained by CTC tells: the letters of the best path, or the most probable
// texts.
//
//   const auto texts = text::ctc_beam_search(log_probs, {.beam_width = 100});
//   texts.front().labels;   // letters' classes, blanks and repetitions gone
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom::text {

/// A text that was read, as classes.
struct CtcText {
  std::vector<std::int64_t> labels;
  std::vector<std::int64_t> steps;  ///< where each label was first told; of beams: left empty
  /// The logarithm of the best path's probability, or of the text's over all its paths.
  double score = 0;
};

/// The most probable class of each step, repetitions and blanks taken out. Shapes: log_probs f32 or
/// f64 (T, C). Errors: ShapeError, DTypeError; ValueError if the blank is no class; NumericError
/// for NaN and infinity.
CtcText ctc_greedy(const Tensor& log_probs, std::int64_t blank = 0, Where where = Where::current());

/// Options of ctc_beam_search().
struct CtcBeamOptions {
  std::size_t beam_width = 50;  ///< texts that are kept after each step
  std::size_t nbest = 1;        ///< texts that are returned
  std::int64_t blank = 0;
  /// What a language model thinks of a label after others: added to a text's score.
  std::function<double(std::span<const std::int64_t> before, std::int64_t label)> language_model;
};

/// The most probable texts, the best first: the probability of a text is the sum over all paths
/// that spell it, as far as they stayed within the beam; none if a step leaves no class. Shapes,
/// errors: as ctc_greedy; ValueError for a beam of no width. Source: Hannun et al. 2014, First-Pass
/// Large Vocabulary Continuous Speech Recognition.
std::vector<CtcText> ctc_beam_search(const Tensor& log_probs, const CtcBeamOptions& options = {},
                                     Where where = Where::current());

}  // namespace fathom::text
