#include "fathom/ops/join.h"

#include "fathom/graph/op.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;

namespace graph {

template <> struct Rules<op::Concat> {
  static constexpr std::string_view name = "concat";
  static Specs infer(const op::Concat& a, Inputs in) {
    Shape out = in[0].shape();
    for (std::size_t i = 1; i < in.size(); ++i) {
      const Shape& s = in[i].shape();
      if (s.rank() != out.rank() || !(s.with(a.axis, 0) == out.with(a.axis, 0)))
        throw ShapeError(
            {.operation = "concat",
             .problem = "part " + std::to_string(i) + " does not fit the first",
             .received = {{"part 0", describe(in[0])},
                          {"part " + std::to_string(i), describe(in[i])}},
             .expected = "equal extents on all axes but axis " + std::to_string(a.axis)});
      out[a.axis] += s[a.axis];
    }
    return Spec{in[0].dtype(), out};
  }
  static Tensors vjp(const op::Concat& a, const Vjp& v) {
    Tensors parts;
    std::int64_t start = 0;
    for (std::size_t i = 0; i < v.inputs.size(); ++i) {
      const std::int64_t n = v.inputs[i].shape()[a.axis];
      parts.push_back(v.wants(static_cast<int>(i)) ? slice(v.cotangent(), a.axis, start, start + n)
                                                   : Tensor());
      start += n;
    }
    return parts;
  }
};

template <> constinit const OpDef OpEntry<op::Concat>::def = make_op_def<op::Concat>();

}  // namespace graph

Tensor concat(const std::vector<Tensor>& parts, int axis, const std::source_location& where) {
  const graph::CallScope call("concat", where);
  if (parts.empty())
    ops::fail<ShapeError>({.problem = "no parts", .expected = "at least one tensor"}, where);
  DType dtype = parts[0].dtype();
  for (const Tensor& p : parts) dtype = promote(dtype, p.dtype());
  Tensors same;
  for (const Tensor& p : parts) same.push_back(cast(p, dtype));
  if (same.size() == 1) return same[0];
  return graph::apply(op::Concat{ops::normalize_axis("concat", axis, parts[0].rank(), where)},
                      std::move(same), where);
}

Tensor stack(const std::vector<Tensor>& parts, int axis, const std::source_location& where) {
  const graph::CallScope call("stack", where);
  Tensors wider;
  for (const Tensor& p : parts) wider.push_back(unsqueeze(p, axis));
  return concat(wider, axis, where);
}

