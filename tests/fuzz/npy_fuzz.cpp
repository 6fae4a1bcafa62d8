#include "fathom/io/npy.h"

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fathom::test::fuzz(data, size, [](fathom::io::ByteView bytes) {
    if (bytes.size() > 1 && bytes[0] == 'P')
      fathom::io::parse_npz(bytes);
    else
      fathom::io::parse_npy(bytes);
  });
}
