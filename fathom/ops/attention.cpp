#include "fathom/ops/attention.h"

#include <cmath>
#include <limits>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;

namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// Keys or values (B, G, S, D), one for each of `heads` heads.
Tensor for_heads(const Tensor& x, std::int64_t heads) {
  const Shape& s = x.shape();
  if (s[1] == heads) return x;
  return reshape(expand(unsqueeze(x, 2), {s[0], s[1], heads / s[1], s[2], s[3]}),
                 {s[0], heads, s[2], s[3]});
}
/// Its transpose: sums over the heads that share a group.
Tensor sum_of_heads(const Tensor& x, std::int64_t groups) {
  const Shape& s = x.shape();
  if (s[1] == groups) return x;
  return sum(reshape(x, {s[0], groups, s[1] / groups, s[2], s[3]}), 2);
}

/// All scores (B, H, L, S), -inf where a query must not look.
Tensor scores_of(const op::AttentionForm& form, const Tensor& q, const Tensor& k,
                 const Tensor& mask) {
  Tensor s = matmul(q, transpose(for_heads(k, q.shape()[1]), 2, 3)) * form.scale;
  if (mask.defined()) s = s + mask;
  const std::int64_t queries = q.shape()[2], keys = k.shape()[2];
  const Tensor distance = arange(keys) - reshape(arange(queries), {queries, 1});
  if (form.before >= 0) s = where(distance >= -form.before, s, kNothing);
  if (form.after >= 0) s = where(distance <= form.after, s, kNothing);
  return s;
}

/// What weights (B, H, L, S) are multiplied by to drop some out.
Tensor kept(const op::AttentionForm& form, const Shape& weights, const Tensor& key) {
  const std::int64_t keys = weights[3];
  const op::Random numbers{op::Random::Kind::kept, weights.with(3, (keys + 63) / 64 * 64),
                           form.site, form.dropout};
  const double scale = form.dropout < 1 ? 1 / (1 - form.dropout) : 0;
  return slice(graph::apply(numbers, {key}, {}), 3, 0, keys) * scale;
}
/// The weights with some dropped out.
Tensor dropped(const op::AttentionForm& form, const Tensor& weights, const Tensor& key) {
  if (form.dropout == 0) return weights;
  return weights * cast(kept(form, weights.shape(), key), weights.dtype());
}

/// Softmax in parts: exponentials and their sums, which are 1 where nothing is seen.
struct Shares {
  Tensor exponentials, sum, none, largest;
  explicit Shares(const Tensor& scores) {
    const Tensor top = max(scores, -1, true);
    largest = stop_gradient(where(top == kNothing, 0, top));
    exponentials = exp(scores - largest);
    const Tensor total = fathom::sum(exponentials, -1, true);
    none = total == 0;
    sum = where(none, 1, total);
  }
};

/// The gradient by an added mask, of which axes may have one element.
Tensor mask_gradient(Tensor ds, const Shape& mask) {
  for (int axis = 0; axis < 4; ++axis)
    if (mask[axis] != ds.shape()[axis]) ds = sum(ds, axis, true);
  return ds;
}

}  // namespace

