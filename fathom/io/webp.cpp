// WebP by libwebp.
#include <webp/decode.h>
#include <webp/encode.h>

#include <memory>
#include <new>

#include "fathom/core/error.h"
#include "fathom/io/image.h"
#include "fathom/io/raster.h"

namespace fathom::io {
namespace {

const char* webp_problem(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      return "the file ends early";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "a feature of the format that nobody uses";
    default:
      return "damaged data";
  }
}

}  // namespace

Raster decode_webp(const PictureFile& file) {
  WebPBitstreamFeatures features;
  const VP8StatusCode seen = WebPGetFeatures(file.bytes.data(), file.bytes.size(), &features);
  if (seen != VP8_STATUS_OK) bad_picture("webp", file.source, webp_problem(seen));
  if (features.has_animation)
    throw UnsupportedError({.operation = "webp",
                            .problem = "a moving picture",
                            .received = {{"path", file.source}},
                            .expected = "a picture of one frame"});
  require_pixels("webp", file, features.width, features.height);
  Raster raster(features.height, features.width, features.has_alpha ? 4 : 3);
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) throw std::bad_alloc();
  config.output.colorspace = features.has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = raster.pixels.data();
  config.output.u.RGBA.stride = static_cast<int>(raster.row_bytes());
  config.output.u.RGBA.size = raster.pixels.size();
  const VP8StatusCode status = WebPDecode(file.bytes.data(), file.bytes.size(), &config);
  if (status == VP8_STATUS_OUT_OF_MEMORY) throw std::bad_alloc();
  if (status != VP8_STATUS_OK) bad_picture("webp", file.source, webp_problem(status));
  return raster;
}

Bytes webp_bytes(const Raster& raster, const WebpOptions& options) {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter writer;
  if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) throw std::bad_alloc();
  WebPMemoryWriterInit(&writer);
  const std::unique_ptr<WebPPicture, void (*)(WebPPicture*)> of_picture(&picture, WebPPictureFree);
  const std::unique_ptr<WebPMemoryWriter, void (*)(WebPMemoryWriter*)> of_writer(
      &writer, WebPMemoryWriterClear);
  config.quality = static_cast<float>(options.quality);
  config.lossless = options.lossless ? 1 : 0;
  config.exact = config.lossless;  // the colours of what is transparent too
  picture.use_argb = 1;
  picture.width = static_cast<int>(raster.width);
  picture.height = static_cast<int>(raster.height);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  const auto stride = static_cast<int>(raster.row_bytes());
  const auto import = raster.channels == 4 ? WebPPictureImportRGBA : WebPPictureImportRGB;
  if (!import(&picture, raster.pixels.data(), stride)) throw std::bad_alloc();
  if (!WebPEncode(&config, &picture))
    throw UnsupportedError({.operation = "encode_webp",
                            .problem = "libwebp refuses the picture: error " +
                                       std::to_string(static_cast<int>(picture.error_code)),
                            .expected = "sides from 1 to " + std::to_string(WEBP_MAX_DIMENSION)});
  return Bytes(writer.mem, writer.mem + writer.size);
}

}  // namespace fathom::io
