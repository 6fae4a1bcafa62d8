#include "fathom/io/gguf.h"

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fathom::test::fuzz(data, size, [](fathom::io::ByteView bytes) {
    fathom::io::parse_gguf_header(bytes, "(memory)");
  });
}
