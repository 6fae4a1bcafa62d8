#include "fathom/core/error.h"

#include <doctest/doctest.h>

#include "fathom/fathom.h"

using namespace fathom;

TEST_CASE("error: operation, what came, what was expected, hint, place; in this order") {
  const ShapeError full({.operation = "matmul",
                         .problem = "inner dimensions differ",
                         .received = {{"a", "f32 (32, 784)"}, {"b", "f32 (256, 10)"}},
                         .expected = "a.shape[-1] == b.shape[-2], got 784 and 256",
                         .hint = "if b is stored (out, in), pass transpose(b)",
                         .module = "net.hidden (nn::Linear)",
                         .where = "train.cpp:42"});
  CHECK(std::string(full.what()) ==
        "matmul: inner dimensions differ\n"
        "  a: f32 (32, 784)     b: f32 (256, 10)\n"
        "  expected a.shape[-1] == b.shape[-2], got 784 and 256\n"
        "  hint: if b is stored (out, in), pass transpose(b)\n"
        "  in: net.hidden (nn::Linear), train.cpp:42");
  CHECK(full.summary() == "matmul: inner dimensions differ");
  CHECK(full.info().hint == "if b is stored (out, in), pass transpose(b)");
}

TEST_CASE("error: empty parts are left out") {
  CHECK(std::string(IoError({.problem = "cannot open x"}).what()) == "cannot open x");
  CHECK(
      std::string(IoError({.operation = "read", .problem = "short", .where = "a.cpp:1"}).what()) ==
      "read: short\n  in: a.cpp:1");
  CHECK(std::string(IoError({.operation = "read", .problem = "short", .module = "net"}).what()) ==
        "read: short\n  in: net");
}

TEST_CASE("error: names the layer by its path in the model") {
  struct Net {
    nn::Linear hidden{4, 3}, out{5, 2};
  };
  const Net net;
  const auto loss = [](const Net& n, const Tensor& x) { return mean(n.out(n.hidden(x))); };
  CHECK_THROWS_WITH_AS(value_and_grad(loss)(net, ones({2, 4})),
                       doctest::Contains("in: net.out (nn::Linear), error_test.cpp:"), ShapeError);
}

TEST_CASE("error: all kinds are Error and std::exception") {
  const auto caught = [](auto error) {
    try {
      throw error;
    } catch (const Error& e) {
      return std::string(e.what());
    }
  };
  CHECK(caught(DTypeError({.problem = "p"})) == "p");
  CHECK(caught(DeviceError({.problem = "p"})) == "p");
  CHECK(caught(IndexError({.problem = "p"})) == "p");
  CHECK(caught(ValueError({.problem = "p"})) == "p");
  CHECK(caught(FormatError({.problem = "p"})) == "p");
  CHECK(caught(UnsupportedError({.problem = "p"})) == "p");
  CHECK(caught(NumericError({.problem = "p"})) == "p");
}
