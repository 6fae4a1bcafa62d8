// Private to fathom/figure: the bytes of DejaVu Sans, unpacked once (5 ms) when the first chart is
// drawn.
#pragma once
#include <span>

namespace fathom::figure {
std::span<const unsigned char> font_data();
}  // namespace fathom::figure
