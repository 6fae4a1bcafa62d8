// Pictures of every format against Pillow's pixels, and back.
#include "fathom/io/image.h"

#include <nlohmann/json.hpp>

#include "fathom/io/safetensors.h"
#include "support.h"

using namespace fathom;
using namespace fathom::test;

namespace {

using U8 = std::vector<std::uint8_t>;

io::ImageReadMode mode_of(const std::string& name) {
  return name == "L"     ? io::ImageReadMode::gray
         : name == "RGB" ? io::ImageReadMode::rgb
                         : io::ImageReadMode::rgb_alpha;
}

io::Bytes bytes_of(const Tensor& t) {
  const auto values = t.data<std::uint8_t>();
  return io::Bytes(values.begin(), values.end());
}

/// Files of a format by name, with the pixels that they must give.
struct Golden {
  io::Safetensors file;
  explicit Golden(const std::string& format)
      : file(io::load_safetensors(FATHOM_TEST_SOURCE "/golden/pictures/" + format +
                                  ".safetensors")) {}
  nlohmann::json cases() const { return nlohmann::json::parse(file.metadata.at("cases")); }
  io::Bytes operator[](const std::string& name) const {
    return bytes_of(*file.find(name + ".file"));
  }
};

/// A wave that JPEG and WebP keep well.
Tensor smooth(std::int64_t channels, std::int64_t height, std::int64_t width) {
  U8 values;
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x)
        values.push_back(static_cast<std::uint8_t>(30 + 30 * c + 2 * x + y));
  return Tensor::from(values, {channels, height, width});
}

int largest_difference(const Tensor& a, const Tensor& b) {
  REQUIRE(a.shape() == b.shape());
  const auto x = a.data<std::uint8_t>(), y = b.data<std::uint8_t>();
  int largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(x[i] - y[i]));
  return largest;
}

std::string image_refusal(const io::Bytes& bytes, const io::ImageOptions& options = {}) {
  return error_text<FormatError>([&] { io::decode_image(bytes, options, "a.picture"); });
}

}  // namespace

TEST_CASE("image: Pillow's pixels for every format") {
  for (const std::string format : {"jpeg", "png", "webp", "bmp", "pnm"}) {
    const Golden golden(format);
    int cases = 0;
    for (const nlohmann::json& test : golden.cases()) {
      const std::string name = test.at("name");
      CAPTURE(format);
      CAPTURE(name);
      const io::Bytes file = golden[name];
      CHECK(io::image_format(file) == format);
      const Tensor read = io::decode_image(
          file, {.mode = mode_of(test.at("mode")), .apply_exif_orientation = test.at("exif")});
      const Tensor& expected = *golden.file.find(name + ".pixels");
      CHECK(read.shape() == expected.shape());
      CHECK(read.to_vector<std::uint8_t>() == expected.to_vector<std::uint8_t>());
      ++cases;
    }
    CHECK(cases >= 7);
  }
}

TEST_CASE("image: unchanged keeps the channels") {
  const Golden png("png"), jpeg("jpeg");
  const io::ImageOptions unchanged{.mode = io::ImageReadMode::unchanged};
  CHECK(io::decode_image(png["L_as_L"], unchanged).shape() == Shape{1, 11, 13});
  CHECK(io::decode_image(png["RGB_as_RGB"], unchanged).shape() == Shape{3, 11, 13});
  CHECK(io::decode_image(png["LA"], unchanged).shape() == Shape{4, 11, 13});
  CHECK(io::decode_image(jpeg["gray"], unchanged).shape() == Shape{1, 19, 27});
  CHECK(io::decode_image(jpeg["cmyk"], unchanged).shape() == Shape{3, 19, 27});
}

TEST_CASE("image: a JPEG at a part of its size") {
  const io::Bytes file = io::encode_jpeg(smooth(3, 30, 41), {.quality = 95});
  CHECK(io::decode_image(file, {.jpeg_scale = 2}).shape() == Shape{3, 15, 21});
  CHECK(io::decode_image(file, {.jpeg_scale = 8}).shape() == Shape{3, 4, 6});
  CHECK_THROWS_AS(io::decode_image(file, {.jpeg_scale = 3}), ValueError);
}

