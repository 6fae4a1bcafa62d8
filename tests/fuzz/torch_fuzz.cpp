#include "fathom/io/tensor_file.h"

#include "fuzz.h"

// Seeds: tests/golden/weights/*.pt. Legacy files are pickles from their first byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fathom::test::fuzz(data, size,
                            [](fathom::io::ByteView bytes) { fathom::io::parse_tensors(bytes); });
}
