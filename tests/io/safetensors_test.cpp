#include "fathom/io/safetensors.h"

#include <algorithm>

#include "support.h"

using namespace fathom;
using namespace fathom::test;

namespace {

// A file of this header and this many bytes of data, all 0.
io::Bytes file_of(std::string header, std::size_t data_bytes) {
  std::string text(8, '\0');
  for (int i = 0; i < 8; ++i) text[i] = static_cast<char>(header.size() >> (8 * i) & 255);
  text += header + std::string(data_bytes, '\0');
  return {text.begin(), text.end()};
}

std::string safetensors_refusal(const std::string& header, std::size_t data_bytes) {
  return error_text<FormatError>(
      [&] { io::parse_safetensors(file_of(header, data_bytes), "a.safetensors"); });
}

std::vector<io::NamedTensor> sample() {
  return {{"b", Tensor::from(std::vector<float>{1, -2, 3.5f}, {3})},
          {"mask", Tensor::from_bytes(DType::boolean, {2}, "\0\1", 2)},
          {"a", Tensor::from(std::vector<float>{0, 1, 2, 3, 4, 5}, {2, 3})},
          {"count", Tensor::from(std::vector<std::int64_t>{-7}, {})},
          {"none", Tensor::from(std::vector<double>{}, {0, 4})},
          {"half", Tensor::from_bytes(DType::f16, {1}, "\0\x3c", 2)},
          {"byte", Tensor::from(std::vector<std::uint8_t>{1, 2, 255}, {3, 1})}};
}

}  // namespace

TEST_CASE("safetensors: a round trip keeps every bit, and the order of writing is canonical") {
  const auto tensors = sample();
  const TemporaryFolder folder;
  io::save_safetensors(folder / "a.safetensors", tensors, {{"format", "pt"}, {"quote", "\"\\\n"}});
  const io::Safetensors file = io::load_safetensors(folder / "a.safetensors");
  CHECK(file.metadata == std::map<std::string, std::string>{{"format", "pt"}, {"quote", "\"\\\n"}});
  std::vector<std::string> order;
  for (const auto& [name, tensor] : file.tensors) order.push_back(name);
  CHECK(order == std::vector<std::string>{"count", "none", "a", "b", "half", "byte", "mask"});
  for (const auto& [name, tensor] : tensors) {
    CAPTURE(name);
    const Tensor* read = file.find(name);
    REQUIRE(read);
    CHECK(read->dtype() == tensor.dtype());
    CHECK(read->shape() == tensor.shape());
    CHECK(std::equal(static_cast<const char*>(read->raw_data()),
                     static_cast<const char*>(read->raw_data()) + read->bytes(),
                     static_cast<const char*>(tensor.raw_data())));
  }
  CHECK(file.find("nobody") == nullptr);

  auto shuffled = tensors;
  std::ranges::reverse(shuffled);
  CHECK(io::safetensors_bytes(shuffled) == io::safetensors_bytes(tensors));
}

TEST_CASE("safetensors: the bytes are those of the reference implementation") {
  // As serialize() of the Rust crate writes a (2, 2) tensor, metadata first, padded with blanks.
  const std::vector<io::NamedTensor> one{{"test", Tensor::from(std::vector<int>(4), {2, 2})}};
  const io::Bytes bytes = io::safetensors_bytes(one, {{"framework", "pt"}});
  const std::string text(bytes.begin() + 8, bytes.end() - 16);
  CHECK(text ==
        "{\"__metadata__\":{\"framework\":\"pt\"},"
        "\"test\":{\"dtype\":\"I32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}  ");
  CHECK((bytes[0] + 8) % 8 == 0);
  CHECK(io::safetensors_bytes({}) == file_of("{}      ", 0));
  CHECK(io::parse_safetensors(io::safetensors_bytes({})).tensors.empty());
}

TEST_CASE("safetensors: a listing needs no data and shows foreign types") {
  const io::Bytes bytes =
      file_of(R"({"x":{"dtype":"F8_E4M3","shape":[1,1,1,1,1,1,1,1,4],"data_offsets":[0,4]}})", 4);
  const auto listing = io::list_safetensors(bytes);
  REQUIRE(listing.entries.size() == 1);
  CHECK(listing.entries[0].name == "x");
  CHECK(listing.entries[0].dtype == "F8_E4M3");
  CHECK(listing.entries[0].shape.size() == 9);
  CHECK(listing.entries[0].bytes == 4);
  CHECK(listing.entries[0].offset == bytes.size() - 4);
}

TEST_CASE("safetensors: what is legal but has no tensor here is an UnsupportedError") {
  for (const std::string dtype : {"I16", "U16", "F8_E5M2", "U64"}) {
    const int element = dtype == "U64" ? 8 : dtype[0] == 'F' ? 1 : 2;
    const std::string header = R"({"w":{"dtype":")" + dtype +
                               R"(","shape":[1],"data_offsets":[0,)" + std::to_string(element) +
                               "]}}";
    CHECK(error_text<UnsupportedError>([&] {
            io::parse_safetensors(file_of(header, static_cast<std::size_t>(element)), "m");
          }) == "safetensors: no tensor of dtype " + dtype +
                    "\n  path: m     tensor: w\n  expected F64 F32 F16 BF16 I64 I32 I8 U8 or BOOL"
                    "\n  hint: convert this tensor in the program that wrote it");
  }
  CHECK(
      error_text<UnsupportedError>([] {
        io::parse_safetensors(
            file_of(R"({"w":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}})", 1),
            "m");
      }) ==
      "safetensors: too many axes\n  path: m     tensor: w     axes: 9"
      "\n  expected at most 8 axes");
}

