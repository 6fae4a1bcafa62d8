#include "fathom/vision/picture.h"

#include <cstdio>

namespace fathom::vision {
namespace {

std::string picture_text(const Tensor& picture) {
  return std::string(name(picture.dtype())) + " " + to_string(picture.shape());
}

}  // namespace

Extents require_picture(const char* operation, const Tensor& picture) {
  if (picture.dtype() != DType::u8 && picture.dtype() != DType::f32)
    throw DTypeError({.operation = operation,
                      .problem = "pixels of another type",
                      .received = {{"picture", picture_text(picture)}},
                      .expected = "u8 (0 to 255) or f32 (0 to 1)"});
  const Shape& shape = picture.shape();
  if (shape.rank() != 3 || shape.size() == 0)
    throw ShapeError({.operation = operation,
                      .problem = "not the shape of a picture",
                      .received = {{"picture", picture_text(picture)}},
                      .expected = "(C, H, W), none of them 0",
                      .hint = shape.rank() == 4 ? "of a batch, each picture alone" : ""});
  picture.eval();
  return {shape[0], shape[1], shape[2]};
}

Extents require_colors(const char* operation, const Tensor& picture) {
  const Extents e = require_picture(operation, picture);
  if (e.channels != 1 && e.channels != 3)
    throw ShapeError({.operation = operation,
                      .problem = "neither grey nor RGB",
                      .received = {{"picture", picture_text(picture)}},
                      .expected = "1 or 3 channels"});
  return e;
}

void refuse(const char* operation, const char* problem, const std::string& argument,
            const std::string& value, const std::string& expected) {
  throw ValueError({.operation = operation,
                    .problem = problem,
                    .received = {{argument, value}},
                    .expected = expected});
}

void refuse(const char* operation, const char* problem, const std::string& argument, double value,
            const std::string& expected) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  refuse(operation, problem, argument, std::string(text), expected);
}

}  // namespace fathom::vision
