// One step of a recurrent network at a time, for loops of the user's. Names, order of gates,
// initial values and state-dict keys are those of torch.nn's cells. B sequences, H hidden units.
#pragma once
#include <cstdint>

#include "fathom/nn/recurrent.h"

namespace fathom::nn {

/// A step of nn::RNN.
///
/// Shapes      x (B, features), h (B, H) or undefined for zeros -> (B, H); all without B, too
/// Parameters  weight_ih (H, features), weight_hh (H, H), bias_ih (H), bias_hh (H), uniform in
///             +-1/sqrt(H)
class RNNCell {
 public:
  RNNCell(std::int64_t input_size, std::int64_t hidden_size, bool bias = true,
          RnnNonlinearity nonlinearity = RnnNonlinearity::tanh, Where where = Where::current());
  Tensor operator()(const Tensor& x, const Tensor& h = {}, Where where = Where::current()) const;

  Param weight_ih, weight_hh, bias_ih, bias_hh;
  RnnNonlinearity nonlinearity;
  static constexpr auto members() {
    return fathom::members<&RNNCell::weight_ih, &RNNCell::weight_hh, &RNNCell::bias_ih,
                           &RNNCell::bias_hh>();
  }
};

/// The state of an nn::LSTMCell.
struct LSTMState {
  Tensor h;  ///< (B, H)
  Tensor c;  ///< (B, H)
};
/// A step of nn::LSTM. Shapes, parameters: as RNNCell, with 4 H rows.
class LSTMCell {
 public:
  LSTMCell(std::int64_t input_size, std::int64_t hidden_size, bool bias = true,
           Where where = Where::current());
  LSTMState operator()(const Tensor& x, const LSTMState& state = {},
                       Where where = Where::current()) const;

  Param weight_ih, weight_hh, bias_ih, bias_hh;
  static constexpr auto members() {
    return fathom::members<&LSTMCell::weight_ih, &LSTMCell::weight_hh, &LSTMCell::bias_ih,
                           &LSTMCell::bias_hh>();
  }
};

/// A step of nn::GRU. Shapes, parameters: as RNNCell, with 3 H rows.
class GRUCell {
 public:
  GRUCell(std::int64_t input_size, std::int64_t hidden_size, bool bias = true,
          Where where = Where::current());
  Tensor operator()(const Tensor& x, const Tensor& h = {}, Where where = Where::current()) const;

  Param weight_ih, weight_hh, bias_ih, bias_hh;
  static constexpr auto members() {
    return fathom::members<&GRUCell::weight_ih, &GRUCell::weight_hh, &GRUCell::bias_ih,
                           &GRUCell::bias_hh>();
  }
};

}  // namespace fathom::nn
