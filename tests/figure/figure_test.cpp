#include "fathom/figure/figure.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <set>

#include "../io/support.h"
#include "fathom/io/png.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "xml.h"

using namespace fathom;
using namespace fathom::test;
using figure::Figure;
using figure::Values;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

figure::Grid grid(int n, auto function) {
  figure::Grid g{-1, 1, -1, 1, n, n, {}};
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i)
      g.values.push_back(function(-1 + 2.0 * i / (n - 1), -1 + 2.0 * j / (n - 1)));
  return g;
}

// One figure of each kind.
std::vector<std::pair<std::string, Figure>> gallery() {
  std::vector<std::pair<std::string, Figure>> all;
  const auto add = [&](const std::string& name, int rows = 1, int columns = 1) -> figure::Axes& {
    all.emplace_back(name, Figure(rows, columns));
    return all.back().second.axes();
  };
  add("lines")
      .title("Loss")
      .x_label("epoch")
      .y_label("loss")
      .line({3, 2, 1.5}, {.label = "a"})
      .line({4, 3, 2}, {.label = "b", .dashed = true, .marker = figure::Marker::diamond});
  add("log").log_y().log_x().line({1, 10, 1000}, {1e-6, 1, 1e3});
  add("scatter").scatter({1, 2, 3}, {3, 1, 2}, {.label = "points"});
  add("labels")
      .scatter({1, 2, 2.01, 3}, {3, 1, 1.01, 2})
      .labels({1, 2, 2.01, 3}, {3, 1, 1.01, 2}, {"left", "two", "near it", "quite far right"});
  add("bars").bars({"one", "a very long name indeed", "three"}, {1, -2, 3}, {.show_values = true});
  add("histogram").histogram({1, 2, 2, 3, 3, 3, 4, 4, 5}, {.label = "h"});
  add("matrix").heat_map(2, 2, {9, 1, 0, 8},
                         {.row_names = {"cat", "dog"}, .column_names = {"cat", "dog"}});
  add("contour").contour(grid(20, [](double x, double y) { return x * x + y * y; }));
  add("regions")
      .regions(grid(20, [](double x, double y) { return x * y > 0 ? 1.0 : 0.0; }))
      .scatter({0.5}, {0.5});
  const Values x{0, 1, 2, 3};
  add("band")
      .title("Spread")
      .band(x, {1, no_number, 1, 2}, {2, 3, 3, 4}, {.label = "spread"})
      .line(x, {1.5, 2, 2, 3}, {.label = "mean"})
      .horizontal(2, {.label = "threshold", .dashed = true})
      .vertical(1.5);
  add("classes")
      .regions(grid(20, [](double x, double y) { return x * y > 0 ? 1.0 : 0.0; }))
      .scatter_classes(tensor<float>({{0.5, 0.5}, {-0.5, 0.5}, {0.1, -0.5}}),
                       tensor<std::int64_t>({1, 0, 0}), {.names = {"differ", "same"}});
  add("grouped")
      .bars({"a", "b"}, {1, 2}, {.label = "first"})
      .bars({"a", "b"}, {2, 1}, {.label = "second"});
  add("density")
      .histogram(std::vector<int>{1, 2, 2, 3}, {.bins = 3, .range = {{0, 3}}, .density = true})
      .line({0, 3}, {0, 0.5});
  add("signed").heat_map(tensor<float>({{-1, 0.5}, {0.25, 1}}),
                         {.colormap = figure::Colormap::red_blue, .bar_label = "correlation"});
  add("levels").contour(grid(20, [](double x, double y) { return x * x + y * y; }),
                        {.log = true, .bar_label = "loss"});
  add("lines of level")
      .contour(grid(20, [](double x, double y) { return x + y; }),
               {.at = {-0.5, 0, 0.5}, .filled = false, .color = figure::Color{}});
  add("images").images(tensor<float>({{{0, 1}, {1, 0}}, {{0, 0.5}, {1, 1}}}),
                       {.captions = {"one", "two"}});
  add("tiles").tiles({{2, 2, 1, {0, 255, 255, 0}, "3 read as 8"},
                      {1, 1, 3, {255, 0, 0}, "red"},
                      {1, 2, 1, {9, 200}, ""}});
  Figure four(2, 2);
  four.title("Four");
  four.axes(1, 1).title("last").line({1, 2});
  all.emplace_back("four", four);
  return all;
}

}  // namespace

