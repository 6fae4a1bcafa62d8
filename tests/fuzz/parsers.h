// Everything that reads bytes of strangers, for the fuzzers and for the test that feeds it the
// files of seeds/. A parser may return or throw FormatError or UnsupportedError; anything else is a
// fault.
#pragma once
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "fathom/core/error.h"
#include "fathom/io/csv.h"
#include "fathom/io/gguf.h"
#include "fathom/io/gzip.h"
#include "fathom/io/idx.h"
#include "fathom/io/image.h"
#include "fathom/io/npy.h"
#include "fathom/io/pickle.h"
#include "fathom/io/png.h"
#include "fathom/io/safetensors.h"
#include "fathom/io/tar.h"
#include "fathom/io/tensor_file.h"
#include "fathom/io/zip.h"
#include "fathom/keras/keras.h"
#include "fathom/ops/creation.h"
#include "fathom/text/tokenizer.h"
#include "fathom/text/word_vectors.h"

namespace fathom::test {

using io::ByteView;

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
/// The path of a file that holds these bytes, for what is read from files alone: in memory, one for
/// each process.
inline const std::string& as_file(ByteView bytes) {
  static const std::string path = "/dev/shm/fathom-fuzz." + std::to_string(::getpid());
  std::FILE* out = std::fopen(path.c_str(), "wb");
  std::fwrite(bytes.data(), 1, bytes.size(), out);
  std::fclose(out);
  return path;
}

struct Parser {
  std::string_view name;
  void (*parse)(ByteView);
};
inline constexpr Parser parsers[] = {
    {"csv",
     [](ByteView bytes) {
       const io::CsvTable table = io::parse_csv(as_text(bytes));
       for (std::size_t i = 0; i < table.columns(); ++i) io::column_to_classes(table, i);
       if (table.columns() > 0) io::columns_to_f32(table, {0});
     }},
    {"gguf", [](ByteView bytes) { io::parse_gguf_header(bytes, "(memory)"); }},
    {"gzip", [](ByteView bytes) { io::gunzip(bytes, "(memory)", 1 << 24); }},
    {"idx", [](ByteView bytes) { io::parse_idx(bytes); }},
    // The first bytes choose the format.
    {"image",
     [](ByteView bytes) {
       io::decode_image(bytes, {.mode = io::ImageReadMode::unchanged,
                                .apply_exif_orientation = true,
                                .max_pixels = 1 << 20});
       io::decode_image(bytes, {.jpeg_scale = 4, .max_pixels = 1 << 20});
     }},
    // Tensors of .h5 and .keras, then the model.
    {"keras",
     [](ByteView bytes) {
       try {
         keras::load_tensors(as_file(bytes));
       } catch (const FormatError&) {
       } catch (const UnsupportedError&) {
       }
       keras::load_model(as_file(bytes));
     }},
    {"keras_config",
     [](ByteView bytes) {
       keras::model_from_json(std::string(as_text(bytes)), {zeros({3, 3, 2, 4}), zeros({4})});
     }},
    {"npy",
     [](ByteView bytes) {
       if (bytes.size() > 1 && bytes[0] == 'P')
         io::parse_npz(bytes);
       else
         io::parse_npy(bytes);
     }},
    {"pickle", [](ByteView bytes) { io::detail::read_pickle(bytes, "(memory)"); }},
    {"png",
     [](ByteView bytes) {
       io::parse_png(bytes);
       io::parse_png(bytes, "(memory)", io::PngChannels::gray);
     }},
    {"safetensors",
     [](ByteView bytes) {
       io::list_safetensors(bytes);
       io::parse_safetensors(bytes);
     }},
    {"tar",
     [](ByteView bytes) {
       const io::TarFile file(as_file(bytes));
       for (const io::TarEntry& entry : file.entries()) file.read(entry);
     }},
    // A tokenizer.json, and a text read by what it describes.
    {"tokenizer",
     [](ByteView bytes) {
       const auto tokenizer = text::Tokenizer::from_json(as_text(bytes));
       try {
         const auto encoding = tokenizer.encode("Hello wörld, 日本 ▁a\u0301 <s>ab abc\n 123!");
         tokenizer.decode(encoding.ids, false);
         text::Tokenizer::from_json(tokenizer.json());
       } catch (const ValueError&) {  // a text that the tokenizer has no token for
       }
     }},
    {"torch", [](ByteView bytes) { io::parse_tensors(bytes); }},
    {"word_vectors",
     [](ByteView bytes) {
       text::parse_word_vectors(bytes, {.keep_first = true, .repair_utf8 = true});
     }},
    {"zip",
     [](ByteView bytes) {
       const io::ZipReader archive(io::source_of(bytes, "(memory)"));
       for (const io::ZipMember& member : archive.members()) archive.read(member, 1 << 24);
     }},
};

/// Feeds a parser.
inline void feed(const Parser& parser, ByteView bytes) {
  try {
    parser.parse(bytes);
  } catch (const FormatError&) {
  } catch (const UnsupportedError&) {
  }
}

}  // namespace fathom::test
