#include "fathom/io/png.h"

#include <zlib.h>

#include "support.h"

using namespace fathom;
using namespace fathom::test;

namespace {

void append32(io::Bytes& out, std::uint32_t n) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(n >> shift));
}

void chunk(io::Bytes& out, const std::string& type, const io::Bytes& data) {
  append32(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = out.size();
  out.insert(out.end(), type.begin(), type.end());
  out.insert(out.end(), data.begin(), data.end());
  append32(out, static_cast<std::uint32_t>(
                    crc32(0, out.data() + start, static_cast<uInt>(out.size() - start))));
}

// A PNG made chunk by chunk, for the types that Fathom does not write. `rows` has a filter byte a
// row.
io::Bytes make_png(std::uint32_t width, std::uint32_t height, std::uint8_t depth, std::uint8_t type,
                   const io::Bytes& rows, const io::Bytes& palette = {},
                   const io::Bytes& transparent = {}) {
  io::Bytes out{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  io::Bytes header;
  append32(header, width);
  append32(header, height);
  header.insert(header.end(), {depth, type, 0, 0, 0});
  chunk(out, "IHDR", header);
  if (!palette.empty()) chunk(out, "PLTE", palette);
  if (!transparent.empty()) chunk(out, "tRNS", transparent);
  uLongf size = compressBound(rows.size());
  io::Bytes packed(size);
  compress(packed.data(), &size, rows.data(), rows.size());
  packed.resize(size);
  chunk(out, "IDAT", packed);
  chunk(out, "IEND", {});
  return out;
}

std::vector<std::uint8_t> pixels(const Tensor& image) { return image.to_vector<std::uint8_t>(); }
using U8 = std::vector<std::uint8_t>;

std::string png_refusal(const io::Bytes& bytes) {
  return error_text<FormatError>([&] { io::parse_png(bytes, "a.png"); });
}

}  // namespace

TEST_CASE("png: a round trip for each number of channels") {
  const TemporaryFolder folder;
  for (const std::int64_t channels : {1, 3, 4}) {
    U8 values;
    for (int i = 0; i < 5 * 7 * channels; ++i) values.push_back(static_cast<std::uint8_t>(i * 37));
    const Tensor image = Tensor::from(values, {5, 7, channels});
    io::save_png(folder / "a.png", image);
    const Tensor read = io::load_png(folder / "a.png");
    CHECK(read.shape() == Shape{5, 7, channels});
    CHECK(pixels(read) == values);
    CHECK(io::png_bytes(image) == io::read_file(folder / "a.png"));
  }
  CHECK(io::parse_png(io::png_bytes(Tensor::from(U8{1, 2, 3, 4, 5, 6}, {2, 3}))).shape() ==
        Shape{2, 3, 1});
}

TEST_CASE("png: every colour type and depth") {
  CHECK(pixels(io::parse_png(make_png(3, 1, 1, 0, {0, 0b10100000}))) == U8{255, 0, 255});
  CHECK(pixels(io::parse_png(make_png(2, 1, 2, 0, {0, 0b01100000}))) == U8{85, 170});
  CHECK(pixels(io::parse_png(make_png(2, 1, 4, 0, {0, 0x1f}))) == U8{17, 255});
  CHECK(pixels(io::parse_png(make_png(2, 1, 16, 0, {0, 0x12, 0xff, 0xff, 0xff}))) == U8{0x13, 255});
  const Tensor palette = io::parse_png(make_png(2, 1, 8, 3, {0, 1, 0}, {1, 2, 3, 4, 5, 6}));
  CHECK(palette.shape() == Shape{1, 2, 3});
  CHECK(pixels(palette) == U8{4, 5, 6, 1, 2, 3});
  const Tensor clear = io::parse_png(make_png(2, 1, 8, 3, {0, 1, 0}, {1, 2, 3, 4, 5, 6}, {0, 128}));
  CHECK(pixels(clear) == U8{4, 5, 6, 128, 1, 2, 3, 0});
  const Tensor gray_alpha = io::parse_png(make_png(1, 1, 8, 4, {0, 10, 128}));
  CHECK(gray_alpha.shape() == Shape{1, 1, 4});
  CHECK(pixels(gray_alpha) == U8{10, 10, 10, 128});
  CHECK(pixels(io::parse_png(make_png(1, 1, 8, 0, {0, 9}, {}, {0, 9}))) == U8{9, 9, 9, 0});
  CHECK(pixels(io::parse_png(make_png(1, 1, 8, 2, {0, 1, 2, 3}))) == U8{1, 2, 3});
  CHECK(pixels(io::parse_png(make_png(1, 1, 16, 6, {0, 0, 0, 0x80, 0x80, 255, 255, 255, 255}))) ==
        U8{0, 128, 255, 255});
}

TEST_CASE("png: conversion of channels") {
  const Tensor image = Tensor::from(U8{255, 0, 0, 255, 0, 255, 0, 0}, {1, 2, 4});
  const io::Bytes bytes = io::png_bytes(image);
  // Red is 76 in grey (ITU-R BT.601); what is wholly transparent shows the white behind it.
  CHECK(pixels(io::parse_png(bytes, "", io::PngChannels::gray)) == U8{76, 255});
  CHECK(pixels(io::parse_png(bytes, "", io::PngChannels::rgb)) == U8{255, 0, 0, 255, 255, 255});
  const io::Bytes gray = io::png_bytes(Tensor::from(U8{7}, {1, 1}));
  CHECK(pixels(io::parse_png(gray, "", io::PngChannels::rgba)) == U8{7, 7, 7, 255});
}

TEST_CASE("png: broken and hostile files") {
  CHECK(png_refusal({1, 2, 3}) ==
        "png: not a PNG file\n  path: a.png\n  expected a whole PNG picture"
        "\n  hint: the first 8 bytes are not those of a PNG");
  const io::Bytes good = io::png_bytes(Tensor::from(U8(400, 9), {20, 20}));
  io::Bytes cut(good.begin(), good.end() - 20);
  CHECK(png_refusal(cut) ==
        "png: the file ends early\n  path: a.png\n  expected a whole PNG picture");
  io::Bytes flipped = good;
  flipped[20] ^= 1;
  CHECK(png_refusal(flipped).starts_with("png: IHDR: CRC error"));
  CHECK(png_refusal(make_png(0, 1, 8, 0, {0, 1})).starts_with("png: Invalid IHDR data"));
  CHECK(png_refusal(make_png(1u << 30, 1, 8, 0, {0, 1})).starts_with("png: Invalid IHDR data"));
  CHECK(png_refusal(make_png(1'000'000, 1'000'000, 8, 2, {0, 1}))
            .starts_with("png: a picture of 1000000 x 1000000 pixels cannot be in "));
  CHECK(png_refusal(make_png(2, 2, 8, 0, {0, 1, 2})).starts_with("png: "));  // a row is missing
  CHECK(
      png_refusal(make_png(1, 1, 8, 3, {0, 1})).starts_with("png: IDAT: Missing PLTE before IDAT"));
}

TEST_CASE("png: what cannot be saved") {
  CHECK(error_text<DTypeError>([] {
          io::png_bytes(Tensor::from(std::vector<float>{1}, {1, 1}));
        }) == "save_png: pixels are u8\n  image: f32 (1, 1)\n  expected u8 values from 0 to 255");
  CHECK(error_text<ShapeError>([] {
          io::png_bytes(Tensor::from(U8{1, 2}, {1, 1, 2}));
        }) ==
        "save_png: not the shape of a picture\n  image: u8 (1, 1, 2)"
        "\n  expected (H, W) or (H, W, C) with C = 1, 3 or 4 and sides from 1 to 1048576");
  CHECK_THROWS_AS(io::png_bytes(Tensor::from(U8{}, {0, 5})), ShapeError);
  CHECK_THROWS_AS(io::png_bytes(Tensor::from(U8{1})), ShapeError);
}

TEST_CASE("png: damaged files give typed errors only") {
  U8 values;
  for (int i = 0; i < 8 * 6 * 3; ++i) values.push_back(static_cast<std::uint8_t>(i * i));
  const auto parse = [](io::ByteView bytes) { io::parse_png(bytes); };
  CHECK(damage(io::png_bytes(Tensor::from(values, {8, 6, 3})), 3000, parse) > 2000);
  CHECK(damage(make_png(2, 1, 8, 3, {0, 1, 0}, {1, 2, 3, 4, 5, 6}, {0, 128}), 3000, parse) > 2000);
}

TEST_CASE("png: real pictures") {
  const auto path = data_file("png: real pictures", "images/astronaut.png");
  if (path.empty()) return;
  CHECK(io::load_png(path).shape() == Shape{512, 512, 3});
  CHECK(io::load_png(path, io::PngChannels::gray).shape() == Shape{512, 512, 1});
}
