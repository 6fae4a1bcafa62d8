// Figures.
#include "fathom/figure/figure.h"

#include "tests/faults/faults.h"

namespace fathom::test {

Faults figure_faults() {
  using figure::Figure;
  using figure::Values;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  return {
      fault<ValueError>(
          "a figure of no plots", [] { Figure(0, 2); }, R"(figure.Figure: wrong number of plots
  got: 0 x 2
  expected 1 to 50 rows and columns
  in: @)"),
      fault<ValueError>(
          "a figure of a negative width", [] { Figure(1, 1, {.width = -5}); },
          R"(figure.Figure: wrong size
  got: -5.000000 x 400.000000
  expected 1 to 10000 units a side
  in: @)"),
      fault<IndexError>(
          "a plot that is not there", [] { Figure(2, 2).axes(2, 0); }, R"(figure.axes: no such plot
  row: 2     column: 0
  expected below 2 and 2
  in: @)"),
      fault<ValueError>(
          "a line of unlike lists",
          [] {
            Figure().axes().line({1, 2}, Values{1});
          },
          R"(figure.line: lists of different lengths
  got: 2 and 1
  expected as many values of x as of y
  in: @)"),
      fault<ValueError>(
          "points of unlike lists",
          [] {
            Figure().axes().scatter({1, 2}, {1});
          },
          R"(figure.scatter: lists of different lengths
  got: 2 and 1
  expected as many values of x as of y
  in: @)"),
      fault<ValueError>(
          "fewer names than points",
          [] {
            Figure().axes().labels({1, 2}, {1, 2}, {"a"});
          },
          R"(figure.labels: lists of different lengths
  got: 2 and 1
  expected as many names as points
  in: @)"),
      fault<ValueError>(
          "bars without names",
          [] {
            Figure().axes().bars({"a"}, {1, 2});
          },
          R"(figure.bars: lists of different lengths
  got: 1 and 2
  expected as many values as names
  in: @)"),
      fault<ValueError>(
          "bars of other names than before",
          [] {
            Figure figure;
            figure.axes().bars({"a"}, {1}).bars({"b"}, {1});
          },
          R"(figure.bars: names that differ from those before
  got: 1 names
  expected the same names for all series of a plot
  in: @)"),
      fault<ValueError>(
          "a histogram of nothing", [] { Figure().axes().histogram({}); },
          R"(figure.histogram: nothing to count
  got: 0 values, none finite
  expected at least one finite value
  in: @)"),
      fault<ValueError>(
          "a histogram of NaN",
          [=] {
            Figure().axes().histogram({nan, nan});
          },
          R"(figure.histogram: nothing to count
  got: 2 values, none finite
  expected at least one finite value
  in: @)"),
      fault<ValueError>(
          "a heat map of no rows", [] { Figure().axes().heat_map(0, 3, {}); },
          R"(figure.heat_map: an empty matrix
  got: 0 x 3
  expected at least 1 x 1
  in: @)"),
      fault<ValueError>(
          "a heat map of too few values",
          [] {
            Figure().axes().heat_map(2, 2, {1, 2, 3});
          },
          R"(figure.heat_map: lists of different lengths
  got: 3 and 4
  expected as many values as cells
  in: @)"),
      fault<ValueError>(
          "a heat map of too few names",
          [] {
            Figure().axes().heat_map(2, 1, {1, 2}, {.row_names = {"a"}});
          },
          R"(figure.heat_map: lists of different lengths
  got: 1 and 2
  expected as many names as rows
  in: @)"),
      fault<ValueError>(
          "a contour of one row",
          [] {
            Figure().axes().contour({.columns = 3, .rows = 1, .values = {1, 2, 3}});
          },
          R"(figure.contour: the grid is too small
  got: 1 x 3
  expected at least 2 x 2 nodes
  in: @)"),
      fault<ValueError>(
          "a contour of no levels",
          [] {
            Figure().axes().contour({.columns = 2, .rows = 2, .values = {1, 2, 3, 4}},
                                    {.levels = 0});
          },
          R"(figure.contour: wrong number of levels
  got: 0
  expected 1 to 100 levels
  in: @)"),
      fault<ValueError>(
          "a contour over nothing",
          [] {
            Figure().axes().contour(
                {.x_low = 1, .x_high = 1, .columns = 2, .rows = 2, .values = {1, 2, 3, 4}});
          },
          R"(figure.contour: an empty range
  got: x 1.000000 to 1.000000, y 0.000000 to 1.000000
  expected low < high
  in: @)"),
      fault<ValueError>(
          "half a class",
          [] {
            Figure().axes().regions({.columns = 2, .rows = 2, .values = {0, 0.5, 1, 1}});
          },
          R"(figure.regions: not the number of a class
  got: 0.500000
  expected whole numbers from 0 to 999
  in: @)"),
      fault<ValueError>(
          "a range the wrong way round", [] { Figure().axes().x_range(2, 1); },
          R"(figure.x_range: an empty range
  got: 2.000000 to 1.000000
  expected finite numbers, low < high
  in: @)"),
      fault<ValueError>(
          "a range to infinity",
          [] { Figure().axes().y_range(0, std::numeric_limits<double>::infinity()); },
          R"(figure.y_range: an empty range
  got: 0.000000 to inf
  expected finite numbers, low < high
  in: @)"),
      fault<ValueError>(
          "a tile of two channels",
          [] {
            Figure().axes().tiles({{.height = 1, .width = 1, .channels = 2, .pixels = {0, 0}}});
          },
          R"(figure.tiles: not a picture
  got: 1 x 1 x 2
  expected 1 or 3 channels and at least one pixel
  in: @)"),
      fault<ValueError>(
          "a tile of too few pixels",
          [] { Figure().axes().tiles({{.height = 2, .width = 2, .pixels = {0}}}); },
          R"(figure.tiles: lists of different lengths
  got: 1 and 4
  expected as many bytes as the picture has
  in: @)"),
      fault<ValueError>(
          "a picture of an unknown format", [] { Figure().save("loss.jpg"); },
          R"(figure.save: no such picture format
  got: loss.jpg
  expected a name that ends in .png or .svg
  in: @)"),
      fault<ValueError>(
          "a picture of scale 0", [] { Figure().png(0); }, R"(figure.png: wrong scale
  got: 0.000000
  expected a scale above 0 that keeps the sides below 40000 pixels
  in: @)"),
      fault<IoError>(
          "a picture in a folder that is not there", [] { Figure().save("/nothing/loss.png"); },
          R"(write: cannot create a file: No such file or directory
  path: /nothing/loss.png
  hint: check the spelling of the path and that its folder exists
  in: @)"),
      fault<ValueError>(
          "a line of a tensor that was never set", [] { Figure().axes().line(Tensor()); },
          empty_tensor("eval")),
      fault<ShapeError>(
          "a line of a matrix",
          [] {
            Figure().axes().line(zeros({3, 2}));
          },
          R"(figure.line: a tensor that is no list
  got: (3, 2)
  expected one axis longer than 1 at most
  hint: draw one column: x[{range(), 0}]
  in: @)"),
      fault<ValueError>(
          "a line of nothing", [] { Figure().axes().line(Values{}); },
          R"(figure.line: nothing to draw
  got: an empty list
  expected at least one value
  in: @)"),
      fault<ValueError>(
          "a band more than opaque",
          [] {
            Figure().axes().band({1, 2}, {0, 0}, {1, 1}, {.alpha = 2});
          },
          R"(figure.band: wrong opacity
  got: 2.000000
  expected above 0 and at most 1
  in: @)"),
      fault<ValueError>(
          "a threshold of NaN", [=] { Figure().axes().horizontal(nan); },
          R"(figure.horizontal: a place that is not finite
  got: nan
  expected a finite number
  in: @)"),
      fault<ValueError>(
          "a class without a name in its legend",
          [] {
            Figure().axes().scatter_classes({1, 2}, {1, 2}, {0, 1}, {.names = {"a"}});
          },
          R"(figure.scatter_classes: a class without a name
  got: 1
  expected numbers below 1
  in: @)"),
      fault<ShapeError>(
          "points of three coordinates",
          [] {
            Figure().axes().scatter_classes(zeros({4, 3}), Values{0, 0, 0, 0});
          },
          R"(figure.scatter_classes: not the places of points
  got: (4, 3)
  expected (N, 2)
  in: @)"),
      fault<ShapeError>(
          "a heat map of a list", [] { Figure().axes().heat_map(zeros({3})); },
          R"(figure.heat_map: not a matrix
  got: (3,)
  expected (rows, columns)
  in: @)"),
      fault<ShapeError>(
          "pictures of two channels",
          [] {
            Figure().axes().images(zeros({1, 2, 4, 4}));
          },
          R"(figure.images: not pictures
  got: (1, 2, 4, 4)
  expected (N, height, width), (N, 1 or 3, height, width) or (height, width)
  in: @)"),
      fault<ValueError>(
          "too few captions",
          [] {
            Figure().axes().images(zeros({2, 4, 4}), {.captions = {"a"}});
          },
          R"(figure.images: lists of different lengths
  got: 1 and 2
  expected as many captions as pictures
  in: @)"),
      fault<ShapeError>(
          "a grid around points in space",
          [] {
            figure::Grid::around(zeros({4, 3}));
          },
          R"(figure.Grid::around: not the places of points
  got: (4, 3)
  expected (N, 2)
  in: @)"),
      fault<ValueError>(
          "a grid around no points",
          [] {
            figure::Grid::around(zeros({0, 2}));
          },
          R"(figure.Grid::around: no points
  got: (0, 2)
  expected at least one point
  in: @)"),
      fault<ValueError>(
          "the nodes of a grid that has none", [] { figure::Grid().points(); },
          R"(figure.Grid::points: the grid is too small
  got: 0 x 0
  expected at least 2 x 2 nodes
  in: @)"),
  };
}

}  // namespace fathom::test
