#include "fathom/ops/rearrange.h"

#include <algorithm>
#include <array>

#include "fathom/graph/op.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;
using ops::Tensors;

Tensor narrow(const Operand& x, int axis, std::int64_t start, std::int64_t length) {
  const graph::CallScope call("narrow", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("narrow", axis, t.rank(), x.where());
  const std::int64_t n = t.shape()[a];
  const std::int64_t first = start < 0 ? start + n : start;
  if (first < 0 || length < 0 || first + length > n)
    ops::fail<IndexError>({.operation = "narrow",
                           .problem = std::to_string(length) + " elements from " +
                                      std::to_string(start) + " on leave the axis",
                           .received = {{"x", describe(t)}, {"axis", std::to_string(axis)}}},
                          x.where());
  return slice(t, a, first, first + length);
}

Tensor unflatten(const Operand& x, int axis, const std::vector<std::int64_t>& extents) {
  const graph::CallScope call("unflatten", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("unflatten", axis, t.rank(), x.where());
  std::int64_t known = 1;
  for (std::int64_t e : extents) known *= e == -1 ? 1 : e;
  const std::int64_t n = t.shape()[a];
  const auto unknown = std::count(extents.begin(), extents.end(), -1);
  const bool fits = unknown == 0 ? known == n : unknown == 1 && known > 0 && n % known == 0;
  if (!fits)
    ops::fail<ShapeError>(
        {.operation = "unflatten",
         .problem = "the extents do not make up the axis",
         .received = {{"x", describe(t)}, {"axis", std::to_string(axis)}},
         .expected = std::to_string(n) + " elements, got " + std::to_string(known) +
                     (unknown ? " times the axis given as -1" : "")},
        x.where());
  Shape shape;
  for (int i = 0; i < t.rank(); ++i) {
    if (i != a)
      shape.push_back(t.shape()[i]);
    else
      for (std::int64_t e : extents) shape.push_back(e == -1 ? n / known : e);
  }
  return reshape(Operand(t, x.where()), shape);
}

Tensor ravel(const Operand& x) {
  const graph::CallScope call("ravel", x.where());
  return flatten(x);
}
Tensor broadcast_to(const Operand& x, const Shape& shape) {
  const graph::CallScope call("broadcast_to", x.where());
  return expand(x, shape);
}

std::vector<Tensor> broadcast_tensors(const std::vector<Tensor>& tensors,
                                      const std::source_location& where) {
  const graph::CallScope call("broadcast_tensors", where);
  Shape shape;
  for (const Tensor& t : tensors) {
    const Shape before = shape;
    if (!broadcast(before, t.shape(), shape))
      ops::fail<ShapeError>(
          {.operation = "broadcast_tensors",
           .problem = "shapes do not broadcast",
           .received = {{"the tensors before", to_string(before)}, {"the next", describe(t)}}},
          where);
  }
  Tensors wide;
  for (const Tensor& t : tensors) wide.push_back(expand(t, shape));
  return wide;
}

Tensor atleast_1d(const Operand& x) {
  const graph::CallScope call("atleast_1d", x.where());
  const Tensor t = ops::as_tensor(x);
  return t.rank() > 0 ? t : reshape(t, Shape{1});
}
Tensor atleast_2d(const Operand& x) {
  const graph::CallScope call("atleast_2d", x.where());
  const Tensor t = atleast_1d(x);
  return t.rank() > 1 ? t : unsqueeze(t, 0);
}
Tensor atleast_3d(const Operand& x) {
  const graph::CallScope call("atleast_3d", x.where());
  const Tensor t = atleast_2d(x);
  return t.rank() > 2 ? t : unsqueeze(t, -1);
}

Tensor movedim(const Operand& x, const std::vector<int>& source,
               const std::vector<int>& destination) {
  const graph::CallScope call("movedim", x.where());
  const Tensor t = ops::as_tensor(x);
  if (source.size() != destination.size())
    ops::fail<ShapeError>({.operation = "movedim",
                           .problem = "not as many places as axes",
                           .received = {{"source", std::to_string(source.size())},
                                        {"destination", std::to_string(destination.size())}}},
                          x.where());
  constexpr int free = -1;
  std::vector<int> order(static_cast<std::size_t>(t.rank()), free);
  std::uint32_t moved = 0;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const int from = ops::normalize_axis("movedim", source[i], t.rank(), x.where(), "source");
    const int to =
        ops::normalize_axis("movedim", destination[i], t.rank(), x.where(), "destination");
    if (moved >> from & 1 || order[static_cast<std::size_t>(to)] != free)
      ops::fail<IndexError>({.operation = "movedim",
                             .problem = "axis " + std::to_string(source[i]) + " to " +
                                        std::to_string(destination[i]) + " names one twice"},
                            x.where());
    order[static_cast<std::size_t>(to)] = from;
    moved |= 1u << from;
  }
  int next = 0;
  for (int& axis : order) {
    if (axis != free) continue;
    while (moved >> next & 1) ++next;
    axis = next++;
  }
  return permute(Operand(t, x.where()), order);
}
Tensor movedim(const Operand& x, int source, int destination) {
  const graph::CallScope call("movedim", x.where());
  return movedim(x, std::vector<int>{source}, std::vector<int>{destination});
}
Tensor swapaxes(const Operand& x, int a, int b) {
  const graph::CallScope call("swapaxes", x.where());
  return transpose(x, a, b);
}

Tensor fliplr(const Operand& x) {
  const graph::CallScope call("fliplr", x.where());
  return flip(x, {1});
}
Tensor flipud(const Operand& x) {
  const graph::CallScope call("flipud", x.where());
  return flip(x, {0});
}

Tensor rot90(const Operand& x, int k, int first, int second) {
  const graph::CallScope call("rot90", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("rot90", first, t.rank(), x.where(), "first axis");
  const int b = ops::normalize_axis("rot90", second, t.rank(), x.where(), "second axis");
  if (a == b)
    ops::fail<IndexError>(
        {.operation = "rot90", .problem = "axis " + std::to_string(second) + " is named twice"},
        x.where());
  switch ((k % 4 + 4) % 4) {
    case 1:
      return transpose(flip(t, {b}), a, b);
    case 2:
      return flip(t, {a, b});
    case 3:
      return transpose(flip(t, {a}), a, b);
    default:
      return t;
  }
}

Tensor roll(const Operand& x, std::int64_t shift) {
  const graph::CallScope call("roll", x.where());
  const Tensor t = ops::as_tensor(x);
  return reshape(roll(flatten(t), {shift}, {0}), t.shape());
}

Tensor roll(const Operand& x, const std::vector<std::int64_t>& shifts,
            const std::vector<int>& axes) {
  const graph::CallScope call("roll", x.where());
  Tensor t = ops::as_tensor(x);
  if (shifts.size() != axes.size())
    ops::fail<ShapeError>({.operation = "roll",
                           .problem = "not as many shifts as axes",
                           .received = {{"shifts", std::to_string(shifts.size())},
                                        {"axes", std::to_string(axes.size())}}},
                          x.where());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const int a = ops::normalize_axis("roll", axes[i], t.rank(), x.where());
    const std::int64_t n = t.shape()[a];
    if (n == 0) continue;
    const std::int64_t cut = n - (shifts[i] % n + n) % n;
    if (cut < n) t = concat({slice(t, a, cut, n), slice(t, a, 0, cut)}, a);
  }
  return t;
}

namespace {

/// (outer, 1, rest) with the middle repeated: one axis of the whole repeated, at any rank.
Tensor repeat_axis(const Tensor& t, int axis, std::int64_t count) {
  if (count == 1) return t;
  std::int64_t outer = 1, rest = 1;
  for (int i = 0; i < t.rank(); ++i) (i < axis ? outer : rest) *= t.shape()[i];
  return reshape(expand(reshape(t, Shape{outer, 1, rest}), Shape{outer, count, rest}),
                 t.shape().with(axis, t.shape()[axis] * count));
}

void require_counts(const char* operation, const std::vector<std::int64_t>& counts,
                    const std::source_location& where) {
  for (std::int64_t n : counts)
    if (n < 0)
      ops::fail<ValueError>(
          {.operation = operation, .problem = "negative count " + std::to_string(n)}, where);
}

}  // namespace

Tensor repeat(const Operand& x, const std::vector<std::int64_t>& counts) {
  const graph::CallScope call("repeat", x.where());
  Tensor t = ops::as_tensor(x);
  require_counts("repeat", counts, x.where());
  const int rank = static_cast<int>(counts.size());
  if (rank < t.rank())
    ops::fail<ShapeError>(
        {.operation = "repeat",
         .problem = "fewer counts than axes",
         .received = {{"x", describe(t)}, {"counts", std::to_string(counts.size())}},
         .hint = "tile fills them up with 1"},
        x.where());
  Shape shape;
  for (int i = 0; i < rank; ++i) {
    const int own = i - (rank - t.rank());
    shape.push_back(own < 0 ? 1 : t.shape()[own]);
  }
  t = reshape(t, shape);
  for (int i = rank - 1; i >= 0; --i) t = repeat_axis(t, i, counts[static_cast<std::size_t>(i)]);
  return t;
}

Tensor tile(const Operand& x, const std::vector<std::int64_t>& counts) {
  const graph::CallScope call("tile", x.where());
  const Tensor t = ops::as_tensor(x);
  require_counts("tile", counts, x.where());
  std::vector<std::int64_t> all = counts;
  if (all.size() < static_cast<std::size_t>(t.rank()))
    all.insert(all.begin(), static_cast<std::size_t>(t.rank()) - all.size(), 1);
  return repeat(Operand(t, x.where()), all);
}

Tensor repeat_interleave(const Operand& x, std::int64_t repeats, std::optional<int> axis) {
  const graph::CallScope call("repeat_interleave", x.where());
  const Tensor t = axis ? ops::as_tensor(x) : flatten(x);
  require_counts("repeat_interleave", {repeats}, x.where());
  const int a = ops::normalize_axis("repeat_interleave", axis.value_or(0), t.rank(), x.where());
  std::int64_t outer = 1, rest = 1;
  for (int i = 0; i < t.rank(); ++i) (i <= a ? outer : rest) *= t.shape()[i];
  return reshape(expand(reshape(t, Shape{outer, 1, rest}), Shape{outer, repeats, rest}),
                 t.shape().with(a, t.shape()[a] * repeats));
}

Tensor repeat_interleave(const Operand& x, const Tensor& repeats, std::optional<int> axis) {
  const graph::CallScope call("repeat_interleave", x.where());
  const Tensor t = axis ? ops::as_tensor(x) : flatten(x);
  ops::require_index("repeat_interleave", repeats);
  const int a = ops::normalize_axis("repeat_interleave", axis.value_or(0), t.rank(), x.where());
  const std::int64_t n = t.shape()[a];
  if (repeats.rank() > 1 || (repeats.size() != 1 && repeats.size() != n))
    ops::fail<ShapeError>(
        {.operation = "repeat_interleave",
         .problem = "the counts do not fit",
         .received = {{"x", describe(t)}, {"repeats", describe(repeats)}},
         .expected = "one count, or one for each of " + std::to_string(n) + " slices"},
        x.where());
  const auto counts = repeats.to_vector<std::int64_t>();
  require_counts("repeat_interleave", counts, x.where());
  std::vector<std::int64_t> index;
  for (std::int64_t i = 0; i < n; ++i)
    index.insert(
        index.end(),
        static_cast<std::size_t>(counts[counts.size() == 1 ? 0 : static_cast<std::size_t>(i)]), i);
  return take(t, Tensor::from(index), a);
}

namespace {

/// All but the last three axes as one: (b, c, h, w).
Tensor as_pictures(const char* operation, const Operand& x, std::int64_t factor) {
  const Tensor t = ops::as_tensor(x);
  if (t.rank() < 3)
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "needs channels, height and width",
                           .received = {{"x", describe(t)}}},
                          x.where());
  if (factor < 1)
    ops::fail<ValueError>(
        {.operation = operation, .problem = "the factor is " + std::to_string(factor)}, x.where());
  std::int64_t batch = 1;
  for (int i = 0; i < t.rank() - 3; ++i) batch *= t.shape()[i];
  const Shape& s = t.shape();
  return reshape(t, Shape{batch, s[s.rank() - 3], s[s.rank() - 2], s[s.rank() - 1]});
}

