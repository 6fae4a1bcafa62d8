// Lines of a file or of the standard input, some at a time.
#pragma once
#include <cstdio>
#include <string>
#include <vector>

namespace fathom::cli {

class LineReader {
 public:
  /// `path` is empty for the standard input. Errors: IoError.
  explicit LineReader(const std::string& path);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  /// Up to `most` lines without their ends (LF or CRLF); false if there are none left.
  bool read(std::size_t most, std::vector<std::string>& lines);

 private:
  std::FILE* file_;
  char* line_ = nullptr;
  std::size_t capacity_ = 0;
};

}  // namespace fathom::cli
