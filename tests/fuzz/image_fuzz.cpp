#include "fathom/io/image.h"

#include "fuzz.h"

// Every format: the first bytes choose the decoder. Seeds: write the NAME.file tensors of
// tests/golden/pictures as files (tools/golden/pictures.py --seeds DIR).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fathom::test::fuzz(data, size, [](fathom::io::ByteView bytes) {
    fathom::io::decode_image(bytes, {.mode = fathom::io::ImageReadMode::unchanged,
                                     .apply_exif_orientation = true,
                                     .max_pixels = 1 << 20});
    fathom::io::decode_image(bytes, {.jpeg_scale = 4, .max_pixels = 1 << 20});
  });
}