TEST_CASE("safetensors: broken files say what is wrong") {
  const auto text_of = [](io::Bytes bytes) {
    return error_text<FormatError>([&] { io::parse_safetensors(bytes, "a.safetensors"); });
  };
  CHECK(text_of({}) ==
        "safetensors: too short for a header\n  path: a.safetensors     file: 0 bytes"
        "\n  expected 8 bytes with the header's length first\n  hint: was the file cut off?");
  CHECK(text_of({255, 255, 255, 255, 255, 255, 255, 255, '{', '}'}) ==
        "safetensors: the header reaches beyond the end"
        "\n  path: a.safetensors     header: 18446744073709551615 bytes     file: 10 bytes"
        "\n  expected at most 2 bytes of header"
        "\n  hint: the file was cut off or is no safetensors file");
  CHECK(safetensors_refusal(R"({"a":)", 0) ==
        "safetensors: the header is not valid JSON"
        "\n  path: a.safetensors     at byte: 13     reason: \"syntax error while parsing value - "
        "unexpected end of input; expected '[', '{', or a literal\""
        "\n  expected one JSON object in UTF-8");
  CHECK(safetensors_refusal("", 0).starts_with("safetensors: the header is not valid JSON"));
  CHECK(safetensors_refusal("{}x", 0).starts_with("safetensors: the header is not valid JSON"));
  CHECK(safetensors_refusal("{\"\xff\":1}", 0)
            .starts_with("safetensors: the header is not valid JSON"));
  CHECK(safetensors_refusal("[]", 0) ==
        "safetensors: the header is not an object"
        "\n  path: a.safetensors     in: the header     got: an array\n  expected a JSON object");
  CHECK(safetensors_refusal("7", 0).starts_with("safetensors: the header is not an object"));
  CHECK(safetensors_refusal(R"({"a":1})", 0) ==
        "safetensors: the entry of \"a\" is not an object"
        "\n  path: a.safetensors     in: the header     got: 1\n  expected an object");
  CHECK(safetensors_refusal(R"({"__metadata__":{"n":1}})", 0) ==
        "safetensors: the metadata \"n\" is not text"
        "\n  path: a.safetensors     in: __metadata__     got: 1\n  expected a string");
  CHECK(safetensors_refusal(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                            R"("a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                            0) ==
        "safetensors: the header has a key twice"
        "\n  path: a.safetensors     in: the header     key: \"a\"\n  expected keys that differ"
        "\n  hint: readers differ in which of the two they take");
  CHECK(safetensors_refusal(R"({"a":{"dtype":"U8","dtype":"U8"}})", 0).find("in: tensor \"a\"") !=
        std::string::npos);
  CHECK(safetensors_refusal(R"({"a":{"dtype":"U8","stride":[1]}})", 0) ==
        "safetensors: unknown key in a tensor's entry"
        "\n  path: a.safetensors     in: tensor \"a\"     got: \"stride\""
        "\n  expected dtype, shape and data_offsets");
  CHECK(safetensors_refusal(R"({"a":{"dtype":"U8","shape":[1]}})", 1) ==
        "safetensors: a tensor's entry is not complete"
        "\n  path: a.safetensors     in: tensor \"a\"     missing: data_offsets"
        "\n  expected dtype, shape and data_offsets");
}

