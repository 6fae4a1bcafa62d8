// Recurrent layers: how they are made and what they are called with.
#include "fathom/nn/recurrent_cell.h"
#include "tests/faults/faults.h"

namespace fathom::test {

Faults recurrent_faults() {
  return {
      fault<ValueError>(
          "a recurrent layer of no units", [] { nn::LSTM(3, 0); }, R"(nn::LSTM: hidden_size is 0
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "no recurrent layers", [] { nn::GRU(3, 4, {.num_layers = 0}); },
          R"(nn::GRU: num_layers is 0
  expected a positive number
  in: @)"),
      fault<ValueError>(
          "dropout between layers of which there is one", [] { nn::RNN(3, 4, {.dropout = 0.5}); },
          R"(nn::RNN: dropout is 0.5 of a single layer
  expected dropout lies between layers: none, or more layers
  hint: apply nn::Dropout to the output
  in: @)"),
      fault<ValueError>(
          "a projection of a GRU", [] { nn::GRU(3, 4, {.proj_size = 2}); },
          R"(nn::GRU: a projection
  expected none
  hint: only nn::LSTM has projections
  in: @)"),
      fault<ValueError>(
          "a projection to as many numbers", [] { nn::LSTM(3, 4, {.proj_size = 4}); },
          R"(nn::LSTM: proj_size is 4
  expected less than hidden_size, 4
  in: @)"),
      fault<ShapeError>(
          "other features than the layer's",
          [] {
            nn::LSTM(3, 4)(zeros({5, 2, 7}));
          },
          R"(recurrent: the features of x do not fit weight_ih
  x: f32 (5, 2, 7)     weight_ih: f32 (16, 3)
  expected (4 * hidden, 7)
  in: nn::LSTM, @)"),
      fault<ShapeError>(
          "pictures for a recurrent layer",
          [] {
            nn::GRU(3, 4)(zeros({5, 2, 3, 3}));
          },
          R"(nn::GRU: x has 4 axes
  x: f32 (5, 2, 3, 3)
  expected (steps, batch, features), or (steps, features)
  in: nn::GRU, @)"),
      fault<ShapeError>(
          "sequences of no steps",
          [] {
            nn::GRU(3, 4)(zeros({0, 2, 3}));
          },
          R"(recurrent: there are no steps
  x: f32 (0, 2, 3)
  expected (steps, batch, features), at least one step
  in: nn::GRU, @)"),
      fault<ShapeError>(
          "a state for one layer of two",
          [] {
            nn::GRU(3, 4, {.num_layers = 2})(zeros({5, 2, 3}), {.h0 = zeros({1, 2, 4})});
          },
          R"(nn::GRU: h0 has not a state for each layer
  h0: f32 (1, 2, 4)
  expected (2, batch, numbers)
  in: nn::GRU, @)"),
      fault<ShapeError>(
          "states of another batch",
          [] {
            nn::GRU(3, 4)(zeros({5, 2, 3}), {.h0 = zeros({1, 3, 4})});
          },
          R"(recurrent: h0 has the wrong shape
  x: f32 (5, 2, 3)     h0: f32 (3, 4)
  expected (2, 4)
  in: nn::GRU, @)"),
      fault<ShapeError>(
          "cells of a GRU",
          [] {
            nn::GRU(3, 4)(zeros({5, 2, 3}), {.c0 = zeros({1, 2, 4})});
          },
          R"(recurrent: only an LSTM has cells
  x: f32 (5, 2, 3)     c0: f32 (2, 4)
  in: nn::GRU, @)"),
      fault<ShapeError>(
          "too few lengths",
          [] {
            nn::LSTM(3, 4)(zeros({5, 2, 3}), {.lengths = labels({5})});
          },
          R"(recurrent: one length a sequence is needed
  x: f32 (5, 2, 3)     lengths: i64 (1,)
  expected i64 (2,)
  in: nn::LSTM, @)"),
      fault<ValueError>(
          "a length beyond the steps",
          [] {
            nn::LSTM(3, 4)(zeros({5, 2, 3}), {.lengths = labels({5, 6})}).output.eval();
          },
          R"(recurrent: length 6 is out of range
  element: (1)
  expected a number of steps from 0 to that of x
  in: nn::LSTM, @)"),
      fault<DTypeError>(
          "states of another type",
          [] {
            nn::GRU(3, 4)(zeros({5, 2, 3}), {.h0 = zeros({1, 2, 4}, DType::f64)});
          },
          R"(recurrent: needs operands of one floating-point type
  x: f32 (5, 2, 3)     h0: f64 (2, 4)
  hint: cast one of them
  in: nn::GRU, @)"),
      fault<ShapeError>(
          "a sequence for a cell",
          [] {
            nn::LSTMCell(3, 4)(zeros({5, 2, 3}));
          },
          R"(nn::LSTMCell: x has 3 axes
  x: f32 (5, 2, 3)
  expected (batch, features), or (features)
  in: nn::LSTMCell, @)"),
      fault<ValueError>(
          "dropout between layers without a key",
          [] {
            const nn::ModeScope mode = nn::training();
            nn::LSTM(3, 4, {.num_layers = 2, .dropout = 0.5})(zeros({5, 2, 3}));
          },
          R"(nn::LSTM: no random key while training
  hint: open a scope around the step: auto scope = nn::training(rng)
  in: nn::LSTM, @)"),
  };
}

}  // namespace fathom::test
