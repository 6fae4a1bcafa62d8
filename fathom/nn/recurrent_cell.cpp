#include "fathom/nn/recurrent_cell.h"

#include <cmath>

#include "fathom/graph/context.h"
#include "fathom/nn/init.h"
#include "fathom/nn/require.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

template <class Cell>
void fill_cell(Cell& cell, const char* name, RecurrentKind kind, std::int64_t input_size,
               std::int64_t hidden_size, bool bias, const Where& where) {
  require_positive(name, "input_size", input_size, where);
  require_positive(name, "hidden_size", hidden_size, where);
  const double bound = 1 / std::sqrt(static_cast<double>(hidden_size));
  const std::int64_t rows = ops::gate_count(kind) * hidden_size;
  const auto fresh = [&](const Shape& shape) { return init::uniform(shape, -bound, bound, where); };
  cell.weight_ih = fresh({rows, input_size});
  cell.weight_hh = fresh({rows, hidden_size});
  if (bias) cell.bias_ih = fresh({rows});
  if (bias) cell.bias_hh = fresh({rows});
}

/// A sequence of one step.
template <class Cell>
LSTMState cell_step(const Cell& cell, const ModuleScope& scope, RecurrentKind kind, const Tensor& x,
                    const Tensor& h, const Tensor& c) {
  if (x.rank() != 1 && x.rank() != 2)
    ops::fail<ShapeError>({.operation = scope.type,
                           .problem = "x has " + std::to_string(x.rank()) + " axes",
                           .received = {{"x", graph::describe(x)}},
                           .expected = "(batch, features), or (features)"},
                          scope.where);
  const bool batch = x.rank() == 2;
  const auto rows = [&](const Tensor& t) { return t.defined() && !batch ? unsqueeze(t, 0) : t; };
  const RecurrentResult r =
      recurrent(kind, Operand(unsqueeze(rows(x), 0), scope.where),
                {cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh}, {rows(h), rows(c)});
  const auto back = [&](const Tensor& t) { return t.defined() && !batch ? squeeze(t, 0) : t; };
  return {scope.result(back(r.h_n)), back(r.c_n)};
}

}  // namespace

RNNCell::RNNCell(std::int64_t input_size, std::int64_t hidden_size, bool bias,
                 RnnNonlinearity nonlinearity, Where where)
    : nonlinearity(nonlinearity) {
  fill_cell(*this, "nn::RNNCell", RecurrentKind::tanh, input_size, hidden_size, bias, where);
}
Tensor RNNCell::operator()(const Tensor& x, const Tensor& h, Where where) const {
  const ModuleScope scope(this, "nn::RNNCell", where);
  const bool tanh = nonlinearity == RnnNonlinearity::tanh;
  return cell_step(*this, scope, tanh ? RecurrentKind::tanh : RecurrentKind::relu, x, h, {}).h;
}

LSTMCell::LSTMCell(std::int64_t input_size, std::int64_t hidden_size, bool bias, Where where) {
  fill_cell(*this, "nn::LSTMCell", RecurrentKind::lstm, input_size, hidden_size, bias, where);
}
LSTMState LSTMCell::operator()(const Tensor& x, const LSTMState& state, Where where) const {
  const ModuleScope scope(this, "nn::LSTMCell", where);
  return cell_step(*this, scope, RecurrentKind::lstm, x, state.h, state.c);
}

GRUCell::GRUCell(std::int64_t input_size, std::int64_t hidden_size, bool bias, Where where) {
  fill_cell(*this, "nn::GRUCell", RecurrentKind::gru, input_size, hidden_size, bias, where);
}
Tensor GRUCell::operator()(const Tensor& x, const Tensor& h, Where where) const {
  const ModuleScope scope(this, "nn::GRUCell", where);
  return cell_step(*this, scope, RecurrentKind::gru, x, h, {}).h;
}

}  // namespace fathom::nn
