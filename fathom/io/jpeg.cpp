// JPEG by libjpeg-turbo, whose integer IDCT and upsampling Pillow uses too: the pixels are the
// same.
//
// libjpeg reports errors by longjmp. So every function that calls it here is plain C in its frame:
// no object with a destructor lives between setjmp and the call.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include <jpeglib.h>

#include <jerror.h>

#include "fathom/core/error.h"
#include "fathom/io/image.h"
#include "fathom/io/raster.h"

namespace fathom::io {
namespace {

// A block of 64 pixels takes a bit of a progressive picture's first scan.
constexpr std::uint64_t jpeg_gain = 512;
// A picture of many empty scans takes hours in a few kilobytes; encoders make about ten.
constexpr int most_scans = 128;

struct JpegErrors {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX] = "";
};

[[noreturn]] void jpeg_fails(j_common_ptr info) {
  auto* errors = reinterpret_cast<JpegErrors*>(info->err);
  if (info->err->msg_code == JERR_INPUT_EOF)
    std::strcpy(errors->message, "the file ends early");
  else
    info->err->format_message(info, errors->message);
  std::longjmp(errors->jump, 1);
}
// Warnings: like other readers, take what a careless encoder wrote.
void jpeg_warns(j_common_ptr, int) {}

void start_errors(JpegErrors& errors) {
  jpeg_std_error(&errors.manager);
  errors.manager.error_exit = jpeg_fails;
  errors.manager.emit_message = jpeg_warns;
}

void source_does_nothing(j_decompress_ptr) {}
boolean source_is_at_end(j_decompress_ptr info) {
  ERREXIT(info, JERR_INPUT_EOF);
  return FALSE;
}
void skip_source(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if (static_cast<std::size_t>(count) > info->src->bytes_in_buffer) ERREXIT(info, JERR_INPUT_EOF);
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

struct JpegReader : JpegErrors {
  jpeg_decompress_struct info{};
  jpeg_source_mgr source{};
  jpeg_progress_mgr progress{};
  bool made = false;
  explicit JpegReader(ByteView bytes) {
    start_errors(*this);
    info.err = &manager;
    source.next_input_byte = bytes.data();
    source.bytes_in_buffer = bytes.size();
    source.init_source = source.term_source = source_does_nothing;
    source.fill_input_buffer = source_is_at_end;
    source.skip_input_data = skip_source;
    source.resync_to_restart = jpeg_resync_to_restart;
  }
  ~JpegReader() {
    if (made) jpeg_destroy_decompress(&info);
  }
};

void count_scans(j_common_ptr info) {
  auto* reader = reinterpret_cast<j_decompress_ptr>(info);
  if (reader->input_scan_number > most_scans) ERREXIT(info, JERR_BAD_PROGRESSION);
}

bool read_jpeg_header(JpegReader& reader, int scale) {
  if (setjmp(reader.jump)) return false;
  jpeg_create_decompress(&reader.info);
  reader.made = true;
  reader.info.src = &reader.source;
  reader.progress.progress_monitor = count_scans;
  reader.info.progress = &reader.progress;
  jpeg_read_header(&reader.info, TRUE);
  reader.info.scale_num = 1;
  reader.info.scale_denom = static_cast<unsigned>(scale);
  reader.info.out_color_space = reader.info.num_components == 4   ? JCS_CMYK
                                : reader.info.num_components == 1 ? JCS_GRAYSCALE
                                                                  : JCS_RGB;
  jpeg_calc_output_dimensions(&reader.info);
  return true;
}

bool read_jpeg_rows(JpegReader& reader, std::uint8_t* pixels, std::size_t row_bytes) {
  if (setjmp(reader.jump)) return false;
  jpeg_start_decompress(&reader.info);
  while (reader.info.output_scanline < reader.info.output_height) {
    JSAMPROW row = pixels + row_bytes * reader.info.output_scanline;
    jpeg_read_scanlines(&reader.info, &row, 1);
  }
  jpeg_finish_decompress(&reader.info);
  return true;
}

// Inks as Adobe's programs store them, inverted: what is left of red is (255 - C)(255 - K) / 255,
// rounded as Pillow does.
Raster rgb_of_cmyk(const Raster& inks) {
  Raster out(inks.height, inks.width, 3);
  for (std::size_t i = 0; i < out.pixels.size() / 3; ++i) {
    const std::uint8_t* p = inks.pixels.data() + 4 * i;
    for (std::size_t c = 0; c < 3; ++c) {
      const int rounded = (255 - p[c]) * p[3] + 128;
      const int left = p[3] - (((rounded >> 8) + rounded) >> 8);
      out.pixels[3 * i + c] = static_cast<std::uint8_t>(left < 0 ? 0 : left);
    }
  }
  return out;
}

struct JpegWriter : JpegErrors {
  jpeg_compress_struct info{};
  unsigned char* out = nullptr;
  unsigned long size = 0;
  bool made = false;
  JpegWriter() {
    start_errors(*this);
    info.err = &manager;
  }
  ~JpegWriter() {
    if (made) jpeg_destroy_compress(&info);
    std::free(out);
  }
};

bool write_jpeg_rows(JpegWriter& writer, const std::uint8_t* pixels, int width, int height,
                     int channels, const JpegOptions& options) {
  if (setjmp(writer.jump)) return false;
  jpeg_compress_struct& info = writer.info;
  jpeg_create_compress(&info);
  writer.made = true;
  jpeg_mem_dest(&info, &writer.out, &writer.size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = channels;
  info.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, options.quality, TRUE);
  if (channels == 3) {
    info.comp_info[0].h_samp_factor = options.subsampling == Subsampling::s444 ? 1 : 2;
    info.comp_info[0].v_samp_factor = options.subsampling == Subsampling::s420 ? 2 : 1;
  }
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(pixels) + static_cast<std::size_t>(info.next_scanline) *
                                                      static_cast<unsigned>(width) *
                                                      static_cast<unsigned>(channels);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  return true;
}

}  // namespace

Raster decode_jpeg(const PictureFile& file, int scale) {
  JpegReader reader(file.bytes);
  if (!read_jpeg_header(reader, scale)) bad_picture("jpeg", file.source, reader.message);
  const int components = reader.info.num_components;
  if (components != 1 && components != 3 && components != 4)
    throw UnsupportedError({.operation = "jpeg",
                            .problem = "a picture of " + std::to_string(components) + " components",
                            .received = {{"path", file.source}},
                            .expected = "1 (grey), 3 (RGB or YCbCr) or 4 (CMYK or YCCK)"});
  const std::int64_t width = reader.info.image_width, height = reader.info.image_height;
  require_pixels("jpeg", file, width, height);
  require_bytes("jpeg", file, width, height,
                static_cast<std::uint64_t>(width * height) / jpeg_gain);
  Raster raster(reader.info.output_height, reader.info.output_width, components);
  if (!read_jpeg_rows(reader, raster.pixels.data(), raster.row_bytes()))
    bad_picture("jpeg", file.source, reader.message);
  return components == 4 ? rgb_of_cmyk(raster) : std::move(raster);
}

Bytes jpeg_bytes(const Raster& raster, const JpegOptions& options) {
  JpegWriter writer;
  if (!write_jpeg_rows(writer, raster.pixels.data(), static_cast<int>(raster.width),
                       static_cast<int>(raster.height), raster.channels, options))
    throw UnsupportedError({.operation = "encode_jpeg", .problem = writer.message});
  return Bytes(writer.out, writer.out + writer.size);
}

}  // namespace fathom::io
