#include "fathom/nn/recurrent.h"

#include <cmath>

#include "fathom/graph/context.h"
#include "fathom/nn/init.h"
#include "fathom/nn/mode.h"
#include "fathom/nn/require.h"
#include "fathom/ops/dropout.h"
#include "fathom/ops/join.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

void require_value(bool ok, const char* layer, const std::string& problem,
                   const std::string& expected, const std::string& hint, const Where& where) {
  if (ok) return;
  throw ValueError({.operation = layer,
                    .problem = problem,
                    .expected = expected,
                    .hint = hint,
                    .where = to_string(where)});
}

/// Layer `i` of an initial state; undefined if none is given.
Tensor part(const Tensor& states, std::int64_t i) {
  return states.defined() ? select(states, 0, i) : Tensor();
}
/// With a batch of one where there is no batch.
Tensor batched(const Tensor& t, bool yes) { return t.defined() && !yes ? unsqueeze(t, 1) : t; }
Tensor unbatched(const Tensor& t, bool yes) { return t.defined() && !yes ? squeeze(t, 1) : t; }

void require_states(const char* layer, const char* name, const Tensor& states, std::int64_t count,
                    const Where& where) {
  if (!states.defined() || (states.rank() == 3 && states.shape()[0] == count)) return;
  ops::fail<ShapeError>({.operation = layer,
                         .problem = std::string(name) + " has not a state for each layer",
                         .received = {{name, graph::describe(states)}},
                         .expected = "(" + std::to_string(count) + ", batch, numbers)"},
                        where);
}

}  // namespace

RecurrentLayer::RecurrentLayer(const char* name, RecurrentKind kind, std::int64_t input_size,
                               std::int64_t hidden_size, const RecurrentLayerOptions& options,
                               Where where)
    : kind(kind), options(options), name_(name) {
  require_positive(name, "input_size", input_size, where);
  require_positive(name, "hidden_size", hidden_size, where);
  require_positive(name, "num_layers", options.num_layers, where);
  require_value(options.dropout >= 0 && options.dropout <= 1, name,
                "dropout is " + graph::print_field(options.dropout), "a number in [0, 1]", "",
                where);
  require_value(options.dropout == 0 || options.num_layers > 1, name,
                "dropout is " + graph::print_field(options.dropout) + " of a single layer",
                "dropout lies between layers: none, or more layers",
                "apply nn::Dropout to the output", where);
  const bool projects = options.proj_size != 0;
  require_value(!projects || kind == RecurrentKind::lstm, name, "a projection", "none",
                "only nn::LSTM has projections", where);
  require_value(options.proj_size >= 0 && options.proj_size < hidden_size, name,
                "proj_size is " + std::to_string(options.proj_size),
                "less than hidden_size, " + std::to_string(hidden_size), "", where);

  const double bound = 1 / std::sqrt(static_cast<double>(hidden_size));
  const auto fresh = [&](const Shape& shape) { return init::uniform(shape, -bound, bound, where); };
  const std::int64_t rows = ops::gate_count(kind) * hidden_size;
  const std::int64_t handed = projects ? options.proj_size : hidden_size;
  const int count = options.bidirectional ? 2 : 1;
  for (std::int64_t layer = 0; layer < options.num_layers; ++layer)
    for (int d = 0; d < count; ++d) {
      Direction& w = directions.emplace_back();
      w.weight_ih = fresh({rows, layer == 0 ? input_size : handed * count});
      w.weight_hh = fresh({rows, handed});
      if (options.bias) w.bias_ih = fresh({rows});
      if (options.bias) w.bias_hh = fresh({rows});
      if (projects) w.weight_hr = fresh({handed, hidden_size});
    }
}

void RecurrentLayer::visit(const Path& path, Visitor& visitor) {
  visitor.module(path, this, name_);
  const std::size_t count = options.bidirectional ? 2 : 1;
  for (std::size_t i = 0; i < directions.size(); ++i) {
    const std::string end = "_l" + std::to_string(i / count) + (i % count ? "_reverse" : "");
    Direction& w = directions[i];
    const auto param = [&](const char* start, Param& p) {
      const std::string name = start + end;
      visitor.param(Path{&path, name}, p);
    };
    param("weight_ih", w.weight_ih);
    param("weight_hh", w.weight_hh);
    param("bias_ih", w.bias_ih);
    param("bias_hh", w.bias_hh);
    param("weight_hr", w.weight_hr);
  }
}

RecurrentOutputs RecurrentLayer::operator()(const Tensor& x, const RecurrentInputs& inputs,
                                            Where where) const {
  const ModuleScope scope(this, name_, where);
  if (x.rank() != 2 && x.rank() != 3)
    ops::fail<ShapeError>({.operation = name_,
                           .problem = "x has " + std::to_string(x.rank()) + " axes",
                           .received = {{"x", graph::describe(x)}},
                           .expected = "(steps, batch, features), or (steps, features)"},
                          where);
  const bool batch = x.rank() == 3, transposed = batch && options.batch_first;
  const Tensor h0 = batched(inputs.h0, batch), c0 = batched(inputs.c0, batch);
  const auto states = static_cast<std::int64_t>(directions.size());
  require_states(name_, "h0", h0, states, where);
  require_states(name_, "c0", c0, states, where);
  const std::int64_t count = options.bidirectional ? 2 : 1;
  Tensor y = transposed ? transpose(Operand(x, where), 0, 1) : batched(x, batch);
  std::vector<Tensor> h_n, c_n;
  for (std::int64_t layer = 0; layer < options.num_layers; ++layer) {
    if (layer > 0 && options.dropout > 0 && is_training()) {
      const RandomSite site = next_random_site(name_, where);
      y = dropout(Operand(y, where), options.dropout, site.key, site.site);
    }
    std::vector<Tensor> sides;
    for (std::int64_t d = 0; d < count; ++d) {
      const std::int64_t i = layer * count + d;
      const Direction& w = directions[static_cast<std::size_t>(i)];
      const RecurrentResult r = recurrent(
          kind, Operand(y, where), {w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh, w.weight_hr},
          {part(h0, i), part(c0, i), inputs.lengths, d == 1});
      sides.push_back(r.y);
      h_n.push_back(r.h_n);
      c_n.push_back(r.c_n);
    }
    y = count == 1 ? sides[0] : concat(sides, 2, where);
  }
  const Tensor output = transposed ? transpose(y, 0, 1) : unbatched(y, batch);
  return {scope.result(output), unbatched(stack(h_n, 0, where), batch),
          kind == RecurrentKind::lstm ? unbatched(stack(c_n, 0, where), batch) : Tensor()};
}

RNN::RNN(std::int64_t input_size, std::int64_t hidden_size, RecurrentLayerOptions options,
         RnnNonlinearity nonlinearity, Where where)
    : RecurrentLayer(
          "nn::RNN",
          nonlinearity == RnnNonlinearity::tanh ? RecurrentKind::tanh : RecurrentKind::relu,
          input_size, hidden_size, options, where) {}
LSTM::LSTM(std::int64_t input_size, std::int64_t hidden_size, RecurrentLayerOptions options,
           Where where)
    : RecurrentLayer("nn::LSTM", RecurrentKind::lstm, input_size, hidden_size, options, where) {}
GRU::GRU(std::int64_t input_size, std::int64_t hidden_size, RecurrentLayerOptions options,
         Where where)
    : RecurrentLayer("nn::GRU", RecurrentKind::gru, input_size, hidden_size, options, where) {}

}  // namespace fathom::nn
