// Files: formats that are broken, tensors that a format cannot hold, data sets that are not there.
#include "fathom/io/csv.h"
#include "fathom/io/idx.h"
#include "fathom/io/png.h"
#include "fathom/io/safetensors.h"
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
          R"(read: cannot open: No such file or directory
  path: /nothing.safetensors
  hint: check the spelling of the path and that its folder exists
  in: @)"),
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
  hint: the first 8 bytes are not those of a PNG)"),
      fault<DTypeError>(
          "a picture of floats",
          [] {
            io::png_bytes(zeros({4, 4}));
          },
          R"(save_png: pixels are u8
  image: f32 (4, 4)
  expected u8 values from 0 to 255)"),
      fault<ShapeError>(
          "a picture of two channels",
          [] {
            io::png_bytes(zeros({4, 4, 2}, DType::u8));
          },
          R"(save_png: not the shape of a picture
  image: u8 (4, 4, 2)
  expected (H, W) or (H, W, C) with C = 1, 3 or 4 and sides from 1 to 1048576)"),
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
      fault<ValueError>(
          "a data set of an unknown name", [] { data::load("minst"); },
          R"(data::load: there is no data set minst
  expected digits, iris, mnist or fashion_mnist)"),
      fault<IoError>(
          "neither a data set nor a file", [] { data::open("digist"); },
          R"(data: there is no data set and no file of this name
  name: digist
  expected digits, iris, mnist, fashion_mnist or a CSV file)"),
      fault<IndexError>(
          "rows of a data set that it has not",
          [] { data::select(data::iris().test, std::vector<std::int64_t>{30}); },
          R"(data::gather_rows: row 30 is out of range
  rows: 30
  in: @)"),
      fault<ValueError>(
          "a test part of nothing", [] { data::split(data::iris().train, 0, 1); },
          R"(data::split: a part would be empty
  rows: 120     test part: 0
  expected at least one row for training and one for testing
  in: @)"),
  };
}

}  // namespace fathom::test
