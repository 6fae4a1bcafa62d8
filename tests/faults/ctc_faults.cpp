// CTC: its loss, and what is read out of its probabilities.
#include <cmath>

#include "fathom/nn/loss_ctc.h"
#include "fathom/text/ctc.h"
#include "tests/faults/faults.h"

namespace fathom::test {

namespace {
Tensor log_probs() { return log_softmax(zeros({5, 2, 4}), -1); }
Tensor targets() { return ones({2, 3}, DType::i64); }
Tensor lengths(int a, int b) { return tensor({a, b}); }
}  // namespace

Faults ctc_faults() {
  return {
      fault<ShapeError>(
          "targets of another batch for CTC",
          [] {
            ctc_loss(log_probs(), ones({3, 3}, DType::i64), lengths(5, 5), lengths(3, 3));
          },
          R"(ctc_loss: operands do not fit
  log_probs: f32 (5, 2, 4)     targets: i64 (3, 3)     input_lengths: i32 (2,)     target_lengths: i32 (2,)
  expected log_probs (T, B, C), targets (B, S) or (sum of lengths), lengths (B); or (T, C), (S), (), ()
  in: @)"),
      fault<DTypeError>(
          "letters for CTC that are no whole numbers",
          [] {
            nn::CTCLoss()(log_probs(), ones({2, 3}), lengths(5, 5), lengths(3, 3));
          },
          R"(ctc_loss: operands of other types
  log_probs: f32 (5, 2, 4)     targets: f32 (2, 3)     input_lengths: i32 (2,)     target_lengths: i32 (2,)
  expected floating log_probs, all else of type i64 or i32
  in: @)"),
      fault<ValueError>(
          "a blank of CTC that is no class",
          [] { ctc_loss(log_probs(), targets(), lengths(5, 5), lengths(3, 3), {.blank = 4}); },
          R"(ctc_loss: the blank is no class
  blank: 4     log_probs: f32 (5, 2, 4)
  expected a class, from 0
  in: @)"),
      fault<ValueError>(
          "more steps for CTC than there are",
          [] { ctc_loss(log_probs(), targets(), lengths(5, 6), lengths(3, 3)).item(); },
          R"(ctc_loss: an input length that is not there
  value: 6     at: 1
  expected 0 to 5, the steps of log_probs
  in: @)"),
      fault<ValueError>(
          "more letters for CTC than there are",
          [] { ctc_loss(log_probs(), targets(), lengths(5, 5), lengths(4, 3)).item(); },
          R"(ctc_loss: a target length that is not there
  value: 4     at: 0
  expected 0 to 3, what targets have
  in: @)"),
      fault<ValueError>(
          "letters for CTC that are left over",
          [] { ctc_loss(log_probs(), ones({6}, DType::i64), lengths(5, 5), lengths(3, 2)).item(); },
          R"(ctc_loss: targets are longer than their lengths
  value: 6     at: 0
  expected 5, the sum of target_lengths
  in: @)"),
      fault<ValueError>(
          "a blank among the letters of CTC",
          [] {
            ctc_loss(log_probs(), targets(), lengths(5, 5), lengths(3, 3), {.blank = 1}).item();
          },
          R"(ctc_loss: the blank is among targets
  value: 1     at: 0
  expected letters alone
  in: @)"),
      fault<IndexError>(
          "a letter of CTC that is no class",
          [] { ctc_loss(log_probs(), targets() * 4, lengths(5, 5), lengths(3, 3)).item(); },
          no_element("ctc_loss", "target", 4, 0, 0, 4)),
      fault<ShapeError>(
          "a batch where CTC's texts are read one by one", [] { text::ctc_greedy(log_probs()); },
          R"(ctc_greedy: log_probs are not those of one sequence
  log_probs: (5, 2, 4)
  expected (steps, classes)
  hint: select() takes a sequence out of a batch
  in: @)"),
      fault<NumericError>(
          "probabilities for CTC that are NaN",
          [] {
            text::ctc_beam_search(tensor<float>({{-1, -1}, {-1, NAN}}));
          },
          R"(ctc_beam_search: log_probs are no logarithms of probabilities
  step: 1     class: 1
  expected numbers, or -infinity for what cannot be
  hint: NaN and infinity come of training that diverged
  in: @)"),
      fault<ValueError>(
          "a beam of no width",
          [] {
            text::ctc_beam_search(zeros({3, 4}), {.beam_width = 0});
          },
          R"(ctc_beam_search: the beam has no width
  beam_width: 0
  expected 1 and more
  in: @)"),
  };
}

}  // namespace fathom::test
