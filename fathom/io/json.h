// Reading JSON with errors that name the file. For sources: it brings all of nlohmann's JSON.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "fathom/core/error.h"

namespace fathom::io {

/// Runs `read` on parsed text. Errors: FormatError with the file and what the JSON reader said;
/// those of `read`, which get the file too.
template <class Json, class F>
auto read_json(std::string_view text, const std::string& source, F&& read,
               const char* operation = "read JSON") {
  try {
    return read(Json::parse(text));
  } catch (const typename Json::exception& error) {
    const std::string what = error.what();  // "[json.exception.parse_error.101] parse error at ..."
    throw FormatError({.operation = operation,
                       .problem = what.substr(what.find("] ") + 2),
                       .received = {{"file", source}}});
  } catch (Error& error) {
    error.change([&](ErrorInfo info) {
      info.received.emplace(info.received.begin(), "file", source);
      return info;
    });
    throw;
  }
}

}  // namespace fathom::io
