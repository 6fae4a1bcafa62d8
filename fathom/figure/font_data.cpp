// Puts the font's file, packed by gzip, into the program (.incbin), so that the program is one
// file. ccache sees .incbin and never serves this object from its store.
#include "fathom/figure/font_data.h"

#include "fathom/io/gzip.h"

asm(".section .rodata\n"
    ".balign 16\n"
    ".global fathom_font_begin\n"
    "fathom_font_begin:\n"
    ".incbin \"" FATHOM_FONT_PATH
    "\"\n"
    ".global fathom_font_end\n"
    "fathom_font_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" const unsigned char fathom_font_begin[], fathom_font_end[];

namespace fathom::figure {

std::span<const unsigned char> font_data() {
  static const io::Bytes font =
      io::gunzip({fathom_font_begin, fathom_font_end}, "the carried font", std::size_t{1} << 24);
  return font;
}

}  // namespace fathom::figure