TEST_CASE("safetensors: wrong types, shapes and offsets") {
  const auto entry = [](const std::string& dtype, const std::string& shape,
                        const std::string& offsets) {
    return R"({"a":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets +
           "}}";
  };
  const auto first_line = [&](const std::string& header, std::size_t bytes) {
    const std::string text = safetensors_refusal(header, bytes);
    return text.substr(0, text.find('\n'));
  };
  CHECK(safetensors_refusal(entry("\"F33\"", "[1]", "[0,4]"), 4) ==
        "safetensors: unknown dtype\n  path: a.safetensors     in: tensor \"a\"     got: \"F33\""
        "\n  expected F64 F32 F16 BF16 I64 I32 I8 U8 or BOOL");
  CHECK(first_line(entry("7", "[1]", "[0,4]"), 4) == "safetensors: wrong dtype");
  CHECK(first_line(entry("\"U8\"", "4", "[0,4]"), 4) == "safetensors: wrong shape");
  CHECK(first_line(entry("\"U8\"", "[[4]]", "[0,4]"), 4) == "safetensors: wrong shape");
  CHECK(first_line(entry("\"U8\"", "[-4]", "[0,4]"), 4) == "safetensors: wrong shape");
  CHECK(first_line(entry("\"U8\"", "[4.0]", "[0,4]"), 4) == "safetensors: wrong shape");
  CHECK(first_line(entry("\"U8\"", "[9223372036854775808]", "[0,4]"), 4) ==
        "safetensors: wrong shape");
  CHECK(first_line(entry("\"U8\"", "[4]", "[0]"), 4) == "safetensors: wrong data_offsets");
  CHECK(first_line(entry("\"U8\"", "[4]", "[0,4,4]"), 4) == "safetensors: wrong data_offsets");
  CHECK(first_line(entry("\"U8\"", "[4]", "[0,-4]"), 4) == "safetensors: wrong data_offsets");
  CHECK(first_line(entry("\"U8\"", "[4]", "[4,0]"), 4) ==
        "safetensors: data_offsets that end before they begin");
  CHECK(safetensors_refusal(entry("\"F32\"", "[2,2]", "[0,12]"), 12) ==
        "safetensors: shape and data_offsets do not fit"
        "\n  path: a.safetensors     in: tensor \"a\"     got: F32 [2,2] in 12 bytes"
        "\n  expected 16 bytes");
  CHECK(
      safetensors_refusal(entry("\"F32\"", "[4294967296,4294967296]", "[0,0]"), 0) ==
      "safetensors: shape and data_offsets do not fit"
      "\n  path: a.safetensors     in: tensor \"a\"     got: F32 [4294967296,4294967296] in 0 bytes"
      "\n  expected a size below 2^63 bytes");
  CHECK(first_line(entry("\"F32\"", "[0,4294967296,4294967296]", "[0,0]"), 0) ==
        "safetensors: shape and data_offsets do not fit");
  CHECK(safetensors_refusal(entry("\"U8\"", "[4]", "[1,5]"), 5) ==
        "safetensors: a hole in the data"
        "\n  path: a.safetensors     in: tensor \"a\"     begins at: 1"
        "\n  expected it to begin at 0, where the one before it ends");
  CHECK(safetensors_refusal(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                            R"("b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
                            6)
            .starts_with("safetensors: two tensors overlap"));
  CHECK(safetensors_refusal(entry("\"U8\"", "[4]", "[0,4]"), 3) ==
        "safetensors: a tensor reaches beyond the end of the file"
        "\n  path: a.safetensors     in: tensor \"a\"     ends at: 4"
        "\n  expected at most 3 bytes of data\n  hint: was the file cut off?");
  CHECK(safetensors_refusal(entry("\"U8\"", "[4]", "[0,4]"), 5) ==
        "safetensors: bytes that belong to no tensor\n  path: a.safetensors     tensors: 4 bytes"
        "\n  expected 5, all that follows the header");
  io::Bytes two = file_of(entry("\"BOOL\"", "[4]", "[0,4]"), 4);
  two.back() = 2;
  CHECK(error_text<FormatError>([&] { io::parse_safetensors(two, "m"); }) ==
        "safetensors: a BOOL that is neither 0 nor 1"
        "\n  path: m     tensor: a     element: 3     value: 2\n  expected bytes of 0 or 1");
}

TEST_CASE("safetensors: what cannot be saved") {
  const Tensor x = Tensor::from(std::vector<float>{1}, {1});
  const auto refused = [&](std::vector<io::NamedTensor> tensors) {
    return error_text<ValueError>([&] { io::safetensors_bytes(tensors); });
  };
  CHECK(refused({{"a", x}, {"a", x}}) ==
        "save_safetensors: two tensors of one name\n  name: a\n  expected names that differ");
  CHECK(refused({{"__metadata__", x}}) ==
        "save_safetensors: this name belongs to the format\n  name: __metadata__");
  CHECK(refused({{"a", Tensor()}}) == "save_safetensors: an empty tensor handle\n  name: a");
  CHECK(
      refused({{"\xff", x}}) ==
      "save_safetensors: a name or metadata that is not UTF-8\n  hint: convert it to UTF-8 first");
}

TEST_CASE("safetensors: damaged files give typed errors only") {
  const io::Bytes seed = io::safetensors_bytes(sample(), {{"format", "pt"}});
  CHECK(damage(seed, 4000, [](io::ByteView bytes) { io::parse_safetensors(bytes); }) > 3000);
  // Deep nesting is refused at once.
  CHECK(safetensors_refusal(R"({"a":)" + std::string(200'000, '['), 0)
            .starts_with("safetensors: the entry of"));
}

TEST_CASE("safetensors: real files") {
  const std::string test = "safetensors: real files";
  if (const auto path = data_file(test, "safetensors/mnist-tinygrad.safetensors"); !path.empty()) {
    const auto file = io::load_safetensors(path);  // its header begins with blanks
    REQUIRE(file.find("l1.weight"));
    CHECK(file.find("l1.weight")->shape() == Shape{128, 784});
    const auto granite = data_file(test, "safetensors/granite-ttm-r1.safetensors");
    const auto listing = io::list_safetensors(granite);
    const auto loaded = io::load_safetensors(granite);
    CHECK(listing.entries.size() == loaded.tensors.size());
    CHECK(!loaded.tensors.empty());
  }
}
