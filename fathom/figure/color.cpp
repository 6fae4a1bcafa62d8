#include "fathom/figure/color.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>

namespace fathom::figure {
namespace {

constexpr Color series[series_colors] = {{0, 114, 178},   {213, 94, 0},  {0, 158, 115},
                                         {204, 121, 167}, {230, 159, 0}, {86, 180, 233},
                                         {0, 0, 0},       {240, 228, 66}};

// Every eighth part of the published tables; between them straight lines, off by 3/255 at most.
constexpr Color viridis[] = {{68, 1, 84},    {71, 44, 122},  {59, 81, 139},
                             {44, 113, 142}, {33, 144, 141}, {39, 173, 129},
                             {92, 200, 99},  {170, 220, 50}, {253, 231, 37}};
constexpr Color blues[] = {{247, 251, 255}, {222, 235, 247}, {198, 219, 239},
                           {158, 202, 225}, {107, 174, 214}, {66, 146, 198},
                           {33, 113, 181},  {8, 81, 156},    {8, 48, 107}};
constexpr Color red_blue[] = {{5, 48, 97},     {33, 102, 172},  {67, 147, 195},  {146, 197, 222},
                              {209, 229, 240}, {247, 247, 247}, {253, 219, 199}, {244, 165, 130},
                              {214, 96, 77},   {178, 24, 43},   {103, 0, 31}};
constexpr Color gray[] = {{0, 0, 0}, {255, 255, 255}};
constexpr Color ink[] = {{255, 255, 255}, {0, 0, 0}};

std::span<const Color> table(Colormap map) {
  switch (map) {
    case Colormap::viridis:
      return viridis;
    case Colormap::blues:
      return blues;
    case Colormap::red_blue:
      return red_blue;
    case Colormap::gray:
      return gray;
    case Colormap::ink:
      return ink;
  }
  return gray;
}

}  // namespace

Color series_color(std::size_t i) { return series[i % std::size(series)]; }

Color mix(Color a, Color b, double t) {
  const auto part = [t](double x, double y) {
    return static_cast<std::uint8_t>(std::lround(x + (y - x) * t));
  };
  return {part(a.r, b.r), part(a.g, b.g), part(a.b, b.b), a.alpha + (b.alpha - a.alpha) * t};
}

Color map_color(Colormap map, double t) {
  const auto colors = table(map);
  if (!(t > 0)) return colors.front();  // NaN too
  if (t >= 1) return colors.back();
  const double place = t * static_cast<double>(colors.size() - 1);
  const auto i = static_cast<std::size_t>(place);
  return mix(colors[i], colors[i + 1], place - static_cast<double>(i));
}

double luminance(Color color) {
  const auto linear = [](std::uint8_t c) {
    const double v = c / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
}

}  // namespace fathom::figure
