#include "fathom/figure/figure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "../io/support.h"
#include "fathom/io/png.h"
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
  add("bars").bars({"one", "a very long name indeed", "three"}, {1, -2, 3}, {.show_values = true});
  add("histogram").histogram({1, 2, 2, 3, 3, 3, 4, 4, 5}, {.label = "h"});
  add("matrix").heat_map(2, 2, {9, 1, 0, 8},
                         {.row_names = {"cat", "dog"}, .column_names = {"cat", "dog"}});
  add("contour").contour(grid(20, [](double x, double y) { return x * x + y * y; }));
  add("regions")
      .regions(grid(20, [](double x, double y) { return x * y > 0 ? 1.0 : 0.0; }))
      .scatter({0.5}, {0.5});
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
      .line(Values{}, Values{})
      .line(Values{7}, Values{7});
  CHECK(xml_fault(f.svg()) == "");
  CHECK(f.svg().find("nan") == std::string::npos);
  CHECK(f.svg().find("inf") == std::string::npos);
  Figure log;
  log.axes().log_y().line({1, 0, -1, 100}).histogram({1, 1, 1}).bars({}, {});
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
  CHECK(error_text<ValueError>([&] { axes.histogram({no_number}); }) ==
        "figure.histogram: nothing to count\n  got: 1 values, none finite"
        "\n  expected at least one finite value");
  CHECK(error_text<ValueError>([&] { axes.heat_map(0, 3, {}); }) ==
        "figure.heat_map: an empty matrix\n  got: 0 x 3\n  expected at least 1 x 1");
  CHECK_THROWS_AS(axes.heat_map(2, 2, {1, 2, 3}), ValueError);
  CHECK_THROWS_AS(axes.heat_map(1, 1, {1}, {.row_names = {"a", "b"}}), ValueError);
  CHECK(
      error_text<ValueError>([&] { axes.regions(grid(2, [](double, double) { return 0.5; })); }) ==
      "figure.regions: not the number of a class\n  got: 0.500000\n  expected whole numbers from 0 "
      "to 999");
  CHECK(error_text<ValueError>([&] {
          axes.contour({0, 1, 0, 1, 1, 5, Values(5)});
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