TEST_CASE("figure: every kind is drawn, the same each time") {
  for (auto& [name, fig] : gallery()) {
    CAPTURE(name);
    const std::string svg = fig.svg();
    CHECK(xml_fault(svg) == "");
    CHECK(svg == fig.svg());
    const auto png = fig.png();
    CHECK(png == fig.png());
    const Tensor image = io::parse_png(png);
    const bool one = name != "four";
    CHECK(image.shape() == Shape{one ? 800 : 1360, one ? 1120 : 1760, 3});
    const auto pixels = image.to_vector<std::uint8_t>();
    CHECK(std::set<std::uint8_t>(pixels.begin(), pixels.end()).size() > 10);  // not blank
    // The margin stays white.
    CHECK(std::all_of(pixels.begin(), pixels.begin() + 3 * 1000, [](auto p) { return p == 255; }));
  }
}

TEST_CASE("figure: values that have no place leave a gap") {
  Figure f;
  f.axes()
      .line({1, 2, 3, 4, 5}, {1, no_number, 3, infinity, -infinity})
      .scatter({no_number, 1}, {1, no_number})
      .line(Values{7}, Values{7});
  CHECK(xml_fault(f.svg()) == "");
  CHECK(f.svg().find("nan") == std::string::npos);
  CHECK(f.svg().find("inf") == std::string::npos);
  Figure log;
  log.axes().log_y().line({1, 0, -1, 100}).histogram({1, 1, 1}).bars({"a"}, {0});
  CHECK(xml_fault(log.svg()) == "");
  CHECK(log.svg().find("nan") == std::string::npos);
  Figure none;
  none.axes().heat_map(1, 2, {no_number, no_number}).line({no_number});
  CHECK(!none.png().empty());
  Figure flat;
  flat.axes().contour(grid(3, [](double, double) { return 2.0; })).line({5, 5}, {5, 5});
  CHECK(!flat.png().empty());
  Figure tiny(3, 3, {20, 20});
  tiny.axes(1, 1).title("no room").heat_map(2, 2, {1, 2, 3, 4});
  CHECK(!tiny.png().empty());
}

TEST_CASE("figure: text is escaped in SVG") {
  Figure f;
  f.axes().title("a < b & \"c\" > d \xff \x01 \u00e9\u2212").line({1, 2}, {.label = "</text>"});
  const std::string svg = f.svg();
  CHECK(xml_fault(svg) == "");
  CHECK(svg.find("a &lt; b &amp; &quot;c&quot; &gt; d \ufffd \ufffd \u00e9\u2212") !=
        std::string::npos);
  CHECK(svg.find("&lt;/text&gt;") != std::string::npos);
  CHECK(!f.png().empty());
}

TEST_CASE("figure: the checker of XML finds faults") {
  const std::string head = "<?xml version=\"1.0\"?>";
  CHECK(xml_fault(head + "<a b=\"1\"><c/>text</a>") == "");
  for (const char* bad :
       {"<a>", "<a></b>", "<a b=1/>", "<a>&x;</a>", "<a/><b/>", "x<a/>", "<a", ""})
    CHECK(xml_fault(head + bad) != "");
}