std::vector<Tensor> split(const Operand& x, const std::vector<std::int64_t>& lengths, int axis) {
  const graph::CallScope call("split", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("split", axis, t.rank(), x.where());
  std::int64_t total = 0;
  for (std::int64_t n : lengths) {
    if (n < 0)
      ops::fail<ValueError>(
          {.operation = "split", .problem = "negative length " + std::to_string(n)}, x.where());
    total += n;
  }
  if (total != t.shape()[a])
    ops::fail<ShapeError>(
        {.operation = "split",
         .problem = "the lengths do not add up to the axis",
         .received = {{"x", describe(t)}, {"sum of lengths", std::to_string(total)}}},
        x.where());
  Tensors parts;
  std::int64_t start = 0;
  for (std::int64_t n : lengths) {
    parts.push_back(slice(t, a, start, start + n));
    start += n;
  }
  return parts;
}

namespace {
template <class F> Tensors each(const std::vector<Tensor>& parts, F&& f) {
  Tensors result;
  for (const Tensor& t : parts) result.push_back(f(t));
  return result;
}
}  // namespace

Tensor hstack(const std::vector<Tensor>& parts, const std::source_location& where) {
  const graph::CallScope call("hstack", where);
  const Tensors wide = each(parts, [](const Tensor& t) { return atleast_1d(t); });
  return concat(wide, wide.empty() || wide[0].rank() == 1 ? 0 : 1, where);
}
Tensor vstack(const std::vector<Tensor>& parts, const std::source_location& where) {
  const graph::CallScope call("vstack", where);
  return concat(each(parts, [](const Tensor& t) { return atleast_2d(t); }), 0, where);
}
Tensor dstack(const std::vector<Tensor>& parts, const std::source_location& where) {
  const graph::CallScope call("dstack", where);
  return concat(each(parts, [](const Tensor& t) { return atleast_3d(t); }), 2, where);
}
Tensor column_stack(const std::vector<Tensor>& parts, const std::source_location& where) {
  const graph::CallScope call("column_stack", where);
  const auto column = [](const Tensor& t) {
    return t.rank() > 1 ? t : reshape(t, Shape{t.size(), 1});
  };
  return concat(each(parts, column), 1, where);
}

std::vector<Tensor> split_evenly(const Operand& x, std::int64_t length, int axis) {
  const graph::CallScope call("split_evenly", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("split", axis, t.rank(), x.where());
  const std::int64_t n = t.shape()[a];
  if (length < 0 || (length == 0 && n > 0))
    ops::fail<ValueError>({.operation = "split",
                           .problem = "the length is " + std::to_string(length),
                           .received = {{"x", describe(t)}}},
                          x.where());
  if (n == 0) return {t};
  Tensors parts;
  for (std::int64_t start = 0; start < n; start += length)
    parts.push_back(slice(t, a, start, start + length));
  return parts;
}

namespace {
std::int64_t checked_count(const char* operation, std::int64_t count,
                           const std::source_location& where) {
  if (count < 1)
    ops::fail<ValueError>({.operation = operation,
                           .problem = "the count is " + std::to_string(count),
                           .expected = "at least 1 piece"},
                          where);
  return count;
}
}  // namespace

std::vector<Tensor> chunk(const Operand& x, std::int64_t count, int axis) {
  const graph::CallScope call("chunk", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("chunk", axis, t.rank(), x.where());
  checked_count("chunk", count, x.where());
  const std::int64_t n = t.shape()[a];
  if (n == 0) return Tensors(static_cast<std::size_t>(count), t);
  return split_evenly(t, (n + count - 1) / count, a);
}

std::vector<Tensor> tensor_split(const Operand& x, std::int64_t count, int axis) {
  const graph::CallScope call("tensor_split", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("tensor_split", axis, t.rank(), x.where());
  checked_count("tensor_split", count, x.where());
  const std::int64_t n = t.shape()[a];
  Tensors parts;
  std::int64_t start = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t length = n / count + (i < n % count ? 1 : 0);
    parts.push_back(slice(t, a, start, start + length));
    start += length;
  }
  return parts;
}

std::vector<Tensor> tensor_split(const Operand& x, const std::vector<std::int64_t>& positions,
                                 int axis) {
  const graph::CallScope call("tensor_split", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("tensor_split", axis, t.rank(), x.where());
  Tensors parts;
  std::int64_t start = 0;
  for (std::int64_t position : positions) {
    parts.push_back(slice(t, a, start, position));
    start = position;
  }
  parts.push_back(slice(t, a, start, t.shape()[a]));
  return parts;
}

namespace {
/// hsplit, vsplit and dsplit: pieces of equal length along an axis that fits the rank.
int split_axis(const char* operation, const Tensor& t, int least_rank, int axis,
               const std::source_location& where) {
  if (t.rank() < least_rank)
    ops::fail<ShapeError>(
        {.operation = operation,
         .problem = "too few axes",
         .received = {{"x", describe(t)}},
         .expected =
             least_rank == 1 ? "1 axis or more" : std::to_string(least_rank) + " axes or more"},
        where);
  return axis;
}
Tensors split_in(const char* operation, const Operand& x, int least_rank, int axis,
                 std::int64_t count) {
  const graph::CallScope call(operation, x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = split_axis(operation, t, least_rank, t.rank() == 1 ? 0 : axis, x.where());
  checked_count(operation, count, x.where());
  if (t.shape()[a] % count != 0)
    ops::fail<ValueError>({.operation = operation,
                           .problem = std::to_string(count) + " pieces of an axis of extent " +
                                      std::to_string(t.shape()[a]),
                           .received = {{"x", describe(t)}},
                           .expected = "a count that divides it",
                           .hint = "tensor_split makes uneven pieces"},
                          x.where());
  return tensor_split(t, count, a);
}
Tensors split_at(const char* operation, const Operand& x, int least_rank, int axis,
                 const std::vector<std::int64_t>& positions) {
  const graph::CallScope call(operation, x.where());
  const Tensor t = ops::as_tensor(x);
  return tensor_split(t, positions,
                      split_axis(operation, t, least_rank, t.rank() == 1 ? 0 : axis, x.where()));
}
}  // namespace

std::vector<Tensor> hsplit(const Operand& x, std::int64_t count) {
  return split_in("hsplit", x, 1, 1, count);
}
std::vector<Tensor> hsplit(const Operand& x, const std::vector<std::int64_t>& positions) {
  return split_at("hsplit", x, 1, 1, positions);
}
std::vector<Tensor> vsplit(const Operand& x, std::int64_t count) {
  return split_in("vsplit", x, 2, 0, count);
}
std::vector<Tensor> vsplit(const Operand& x, const std::vector<std::int64_t>& positions) {
  return split_at("vsplit", x, 2, 0, positions);
}
std::vector<Tensor> dsplit(const Operand& x, std::int64_t count) {
  return split_in("dsplit", x, 3, 2, count);
}
std::vector<Tensor> dsplit(const Operand& x, const std::vector<std::int64_t>& positions) {
  return split_at("dsplit", x, 3, 2, positions);
}

std::vector<Tensor> unbind(const Operand& x, int axis) {
  const graph::CallScope call("unbind", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("unbind", axis, t.rank(), x.where());
  Tensors parts;
  for (std::int64_t i = 0; i < t.shape()[a]; ++i) parts.push_back(select(t, a, i));
  return parts;
}

namespace {
void require_vectors(const char* operation, const std::vector<Tensor>& vectors, int most_axes,
                     const std::source_location& where) {
  if (vectors.empty())
    ops::fail<ShapeError>(
        {.operation = operation, .problem = most_axes == 1 ? "no vectors" : "no matrices"}, where);
  for (const Tensor& t : vectors)
    if (t.rank() > most_axes)
      ops::fail<ShapeError>({.operation = operation,
                             .problem = most_axes == 1 ? "needs vectors" : "needs matrices",
                             .received = {{"one of them", describe(t)}}},
                            where);
}
}  // namespace

Tensor block_diag(const std::vector<Tensor>& parts, const std::source_location& where) {
  const graph::CallScope call("block_diag", where);
  require_vectors("block_diag", parts, 2, where);
  std::int64_t columns = 0;
  for (const Tensor& t : parts) columns += t.rank() == 0 ? 1 : t.shape().back();
  std::int64_t left = 0;
  Tensors rows;
  for (const Tensor& part : parts) {
    const Tensor block = atleast_2d(part);
    const std::int64_t width = block.shape()[1];
    rows.push_back(pad(block, {{left, columns - left - width}}));
    left += width;
  }
  return concat(rows, 0, where);
}

std::vector<Tensor> meshgrid(const std::vector<Tensor>& vectors, GridOrder order,
                             const std::source_location& where) {
  const graph::CallScope call("meshgrid", where);
  require_vectors("meshgrid", vectors, 1, where);
  Shape grid;
  for (const Tensor& t : vectors) grid.push_back(t.size());
  Tensors coordinates;
  for (int i = 0; i < grid.rank(); ++i) {
    Shape along;
    for (int j = 0; j < grid.rank(); ++j) along.push_back(j == i ? grid[i] : 1);
    const Tensor wide = expand(reshape(vectors[static_cast<std::size_t>(i)], along), grid);
    coordinates.push_back(order == GridOrder::xy && grid.rank() > 1 ? transpose(wide, 0, 1) : wide);
  }
  return coordinates;
}

Tensor cartesian_prod(const std::vector<Tensor>& vectors, const std::source_location& where) {
  const graph::CallScope call("cartesian_prod", where);
  require_vectors("cartesian_prod", vectors, 1, where);
  if (vectors.size() == 1) return atleast_1d(vectors[0]);
  const Tensors grid = meshgrid(vectors, GridOrder::ij, where);
  return stack(each(grid, [](const Tensor& t) { return flatten(t); }), 1, where);
}

Tensor combinations(const Operand& x, std::int64_t r, bool with_replacement) {
  const graph::CallScope call("combinations", x.where());
  const Tensor t = ops::as_tensor(x);
  if (t.rank() != 1)
    ops::fail<ShapeError>({.operation = "combinations",
                           .problem = "needs a vector",
                           .received = {{"x", describe(t)}}},
                          x.where());
  if (r < 0)
    ops::fail<ValueError>({.operation = "combinations", .problem = "r is " + std::to_string(r)},
                          x.where());
  // Tuples in order: the last position that can still grow does, and those behind it start anew.
  const std::int64_t n = t.size();
  const auto size = static_cast<std::size_t>(r);
  const std::int64_t gap = with_replacement ? 0 : 1;
  std::vector<std::int64_t> tuple(size), all;
  for (std::size_t i = 0; i < size; ++i) tuple[i] = static_cast<std::int64_t>(i) * gap;
  const auto most = [&](std::size_t i) {
    return n - 1 - static_cast<std::int64_t>(size - 1 - i) * gap;
  };
  for (bool more = size > 0 && most(0) >= 0; more;) {
    all.insert(all.end(), tuple.begin(), tuple.end());
    std::size_t i = size;
    while (i > 0 && tuple[i - 1] == most(i - 1)) --i;
    more = i > 0;
    if (!more) break;
    ++tuple[i - 1];
    for (; i < size; ++i) tuple[i] = tuple[i - 1] + gap;
  }
  const std::int64_t count = size > 0 ? static_cast<std::int64_t>(all.size() / size) : 0;
  return take(Operand(t, x.where()), Tensor::from(all, Shape{count, r}), 0);
}

}  // namespace fathom
