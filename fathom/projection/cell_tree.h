// Private to fathom/projection: points of one to three numbers in cells that are halved along each
// axis, so that what is far away is seen as one (Barnes and Hut 1986).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fathom::projection {

template <std::size_t D> class CellTree {
 public:
  using Point = std::array<double, D>;
  explicit CellTree(std::span<const Point> points);

  /// Calls f(difference, square of the distance, points) for cells that together have every other
  /// point than `of`: the difference is that to the cell's middle of mass. A cell counts as one
  /// where its width over its distance is below `angle`.
  template <class F> void visit(std::size_t of, double angle, F&& f) const {
    for (std::size_t i = 0; i < cells_.size();) {
      const Cell& cell = cells_[i];
      Point difference;
      double square = 0;
      for (std::size_t k = 0; k < D; ++k) {
        difference[k] = points_[of][k] - cell.middle[k];
        square += difference[k] * difference[k];
      }
      const bool leaf = cell.next == i + 1;
      if (!leaf && cell.width * cell.width >= angle * angle * square) {
        ++i;
        continue;
      }
      const bool own = leaf && place_[of] >= cell.first && place_[of] < cell.last;
      if (const std::size_t others = cell.last - cell.first - (own ? 1 : 0); others > 0)
        f(difference, square, static_cast<double>(others));
      i = cell.next;
    }
  }

 private:
  /// Cells stand before those that they are divided into; `next` is the first one that is not
  /// within.
  struct Cell {
    Point middle;
    double width;
    std::size_t first, last, next;
  };
  static constexpr int deepest = 60;  // points nearer than 2^-60 of the whole are one

  void divide(std::size_t first, std::size_t last, const Point& corner, double width, int depth);

  std::span<const Point> points_;
  std::vector<std::size_t> order_, place_, moved_;
  std::vector<Cell> cells_;
};

extern template class CellTree<1>;
extern template class CellTree<2>;
extern template class CellTree<3>;

}  // namespace fathom::projection
