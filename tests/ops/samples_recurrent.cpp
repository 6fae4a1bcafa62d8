#include "fathom/ops/recurrent.h"

#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {

using Kind = RecurrentKind;

/// All that a layer gives, as one tensor.
Tensor joined(const RecurrentResult& r) {
  std::vector<Tensor> parts{flatten(r.y), flatten(r.h_n)};
  if (r.c_n.defined()) parts.push_back(flatten(r.c_n));
  return concat(parts);
}

struct Form {
  Kind kind = Kind::tanh;
  std::int64_t steps = 4, batch = 3, features = 2, hidden = 3, handed = 0;
  bool reverse = false;
  std::vector<double> lengths = {};
  DType dtype = DType::f32;
};

/// Inputs x, weight_ih, weight_hh, bias_ih, bias_hh, h0 and as there are c0, weight_hr, lengths.
Sample row(const std::string& name, const Form& f, SampleOptions options) {
  const std::int64_t rows = ops::gate_count(f.kind) * f.hidden;
  const std::int64_t handed = f.handed ? f.handed : f.hidden;
  const bool lstm = f.kind == Kind::lstm, projected = f.handed > 0, ragged = !f.lengths.empty();
  const auto numbers = [&](const Shape& shape) {
    const double most = f.hidden < 10 ? 1 : 0.3;  // larger networks would be chaotic
    return Input{.shape = shape, .dtype = f.dtype, .low = -most, .high = most};
  };
  std::vector<Input> inputs{numbers({f.steps, f.batch, f.features}),
                            numbers({rows, f.features}),
                            numbers({rows, handed}),
                            numbers({rows}),
                            numbers({rows}),
                            numbers({f.batch, handed})};
  if (lstm) inputs.push_back(numbers({f.batch, f.hidden}));
  if (projected) inputs.push_back(numbers({handed, f.hidden}));
  if (ragged) inputs.push_back(given({f.batch}, f.lengths, DType::i64));
  const auto build = [=](In x) {
    std::size_t next = 5;
    RecurrentOptions o{.h0 = x[next++], .reverse = f.reverse};
    if (lstm) o.c0 = x[next++];
    const Tensor projection = projected ? x[next++] : Tensor();
    if (ragged) o.lengths = x[next++];
    return joined(recurrent(f.kind, x[0], {x[1], x[2], x[3], x[4], projection}, o));
  };
  return {"recurrent/" + name, build, std::move(inputs), options};
}

}  // namespace

Samples recurrent_samples() {
  const SampleOptions smooth{.tolerance = 5e-6, .second = true};
  const SampleOptions first{.tolerance = 5e-6};
  const SampleOptions large{.tolerance = 2e-5, .large = true};
  const std::vector<double> ragged{2, 4, 0};
  return {
      row("tanh", {}, smooth),
      row("relu", {.kind = Kind::relu}, first),
      row("lstm", {.kind = Kind::lstm}, smooth),
      row("gru", {.kind = Kind::gru}, smooth),
      row("tanh reverse", {.reverse = true}, first),
      row("lstm reverse", {.kind = Kind::lstm, .reverse = true}, first),
      row("gru reverse", {.kind = Kind::gru, .reverse = true}, first),
      row("tanh lengths", {.lengths = ragged}, smooth),
      row("lstm lengths", {.kind = Kind::lstm, .lengths = ragged}, smooth),
      row("gru lengths", {.kind = Kind::gru, .lengths = ragged}, smooth),
      row("tanh reverse lengths", {.reverse = true, .lengths = ragged}, smooth),
      row("lstm reverse lengths", {.kind = Kind::lstm, .reverse = true, .lengths = ragged}, smooth),
      row("gru reverse lengths", {.kind = Kind::gru, .reverse = true, .lengths = ragged}, smooth),
      row("lstm projected", {.kind = Kind::lstm, .handed = 2}, smooth),
      row("lstm projected reverse lengths",
          {.kind = Kind::lstm, .handed = 2, .reverse = true, .lengths = ragged}, first),
      row("lstm one step", {.kind = Kind::lstm, .steps = 1}, first),
      row("gru one sequence", {.kind = Kind::gru, .batch = 1}, first),
      row("tanh one unit", {.features = 1, .hidden = 1}, first),
      row("lstm no sequences", {.kind = Kind::lstm, .batch = 0}, first),
      row("lstm f64", {.kind = Kind::lstm, .dtype = DType::f64}, first),
      row("gru bf16", {.kind = Kind::gru, .dtype = DType::bf16}, {.gradient = false}),
      row("tanh large", {.steps = 9, .batch = 40, .features = 20, .hidden = 33}, large),
      row("lstm large", {.kind = Kind::lstm, .steps = 9, .batch = 40, .features = 20, .hidden = 33},
          large),
      row("lstm projected large",
          {.kind = Kind::lstm, .steps = 9, .batch = 37, .features = 20, .hidden = 41, .handed = 17},
          large),
      row("gru large", {.kind = Kind::gru, .steps = 9, .batch = 40, .features = 20, .hidden = 33},
          large),
  };
}

}  // namespace fathom::test
