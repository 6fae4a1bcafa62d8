// Whether a message or what a program printed holds a text: what many tests ask.
#pragma once
#include <string>

namespace fathom::test {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace fathom::test
