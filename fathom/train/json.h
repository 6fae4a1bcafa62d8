// For fathom/train and the command line: reading JSON with errors that name the file.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "fathom/core/error.h"

namespace fathom::train {

using Json = nlohmann::ordered_json;

/// Runs `read` on parsed text. Errors: FormatError with the file and what the JSON reader said;
/// those of `read`, which get the file too.
template <class F> auto read_json(const std::string& text, const std::string& source, F&& read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception& error) {
    const std::string text = error.what();  // "[json.exception.parse_error.101] parse error at ..."
    throw FormatError({.operation = "read JSON",
                       .problem = text.substr(text.find("] ") + 2),
                       .received = {{"file", source}}});
  } catch (Error& error) {
    error.change([&](ErrorInfo info) {
      info.received.emplace(info.received.begin(), "file", source);
      return info;
    });
    throw;
  }
}

}  // namespace fathom::train
