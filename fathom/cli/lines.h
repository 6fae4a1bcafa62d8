// Lines of a file or of the standard input, some at a time.
#pragma once
#include <cstdio>
#include <string>
#include <vector>

#include "fathom/core/error.h"

namespace fathom::cli {

class LineReader {
 public:
  /// `path` is empty for the standard input. Errors: IoError.
  explicit LineReader(const std::string& path);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  /// Up to `most` lines without their ends (LF or CRLF); false if there are none left. Errors:
  /// IoError.
  bool read(std::size_t most, std::vector<std::string>& lines);

 private:
  std::string path_;
  std::FILE* file_;
  char* line_ = nullptr;
  std::size_t capacity_ = 0;
};

/// What `work` gives; an error of it gets the number of the line that it is about.
template <class F> auto on_line(std::size_t number, F work) {
  try {
    return work();
  } catch (Error& error) {
    error.change([&](ErrorInfo info) {
      info.received.emplace_back("line", std::to_string(number));
      return info;
    });
    throw;
  }
}

}  // namespace fathom::cli