Tensor with_batch_of(const Operand& x, const Shape& batch, const Shape& picture) {
  Shape shape;
  for (int i = 0; i < batch.rank() - 3; ++i) shape.push_back(batch[i]);
  for (std::int64_t e : picture) shape.push_back(e);
  return reshape(x, shape);
}

}  // namespace

Tensor pixel_shuffle(const Operand& x, std::int64_t factor) {
  const graph::CallScope call("pixel_shuffle", x.where());
  const Tensor t = ops::as_tensor(x);
  const Tensor p = as_pictures("pixel_shuffle", Operand(t, x.where()), factor);
  const std::int64_t c = p.shape()[1] / (factor * factor), h = p.shape()[2], w = p.shape()[3];
  if (p.shape()[1] % (factor * factor) != 0)
    ops::fail<ShapeError>({.operation = "pixel_shuffle",
                           .problem = "the channels do not divide",
                           .received = {{"x", describe(t)}},
                           .expected = "a multiple of " + std::to_string(factor * factor)},
                          x.where());
  const Tensor apart = reshape(p, Shape{p.shape()[0], c, factor, factor, h, w});
  return with_batch_of(permute(apart, {0, 1, 4, 2, 5, 3}), t.shape(), {c, h * factor, w * factor});
}

Tensor pixel_unshuffle(const Operand& x, std::int64_t factor) {
  const graph::CallScope call("pixel_unshuffle", x.where());
  const Tensor t = ops::as_tensor(x);
  const Tensor p = as_pictures("pixel_unshuffle", Operand(t, x.where()), factor);
  const std::int64_t c = p.shape()[1], h = p.shape()[2] / factor, w = p.shape()[3] / factor;
  if (p.shape()[2] % factor != 0 || p.shape()[3] % factor != 0)
    ops::fail<ShapeError>({.operation = "pixel_unshuffle",
                           .problem = "height and width do not divide",
                           .received = {{"x", describe(t)}},
                           .expected = "multiples of " + std::to_string(factor)},
                          x.where());
  const Tensor apart = reshape(p, Shape{p.shape()[0], c, h, factor, w, factor});
  return with_batch_of(permute(apart, {0, 1, 3, 5, 2, 4}), t.shape(), {c * factor * factor, h, w});
}

Tensor channel_shuffle(const Operand& x, std::int64_t groups) {
  const graph::CallScope call("channel_shuffle", x.where());
  const Tensor t = ops::as_tensor(x);
  if (t.rank() < 3 || groups < 1 || t.shape()[1] % groups != 0)
    ops::fail<ShapeError>({.operation = "channel_shuffle",
                           .problem = "the channels do not divide",
                           .received = {{"x", describe(t)}, {"groups", std::to_string(groups)}},
                           .expected = "x (n, c, ...) with c a multiple of groups"},
                          x.where());
  std::int64_t inner = 1;
  for (int i = 2; i < t.rank(); ++i) inner *= t.shape()[i];
  const Tensor apart = reshape(t, Shape{t.shape()[0], groups, t.shape()[1] / groups, inner});
  return reshape(transpose(apart, 1, 2), t.shape());
}

}  // namespace fathom