namespace graph {

template <> struct Rules<op::Attention> {
  static constexpr std::string_view name = "attention";
  static Specs infer(const op::Attention&, Inputs in) {
    const Shape& q = in[0].shape();
    const Shape rows{q[0], q[1], q[2]};
    return {Spec{in[0].dtype(), {q[0], q[1], q[2], in[2].shape()[3]}}, Spec{in[0].dtype(), rows}};
  }
  static Tensors lower(const op::Attention& a, Inputs in) {
    const Tensor &q = in[0], &v = in[2];
    const Shape rows{q.shape()[0], q.shape()[1], q.shape()[2]};
    if (v.shape()[2] == 0)
      return {zeros({rows[0], rows[1], rows[2], v.shape()[3]}, v.dtype()), zeros(rows, v.dtype())};
    const Shares shares(scores_of(a.form, q, in[1], a.form.masked ? in[3] : Tensor()));
    const Tensor weights = dropped(a.form, shares.exponentials, in.back());
    return {matmul(weights, for_heads(v, rows[1])) / shares.sum,
            reshape(where(shares.none, 0, shares.largest + log(shares.sum)), rows)};
  }
  static Tensors vjp(const op::Attention& a, const Vjp& v) {
    const op::AttentionForm& form = a.form;
    const Tensor& y = v.outputs[0];
    const Tensor& dy = v.cotangent();
    const Tensor delta = sum(dy * y, -1);
    Tensors g(v.inputs.size());
    if (v.wants(0) || v.wants(1) || v.wants(2)) {
      Tensors in{dy, v.inputs[0], v.inputs[1], v.inputs[2], v.outputs[1], delta};
      in.insert(in.end(), v.inputs.begin() + 3, v.inputs.end());
      const Tensors d = apply_all(op::AttentionBackward{form}, std::move(in), {});
      for (std::size_t i = 0; i < 3; ++i) g[i] = d[i];
    }
    if (form.masked && v.wants(3)) {
      const Tensor p =
          exp(scores_of(form, v.inputs[0], v.inputs[1], v.inputs[3]) - unsqueeze(v.outputs[1], -1));
      const Tensor values = transpose(for_heads(v.inputs[2], y.shape()[1]), 2, 3);
      const Tensor dp = dropped(form, matmul(dy, values), v.inputs.back());
      g[3] = mask_gradient(p * (dp - unsqueeze(delta, -1)), v.inputs[3].shape());
    }
    return g;
  }
};

template <> struct Rules<op::AttentionBackward> {
  static constexpr std::string_view name = "attention_backward";
  static Specs infer(const op::AttentionBackward&, Inputs in) {
    return {Spec{in[1].dtype(), in[1].shape()}, Spec{in[2].dtype(), in[2].shape()},
            Spec{in[3].dtype(), in[3].shape()}};
  }
  static Tensors lower(const op::AttentionBackward& a, Inputs in) {
    const Tensor &dy = in[0], &q = in[1], &k = in[2], &v = in[3];
    const std::int64_t heads = q.shape()[1], groups = k.shape()[1];
    const Tensor s = scores_of(a.form, q, k, a.form.masked ? in[6] : Tensor());
    const Tensor p = exp(s - unsqueeze(in[4], -1));
    const Tensor dp = dropped(a.form, matmul(dy, transpose(for_heads(v, heads), 2, 3)), in.back());
    const Tensor ds = p * (dp - unsqueeze(in[5], -1)) * a.form.scale;
    return {matmul(ds, for_heads(k, heads)), sum_of_heads(matmul(transpose(ds, 2, 3), q), groups),
            sum_of_heads(matmul(transpose(dropped(a.form, p, in.back()), 2, 3), dy), groups)};
  }
};

template <> constinit const OpDef OpEntry<op::Attention>::def = make_op_def<op::Attention>();
template <>
constinit const OpDef OpEntry<op::AttentionBackward>::def = make_op_def<op::AttentionBackward>();

}  // namespace graph

namespace {

constexpr const char* kAttention = "scaled_dot_product_attention";
constexpr const char* kWeights = "attention_weights";

/// (..., H, L, D) as (B, H, L, D).
Tensor with_four_axes(const Tensor& x) {
  const Shape& s = x.shape();
  const int rank = s.rank();
  std::int64_t batch = 1;
  for (int i = 0; i < rank - 3; ++i) batch *= s[i];
  return reshape(x, {batch, rank > 2 ? s[rank - 3] : 1, s[rank - 2], s[rank - 1]});
}

class Call {
 public:
  Call(const Tensor& q, const Tensor& k, const Tensor& v, const std::source_location& where)
      : q_(q), k_(k), v_(v), where_(where) {}

  void check() const {
    const int rank = q_.rank();
    require(rank >= 2 && k_.rank() == rank && v_.rank() == rank,
            "q, k and v need the same number of axes", "2 or more: (..., positions, numbers)");
    for (int i = 0; i < rank - 3; ++i)
      require(k_.shape()[i] == q_.shape()[i] && v_.shape()[i] == q_.shape()[i],
              "the first axes differ", "one shape before the heads");
    require(k_.shape()[rank - 1] == q_.shape()[rank - 1], "keys and queries differ in size",
            "keys of " + std::to_string(q_.shape()[rank - 1]) + " numbers");
    require(k_.shape()[rank - 2] == v_.shape()[rank - 2], "there is not a value for each key",
            std::to_string(k_.shape()[rank - 2]) + " values");
    if (rank > 2) {
      const std::int64_t heads = q_.shape()[rank - 3], groups = k_.shape()[rank - 3];
      require(v_.shape()[rank - 3] == groups &&
                  (groups == heads || (groups > 0 && heads % groups == 0)),
              "the heads of keys and values do not divide those of queries",
              "as many for keys as for values, and a divisor of " + std::to_string(heads));
    }
    if (!is_floating(q_.dtype()) || k_.dtype() != q_.dtype() || v_.dtype() != q_.dtype())
      ops::fail<DTypeError>({.operation = kAttention,
                             .problem = "needs q, k and v of one floating-point type",
                             .received = received(),
                             .hint = "cast the others"},
                            where_);
  }