TEST_CASE("image: what is written is read again") {
  const TemporaryFolder folder;
  for (const std::int64_t channels : {1, 3, 4}) {
    const Tensor image = smooth(channels, 21, 34);
    const io::ImageOptions unchanged{.mode = io::ImageReadMode::unchanged};
    io::write_png(folder / "a", image);
    CHECK(largest_difference(io::read_image(folder / "a", unchanged), image) == 0);
    const io::ImageOptions as_written{.mode = channels == 4   ? io::ImageReadMode::rgb_alpha
                                              : channels == 3 ? io::ImageReadMode::rgb
                                                              : io::ImageReadMode::gray};
    io::write_webp(folder / "a", image, {.lossless = true});
    CHECK(largest_difference(io::read_image(folder / "a", as_written), image) == 0);
    io::write_webp(folder / "a", image, {.quality = 95});
    CHECK(largest_difference(io::read_image(folder / "a", as_written), image) < 12);
    if (channels == 4) continue;
    io::write_jpeg(folder / "a", image, {.quality = 95, .subsampling = io::Subsampling::s444});
    CHECK(largest_difference(io::read_image(folder / "a", as_written), image) < 8);
    CHECK(io::encode_jpeg(image).size() < io::encode_jpeg(image, {.quality = 95}).size());
  }
}

TEST_CASE("image: damaged files give typed errors only") {
  const Golden jpeg("jpeg"), webp("webp"), bmp("bmp"), pnm("pnm");
  const auto parse = [](io::ByteView bytes) {
    io::decode_image(bytes, {.mode = io::ImageReadMode::unchanged,
                             .apply_exif_orientation = true,
                             .max_pixels = 1 << 20});
  };
  // JPEG's warnings are no errors: most bytes of its body may be anything.
  CHECK(damage(jpeg["s420"], 1000, parse) > 600);
  CHECK(damage(jpeg["progressive_444"], 1000, parse) > 600);
  CHECK(damage(jpeg["turn6"], 1000, parse) > 600);
  CHECK(damage(webp["RGBA"], 1000, parse) > 300);
  CHECK(damage(webp["RGB_lossless"], 1000, parse) > 300);
  for (const char* name : {"rle8", "rle4", "bits16_565", "bits4", "rgba"})
    CHECK(damage(bmp[name], 1000, parse) > 100);
  for (const char* name : {"p1", "p2", "p3", "p4", "p6_wide"})
    CHECK(damage(pnm[name], 1000, parse) > 100);
}

TEST_CASE("image: every cut of a file is refused") {
  for (const auto& [format, name] : {std::pair{"jpeg", "s420"},
                                     {"jpeg", "progressive_420"},
                                     {"png", "rgb16"},
                                     {"webp", "RGB"},
                                     {"webp", "RGB_lossless"},
                                     {"bmp", "rgb"},
                                     {"pnm", "p6"}}) {
    const io::Bytes whole = Golden(format)[name];
    CAPTURE(format);
    CAPTURE(name);
    for (std::size_t size = 0; size + 1 < whole.size(); size += 7)
      CHECK_THROWS_AS(io::decode_image(io::ByteView(whole).first(size)), FormatError);
  }
}

TEST_CASE("image: pictures larger than their file or than allowed") {
  io::Bytes bomb = Golden("jpeg")["s420"];
  for (std::size_t at = 0; at + 9 < bomb.size(); ++at)
    if (bomb[at] == 0xff && bomb[at + 1] == 0xc0)  // the frame's height and width
      for (std::size_t i = 5; i < 9; ++i) bomb[at + i] = 0x20;
  CHECK(image_refusal(bomb).starts_with("jpeg: a picture of 8224 x 8224 pixels cannot be in "));
  CHECK(image_refusal(io::encode_png(smooth(1, 20, 30)), {.max_pixels = 599}) ==
        "png: more pixels than are allowed\n  path: a.picture     size: 30 x 20"
        "\n  expected at most 599 pixels\n  hint: max_pixels of ImageOptions allows more");
  CHECK(image_refusal(io::encode_webp(smooth(3, 20, 30)), {.max_pixels = 599})
            .starts_with("webp: more pixels than are allowed"));
  CHECK(image_refusal({'P', '6', ' ', '9', '9', '9', '9', ' ', '9', '9', '9', ' ', '9', ' ', 1}) ==
        "pnm: the file ends early\n  path: a.picture\n  expected a whole PNM picture");
}

TEST_CASE("image: real photographs") {
  const auto folder = data_file("image: real photographs", "images");
  if (folder.empty()) return;
  CHECK(io::read_image(folder + "/astronaut.png").shape() == Shape{3, 512, 512});
}
