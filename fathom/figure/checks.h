// Private to fathom/figure: how what cannot be drawn is refused.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "fathom/core/error.h"
#include "fathom/figure/marks.h"

namespace fathom::figure {

template <class E = ValueError>
void check(bool good, const char* operation, const char* problem, const std::string& got,
           const std::string& expected, const char* hint = "") {
  if (!good)
    throw E({.operation = std::string("figure.") + operation,
             .problem = problem,
             .received = {{"got", got}},
             .expected = expected,
             .hint = hint});
}

inline void check_same(const char* operation, std::size_t a, std::size_t b, const char* what) {
  check(a == b, operation, "lists of different lengths",
        std::to_string(a) + " and " + std::to_string(b), std::string("as many ") + what);
}

/// Refuses an empty list, and a tensor that is no list: more than one axis longer than 1.
void check_list(const char* operation, const Values& values);
/// Takes the numbers of rows and columns from the values where they are missing, and refuses grids
/// that cannot be drawn.
void check_grid(const char* operation, Grid& grid);
/// A class as an index. Refuses what is not a whole number from 0 to 999.
std::size_t class_number(const char* operation, double value);
/// The pictures of a tensor, checked.
std::vector<Tile> tiles_of(const Tensor& pictures, const ImageStyle& style);

}  // namespace fathom::figure
