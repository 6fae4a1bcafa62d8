// Puts the carried data into the program as it is (.incbin), so that the program is one file.
#include "fathom/data/embedded.h"

// clang-format off
#define FATHOM_EMBED(symbol, path)                                       \
  asm(".section .rodata\n"                                               \
      ".balign 16\n"                                                     \
      ".global fathom_" symbol "_begin\nfathom_" symbol "_begin:\n"      \
      ".incbin \"" path "\"\n"                                           \
      ".global fathom_" symbol "_end\nfathom_" symbol "_end:\n"          \
      ".byte 0\n"                                                        \
      ".previous\n")
// clang-format on

FATHOM_EMBED("digits", FATHOM_DATA_FOLDER "/digits.csv.gz");
FATHOM_EMBED("iris", FATHOM_DATA_FOLDER "/iris.data");

extern "C" const unsigned char fathom_digits_begin[], fathom_digits_end[];
extern "C" const unsigned char fathom_iris_begin[], fathom_iris_end[];

namespace fathom::data {

std::span<const unsigned char> embedded_digits() {
  return {fathom_digits_begin, fathom_digits_end};
}
std::span<const unsigned char> embedded_iris() { return {fathom_iris_begin, fathom_iris_end}; }

}  // namespace fathom::data