TEST_CASE("figure: saving picks the format by the extension") {
  const TemporaryFolder folder;
  Figure f;
  f.axes().line({1, 2});
  f.save(folder / "a.png");
  f.save(folder / "a.svg");
  CHECK(io::read_file(folder / "a.png") == f.png());
  CHECK(io::read_text(folder / "a.svg") == f.svg());
  CHECK(error_text<ValueError>([&] { f.save("a.jpg"); }) ==
        "figure.save: no such picture format\n  got: a.jpg\n  expected a name that ends in .png or "
        ".svg");
  CHECK_THROWS_AS(f.save(folder / "none/a.png"), IoError);
}

TEST_CASE("figure: values are taken from tensors, spans, vectors and lists") {
  const auto list = [](const Values& v) { return std::vector<double>(v.begin(), v.end()); };
  CHECK(list(tensor<std::int64_t>({1, 2})) == std::vector<double>{1, 2});
  CHECK(list(tensor<float>({1, 2}) > 1.5) == std::vector<double>{0, 1});
  const std::vector<float> numbers{0.5F, 1};
  CHECK(list(numbers) == std::vector<double>{0.5, 1});
  CHECK(list(std::span(numbers)) == std::vector<double>{0.5, 1});
  CHECK(Values(zeros({2, 3})).shape() == Shape{2, 3});
  Values filled;
  filled.push_back(3);
  CHECK(filled.shape() == Shape{1});
  const auto drawn = [&](const auto& x, const auto& y) {
    Figure f;
    f.axes().line(x, y);
    return f.svg();
  };
  const std::string wanted = drawn(Values{0.5, 1}, Values{3, 4});
  CHECK(drawn(numbers, std::vector<int>{3, 4}) == wanted);
  CHECK(drawn(tensor<float>({0.5, 1}), tensor<float>({{3}, {4}})) == wanted);
}

TEST_CASE("figure: a grid's points are what a function is called with") {
  const figure::Grid g{.x_low = 0, .x_high = 2, .y_low = 10, .y_high = 11, .columns = 3, .rows = 2};
  CHECK(g.points().to_vector<double>() ==
        std::vector<double>{0, 10, 1, 10, 2, 10, 0, 11, 1, 11, 2, 11});
  const auto around = figure::Grid::around(tensor<float>({{0, 5}, {10, 5}}), 0.1, 11);
  CHECK(around.x_low == -1);
  CHECK(around.x_high == 11);
  CHECK(around.y_low == 4);  // points on a line have room, too
  CHECK(around.points().shape() == Shape{121, 2});
  // A tensor of two axes says itself how many rows and columns there are.
  Figure given, told;
  given.axes().contour({0, 1, 0, 1, 3, 2, {1, 2, 3, 4, 5, 6}});
  told.axes().contour({.values = tensor<float>({{1, 2, 3}, {4, 5, 6}})});
  CHECK(given.svg() == told.svg());
}

TEST_CASE("figure: pictures of a tensor have the colours that their numbers mean") {
  const auto pixels = [](const Tensor& t, const figure::ImageStyle& style = {}) {
    Figure f;
    f.axes().images(t, style);
    std::vector<int> all;
    for (const auto& tile : std::get<figure::Tiles>(f.axes().description().marks[0]).tiles)
      for (std::size_t i = 0; i < tile.pixels.size(); i += 3) all.push_back(tile.pixels[i]);
    return all;
  };
  const Tensor two = tensor<float>({{{0, 2}}, {{1, 4}}});  // (2, 1, 2)
  CHECK(pixels(two) == std::vector<int>{0, 128, 64, 255});
  CHECK(pixels(two, {.each_alone = true}) == std::vector<int>{0, 255, 0, 255});
  CHECK(pixels(two, {.low = 0, .high = 2}) == std::vector<int>{0, 255, 128, 255});
  CHECK(pixels(two, {.colormap = figure::Colormap::ink}) == std::vector<int>{255, 128, 191, 0});
  CHECK(pixels(two, {.colormap = figure::Colormap::red_blue})[0] == 247);  // 0 is white
  CHECK(pixels(tensor<std::uint8_t>({{0, 51}})) == std::vector<int>{0, 51});
  CHECK(pixels(zeros({1, 2, 2})) == std::vector<int>{0, 0, 0, 0});
  const Tensor rgb = reshape(tensor<float>({1, 0.5, 0}), {1, 3, 1, 1});
  CHECK(pixels(rgb) == std::vector<int>{255});
  CHECK(pixels(zeros({0, 2, 2})).empty());
}

