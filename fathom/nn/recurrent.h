// Recurrent layers. Names, arguments, order of gates, initial values and state-dict keys are those
// of torch.nn: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_hr_l0, and the same with
// "_reverse" of the other direction.
//
// L steps, B sequences, H hidden units, R = proj_size or H numbers that a step hands on, D
// directions. A call evaluates nothing; states that it gives go into the next call, through
// stop_gradient() where backpropagation shall end (truncated backpropagation through time).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "fathom/nn/module.h"
#include "fathom/ops/recurrent.h"

namespace fathom::nn {

/// Options of nn::RNN, nn::LSTM and nn::GRU.
struct RecurrentLayerOptions {
  std::int64_t num_layers = 1;
  bool bias = true;
  bool batch_first = false;  ///< input and output are (B, L, ...)
  double dropout = 0.0;      ///< of what each layer but the last gives, while training
  bool bidirectional = false;
  std::int64_t proj_size = 0;  ///< of an LSTM: what a step hands on is projected to so many numbers
};

/// What a call of a recurrent layer takes beside its input.
struct RecurrentInputs {
  Tensor h0 = {};  ///< (D num_layers, B, R), layer by layer; zeros if undefined
  Tensor c0 = {};  ///< (D num_layers, B, H), of an LSTM
  /// (B), of a padded batch: outputs behind a sequence's end are 0, states are those at its end.
  Tensor lengths = {};
};
/// What it gives. Without a batch axis in, there is none out.
struct RecurrentOutputs {
  Tensor output;  ///< (L, B, D R), or (B, L, D R) with batch_first
  Tensor h_n;     ///< (D num_layers, B, R)
  Tensor c_n;     ///< (D num_layers, B, H), of an LSTM
};

/// What the recurrent layers have in common.
class RecurrentLayer {
 public:
  /// Shapes: x (L, B, features), (B, L, features) with batch_first, or (L, features). Errors:
  /// ShapeError, DTypeError; ValueError for lengths outside [0, L], when evaluated.
  RecurrentOutputs operator()(const Tensor& x, const RecurrentInputs& inputs = {},
                              Where where = Where::current()) const;

  /// The parameters of one layer in one direction.
  struct Direction {
    Param weight_ih, weight_hh, bias_ih, bias_hh, weight_hr;
  };
  std::vector<Direction> directions;  ///< layer by layer, forward before reverse
  RecurrentKind kind;
  RecurrentLayerOptions options;

  /// Visits the parameters under torch's names.
  void visit(const Path& path, Visitor& visitor);

 protected:
  RecurrentLayer(const char* name, RecurrentKind kind, std::int64_t input_size,
                 std::int64_t hidden_size, const RecurrentLayerOptions& options, Where where);

 private:
  const char* name_;
};

/// The function of an RNN's steps.
enum class RnnNonlinearity : std::uint8_t { tanh, relu };

/// Elman's network: h = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh), or relu.
///
/// Parameters  of each layer weight_ih (H, features), weight_hh (H, H), bias_ih (H), bias_hh (H),
///             uniform in +-1/sqrt(H), which is so for the other layers too
class RNN : public RecurrentLayer {
 public:
  RNN(std::int64_t input_size, std::int64_t hidden_size, RecurrentLayerOptions options = {},
      RnnNonlinearity nonlinearity = RnnNonlinearity::tanh, Where where = Where::current());
};

/// Long short-term memory (Hochreiter and Schmidhuber 1997), with projections (Sak et al. 2014).
///
/// Parameters  of each layer weight_ih (4 H, features), weight_hh (4 H, R), bias_ih (4 H), bias_hh
///             (4 H): input, forget, cell, output gate; with proj_size weight_hr (R, H)
class LSTM : public RecurrentLayer {
 public:
  LSTM(std::int64_t input_size, std::int64_t hidden_size, RecurrentLayerOptions options = {},
       Where where = Where::current());
};

/// Gated recurrent units (Cho et al. 2014).
///
/// Parameters  of each layer weight_ih (3 H, features), weight_hh (3 H, H), bias_ih (3 H), bias_hh
///             (3 H): reset, update, new
class GRU : public RecurrentLayer {
 public:
  GRU(std::int64_t input_size, std::int64_t hidden_size, RecurrentLayerOptions options = {},
      Where where = Where::current());
};

namespace detail {
/// A layer's parameters come under torch's flat names.
template <> struct is_model<RNN> { static constexpr bool value = true; };
template <> struct is_model<LSTM> { static constexpr bool value = true; };
template <> struct is_model<GRU> { static constexpr bool value = true; };
template <> inline void walk<RNN>(RNN& m, const Path& path, Visitor& visitor) {
  m.visit(path, visitor);
}
template <> inline void walk<LSTM>(LSTM& m, const Path& path, Visitor& visitor) {
  m.visit(path, visitor);
}
template <> inline void walk<GRU>(GRU& m, const Path& path, Visitor& visitor) {
  m.visit(path, visitor);
}
}  // namespace detail

}  // namespace fathom::nn
