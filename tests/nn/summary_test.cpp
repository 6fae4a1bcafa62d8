// The summary of a model: tree, shapes, counts and totals.
#include <doctest/doctest.h>

#include "fathom/fathom.h"

using namespace fathom;

namespace {

struct Block {
  nn::Linear linear;
  nn::BatchNorm norm;
  Tensor operator()(const Tensor& x) const { return relu(norm(linear(x))); }
};
struct Net {
  Block first{nn::Linear(8, 6), nn::BatchNorm(6)};
  nn::Sequential tail{nn::Linear(6, 5), nn::GELU(), nn::Linear(5, 5, false)};
  std::vector<nn::Linear> heads{nn::Linear(5, 2), nn::Linear(5, 3)};
  Tensor operator()(const Tensor& x) const {
    const Tensor y = tail(first(x));
    return concat({heads[0](y), heads[1](y)}, 1);
  }
};

}  // namespace

TEST_CASE("a summary counts parameters, shapes and multiply-adds") {
  Net net;
  nn::freeze(net.first.linear);
  const nn::Summary s = nn::summary(net, Shape{4, 8});
  CHECK(s.parameters == nn::parameter_count(net));
  CHECK(s.frozen == 8 * 6 + 6);
  CHECK(s.buffers == 6 + 6 + 1);
  CHECK(s.multiply_adds == 4 * (8 * 6 + 6 * 5 + 5 * 5 + 5 * 2 + 5 * 3));
  CHECK(s.input_bytes == 4 * 8 * 4);
  // Linear and norm give 6 each, the three of the tail 5 each, the heads 2 and 3.
  CHECK(s.pass_bytes == 2 * 4 * 4 * (6 + 6 + 5 + 5 + 5 + 2 + 3));
  REQUIRE(s.rows.size() == 10);
  CHECK(s.rows[0].outputs.front() == Shape{4, 5});
  CHECK(s.rows[1].name == "first");
  CHECK(s.rows[1].outputs.empty());
  CHECK(s.rows[1].parameters == 8 * 6 + 6 + 12);
  CHECK(s.rows[2].type == "nn::Linear");
  CHECK(s.rows[2].outputs.front() == Shape{4, 6});
  CHECK(s.rows[2].multiply_adds == 4 * 8 * 6);
  CHECK(s.rows[4].type == "nn::Sequential");
  CHECK(s.rows[4].multiply_adds == 4 * 55);
  CHECK(s.rows[6].type == "nn::GELU");
  CHECK(s.rows[6].outputs.front() == Shape{4, 5});
}

TEST_CASE("a summary prints a tree") {
  struct Small {
    nn::Linear hidden{784, 100};
    nn::Linear out{100, 10};
    Tensor operator()(const Tensor& x) const { return out(relu(hidden(x))); }
  };
  const std::string text = nn::summary(Small(), Shape{1, 784}).str();
  INFO(text);
  for (const char* part : {"Layer", "Output shape", "├─ nn::Linear (hidden)", "└─ nn::Linear (out)",
                           "(1, 100)", "78,500", "1,010", "79,510 (79,510 trainable, 0 frozen)",
                           "79.40 k", "Memory: input 3.14 kB"})
    CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("a summary takes samples and models without modules") {
  const nn::Bilinear pair(3, 4, 5);
  const nn::Summary s = nn::summary(pair, zeros({2, 3}), zeros({2, 4}));
  CHECK(s.inputs.size() == 2);
  CHECK(s.rows[0].outputs.front() == Shape{2, 5});
  CHECK_THROWS_AS(nn::summary(nn::Linear(3, 4), Shape{2, 5}), ShapeError);
}