TEST_CASE("figure: a histogram counts what lies in its range") {
  Figure f;
  f.axes().histogram({0, 0.1, 0.5, 1, 9}, {.bins = 2, .range = {{0, 1}}});
  f.axes().histogram({0, 0.1, 0.5, 1, 9}, {.bins = 2, .range = {{0, 1}}, .density = true});
  const auto& marks = f.axes().description().marks;
  CHECK(std::get<figure::Histogram>(marks[0]).counts == std::vector<double>{2, 2});
  CHECK(std::get<figure::Histogram>(marks[1]).counts == std::vector<double>{1, 1});
}

TEST_CASE("figure: wrong descriptions say what is wrong") {
  Figure f;
  figure::Axes& axes = f.axes();
  CHECK(error_text<ValueError>([&] {
          axes.line({1, 2}, Values{1});
        }) ==
        "figure.line: lists of different lengths\n  got: 2 and 1\n  expected as many values of x "
        "as of y");
  CHECK_THROWS_AS(axes.scatter({1}, {}), ValueError);
  CHECK_THROWS_AS(axes.bars({"a"}, {}), ValueError);
  for (const auto& empty : std::vector<std::function<void()>>{
           [&] { axes.line(Values{}, Values{}); }, [&] { axes.scatter({}, {}); },
           [&] { axes.bars({}, {}); }, [&] { axes.band({}, {}, {}); },
           [&] { axes.line(zeros({0})); }})
    CHECK(error_text<ValueError>(empty).find(
              ": nothing to draw\n  got: an empty list\n  expected at least one value") !=
          std::string::npos);
  CHECK_THROWS_AS(axes.histogram({}), ValueError);
  CHECK(error_text<ValueError>([&] {
          axes.histogram({1, no_number, infinity});
        }) ==
        "figure.histogram: values that no bin can count\n  got: 2 of 3 not finite"
        "\n  expected finite values");
  CHECK_THROWS_AS(axes.histogram({1}, {.bins = -1}), ValueError);
  CHECK_THROWS_AS(axes.histogram({1}, {.range = {{1, 1}}}), ValueError);
  CHECK(error_text<ShapeError>([&] {
          axes.line(zeros({3, 2}));
        }) ==
        "figure.line: a tensor that is no list\n  got: (3, 2)\n  expected one axis longer than 1 "
        "at most\n  hint: draw one column: x[{range(), 0}]");
  CHECK_THROWS_AS(axes.band({1, 2}, {1}, {1, 2}), ValueError);
  CHECK_THROWS_AS(axes.band({1}, {1}, {1}, {.alpha = 0}), ValueError);
  CHECK_THROWS_AS(axes.horizontal(no_number), ValueError);
  CHECK_THROWS_AS(axes.vertical(infinity), ValueError);
  CHECK(error_text<ValueError>([&] {
          axes.scatter_classes({1, 2}, {1, 2}, {0, -1});
        }) ==
        "figure.scatter_classes: not the number of a class\n  got: -1.000000\n  expected whole "
        "numbers from 0 to 999");
  CHECK_THROWS_AS(axes.scatter_classes({1, 2}, {1, 2}, {0}), ValueError);
  CHECK_THROWS_AS(axes.scatter_classes({1, 2}, {1, 2}, {0, 1}, {.names = {"a"}}), ValueError);
  CHECK_THROWS_AS(axes.scatter_classes(zeros({2, 3}), {0, 1}), ShapeError);
  CHECK_THROWS_AS(axes.heat_map(zeros({4})), ShapeError);
  CHECK_THROWS_AS(axes.heat_map(zeros({2, 2}), {.low = 1, .high = 0}), ValueError);
  CHECK_THROWS_AS(axes.images(zeros({3, 2, 4, 4})), ShapeError);
  CHECK_THROWS_AS(axes.images(zeros({2, 4, 4}), {.captions = {"one"}}), ValueError);
  CHECK_THROWS_AS(axes.images(full({2, 4, 4}, no_number)), ValueError);
  CHECK_THROWS_AS(axes.images(zeros({2, 4, 4}), {.low = 2, .high = 1}), ValueError);
  const auto plane = [](double, double) { return -1.0; };
  CHECK_THROWS_AS(axes.contour(grid(3, plane), {.log = true}), ValueError);
  CHECK_THROWS_AS(axes.contour(grid(3, plane), {.at = {1}}), ValueError);
  CHECK_THROWS_AS(axes.contour(grid(3, plane), {.at = {1, 0}}), ValueError);
  CHECK_THROWS_AS(axes.contour({0, infinity, 0, 1, 2, 2, {1, 2, 3, 4}}), ValueError);
  CHECK_THROWS_AS(figure::Grid::around(zeros({3})), ShapeError);
  CHECK_THROWS_AS(figure::Grid::around(zeros({0, 2})), ValueError);
  CHECK_THROWS_AS(figure::Grid::around(full({1, 2}, infinity)), ValueError);
  CHECK_THROWS_AS(figure::Grid{}.points(), ValueError);
  CHECK(error_text<ValueError>([&] { axes.heat_map(0, 3, {}); }) ==
        "figure.heat_map: an empty matrix\n  got: 0 x 3\n  expected at least 1 x 1");
  CHECK_THROWS_AS(axes.heat_map(2, 2, {1, 2, 3}), ValueError);
  CHECK_THROWS_AS(axes.heat_map(1, 1, {1}, {.row_names = {"a", "b"}}), ValueError);
  CHECK(
      error_text<ValueError>([&] { axes.regions(grid(2, [](double, double) { return 0.5; })); }) ==
      "figure.regions: not the number of a class\n  got: 0.500000\n  expected whole numbers from 0 "
      "to 999");
  CHECK(error_text<ValueError>([&] {
          axes.contour({0, 1, 0, 1, 1, 5, zeros({5})});
        }) ==
        "figure.contour: the grid is too small\n  got: 5 x 1\n  expected at least 2 x 2 nodes");
  CHECK_THROWS_AS(axes.contour({0, 1, 0, 1, 2, 2, {1, 2, 3}}), ValueError);
  CHECK_THROWS_AS(axes.contour({1, 1, 0, 1, 2, 2, {1, 2, 3, 4}}), ValueError);
  CHECK(error_text<ValueError>([&] { axes.x_range(1, 1); }) ==
        "figure.x_range: an empty range\n  got: 1.000000 to 1.000000\n  expected finite numbers, "
        "low < high");
  CHECK_THROWS_AS(axes.tiles({{2, 2, 1, {1}, ""}}), ValueError);
  CHECK_THROWS_AS(axes.tiles({{1, 1, 2, {1, 2}, ""}}), ValueError);
  CHECK_THROWS_AS(Figure(0, 1), ValueError);
  CHECK_THROWS_AS(Figure(1, 1, {-5, 100}), ValueError);
  CHECK_THROWS_AS(f.png(0), ValueError);
  CHECK(error_text<IndexError>([&] { f.axes(0, 1); }) ==
        "figure.axes: no such plot\n  row: 0     column: 1\n  expected below 1 and 1");
  axes.bars({"a"}, {1});
  CHECK_THROWS_AS(axes.bars({"b"}, {1}), ValueError);
}
