// The packed font (tools/pack_font.cpp, then gzip) is in the program.
#include "fathom/figure/font_data.h"

#include "fathom/core/embed.h"
#include "fathom/io/gzip.h"

FATHOM_EMBED(font, FATHOM_FONT_PATH);

namespace fathom::figure {

std::span<const unsigned char> font_data() {
  static const io::Bytes font =
      io::gunzip(FATHOM_EMBEDDED(font), "the carried font", std::size_t{1} << 24);
  return font;
}

}  // namespace fathom::figure
