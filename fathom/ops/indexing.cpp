#include "fathom/ops/indexing.h"

#include <algorithm>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/diagonal.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/masked.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;
using ops::Tensors;

namespace {

/// Indices read against a shape: first a part of x is cut out, then seen with some axes dropped,
/// added or merged, then read at positions.
class Reading {
 public:
  Reading(const Tensor& x, const Indices& indices, const std::source_location& where)
      : x_(x.shape()), where_(where), part_{{}, {}, x.shape()} {
    part_.step.fill(1);
    count_axes(x, indices);
    for (const Index& i : indices) {
      std::visit([this](const auto& item) { read(item); }, i.item());
    }
    while (axis_ < x_.rank()) keep();
  }

  const op::Slice& part() const { return part_; }
  bool at_positions() const { return !positions_.empty(); }
  /// The part's shape as the result shows it; of the result itself if there are no positions.
  const Shape& seen() const { return seen_; }

  Tensor of(const Tensor& x) const {
    Tensor t = x;
    bool whole = part_.shape == x.shape();
    for (int i = 0; i < x.rank(); ++i)
      whole = whole && part_.step[static_cast<std::size_t>(i)] == 1;
    if (!whole) t = graph::apply(part_, {t}, where_);
    t = reshape(t, seen_);
    return at_positions() ? taken(t) : t;
  }

 private:
  template <class E> [[noreturn]] void fail(std::string problem, std::string expected = "") const {
    ops::fail<E>({.operation = "index",
                  .problem = std::move(problem),
                  .received = {{"x", "a tensor of shape " + to_string(x_)}},
                  .expected = std::move(expected)},
                 where_);
  }

  void count_axes(const Tensor& x, const Indices& indices) {
    int named = 0;
    int ellipses = 0;
    for (const Index& i : indices) {
      if (std::holds_alternative<Ellipsis>(i.item())) ++ellipses;
      if (std::holds_alternative<std::int64_t>(i.item()) || std::holds_alternative<Range>(i.item()))
        ++named;
      if (const Tensor* t = std::get_if<Tensor>(&i.item()))
        named += t->dtype() == DType::boolean ? t->rank() : 1;
    }
    if (ellipses > 1) fail<IndexError>("more than one ellipsis");
    if (named > x.rank())
      fail<IndexError>("too many indices",
                       "at most " + std::to_string(x.rank()) + ", got " + std::to_string(named));
    elided_ = x.rank() - named;
  }

  void keep() { seen_.push_back(part_.shape[axis_++]); }

  void read(std::int64_t position) {
    const std::int64_t n = x_[axis_];
    if (position < -n || position >= n)
      fail<IndexError>("position " + std::to_string(position) + " is out of range",
                       "positions in [" + std::to_string(-n) + ", " + std::to_string(n) +
                           ") on axis " + std::to_string(axis_));
    part_.start[static_cast<std::size_t>(axis_)] = position < 0 ? position + n : position;
    part_.shape[axis_++] = 1;
    advanced();
  }

  void read(const Range& r) {
    if (r.step == 0) fail<ValueError>("the step is 0");
    // Python's rule: count from the end, then clip to where a walk in this direction may stand.
    const std::int64_t n = x_[axis_];
    const std::int64_t low = r.step > 0 ? 0 : -1;
    const std::int64_t high = r.step > 0 ? n : n - 1;
    const auto position = [&](const std::optional<std::int64_t>& p, std::int64_t open) {
      return p ? std::clamp(*p < 0 ? *p + n : *p, low, high) : open;
    };
    const std::int64_t start = position(r.start, r.step > 0 ? low : high);
    const std::int64_t stop = position(r.stop, r.step > 0 ? high : low);
    const std::int64_t gap = r.step > 0 ? stop - start : start - stop;
    const std::int64_t stride = std::abs(r.step);
    const std::int64_t count = std::max<std::int64_t>(0, (gap + stride - 1) / stride);
    part_.start[static_cast<std::size_t>(axis_)] = count > 0 ? start : 0;
    part_.step[static_cast<std::size_t>(axis_)] = r.step;
    part_.shape[axis_] = count;
    between();
    keep();
  }

