// Private to fathom/data: the files of the folder data/, carried inside the program.
#pragma once
#include <span>

namespace fathom::data {
std::span<const unsigned char> embedded_digits();
std::span<const unsigned char> embedded_iris();
std::span<const unsigned char> embedded_imagenet_classes();
}  // namespace fathom::data
