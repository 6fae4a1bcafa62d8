#include "fathom/cli/lines.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace fathom::cli {

LineReader::LineReader(const std::string& path)
    : path_(path), file_(path.empty() ? stdin : std::fopen(path.c_str(), "rb")) {
  if (!file_)
    throw IoError(
        {.operation = "read lines", .problem = std::strerror(errno), .received = {{"path", path}}});
}
LineReader::~LineReader() {
  std::free(line_);
  if (file_ != stdin) std::fclose(file_);
}

bool LineReader::read(std::size_t most, std::vector<std::string>& lines) {
  lines.clear();
  while (lines.size() < most) {
    ssize_t length = ::getline(&line_, &capacity_, file_);
    if (length < 0) {
      if (std::ferror(file_))  // such as a folder, which opens
        throw IoError({.operation = "read lines",
                       .problem = std::strerror(errno),
                       .received = {{"path", path_.empty() ? "standard input" : path_}}});
      break;
    }
    if (length > 0 && line_[length - 1] == '\n') --length;
    if (length > 0 && line_[length - 1] == '\r') --length;
    lines.emplace_back(line_, static_cast<std::size_t>(length));
  }
  return !lines.empty();
}

}  // namespace fathom::cli
