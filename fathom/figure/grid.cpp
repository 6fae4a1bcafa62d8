// Grids: where their nodes are, and which cannot be drawn.
#include <cmath>
#include <limits>

#include "fathom/core/tensor.h"
#include "fathom/figure/checks.h"
#include "fathom/graph/context.h"

namespace fathom::figure {
namespace {

void check_nodes(const char* operation, const Grid& grid) {
  check(grid.rows >= 2 && grid.columns >= 2, operation, "the grid is too small",
        std::to_string(grid.rows) + " x " + std::to_string(grid.columns), "at least 2 x 2 nodes");
  const bool finite = std::isfinite(grid.x_low) && std::isfinite(grid.x_high) &&
                      std::isfinite(grid.y_low) && std::isfinite(grid.y_high);
  check(finite && grid.x_high > grid.x_low && grid.y_high > grid.y_low, operation, "an empty range",
        "x " + std::to_string(grid.x_low) + " to " + std::to_string(grid.x_high) + ", y " +
            std::to_string(grid.y_low) + " to " + std::to_string(grid.y_high),
        "low < high");
}

}  // namespace

Grid Grid::around(const Tensor& points, double margin, int nodes, Where where) {
  const graph::CallScope call(where);
  check<ShapeError>(points.rank() == 2 && points.size(1) == 2, "Grid::around",
                    "not the places of points", to_string(points.shape()), "(N, 2)");
  check(points.size(0) > 0, "Grid::around", "no points", to_string(points.shape()),
        "at least one point");
  check(margin >= 0 && std::isfinite(margin), "Grid::around", "wrong margin",
        std::to_string(margin), "0 or more");
  constexpr double infinity = std::numeric_limits<double>::infinity();
  double low[2] = {infinity, infinity}, high[2] = {-infinity, -infinity};
  const auto values = points.to_vector<double>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    check(std::isfinite(values[i]), "Grid::around", "a point that is not finite",
          std::to_string(values[i]), "finite numbers");
    low[i % 2] = std::min(low[i % 2], values[i]);
    high[i % 2] = std::max(high[i % 2], values[i]);
  }
  for (int axis = 0; axis < 2; ++axis) {
    const double extent = high[axis] - low[axis];
    const double more = extent > 0 ? extent * margin : 1;  // points on a line have room, too
    low[axis] -= more, high[axis] += more;
  }
  Grid grid{low[0], high[0], low[1], high[1], nodes, nodes, {}};
  check_nodes("Grid::around", grid);
  return grid;
}

Tensor Grid::points(Where where) const {
  const graph::CallScope call(where);
  check_nodes("Grid::points", *this);
  std::vector<float> places;
  places.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * 2);
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column) {
      places.push_back(static_cast<float>(x_low + (x_high - x_low) * column / (columns - 1)));
      places.push_back(static_cast<float>(y_low + (y_high - y_low) * row / (rows - 1)));
    }
  return Tensor::from(places, {std::int64_t{rows} * columns, 2});
}

void check_grid(const char* operation, Grid& grid) {
  if (const Shape shape = grid.values.shape();
      shape.rank() == 2 && grid.rows == 0 && grid.columns == 0) {
    grid.rows = static_cast<int>(shape[0]);
    grid.columns = static_cast<int>(shape[1]);
  }
  check_nodes(operation, grid);
  check_same(operation, grid.values.size(),
             static_cast<std::size_t>(grid.rows) * static_cast<std::size_t>(grid.columns),
             "values as nodes");
}

}  // namespace fathom::figure
