#include "fathom/projection/cell_tree.h"

#include <algorithm>
#include <numeric>

namespace fathom::projection {

template <std::size_t D>
CellTree<D>::CellTree(std::span<const Point> points)
    : points_(points), order_(points.size()), place_(points.size()), moved_(points.size()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  Point low = points[0], high = points[0];
  for (const Point& point : points)
    for (std::size_t k = 0; k < D; ++k) {
      low[k] = std::min(low[k], point[k]);
      high[k] = std::max(high[k], point[k]);
    }
  double width = 0;
  for (std::size_t k = 0; k < D; ++k) width = std::max(width, high[k] - low[k]);
  cells_.reserve(2 * points.size());
  divide(0, points.size(), low, width, 0);
  for (std::size_t i = 0; i < order_.size(); ++i) place_[order_[i]] = i;
}

template <std::size_t D>
void CellTree<D>::divide(std::size_t first, std::size_t last, const Point& corner, double width,
                         int depth) {
  const std::size_t at = cells_.size();
  Cell cell{.middle = {}, .width = width, .first = first, .last = last, .next = 0};
  for (std::size_t i = first; i < last; ++i)
    for (std::size_t k = 0; k < D; ++k) cell.middle[k] += points_[order_[i]][k];
  for (double& x : cell.middle) x /= static_cast<double>(last - first);
  cells_.push_back(cell);
  if (last - first > 1 && depth < deepest && width > 0) {
    const auto part_of = [&](std::size_t point) {
      std::size_t part = 0;
      for (std::size_t k = 0; k < D; ++k)
        part |= std::size_t{points_[point][k] >= corner[k] + width / 2} << k;
      return part;
    };
    std::array<std::size_t, (1 << D) + 1> begin{};
    for (std::size_t i = first; i < last; ++i) ++begin[part_of(order_[i]) + 1];
    begin[0] = first;
    for (std::size_t part = 0; part < 1 << D; ++part) begin[part + 1] += begin[part];
    auto to = begin;
    for (std::size_t i = first; i < last; ++i) moved_[to[part_of(order_[i])]++] = order_[i];
    std::copy(moved_.begin() + static_cast<std::ptrdiff_t>(first),
              moved_.begin() + static_cast<std::ptrdiff_t>(last),
              order_.begin() + static_cast<std::ptrdiff_t>(first));
    for (std::size_t part = 0; part < 1 << D; ++part) {
      if (begin[part] == begin[part + 1]) continue;
      Point inner = corner;
      for (std::size_t k = 0; k < D; ++k)
        if (part >> k & 1) inner[k] += width / 2;
      divide(begin[part], begin[part + 1], inner, width / 2, depth + 1);
    }
  }
  cells_[at].next = cells_.size();
}

template class CellTree<1>;
template class CellTree<2>;
template class CellTree<3>;

}  // namespace fathom::projection
