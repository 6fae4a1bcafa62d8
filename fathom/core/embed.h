// Puts a file into the program as it is (.incbin), so that the program is one file. For sources of
// the library alone; ccache sees .incbin and never serves such an object from its store.
//
//   FATHOM_EMBED(digits, FATHOM_DATA_FOLDER "/digits.csv.gz");
//   ... FATHOM_EMBEDDED(digits) is a span of its bytes
#pragma once
#include <span>

// clang-format off
#define FATHOM_EMBED(symbol, path)                                          \
  asm(".section .rodata\n"                                                  \
      ".balign 16\n"                                                        \
      ".global fathom_" #symbol "_begin\nfathom_" #symbol "_begin:\n"       \
      ".incbin \"" path "\"\n"                                              \
      ".global fathom_" #symbol "_end\nfathom_" #symbol "_end:\n"           \
      ".byte 0\n"                                                           \
      ".previous\n");                                                       \
  extern "C" const unsigned char fathom_##symbol##_begin[], fathom_##symbol##_end[]
#define FATHOM_EMBEDDED(symbol) \
  std::span<const unsigned char>(fathom_##symbol##_begin, fathom_##symbol##_end)
// clang-format on
