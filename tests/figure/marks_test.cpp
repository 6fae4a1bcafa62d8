// What the marks of a plot become: levels, bands, colours, and room for the legend.
#include <doctest/doctest.h>

#include <limits>

#include "fathom/figure/draw.h"

using namespace fathom::figure;

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

std::string level_labels(Values values, ContourStyle style) {
  std::string text;
  for (const Tick& tick : contour_levels({{0, 1, 0, 1, 2, 2, std::move(values)}, std::move(style)}))
    text += (text.empty() ? "" : " ") + tick.label;
  return text;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("contour: levels at round numbers, at equal ratios, or as given") {
  CHECK(level_labels({0, 0.3, 0.6, 0.95}, {.levels = 5}) == "0.0 0.2 0.4 0.6 0.8 1.0");
  CHECK(level_labels({-3, 0, 1, 7}, {.levels = 5}) == "\u22124 \u22122 0 2 4 6 8");
  CHECK(level_labels({0.3, 1, 2, 40}, {.log = true}) == "0.2 0.5 1 2 5 10 20 50");
  CHECK(level_labels({0.2, 1, 2, 40}, {.levels = 4, .log = true}) == "0.1 1 10 100");
  CHECK(level_labels({1e-6, 1, 2, 1e6}, {.levels = 4, .log = true}) ==
        "1e-06 0.001 1 1000 1000000");
  CHECK(level_labels({0, -1, 2, 5}, {.log = true}) == "2 5");  // what is not above 0 is lowest
  CHECK(level_labels({0, 1, 2, 3}, {.at = {0.5, 2.5}}) == "0.5 2.5");
  CHECK(level_labels({2, 2, 2, 2}, {.levels = 1}) == "2 3");
}

TEST_CASE("band: one area between each two gaps, in the colour of the line that follows") {
  Figure f;
  const Values x{0, 1, 2, 3, 4};
  f.axes().band(x, {0, 0, nothing, 0, 0}, {1, 1, 1, 1, 1}).line(x, x);
  const auto colors = mark_colors(f.axes().description());
  CHECK(colors[0] == colors[1]);
  CHECK(count(f.svg(), "fill-opacity=\"0.2\"") == 2);
}

TEST_CASE("classes: points have the colours of their regions") {
  Figure f;
  f.axes().scatter_classes({1, 2, 3}, {1, 2, 3}, {2, 0, 9});
  const auto& marks = f.axes().description().marks;
  REQUIRE(marks.size() == 3);  // classes 0, 2 and 9, in this order
  CHECK(std::get<Scatter>(marks[0]).style.color == series_color(0));
  CHECK(std::get<Scatter>(marks[1]).style.color == series_color(2));
  CHECK(std::get<Scatter>(marks[2]).style.label == "9");
  CHECK(std::get<Scatter>(marks[2]).style.color == series_color(1));
  CHECK(std::get<Scatter>(marks[2]).style.marker != Marker::circle);  // told apart from class 1
}

TEST_CASE("heat map: signed colours have their middle at 0") {
  HeatMap heat{1, 2, {-1, 3}, {}};
  CHECK(color_range(heat) == std::pair(-1.0, 3.0));
  heat.style.colormap = Colormap::red_blue;
  CHECK(color_range(heat) == std::pair(-3.0, 3.0));
  heat.style.low = -1;
  CHECK(color_range(heat) == std::pair(-1.0, 3.0));
}

TEST_CASE("legend: where no corner is free, the axis grows") {
  const Font font;
  const auto room = [&](const Values& heights) {
    Figure f;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < heights.size(); ++i) names.push_back(std::to_string(i));
    f.axes().bars(names, heights, {.label = "bars"});
    const auto& axes = f.axes().description();
    return legend_room(axes, mark_colors(axes), make_frame(axes, {0, 0, 500, 400}, font), font);
  };
  CHECK(room({9, 9, 9, 9, 9, 9}) > 0);
  CHECK(room({9, 9, 9, 1, 1, 1}) == 0);
  Figure f;
  f.axes().line({1, 2}, {3, 4});
  const auto& axes = f.axes().description();
  CHECK(make_frame(axes, {0, 0, 500, 400}, font, 50).y.high >
        make_frame(axes, {0, 0, 500, 400}, font).y.high);
}

TEST_CASE("ticks: a short axis has three at least") {
  const Font font;
  Figure f;
  f.axes().line({-4, 4}, {0, 1});
  CHECK(make_frame(f.axes().description(), {0, 0, 300, 200}, font).x_ticks.size() >= 3);
}
