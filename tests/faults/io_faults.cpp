// Files: formats that are broken, tensors that a format cannot hold, data sets that are not there.
#include "fathom/io/csv.h"
#include "fathom/io/idx.h"
#include "fathom/io/image.h"
#include "fathom/io/png.h"
#include "fathom/io/safetensors.h"
#include "fathom/io/sha256.h"
#include "fathom/train/model_folder.h"
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {
io::ByteView bytes(std::string_view text) { return io::as_bytes(text); }
}  // namespace

Faults io_faults() {
  using namespace std::string_view_literals;
  return {
      fault<IoError>(
          "a file that is not there", [] { io::load_safetensors("/nothing.safetensors"); },
          not_there("/nothing.safetensors")),
      fault<IoError>(
          "a folder for a file", [] { io::load_idx("/tmp"); }, R"(read: cannot open: Is a directory
  path: /tmp
  hint: this is a folder; name a file in it
  in: @)"),
      fault<IoError>(
          "a folder that is not there to write to",
          [] { io::save_idx("/nothing/labels.idx", zeros({2}, DType::u8)); },
          R"(write: cannot create a file: No such file or directory
  path: /nothing/labels.idx
  hint: check the spelling of the path and that its folder exists
  in: @)"),
      fault<FormatError>(
          "an empty safetensors", [] { io::parse_safetensors({}); },
          R"(safetensors: too short for a header
  path: (memory)     file: 0 bytes
  expected 8 bytes with the header's length first
  hint: was the file cut off?
  in: @)"),
      fault<FormatError>(
          "a safetensors header as long as the world",
          [] { io::parse_safetensors(bytes("\xff\xff\xff\xff\xff\xff\xff\x7f{}"sv)); },
          R"(safetensors: the header reaches beyond the end
  path: (memory)     header: 9223372036854775807 bytes     file: 10 bytes
  expected at most 2 bytes of header
  hint: the file was cut off or is no safetensors file
  in: @)"),
      fault<FormatError>(
          "a safetensors header that is no JSON",
          [] { io::parse_safetensors(bytes("\x02\0\0\0\0\0\0\0xx"sv)); },
          R"(safetensors: the header is not valid JSON
  path: (memory)     at byte: 8     reason: "syntax error while parsing value - invalid literal; last read: 'x'"
  expected one JSON object in UTF-8
  in: @)"),
      fault<ValueError>(
          "a tensor saved twice",
          [] {
            const std::vector<io::NamedTensor> twice{{"w", zeros({1})}, {"w", zeros({1})}};
            io::save_safetensors("/tmp/never.safetensors", twice);
          },
          R"(save_safetensors: two tensors of one name
  name: w
  expected names that differ
  in: @)"),
      fault<FormatError>(
          "a truncated idx", [] { io::parse_idx(bytes("\0\0\x08\x01\0\0\0\x05xx"sv)); },
          R"(idx: the file is too short for its shape
  path: (memory)     got: (5,)
  expected at most 2 bytes of elements
  hint: was the file cut off?
  in: @)"),
      fault<FormatError>(
          "text called idx", [] { io::parse_idx(bytes("hello, world"sv)); }, R"(idx: not an idx file
  path: (memory)     got: first bytes 68656c6c
  expected 0000, a type (08 09 0b 0c 0d 0e) and the number of axes
  hint: MNIST's images begin with 00000803, its labels with 00000801
  in: @)"),
      fault<UnsupportedError>(
          "an idx of truths", [] { io::idx_bytes(zeros({2}, DType::boolean)); },
          R"(save_idx: no idx file for this tensor
  tensor: bool (2,)
  expected u8, i8, i32, f32 or f64 with 1 axis or more
  in: @)"),
      fault<FormatError>(
          "text called png", [] { io::parse_png(bytes("hello, world"sv)); }, R"(png: not a PNG file
  path: (memory)
  expected a whole PNG picture
  hint: the first 8 bytes are not those of a PNG
  in: @)"),
      fault<DTypeError>(
          "a picture of floats",
          [] {
            io::png_bytes(zeros({4, 4}));
          },
          R"(save_png: pixels are u8
  image: f32 (4, 4)
  expected u8 values from 0 to 255
  in: @)"),
      fault<ShapeError>(
          "a picture of two channels",
          [] {
            io::png_bytes(zeros({4, 4, 2}, DType::u8));
          },
          R"(save_png: not the shape of a picture
  image: u8 (4, 4, 2)
  expected (H, W) or (H, W, C) with C = 1, 3 or 4 and sides from 1 to 1048576
  in: @)"),
      fault<FormatError>(
          "a picture cut off",
          [] {
            const io::Bytes whole = io::png_bytes(zeros({4, 4}, DType::u8));
            io::parse_png(io::ByteView(whole).first(40));
          },
          R"(png: the file ends early
  path: (memory)
  expected a whole PNG picture
  in: @)"),
      fault<FormatError>(
          "a picture without bytes", [] { io::decode_image({}); }, R"(decode_image: an empty file
  path: (memory)
  expected JPEG, PNG, WebP, BMP, PPM, PGM or PBM
  hint: the first bytes tell the format, not the file's name
  in: @)"),
      fault<UnsupportedError>(
          "a GIF", [] { io::decode_image(bytes("GIF89a..."sv)); },
          R"(decode_image: a picture of a format that is not read
  path: (memory)     format: GIF
  expected JPEG, PNG, WebP, BMP, PPM, PGM or PBM
  in: @)"),
      fault<ValueError>(
          "a scale that JPEG lacks",
          [] { io::decode_image(bytes("P5 1 1 255 0"sv), {.jpeg_scale = 3}); },
          R"(decode_image: a scale that JPEG does not have
  jpeg_scale: 3
  expected 1, 2, 4 or 8
  in: @)"),
      fault<FormatError>(
          "a JPEG cut off",
          [] {
            const io::Bytes whole = io::encode_jpeg(zeros({3, 20, 20}, DType::u8));
            io::decode_image(io::ByteView(whole).first(whole.size() - 2), {}, "a.jpg");
          },
          R"(jpeg: the file ends early
  path: a.jpg
  expected a whole JPEG picture
  in: @)"),
      fault<FormatError>(
          "a picture larger than allowed",
          [] {
            io::decode_image(io::encode_webp(zeros({3, 20, 30}, DType::u8)), {.max_pixels = 500});
          },
          R"(webp: more pixels than are allowed
  path: (memory)     size: 30 x 20
  expected at most 500 pixels
  hint: max_pixels of ImageOptions allows more
  in: @)"),
      fault<FormatError>(
          "a pixel brighter than white", [] { io::decode_image(bytes("P2 2 1 15 3 16"sv)); },
          R"(pnm: a pixel is larger than 15
  path: (memory)
  expected a whole PNM picture
  in: @)"),
      fault<UnsupportedError>(
          "a bitmap of 5 bits",
          [] {
            io::Bytes file = io::Bytes(60, 0);
            file[0] = 'B', file[1] = 'M', file[14] = 40, file[18] = 1, file[22] = 1, file[28] = 5;
            io::decode_image(file);
          },
          R"(bmp: an unknown kind of pixels
  path: (memory)     bits: 5     compression: 0
  expected 1, 4, 8, 16, 24 or 32 bits, plain, run-length coded or with masks
  in: @)"),
      fault<ValueError>(
          "a quality above 100",
          [] {
            io::encode_jpeg(zeros({3, 4, 4}, DType::u8), {.quality = 101});
          },
          R"(encode_jpeg: quality is out of its range
  quality: 101.000000
  expected 1 to 100
  in: @)"),
      fault<ShapeError>(
          "a JPEG with alpha",
          [] {
            io::encode_jpeg(zeros({4, 5, 6}, DType::u8));
          },
          R"(encode_jpeg: not the shape of a picture
  image: u8 (4, 5, 6)
  expected (C, H, W) with C = 1 or 3 and sides from 1 to 65535
  in: @)"),
      fault<DTypeError>(
          "a WebP of floats",
          [] {
            io::encode_webp(zeros({3, 5, 6}));
          },
          R"(encode_webp: pixels are u8
  image: f32 (3, 5, 6)
  expected u8 values from 0 to 255
  in: @)"),
      fault<IoError>(
          "a picture that is not there", [] { io::load_png("/nothing.png"); },
          not_there("/nothing.png")),
      fault<IoError>(
          "a picture to a folder that is not there",
          [] {
            io::save_png("/nothing/a.png", zeros({4, 4}, DType::u8));
          },
          R"(write: cannot create a file: No such file or directory
  path: /nothing/a.png
  hint: check the spelling of the path and that its folder exists
  in: @)"),
      fault<ShapeError>(
          "a picture of no pixels",
          [] {
            io::save_png("a.png", zeros({0, 4}, DType::u8));
          },
          R"(save_png: not the shape of a picture
  image: u8 (0, 4)
  expected (H, W) or (H, W, C) with C = 1, 3 or 4 and sides from 1 to 1048576
  in: @)"),
      fault<ValueError>(
          "a picture that was never set", [] { io::save_png("a.png", Tensor()); },
          empty_tensor("dtype")),
      fault<FormatError>(
          "rows of unlike lengths in a table", [] { io::parse_csv("1,2\n3\n"); },
          R"(csv: rows of different lengths
  path: (memory)     line: 2     fields: 1
  expected 2 fields, as in line 1
  hint: a wrong delimiter, an unquoted delimiter in a text, or a first line to skip?
  in: @)"),
      fault<FormatError>(
          "a quote that stays open", [] { io::parse_csv("1,\"2\n3,4\n"); },
          R"(csv: a quote that is never closed
  path: (memory)     line: 1     column: 2
  hint: is a closing quote missing?
  in: @)"),
      fault<FormatError>(
          "a word among numbers", [] { io::columns_to_f32(io::parse_csv("1,2\nx,3\n"), {0}); },
          R"(csv: not a finite number
  path: (memory)     line: 2     at: column 1     got: 'x'
  expected a number like 1, -2.5 or 3e-4
  in: @)"),
      fault<IndexError>(
          "a column that is not there", [] { io::columns_to_f32(io::parse_csv("1,2\n"), {5}); },
          R"(columns_to_f32: no such column
  column: 5
  expected below 2
  in: @)"),
      fault<ValueError>(
          "a column of an unknown name",
          [] { io::parse_csv("width,height\n1,2\n").column("widht"); }, R"(csv: no such column
  path: (memory)     column: widht
  expected one of 0 to 1, width, height
  in: @)"),
      fault<IoError>(
          "a table to read that is not there", [] { io::load_csv("/nothing.csv"); },
          not_there("/nothing.csv")),
      fault<IndexError>(
          "classes of a column that is not there",
          [] { io::column_to_classes(io::parse_csv("1,2\n"), 2); },
          R"(column_to_classes: no such column
  column: 2
  expected below 2
  in: @)"),
      fault<FormatError>(
          "an empty label", [] { io::column_to_classes(io::parse_csv("1,a\n2,\n"), 1); },
          R"(csv: an empty label
  path: (memory)     line: 2     at: column 2
  expected the name or number of a class
  in: @)"),
      fault<ValueError>(
          "quotes between fields", [] { io::parse_csv("1\"2\n", "(memory)", {.delimiter = '"'}); },
          R"(csv: this byte cannot stand between fields
  delimiter: byte 34
  expected a character that is no quote and no line end
  in: @)"),
      fault<ValueError>(
          "writing rows of unlike lengths",
          [] {
            io::save_csv("/tmp/never.csv", {.header = {"a", "b"}, .rows = {{0, {"1"}}}});
          },
          R"(save_csv: rows of different lengths
  fields: 1
  expected 2 fields
  in: @)"),
      fault<ValueError>(
          "rows of unlike lengths as text",
          [] {
            io::csv_text({.rows = {{0, {"1", "2"}}, {0, {"1"}}}});
          },
          R"(save_csv: rows of different lengths
  fields: 1
  expected 2 fields
  in: @)"),
      fault<IoError>(
          "a text that is not there", [] { io::read_text("/nothing.txt"); },
          not_there("/nothing.txt")),
      fault<IoError>(
          "bytes of a folder", [] { io::read_file("/tmp"); }, R"(read: cannot open: Is a directory
  path: /tmp
  hint: this is a folder; name a file in it
  in: @)"),
      fault<IoError>(
          "a map of a file that is not there", [] { io::MappedFile("/nothing.bin"); },
          not_there("/nothing.bin")),
      fault<IoError>(
          "the fingerprint of a file that is not there", [] { io::sha256_file("/nothing.bin"); },
          not_there("/nothing.bin")),
      fault<IoError>(
          "a text over a folder", [] { io::write_atomically("/tmp", std::string_view("text")); },
          R"(write: cannot replace what is no regular file: Is a directory
  path: /tmp
  hint: this is a folder; name a file in it
  in: @)"),
      fault<IoError>(
          "weights that are not there",
          [] {
            nn::Linear layer(2, 1);
            io::load_weights("/nothing.safetensors", layer);
          },
          not_there("/nothing.safetensors")),
      fault<IoError>(
          "weights to a folder that is not there",
          [] { io::save_weights("/nothing/a.safetensors", nn::Linear(2, 1)); },
          R"(write: cannot create a file: No such file or directory
  path: /nothing/a.safetensors
  hint: check the spelling of the path and that its folder exists
  in: @)"),
      fault<FormatError>(
          "weights of another model",
          [] {
            io::save_weights("/tmp/fathom-fault.safetensors", nn::Linear(2, 1));
            nn::Linear layer(3, 1, false);
            io::load_weights("/tmp/fathom-fault.safetensors", layer);
          },
          R"(load: the tensors do not fit the model
  file: /tmp/fathom-fault.safetensors
  expected the model's own names and shapes:
    unexpected bias: f32 (1,)
    mismatched weight: f32 (1, 2), the model has f32 (1, 3)
  in: @)"),
      fault<FormatError>(
          "tensors of another model",
          [] {
            nn::Linear layer(2, 1);
            const std::vector<io::NamedTensor> tensors{{"weight", zeros({1, 2})}};
            nn::load_state(layer, tensors, "a test");
          },
          R"(load: the tensors do not fit the model
  file: a test
  expected the model's own names and shapes:
    missing bias: f32 (1,)
  in: @)"),
      fault<FormatError>(
          "an optimizer's state without its steps",
          [] {
            const std::vector<io::NamedTensor> tensors{{"weight.0", zeros({1, 2})}};
            optim::state_from(nn::Linear(2, 1), tensors, "a test");
          },
          R"(load optimizer: the step count of weight is missing
  file: a test
  expected the state of an optimizer of this model
  in: @)"),
      fault<IoError>(
          "a model that is not there", [] { train::load_model("/nothing"); },
          R"(load model: there is no such folder
  folder: /nothing
  expected model/config.json and model/model.safetensors, as `fathom train` leaves them
  in: @)"),
  };
}

}  // namespace fathom::test