  /// The mask as op::Attention takes it.
  Tensor mask(const Tensor& mask) const {
    const int rank = q_.rank();
    Shape scores(std::span(q_.shape().begin(), q_.shape().end() - 1));
    scores.push_back(k_.shape()[rank - 2]);
    Shape together;
    const bool fits =
        mask.rank() <= rank && broadcast(mask.shape(), scores, together) && together == scores;
    if (!fits)
      ops::fail<ShapeError>(
          {.operation = kAttention,
           .problem = "the mask does not fit queries and keys",
           .received = {{"mask", describe(mask)}, {"q", describe(q_)}, {"k", describe(k_)}},
           .expected = "a shape that broadcasts to " + to_string(scores)},
          where_);
    if (mask.dtype() != DType::boolean && !is_floating(mask.dtype()))
      ops::fail<DTypeError>({.operation = kAttention,
                             .problem = "the mask is neither bool nor added",
                             .received = {{"mask", describe(mask)}},
                             .hint = "mask != 0 is true where a query may look"},
                            where_);
    Tensor m = mask.dtype() == DType::boolean
                   ? where(mask, full({}, 0, q_.dtype()), full({}, kNothing, q_.dtype()))
                   : cast(mask, q_.dtype());
    while (m.rank() < std::max(rank, 4)) m = unsqueeze(m, 0);
    Shape whole = m.shape();
    const int r = whole.rank();
    whole = whole.with(r - 1, scores.back());
    bool varies = false;  // among the axes that become one
    for (int i = 0; i < r - 3; ++i) varies = varies || whole[i] != 1;
    for (int i = 0; r > 4 && varies && i < r - 3; ++i) whole = whole.with(i, scores[i]);
    return with_four_axes(expand(m, whole));
  }

 private:
  std::vector<std::pair<std::string, std::string>> received() const {
    return {{"q", describe(q_)}, {"k", describe(k_)}, {"v", describe(v_)}};
  }
  void require(bool ok, const char* problem, const std::string& expected) const {
    if (!ok)
      ops::fail<ShapeError>({.operation = kAttention,
                             .problem = problem,
                             .received = received(),
                             .expected = expected},
                            where_);
  }

  const Tensor &q_, &k_, &v_;
  const std::source_location& where_;
};

/// Form, and operands with four axes, of a call.
struct Prepared {
  op::AttentionForm form;
  Tensors inputs;
};
Prepared prepare(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options,
                 const std::source_location& where) {
  const Call call(q, k, v, where);
  call.check();
  for (const std::int64_t bound : {options.before, options.after})
    if (bound < -1)
      ops::fail<ValueError>({.operation = kAttention,
                             .problem = "a window reaches " + std::to_string(bound) + " positions",
                             .expected = "0 or more, or -1 for all"},
                            where);
  const auto depth = static_cast<double>(q.shape().back());
  Prepared p{{options.scale.value_or(1 / std::sqrt(depth)), options.before,
              options.causal ? 0 : options.after, options.mask.defined(), 0, 0},
             {with_four_axes(q), with_four_axes(k), with_four_axes(v)}};
  if (options.mask.defined()) p.inputs.push_back(call.mask(options.mask));
  return p;
}

}  // namespace

Tensor scaled_dot_product_attention(const Operand& q, const Operand& k, const Operand& v,
                                    const AttentionOptions& options) {
  const graph::CallScope scope(kAttention, q.where());
  const Tensor tq = ops::as_tensor(q), tk = ops::as_tensor(k), tv = ops::as_tensor(v);
  Prepared p = prepare(tq, tk, tv, options, q.where());
  if (!(options.dropout >= 0 && options.dropout <= 1))
    ops::fail<ValueError>({.operation = kAttention,
                           .problem = "dropout is " + std::to_string(options.dropout),
                           .expected = "a number in [0, 1]"},
                          q.where());
  if (options.dropout > 0) {
    if (!options.key.defined())
      ops::fail<ValueError>({.operation = kAttention,
                             .problem = "dropout without a random key",
                             .expected = "the key that names the weights which are dropped out"},
                            q.where());
    p.form.dropout = options.dropout;
    p.form.site = options.site;
    p.inputs.push_back(options.key);
  }
  const Tensor y = graph::apply_all(op::Attention{p.form}, std::move(p.inputs), q.where())[0];
  return reshape(y, tq.shape().with(tq.rank() - 1, tv.shape().back()));
}

Tensor attention_weights(const Operand& q, const Operand& k, const AttentionOptions& options) {
  const graph::CallScope scope(kWeights, q.where());
  const Tensor tq = ops::as_tensor(q), tk = ops::as_tensor(k);
  const Prepared p = prepare(tq, tk, tk, options, q.where());
  Shape shape = tq.shape().with(tq.rank() - 1, tk.shape()[tk.rank() - 2]);
  if (shape.size() == 0) return zeros(shape, tq.dtype());
  const Shares shares(
      scores_of(p.form, p.inputs[0], p.inputs[1], p.form.masked ? p.inputs[3] : Tensor()));
  return reshape(shares.exponentials / shares.sum, shape);
}

}  // namespace fathom
