// Colours of charts: a palette for series and maps from numbers to colours.
#pragma once
#include <cstddef>
#include <cstdint>

namespace fathom::figure {

/// An sRGB colour; alpha from 0 (clear) to 1 (opaque).
struct Color {
  std::uint8_t r = 0, g = 0, b = 0;
  double alpha = 1;
  friend bool operator==(const Color&, const Color&) = default;
};

inline constexpr std::size_t series_colors = 8;
/// The colour of the i-th series or class; begins again after series_colors. Told apart by
/// colour-blind readers. Source: M. Okabe, K. Ito, "Color Universal Design", 2008, in an order for
/// thin lines.
Color series_color(std::size_t i);

enum class Colormap {
  viridis,   ///< S. van der Walt, N. Smith 2015; perceptually even, from dark blue to yellow
  blues,     ///< C. Brewer's Blues: white to dark blue, for counts
  red_blue,  ///< C. Brewer's RdBu from its end: blue, white at the middle, red; for signed numbers
  gray,      ///< black to white
  ink        ///< white to black: ink on paper
};

/// The colour of t in [0, 1]; outside it the nearer end.
Color map_color(Colormap map, double t);

/// A colour between two: t = 0 is a, t = 1 is b.
Color mix(Color a, Color b, double t);
/// Relative luminance from 0 to 1. Source: WCAG 2.1.
double luminance(Color color);

}  // namespace fathom::figure
