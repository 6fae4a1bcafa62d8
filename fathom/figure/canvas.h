// What a chart is drawn on. The drawing code knows only this; SVG and PNG stand behind it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/figure/color.h"

namespace fathom::figure {

/// A place in canvas units, y downwards. One unit is a CSS pixel in SVG and `scale` pixels in PNG.
struct Point {
  double x = 0, y = 0;
};

struct Rect {
  double x = 0, y = 0, width = 0, height = 0;
  double right() const { return x + width; }
  double bottom() const { return y + height; }
  Point center() const { return {x + width / 2, y + height / 2}; }
};

struct Stroke {
  Color color;
  double width = 1;
  bool dashed = false;
};

enum class Anchor { start, middle, end };

struct TextStyle {
  double size = 11;
  Color color;
  Anchor anchor = Anchor::start;
  double angle = 0;  ///< degrees, counter-clockwise
};

class Canvas {
 public:
  virtual ~Canvas() = default;

  /// Lines through the points; a point that is NaN begins a new stretch.
  virtual void polyline(std::span<const Point> points, const Stroke& stroke) = 0;
  virtual void polygon(std::span<const Point> points, std::optional<Color> fill,
                       const std::optional<Stroke>& stroke) = 0;
  virtual void circle(Point center, double radius, std::optional<Color> fill,
                      const std::optional<Stroke>& stroke) = 0;
  /// UTF-8 text with its baseline at a point.
  virtual void text(Point at, std::string_view text, const TextStyle& style) = 0;
  /// An RGB picture stretched over a rectangle without smoothing.
  virtual void image(const Rect& where, int width, int height,
                     std::span<const std::uint8_t> rgb) = 0;
  /// Nothing is drawn outside of the rectangle until clip(nullopt).
  virtual void clip(std::optional<Rect> where) = 0;
  /// The file's bytes.
  virtual std::vector<std::uint8_t> finish() = 0;

  void rectangle(const Rect& r, std::optional<Color> fill, const std::optional<Stroke>& stroke) {
    const Point corners[] = {
        {r.x, r.y}, {r.right(), r.y}, {r.right(), r.bottom()}, {r.x, r.bottom()}};
    polygon(corners, fill, stroke);
  }
};

std::unique_ptr<Canvas> make_svg_canvas(double width, double height);
std::unique_ptr<Canvas> make_png_canvas(double width, double height, double scale);

}  // namespace fathom::figure
