// Private to fathom/figure: places for the boxes of a layered graph.
//
// Method: K. Sugiyama, S. Tagawa, M. Toda 1981, in its plain form. Boxes go on layers by their
// longest way from a source; an arrow over several layers gets a bend on each; layers are ordered
// by the mean place of their neighbours; then boxes move towards their neighbours as far as the
// order allows.
#pragma once
#include <cstddef>
#include <vector>

namespace fathom::figure {

struct LayoutBox {
  double width = 0;               // given
  std::vector<std::size_t> into;  // given: boxes that this one's arrows lead to
  std::size_t layer = 0;          // found
  double x = 0;                   // found: its middle
  bool is_bend = false;           // found: not a box but a bend of a long arrow
};

struct Layout {
  std::vector<LayoutBox>
      boxes;  // the given ones first, then the bends; `into` leads over the bends
  std::size_t layers = 0;
  double width = 0;
};

/// `boxes` are in an order in which arrows lead forwards.
Layout lay_out(std::vector<LayoutBox> boxes, double gap);

}  // namespace fathom::figure
