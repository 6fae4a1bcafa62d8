// Private to fathom/figure: how a description becomes strokes on a canvas. First a frame is laid
// out (frame.cpp: ranges, ticks, margins), then the marks are drawn in it (marks_*.cpp), then the
// legend.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "fathom/figure/canvas.h"
#include "fathom/figure/figure.h"
#include "fathom/figure/font.h"
#include "fathom/figure/ticks.h"

namespace fathom::figure {

// The house style.
namespace style {
inline constexpr Color ink{34, 34, 34}, soft_ink{90, 90, 90}, axis{120, 120, 120};
inline constexpr Color grid{231, 231, 231}, white{255, 255, 255};
inline constexpr double title = 14, label = 12, tick = 10.5, legend = 11, value = 11;
}  // namespace style

/// One axis: from values to places on the canvas.
struct Scale {
  double low = 0, high = 1;  ///< values
  double from = 0, to = 1;   ///< places of low and high
  bool log = false;

  double operator()(double v) const {
    if (log) return v > 0 ? from + (to - from) * std::log(v / low) / std::log(high / low) : NAN;
    return std::isfinite(v) ? from + (to - from) * (v - low) / (high - low) : NAN;
  }
  double value_at(double place) const {
    const double t = (place - from) / (to - from);
    return log ? low * std::pow(high / low, t) : low + (high - low) * t;
  }
};

/// A bar beside the plot that says which colour is which number.
struct ColorBar {
  Colormap map = Colormap::viridis;
  double fade = 0;           ///< how far its colours are mixed with white
  double low = 0, high = 1;  ///< places of its ends, among those of the ticks
  int steps = 0;             ///< 0: smooth
  std::vector<Tick> ticks;
  std::string label;
};

/// A plot ready to be drawn into.
struct Frame {
  Rect area;  ///< where the marks go
  Scale x, y;
  std::vector<Tick> x_ticks, y_ticks;
  bool turned_names = false;  ///< names below the plot are too long and stand at an angle
  bool grid_x = true, grid_y = true, spines = true;
  std::optional<ColorBar> bar;

  Point operator()(double vx, double vy) const { return {x(vx), y(vy)}; }
};

/// A line of a legend.
struct LegendEntry {
  std::string label;
  Color color;
  enum class Kind { line, point, patch } kind = Kind::line;
  bool dashed = false;
  Marker marker = Marker::none;
};

/// `head_room` is a height to leave free above the data.
Frame make_frame(const AxesDescription& axes, const Rect& cell, const Font& font,
                 double head_room = 0);
void draw_frame_behind(const Frame& frame, Canvas& canvas);
void draw_frame_above(const Frame& frame, const AxesDescription& axes, const Rect& cell,
                      const Font& font, Canvas& canvas);

/// The colour of each mark: its own or the next of the palette.
std::vector<Color> mark_colors(const AxesDescription& axes);
void draw_mark(const Mark& mark, Color color, const AxesDescription& axes, const Frame& frame,
               const Font& font, Canvas& canvas);
void draw_marker(Point at, double size, Marker marker, Color color, bool edge, Canvas& canvas);
void draw_contour(const Contour& contour, const Frame& frame, Canvas& canvas);
void draw_regions(const Regions& regions, const Frame& frame, Canvas& canvas);
void draw_tiles(const Tiles& tiles, const Rect& where, const Font& font, Canvas& canvas);
/// The height that a legend needs above the data because no corner is free for it; 0 if one is.
double legend_room(const AxesDescription& axes, const std::vector<Color>& colors,
                   const Frame& frame, const Font& font);
void draw_legend(const AxesDescription& axes, const std::vector<Color>& colors, const Frame& frame,
                 const Font& font, Canvas& canvas);

/// The values at which a contour plot changes its colour, ends included.
std::vector<Tick> contour_levels(const Contour& contour);
std::pair<double, double> finite_range(const Values& values);
/// The values at the ends of a heat map's colours.
std::pair<double, double> color_range(const HeatMap& heat);

/// Draws a figure on a canvas.
class Drawing {
 public:
  explicit Drawing(const Figure& figure) : figure_(figure) {}
  void draw(Canvas& canvas) const;

 private:
  void draw_axes(const AxesDescription& axes, Rect cell, Canvas& canvas) const;

  const Figure& figure_;
  Font font_;
};

}  // namespace fathom::figure
