// Recurrent networks: one layer in one direction is one node, forward and backward. L steps, B
// sequences, H hidden units, R numbers that a step hands on: H, or fewer with a projection.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"

namespace fathom {

/// What a step computes: Elman's networks with tanh or relu, the LSTM (Hochreiter and Schmidhuber
/// 1997, with forget gates), the GRU (Cho et al. 2014; reset after the product, as torch has it).
enum class RecurrentKind : std::uint8_t { tanh, relu, lstm, gru };

namespace op {
/// All steps of a layer, given what the input adds to their gates. A step at or beyond a sequence's
/// length holds the state and gives zeros.
/// Inputs: gates (L, B, G H); weight_hh (G H, R); h0 (B, R); LSTM: c0 (B, H); GRU: bias_hh (3 H);
/// projected: weight_hr (R, H); with lengths: lengths (B) i64.
/// Outputs: y (L, B, R); h_n (B, R); LSTM: c_n (B, H), activated gates (L, B, 4 H), cells
/// (L, B, H); GRU: r, z, n and the product that r scales (L, B, 4 H).
struct Recurrent {
  RecurrentKind kind;
  bool reverse;
  bool projected;
  bool lengths;
};
/// Its gradient by the gates and initial states; those by weights are products over all steps.
/// Inputs: weight_hh; h0; LSTM: c0; weight_hr; lengths; y and what else the forward node gave for
/// all steps; then the gradients that arrive at the outputs named by `arriving`, bit i for output
/// i. Outputs: d gates; d h0; LSTM: d c0; GRU: d of the product's gates (L, B, 3 H); projected: d
/// of what the steps hand on (L, B, R).
struct RecurrentBackward {
  RecurrentKind kind;
  bool reverse;
  bool projected;
  bool lengths;
  std::uint8_t arriving;
};
}  // namespace op

/// What recurrent() gives.
struct RecurrentResult {
  Tensor y;    ///< (L, B, R)
  Tensor h_n;  ///< (B, R), after each sequence's last step
  Tensor c_n;  ///< (B, H), of an LSTM
};
/// Parameters of a layer in one direction, under torch's names. G is 1, of an LSTM 4 (input,
/// forget, cell, output), of a GRU 3 (reset, update, new).
struct RecurrentWeights {
  Tensor weight_ih;             ///< (G H, features)
  Tensor weight_hh;             ///< (G H, R)
  Tensor bias_ih, bias_hh;      ///< (G H); either may be undefined
  Tensor weight_hr = Tensor();  ///< (R, H) of an LSTM with a projection, or undefined
};
/// What recurrent() may be told besides.
struct RecurrentOptions {
  Tensor h0 = {};       ///< (B, R); zeros if undefined
  Tensor c0 = {};       ///< (B, H) of an LSTM; zeros if undefined
  Tensor lengths = {};  ///< (B) i64 or i32, from 0 to L: what is behind a sequence's end is ignored
  bool reverse = false;  ///< from the last step to the first
};
/// A layer of a recurrent network in one direction over whole sequences. A sequence gives the same
/// bits alone and in a padded batch. Shapes: x (L, B, features). Gradient: by x, initial states and
/// weights, one node. Errors: ShapeError, DTypeError; ValueError for a length outside [0, L], when
/// evaluated.
RecurrentResult recurrent(RecurrentKind kind, const Operand& x, const RecurrentWeights& weights,
                          const RecurrentOptions& options = {});

namespace ops {
/// Gates of a step.
constexpr std::int64_t gate_count(RecurrentKind kind) {
  return kind == RecurrentKind::lstm ? 4 : kind == RecurrentKind::gru ? 3 : 1;
}

/// Where an operation's inputs stand; -1 for what it has not.
struct RecurrentSlots {
  int count = 3;  // of those before
  int c0, bias, projection, lengths;
  explicit RecurrentSlots(const op::Recurrent& a)
      : c0(a.kind == RecurrentKind::lstm ? count++ : -1),
        bias(a.kind == RecurrentKind::gru ? count++ : -1),
        projection(a.projected ? count++ : -1),
        lengths(a.lengths ? count++ : -1) {}
};
struct RecurrentBackwardSlots {
  int c0 = -1, projection = -1, lengths = -1, y = -1, gates = -1, cells = -1, count = 2;
  int dy = -1, dh_n = -1, dc_n = -1, dgates = -1, dcells = -1;
  explicit RecurrentBackwardSlots(const op::RecurrentBackward& a);
};
}  // namespace ops

}  // namespace fathom
