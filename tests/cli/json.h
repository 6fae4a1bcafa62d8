// What the program prints with --json.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/program.h"

namespace fathom::test {

inline nlohmann::json last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  const auto begin = text.rfind('\n', end);
  return nlohmann::json::parse(text.substr(begin == std::string::npos ? 0 : begin + 1));
}

/// The result of a line that must succeed.
inline nlohmann::json last_json(const Outcome& outcome) {
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  return last_line(outcome.out);
}

}  // namespace fathom::test
