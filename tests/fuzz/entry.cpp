// The fuzzer of the parser FATHOM_FUZZ, as libFuzzer calls it.
#include <algorithm>

#include "parsers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using fathom::test::parsers;
  static const auto* const parser =
      std::ranges::find(parsers, FATHOM_FUZZ, &fathom::test::Parser::name);
  fathom::test::feed(*parser, {data, size});
  return 0;
}
