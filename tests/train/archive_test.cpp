// Archive: every kind of value comes back with its bits; what does not fit is refused.
#include "fathom/train/archive.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "fathom/core/error.h"
#include "fathom/nn/layers.h"
#include "fathom/ops/creation.h"
#include "tests/io/support.h"

using namespace fathom;
using test::error_text;
using test::TemporaryFolder;
using train::Archive;

namespace {

enum class Colour : std::uint8_t { red, green };

struct Everything {
  std::int64_t whole = 0;
  int small = 0;
  bool flag = false;
  double number = 0;
  float narrow = 0;
  Colour colour = Colour::red;
  std::string text;
  std::optional<double> some, none = 1;
  std::vector<double> numbers;
  std::vector<std::int64_t> wholes;
  std::vector<std::string> texts;
  Tensor tensor, undefined;
  nn::Linear layer{2, 2};

  void archive(Archive& a) {
    a("whole", whole);
    a("small", small);
    a("flag", flag);
    a("number", number);
    a("narrow", narrow);
    a("colour", colour);
    a("text", text);
    a("some", some);
    a("none", none);
    const auto scope = a.inside("lists");
    a("numbers", numbers);
    a("wholes", wholes);
    a("texts", texts);
    a("tensor", tensor);
    a("undefined", undefined);
    a.model("layer", layer);
  }
};

Everything filled() {
  Everything e{.whole = std::numeric_limits<std::int64_t>::min(),
               .small = -7,
               .flag = true,
               .number = 0.1,
               .narrow = 0.1F,
               .colour = Colour::green,
               .text = "two\nlines, \"quoted\"",
               .some = -0.0,
               .none = {},
               .numbers = {std::nan(""), std::numeric_limits<double>::infinity(), 1e-310},
               .wholes = {},
               .texts = {"", "b"},
               .tensor = tensor<float>({{1, 2}, {3, 4}})};
  e.layer.weight = full({2, 2}, 5);
  return e;
}

struct Short {
  std::int64_t whole = 0;
  void archive(Archive& a) { a("whole", whole); }
};

}  // namespace

TEST_CASE("archive: every kind of value comes back") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  Everything before = filled(), after;
  Archive out;
  before.archive(out);
  out.save(path);
  Archive in(path);
  after.archive(in);
  in.require_all_read();
  CHECK(after.whole == before.whole);
  CHECK(after.small == -7);
  CHECK(after.flag);
  CHECK(after.number == 0.1);
  CHECK(after.narrow == 0.1F);
  CHECK(after.colour == Colour::green);
  CHECK(after.text == before.text);
  REQUIRE(after.some);
  CHECK(std::signbit(*after.some));
  CHECK(!after.none);
  CHECK(std::isnan(after.numbers[0]));
  CHECK(after.numbers[1] == before.numbers[1]);
  CHECK(after.numbers[2] == 1e-310);
  CHECK(after.wholes.empty());
  CHECK(after.texts == before.texts);
  CHECK(after.tensor.to_vector<float>() == before.tensor.to_vector<float>());
  CHECK(!after.undefined.defined());
  CHECK(after.layer.weight.to_vector<float>() == std::vector<float>(4, 5));
}

TEST_CASE("archive: what is missing, left over, of another kind or another value is refused") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  Archive out;
  Short s{3};
  s.archive(out);
  std::string text = "x";
  out("extra", text);
  out.same("rows", 10);
  out.save(path);
  {
    Archive in(path);
    s.archive(in);
    CHECK(error_text<FormatError>([&] { in.same("rows", 11); }).find("another rows: 10") !=
          std::string::npos);
    CHECK(error_text<FormatError>([&] { in.require_all_read(); }).find("extra") !=
          std::string::npos);
    CHECK(error_text<FormatError>([&] { s.archive(in); }).find("whole is missing") !=
          std::string::npos);
  }
  double wrong = 0;
  CHECK(error_text<FormatError>([&] {
          Archive in(path);
          in("whole", wrong);
        }).find("whole is i64 ()") != std::string::npos);
  CHECK_THROWS_AS(out("whole", wrong), ValueError);
  io::save_safetensors(path, std::vector<io::NamedTensor>{{"a", zeros({2})}});
  CHECK(error_text<FormatError>([&] { Archive in(path); }).find("no checkpoint") !=
        std::string::npos);
  CHECK_THROWS_AS(Archive(folder / "none"), IoError);
}

TEST_CASE("archive: damaged files are refused or read, nothing else") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  Everything e = filled();
  Archive out;
  e.archive(out);
  out.save(path);
  const io::Bytes whole = io::read_file(path);
  test::Random random(3);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    io::write_atomically(path, test::mutate(whole, random));
    Everything read;
    try {
      Archive in(path);
      read.archive(in);
      in.require_all_read();
    } catch (const FormatError&) {
      ++refused;
    } catch (const UnsupportedError&) {
      ++refused;
    }
  }
  CHECK(refused > 200);
}
