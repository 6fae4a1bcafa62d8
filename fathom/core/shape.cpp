#include "fathom/core/shape.h"

#include "fathom/core/error.h"
#include "fathom/graph/context.h"

namespace fathom {

namespace {
[[noreturn]] void refuse(ErrorInfo info, const Where& where) {
  info.operation = "Shape";
  throw ShapeError(graph::located(std::move(info), where));
}
}  // namespace

Shape::Shape(std::span<const std::int64_t> extents, Where where) {
  for (std::int64_t extent : extents) push_back(extent, where);
}

void Shape::push_back(std::int64_t extent, Where where) {
  if (rank_ == max_rank) refuse({.problem = "too many axes", .expected = "at most 8 axes"}, where);
  if (extent < 0)
    refuse({.problem = "negative extent " + std::to_string(extent),
            .expected = "extents of 0 and more"},
           where);
  extents_[rank_++] = extent;
}

Shape Shape::without(int axis) const {
  Shape s;
  for (int i = 0; i < rank_; ++i)
    if (i != axis) s.extents_[s.rank_++] = extents_[i];
  return s;
}

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (int i = 0; i < shape.rank(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  if (shape.rank() == 1) text += ",";
  return text + ")";
}

bool broadcast(const Shape& a, const Shape& b, Shape& out) {
  const Shape& longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  const int offset = longer.rank() - shorter.rank();
  out = longer;
  for (int i = 0; i < shorter.rank(); ++i) {
    const std::int64_t l = longer[offset + i];
    const std::int64_t s = shorter[i];
    if (l != s && l != 1 && s != 1) return false;
    if (l == 1) out[offset + i] = s;
  }
  return true;
}

}  // namespace fathom
