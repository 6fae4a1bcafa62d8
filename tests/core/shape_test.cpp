#include "fathom/core/shape.h"

#include <doctest/doctest.h>

#include <optional>

#include "fathom/core/error.h"

using namespace fathom;

namespace {
std::optional<Shape> both(const Shape& a, const Shape& b) {
  Shape out;
  if (!broadcast(a, b, out)) return std::nullopt;
  return out;
}
}  // namespace

TEST_CASE("shape: extents, size and text") {
  CHECK(Shape{}.rank() == 0);
  CHECK(Shape{}.size() == 1);
  CHECK(Shape{2, 3, 4}.size() == 24);
  CHECK(Shape{2, 0, 4}.size() == 0);
  CHECK(to_string(Shape{}) == "()");
  CHECK(to_string(Shape{3}) == "(3,)");
  CHECK(to_string(Shape{32, 784}) == "(32, 784)");
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK(!(Shape{2, 3} == Shape{2, 3, 1}));
  CHECK(Shape{2, 3, 4}.without(1) == Shape{2, 4});
  CHECK(Shape{2, 3, 4}.with(0, 7) == Shape{7, 3, 4});
  CHECK(Shape{2, 3, 4}.back() == 4);
  Shape s{1, 2, 3, 4, 5, 6, 7};
  s.push_back(8);
  CHECK(s.rank() == Shape::max_rank);
  CHECK_THROWS_AS(s.push_back(9), ShapeError);
  CHECK_THROWS_AS(Shape({-1}), ShapeError);
}

TEST_CASE("shape: broadcasting is NumPy's") {
  CHECK(both({3, 4}, {4}) == Shape{3, 4});
  CHECK(both({4}, {3, 4}) == Shape{3, 4});
  CHECK(both({3, 1}, {1, 4}) == Shape{3, 4});
  CHECK(both({}, {2, 3}) == Shape{2, 3});
  CHECK(both({5, 1, 6}, {7, 1}) == Shape{5, 7, 6});
  CHECK(both({0}, {1}) == Shape{0});
  CHECK(both({0, 3}, {3}) == Shape{0, 3});
  CHECK(both({1, 3}, {0, 1}) == Shape{0, 3});
  CHECK(!both({3}, {4}));
  CHECK(!both({0}, {2}));
  CHECK(!both({2, 3}, {2}));
}