  void read(NewAxis) {
    between();
    seen_.push_back(1);
  }

  void read(Ellipsis) {
    between();
    for (int i = 0; i < elided_; ++i) keep();
  }

  void read(const Tensor& t) {
    advanced();
    if (t.dtype() != DType::boolean) {
      add_positions(ops::positions(t, x_[axis_], axis_, where_), x_[axis_]);
      ++axis_;
      return;
    }
    std::int64_t extent = 1;  // a mask's axes are one, and what is true its positions
    for (int i = 0; i < t.rank(); ++i) {
      if (t.shape()[i] != x_[axis_])
        fail<IndexError>("the mask " + describe(t) + " does not fit axis " + std::to_string(axis_));
      extent *= x_[axis_++];
    }
    add_positions(ops::true_positions(t), extent);
  }

  void add_positions(const Tensor& t, std::int64_t extent) {
    indexed_.push_back(seen_.rank());
    positions_.push_back(t);
    seen_.push_back(extent);
  }

  // Whether the axes of the positions stay in their place is told by what lies between them.
  void advanced() {
    if (!begun_) {
      place_ = seen_.rank();
      begun_ = true;
    }
    apart_ = apart_ || ended_;
  }
  void between() { ended_ = begun_; }

  Tensor taken(const Tensor& seen) const {
    // The indexed axes side by side, then as one.
    const int target = apart_ ? 0 : place_;
    std::vector<int> order;
    for (int i = 0; i < seen.rank(); ++i)
      if (std::find(indexed_.begin(), indexed_.end(), i) == indexed_.end()) order.push_back(i);
    order.insert(order.begin() + target, indexed_.begin(), indexed_.end());
    Shape merged;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto at = static_cast<int>(i) - target;
      if (at > 0 && at < static_cast<int>(indexed_.size()))
        merged[target] *= seen.shape()[order[i]];
      else
        merged.push_back(seen.shape()[order[i]]);
    }
    Tensor flat = positions_[0];
    for (std::size_t i = 1; i < positions_.size(); ++i) {
      Shape common;
      if (!broadcast(flat.shape(), positions_[i].shape(), common))
        ops::fail<ShapeError>(
            {.operation = "index",
             .problem = "the index tensors do not broadcast",
             .received = {{"one", describe(flat)}, {"another", describe(positions_[i])}}},
            where_);
      flat = flat * constant(seen.shape()[indexed_[i]], {}, DType::i64) + positions_[i];
    }
    return graph::apply(op::Take{target}, {reshape(permute(seen, order), merged), flat}, where_);
  }

  Shape x_;
  std::source_location where_;
  op::Slice part_;
  Shape seen_;
  int axis_ = 0;              // of x, the next to be named
  int elided_ = 0;            // axes that the ellipsis stands for
  std::vector<int> indexed_;  // axes of what is seen that positions name
  Tensors positions_;
  int place_ = 0;
  bool begun_ = false, ended_ = false, apart_ = false;
};

/// The value as wide as what it replaces; axes of extent 1 in front may go. Errors: ShapeError.
Tensor value_for(const Operand& value, DType dtype, const Shape& shape,
                 const std::source_location& where) {
  Tensor v = ops::as_tensor(value, dtype);
  while (v.rank() > shape.rank() && v.shape()[0] == 1) v = squeeze(v, 0);
  Shape common;
  if (!broadcast(v.shape(), shape, common) || !(common == shape))
    ops::fail<ShapeError>(
        {.operation = "with",
         .problem = "the value does not fit what it replaces",
         .received = {{"value", describe(v)}, {"replaced", "shape " + to_string(shape)}}},
        where);
  return expand(v, shape);
}

/// The mask if it is the only index.
const Tensor* only_mask(const Indices& indices) {
  if (indices.size() != 1) return nullptr;
  const Tensor* t = std::get_if<Tensor>(&indices.begin()->item());
  return t && t->dtype() == DType::boolean ? t : nullptr;
}

}  // namespace

Tensor index(const Operand& x, const Indices& indices) {
  const graph::CallScope call("index", x.where());
  const Tensor t = ops::as_tensor(x);
  return Reading(t, indices, x.where()).of(t);
}

