#include "fathom/io/idx.h"

#include <numeric>

#include "fathom/io/gzip.h"
#include "support.h"

using namespace fathom;
using namespace fathom::test;

namespace {

std::string idx_refusal(const io::Bytes& bytes) {
  return error_text<FormatError>([&] { io::parse_idx(bytes, "a.idx"); });
}

}  // namespace

TEST_CASE("idx: every element type, big-endian") {
  const Tensor u8 =
      io::parse_idx(io::Bytes{0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255});
  CHECK(u8.shape() == Shape{2, 3});
  CHECK(u8.to_vector<std::uint8_t>() == std::vector<std::uint8_t>{1, 2, 3, 4, 5, 255});
  CHECK(io::parse_idx(io::Bytes{0, 0, 9, 1, 0, 0, 0, 1, 0xff}).to_vector<std::int8_t>() ==
        std::vector<std::int8_t>{-1});
  CHECK(io::parse_idx(io::Bytes{0, 0, 0xb, 1, 0, 0, 0, 3, 0xff, 0xfe, 1, 0, 0x7f, 0xff})
            .to_vector<std::int32_t>() == std::vector<std::int32_t>{-2, 256, 32767});
  CHECK(
      io::parse_idx(io::Bytes{0, 0, 0xc, 1, 0, 0, 0, 1, 0x80, 0, 0, 1}).to_vector<std::int32_t>() ==
      std::vector<std::int32_t>{-2147483647});
  CHECK(io::parse_idx(io::Bytes{0, 0, 0xd, 1, 0, 0, 0, 1, 0x3f, 0x80, 0, 0}).to_vector<float>() ==
        std::vector<float>{1});
  CHECK(io::parse_idx(io::Bytes{0, 0, 0xe, 1, 0, 0, 0, 1, 0xc0, 0, 0, 0, 0, 0, 0, 0})
            .to_vector<double>() == std::vector<double>{-2});
  CHECK(io::parse_idx(io::Bytes{0, 0, 8, 1, 0, 0, 0, 0}).size() == 0);
}

TEST_CASE("idx: a round trip, plain and packed") {
  std::vector<float> values(60);
  std::iota(values.begin(), values.end(), -7.5f);
  const Tensor tensor = Tensor::from(values, {3, 4, 5});
  const TemporaryFolder folder;
  for (const char* name : {"a.idx", "a.idx.gz"}) {
    io::save_idx(folder / name, tensor);
    const Tensor read = io::load_idx(folder / name);
    CHECK(read.shape() == tensor.shape());
    CHECK(read.to_vector<float>() == values);
  }
  CHECK(io::is_gzip(io::read_file(folder / "a.idx.gz")));
  CHECK(error_text<UnsupportedError>(
            [] { io::idx_bytes(Tensor::from(std::vector<std::int64_t>{1})); }) ==
        "save_idx: no idx file for this tensor\n  tensor: i64 (1,)"
        "\n  expected u8, i8, i32, f32 or f64 with 1 axis or more");
}

TEST_CASE("idx: broken files say what is wrong") {
  CHECK(idx_refusal({0, 0}) ==
        "idx: too short\n  path: a.idx     got: 2 bytes\n  expected a header of 4 bytes");
  CHECK(idx_refusal({'P', 'N', 'G', 1, 0, 0}) ==
        "idx: not an idx file\n  path: a.idx     got: first bytes 504e4701"
        "\n  expected 0000, a type (08 09 0b 0c 0d 0e) and the number of axes"
        "\n  hint: MNIST's images begin with 00000803, its labels with 00000801");
  CHECK(idx_refusal({0, 0, 8, 0}) ==
        "idx: wrong number of axes\n  path: a.idx     got: 0\n  expected 1 to 8 axes");
  CHECK(idx_refusal({0, 0, 8, 9}).starts_with("idx: wrong number of axes"));
  CHECK(idx_refusal({0, 0, 8, 2, 0, 0, 0, 1, 0, 0}) ==
        "idx: the header ends early\n  path: a.idx     got: 1 extents\n  expected 2 extents"
        "\n  hint: was the file cut off?");
  CHECK(idx_refusal({0, 0, 8, 1, 0, 0, 0, 3, 1, 2}) ==
        "idx: the file is too short for its shape\n  path: a.idx     got: (3,)"
        "\n  expected at most 2 bytes of elements\n  hint: was the file cut off?");
  CHECK(idx_refusal({0, 0, 8, 1, 0, 0, 0, 1, 1, 2}) ==
        "idx: bytes after the last element\n  path: a.idx     got: more than 1 bytes"
        "\n  expected 1 bytes for shape (1,)");
  // 2^32 - 1 in each of 8 axes: refused before any memory is taken.
  io::Bytes hostile{0, 0, 0xe, 8};
  hostile.resize(4 + 32, 0xff);
  CHECK(idx_refusal(hostile).starts_with("idx: the file is too short for its shape"));
  // The same packed: the bound is what deflate can gain.
  CHECK(idx_refusal(io::gzip(hostile)).starts_with("idx: the file is too short for its shape"));
  const io::Bytes cut{0, 0, 8, 1, 0, 0, 0, 9, 1, 2};
  CHECK(idx_refusal(io::gzip(cut)) ==
        "idx: the elements end early\n  path: a.idx     got: 2 bytes"
        "\n  expected 9 bytes for shape (9,)\n  hint: was the file cut off?");
}

TEST_CASE("gzip: members, damage and bombs") {
  io::Bytes two = io::gzip(io::as_bytes("one "));
  const io::Bytes second = io::gzip(io::as_bytes("two"));
  two.insert(two.end(), second.begin(), second.end());
  const io::Bytes both = io::gunzip(two, "a.gz", 100);
  CHECK(std::string(both.begin(), both.end()) == "one two");
  two.push_back('x');
  CHECK_THROWS_AS(io::gunzip(two, "a.gz", 100), FormatError);
  io::Bytes damaged = io::gzip(io::as_bytes("one two three"));
  damaged[damaged.size() - 6] ^= 1;  // the checksum
  CHECK(error_text<FormatError>([&] { io::gunzip(damaged, "a.gz", 100); }) ==
        "gzip: incorrect data check\n  path: a.gz     at packed byte: " +
            std::to_string(damaged.size() - 4) + "\n  hint: was the file cut off or damaged?");
  const io::Bytes bomb = io::gzip(io::Bytes(10'000'000));
  CHECK(bomb.size() < 20'000);
  CHECK(error_text<FormatError>([&] {
          io::gunzip(bomb, "a.gz", 1000);
        }).starts_with("gzip: more than 1000 unpacked bytes"));
}

TEST_CASE("idx: damaged files give typed errors only") {
  const Tensor tensor = Tensor::from(std::vector<float>(12, 1.5f), {3, 4});
  const auto parse = [](io::ByteView bytes) { io::parse_idx(bytes); };
  CHECK(damage(io::idx_bytes(tensor), 4000, parse) > 1000);
  CHECK(damage(io::gzip(io::idx_bytes(tensor)), 4000, parse) > 1000);
}

TEST_CASE("idx: MNIST") {
  const auto path = data_file("idx: MNIST", "mnist/t10k-images-idx3-ubyte.gz");
  if (path.empty()) return;
  const Tensor images = io::load_idx(path);
  CHECK(images.shape() == Shape{10000, 28, 28});
  CHECK(images.dtype() == DType::u8);
  const Tensor labels = io::load_idx(data_file("", "mnist/t10k-labels-idx1-ubyte.gz"));
  CHECK(labels.shape() == Shape{10000});
  CHECK(labels.data<std::uint8_t>()[0] == 7);
}
