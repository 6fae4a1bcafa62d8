#include "fathom/core/error.h"

#include "fathom/graph/context.h"

namespace fathom {

Error::Error(ErrorInfo info) : info_(std::move(info)) {
  if (info_.module.empty()) info_.module = graph::current_module();
  if (info_.where.empty()) info_.where = to_string(graph::user_line({}));
  write();
}

void Error::write() {
  text_ = summary();
  if (!info_.received.empty()) {
    text_ += "\n  ";
    for (std::size_t i = 0; i < info_.received.size(); ++i) {
      if (i > 0) text_ += "     ";
      text_ += info_.received[i].first + ": " + info_.received[i].second;
    }
  }
  if (!info_.expected.empty()) text_ += "\n  expected " + info_.expected;
  if (!info_.hint.empty()) text_ += "\n  hint: " + info_.hint;
  if (!info_.module.empty() || !info_.where.empty()) {
    text_ += "\n  in: " + info_.module;
    if (!info_.module.empty() && !info_.where.empty()) text_ += ", ";
    text_ += info_.where;
  }
}

std::string Error::summary() const {
  if (info_.operation.empty()) return info_.problem;
  return info_.operation + ": " + info_.problem;
}

std::string to_string(const Where& where) {
  if (where.line() == 0) return "";
  std::string file = where.file_name();
  if (const auto slash = file.rfind('/'); slash != std::string::npos) file.erase(0, slash + 1);
  return file + ":" + std::to_string(where.line());
}

}  // namespace fathom
