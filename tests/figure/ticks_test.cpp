#include "fathom/figure/ticks.h"

#include <doctest/doctest.h>

#include "fathom/figure/color.h"
#include "fathom/figure/font.h"

using namespace fathom::figure;

namespace {

std::string joined(const std::vector<Tick>& ticks) {
  std::string text;
  for (const Tick& tick : ticks) text += (text.empty() ? "" : " ") + tick.label;
  return text;
}

}  // namespace

TEST_CASE("ticks: steps of 1, 2 and 5") {
  CHECK(joined(linear_ticks(0, 1, 5)) == "0.0 0.2 0.4 0.6 0.8 1.0");
  CHECK(joined(linear_ticks(0, 10, 5)) == "0 2 4 6 8 10");
  CHECK(joined(linear_ticks(-1.2, 1.2, 5)) == "\u22121.0 \u22120.5 0.0 0.5 1.0");
  CHECK(joined(linear_ticks(0.003, 0.0131, 4)) == "0.005 0.010");
  CHECK(joined(linear_ticks(0, 4e6, 4)) == "0 1e+06 2e+06 3e+06 4e+06");
  CHECK(joined(linear_ticks(3, 3, 4)) == "3");
  CHECK(joined(linear_ticks(0.9, 2.1, 5, true)) == "1 2");
  CHECK(joined(linear_ticks(0, 100, 5, true)) == "0 20 40 60 80 100");
}

TEST_CASE("ticks: powers of ten") {
  CHECK(joined(log_ticks(1, 1000, 5)).find("1") == 0);
  const auto ticks = log_ticks(1e-6, 1, 10);
  CHECK(ticks.front().label == "10\u207b\u2076");
  CHECK(ticks.back().label == "10\u2070");
  CHECK(joined(log_ticks(1, 20, 5)).starts_with("1 2"));
  CHECK(joined(log_ticks(2, 3, 5)) == joined(linear_ticks(2, 3, 5)));
}

TEST_CASE("ticks: labels of numbers") {
  CHECK(number_label(-0.0) == "0");
  CHECK(number_label(91234) == "91234");
  CHECK(number_label(0.12345) == "0.1235");
  CHECK(number_label(-2.5, 1) == "\u22122.5");
}

TEST_CASE("colours: the ends and the middle of viridis, black and white") {
  CHECK(map_color(Colormap::viridis, 0) == Color{68, 1, 84});
  CHECK(map_color(Colormap::viridis, 0.5) == Color{33, 144, 141});
  CHECK(map_color(Colormap::viridis, 2) == Color{253, 231, 37});
  CHECK(map_color(Colormap::gray, 0.5) == Color{128, 128, 128});
  CHECK(luminance({255, 255, 255}) == doctest::Approx(1));
  CHECK(luminance({0, 0, 0}) == 0);
  CHECK(series_color(0) == series_color(8));
}

TEST_CASE("font: widths add up and broken UTF-8 is harmless") {
  const Font font;
  CHECK(font.width("", 10) == 0);
  CHECK(font.width("mm", 10) == doctest::Approx(2 * font.width("m", 10)));
  CHECK(font.width("m", 20) == doctest::Approx(2 * font.width("m", 10)));
  CHECK(font.width("i", 10) < font.width("m", 10));
  CHECK(font.width("\xe2\x88", 10) > 0);
  CHECK(font.width("\xff\xc0\x80", 10) > 0);
}
