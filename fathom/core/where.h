// The place in the user's source that calls a function: the last parameter of what may fail and has
// no operand that brings it along.
#pragma once
#include <source_location>
#include <string>

namespace fathom {

using Where = std::source_location;

/// "train.cpp:42": the file's name without its folders; "" for no place.
std::string to_string(const Where& where);

}  // namespace fathom