Tensor with(const Operand& x, const Indices& indices, const Operand& value) {
  const graph::CallScope call("with", x.where());
  return index_put(x, indices, value);
}

Tensor index_put(const Operand& x, const Indices& indices, const Operand& values, bool accumulate) {
  const graph::CallScope call("index_put", x.where());
  const Tensor t = ops::as_tensor(x);
  const bool number = !values.is_tensor() || values.tensor().rank() == 0;
  if (const Tensor* mask = only_mask(indices); mask && number && !accumulate) {
    Shape wide = mask->shape();  // nothing needs the mask's positions
    while (wide.rank() < t.rank()) wide.push_back(1);
    if (Shape common; broadcast(t.shape(), wide, common) && common == t.shape())
      return where(reshape(*mask, wide), ops::as_tensor(values, t.dtype()), t);
  }
  const Reading reading(t, indices, x.where());
  if (!reading.at_positions() && !accumulate) {
    const Tensor v = value_for(values, t.dtype(), reading.seen(), x.where());
    return ops::overlay(t, reshape(v, reading.part().shape), reading.part());
  }
  const Tensor at = reading.of(reshape(arange(t.size()), t.shape()));
  return put(Operand(t, x.where()), at, value_for(values, t.dtype(), at.shape(), x.where()),
             accumulate);
}

Tensor Tensor::operator[](const Index& item) const { return (*this)[{item}]; }
Tensor Tensor::operator[](std::initializer_list<Index> items) const {
  return index(Operand(*this, items.size() > 0 ? items.begin()->where() : std::source_location()),
               items);
}

namespace {
/// with() for a part of one axis, whose source must have the part's shape.
Tensor replaced(const char* operation, const Operand& x, const Operand& source, int axis,
                const Index& part) {
  const graph::CallScope call(operation, x.where());
  const Tensor t = ops::as_tensor(x);
  Indices indices(
      static_cast<std::size_t>(ops::normalize_axis(operation, axis, t.rank(), x.where())),
      Index(range()));
  indices.push_back(part);
  const Tensor from = ops::as_tensor(source, t.dtype());
  const Operand located(t, x.where());
  if (const Tensor old = index(located, indices); old.shape() != from.shape())
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "the source does not fit",
                           .received = {{"x", describe(t)}, {"source", describe(from)}},
                           .expected = "a source of shape " + to_string(old.shape())},
                          x.where());
  return with(located, indices, from);
}
}  // namespace

Tensor select_scatter(const Operand& x, const Operand& source, int axis, std::int64_t index) {
  return replaced("select_scatter", x, source, axis, Index(index, x.where()));
}

Tensor slice_scatter(const Operand& x, const Operand& source, int axis,
                     std::optional<std::int64_t> start, std::optional<std::int64_t> stop,
                     std::int64_t step) {
  return replaced("slice_scatter", x, source, axis, Index(range(start, stop, step), x.where()));
}

Tensor diagonal_scatter(const Operand& x, const Operand& source, std::int64_t offset, int first,
                        int second) {
  const graph::CallScope call("diagonal_scatter", x.where());
  const Tensor t = ops::as_tensor(x);
  const Tensor from = ops::as_tensor(source, t.dtype());
  const Shape wanted = diagonal(Operand(t, x.where()), offset, first, second).shape();
  if (from.shape() != wanted)
    ops::fail<ShapeError>({.operation = "diagonal_scatter",
                           .problem = "the source does not fit",
                           .received = {{"x", describe(t)}, {"source", describe(from)}},
                           .expected = "a source of shape " + to_string(wanted)},
                          x.where());
  const Tensor turned = movedim(t, {first, second}, {-2, -1});
  const std::int64_t rows = turned.size(-2), columns = turned.size(-1);
  const Tensor at = unsqueeze(arange(rows), 1) + offset == arange(columns);
  // Element k of a diagonal above the main one lies in row k, of one below in column k.
  const Tensor lines = offset >= 0 ? unsqueeze(pad(from, {{0, rows - wanted.back()}}), -1)
                                   : unsqueeze(pad(from, {{0, columns - wanted.back()}}), -2);
  return movedim(where(at, lines, turned), {-2, -1}, {first, second});
}

}  // namespace fathom
