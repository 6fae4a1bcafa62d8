// A parser may return or throw one of Fathom's errors for bytes; anything else ends the fuzzer.
#pragma once
#include <cstdint>

#include "fathom/core/error.h"
#include "fathom/io/file.h"

namespace fathom::test {

template <class Parse> int fuzz(const std::uint8_t* data, std::size_t size, const Parse& parse) {
  try {
    parse(io::ByteView(data, size));
  } catch (const FormatError&) {
  } catch (const UnsupportedError&) {
  }
  return 0;
}

}  // namespace fathom::test
