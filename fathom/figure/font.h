// The one font of charts, DejaVu Sans, carried inside the program.
#pragma once
#include <functional>
#include <string_view>

#include "fathom/figure/canvas.h"

namespace fathom::figure {

/// Measures text and gives the outlines of its letters. Not hinted: the same at every size and on
/// every machine.
class Font {
 public:
  /// Width of UTF-8 text set at `size` (the em, in canvas units).
  double width(std::string_view text, double size) const;

  /// Receives outlines in canvas units, y downwards, with the baseline's left end at the origin.
  struct Outline {
    std::function<void(Point)> move_to, line_to;
    std::function<void(Point, Point)> quadratic_to;  // control, end
    std::function<void()> close;
  };
  void outline(std::string_view text, double size, const Outline& to) const;

  /// Height of a capital letter at size 1.
  static constexpr double cap_height = 0.729;
};

}  // namespace fathom::figure
