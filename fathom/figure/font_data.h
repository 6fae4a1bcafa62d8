// Private to fathom/figure: the bytes of DejaVu Sans.
#pragma once
#include <span>

namespace fathom::figure {
std::span<const unsigned char> font_data();
}  // namespace fathom::figure
